/** A namespace of numbered objects that are made up when someone names them: a million of them cost nothing until touched. */
import { createNamespace } from './Container.ts'
import type { NameMatcher, Namespace } from './Container.ts'
import type { Role, Securable } from './Securable.ts'

export interface Series {
  /** What every name begins with, in upper case. */
  readonly stem: string
  readonly count: number
  /** Who owns them, as they are made. */
  readonly owner: Role
}

/** `make` gives the object of a name that was not touched yet. */
export const generatedNamespace = <T extends Securable>(series: Series, make: (name: string) => T): Namespace<T> => {
  const { stem, count, owner } = series
  const width = String(count).length
  const touched = createNamespace<T>()
  /** Names of the series that stand for nothing any more, or for another object. */
  const gone = new Set<string>()

  const nameOf = (number: number): string => stem + String(number).padStart(width, '0')
  const isUntouched = (name: string): boolean => {
    const number = numberOf(name, stem, width)
    return number >= 1 && number <= count && !gone.has(name) && touched.get(name) === undefined
  }
  const get = (name: string): T | undefined => {
    if (!isUntouched(name)) return touched.get(name)
    const object = make(name)
    touched.add(object)
    return object
  }
  function* untouched(matcher: NameMatcher | undefined): Iterable<T> {
    for (const name of matcher?.candidates ?? numbered(matcher?.upperPrefix ?? ''))
      if (isUntouched(name) && matcher?.test(name) !== false) yield make(name)
  }
  function* numbered(upperPrefix: string): Iterable<string> {
    const [first, last] = rangeOf(upperPrefix, series, width)
    for (let number = first; number <= last; number += 1) yield nameOf(number)
  }
  function* values(matcher?: NameMatcher): Iterable<T> {
    // Those that are touched while the walk goes on must not come twice.
    const before = Array.from(touched.values(matcher))
    yield* untouched(matcher)
    yield* before
  }
  return {
    get size() {
      return count - gone.size + Array.from(touched.values()).filter(({ name }) => gone.has(name)).length
    },
    get,
    add: touched.add,
    remove: name => {
      touched.remove(name)
      gone.add(name)
    },
    values,
    ownedBy: role => (role === owner ? values() : touched.ownedBy(role))
  }
}

/** 0 for a name that is none of the series. */
const numberOf = (name: string, stem: string, width: number): number => {
  const digits = name.slice(stem.length)
  return name.startsWith(stem) && digits.length === width && /^[0-9]+$/.test(digits) ? Number(digits) : 0
}

/** The first and the last number whose name may begin so. */
const rangeOf = (upperPrefix: string, { stem, count }: Series, width: number): readonly [number, number] => {
  if (stem.startsWith(upperPrefix)) return [1, count]
  const digits = upperPrefix.slice(stem.length)
  if (!upperPrefix.startsWith(stem) || !/^[0-9]+$/.test(digits) || digits.length > width) return [1, 0]
  const step = 10 ** (width - digits.length)
  const first = Number(digits) * step
  return [Math.max(1, first), Math.min(count, first + step - 1)]
}

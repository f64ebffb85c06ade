/** One value of a policy against one name of a resource. */
import type { Truth } from '../conditions/Truth.ts'
import { glob, globMatches } from './Glob.ts'
import { foldCase } from './foldCase.ts'
import type { MatcherOptions } from './matcherOptions.ts'
import type { Stretch, ValueScope } from './ResourceText.ts'
import { expandText, isDynamicText } from './ResourceText.ts'

/** How a value is written, wildcards aside. */
export type Shape =
  { readonly kind: 'any' } | { readonly kind: 'exact' | 'prefix' | 'suffix' | 'glob'; readonly text: string }

/** Tests names against one value. */
export interface ValueMatcher {
  readonly shape: Shape
  /** Whether the value depends on who asks. */
  readonly isDynamic: boolean
  /** `scope` undefined: tokens and expressions stand for themselves. */
  readonly matches: (name: string, scope: ValueScope | undefined) => Truth
}

/** The shape of a value. `*` alone is any name; `a*`, `*a` and `a` are special for being fast only. */
export const shapeOf = (value: string, wildCard: boolean): Shape => {
  if (!wildCard || !/[*?]/.test(value)) return { kind: 'exact', text: value }
  const [, head = '', stars = '', tail = ''] = /^([^*?]*)(\**)([^*?]*)$/.exec(value) ?? []
  if (stars === '' || (head !== '' && tail !== '')) return { kind: 'glob', text: value }
  if (head !== '') return { kind: 'prefix', text: head }
  return tail === '' ? { kind: 'any' } : { kind: 'suffix', text: tail }
}

type Compare = (name: string, stretches: ReadonlyArray<Stretch>, fold: (text: string) => string) => boolean

const joined = (stretches: ReadonlyArray<Stretch>): string => stretches.map(({ text }) => text).join('')

const comparisons: { readonly [Kind in Shape['kind']]: Compare } = {
  any: () => true,
  exact: (name, stretches, fold) => fold(name) === fold(joined(stretches)),
  prefix: (name, stretches, fold) => fold(name).startsWith(fold(joined(stretches))),
  suffix: (name, stretches, fold) => fold(name).endsWith(fold(joined(stretches))),
  glob: (name, stretches, fold) => globMatches(glob(stretches, fold), fold(name))
}

const asIs = (text: string): string => text

/** How a name is compared: regardless of case, or not. */
export const foldFor = (
  { ignoreCase, quotedCaseSensitive, quoteChars }: MatcherOptions,
  name: string
): ((text: string) => string) => {
  const isQuoted = quotedCaseSensitive && name !== '' && quoteChars.includes(name.charAt(0))
  return ignoreCase && !isQuoted ? foldCase : asIs
}

/** Makes the test for one value. */
export const valueMatcher = (value: string, options: MatcherOptions): ValueMatcher => {
  const shape = shapeOf(value, options.wildCard)
  if (shape.kind === 'any') return { shape, isDynamic: false, matches: () => 'yes' }
  const compare = comparisons[shape.kind]
  const written: ReadonlyArray<Stretch> = [{ text: shape.text, isLiteral: false }]
  const isDynamic = isDynamicText(shape.text, options)
  return {
    shape,
    isDynamic,
    matches: (name, scope) => {
      const stretches = isDynamic && scope !== undefined ? expandText(shape.text, options, scope) : written
      if (stretches === undefined) return 'unknown'
      return compare(name, stretches, foldFor(options, name)) ? 'yes' : 'no'
    }
  }
}

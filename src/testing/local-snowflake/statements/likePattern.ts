/** LIKE of SHOW: case-insensitive, `%` and `_` are wildcards, a backslash takes their meaning away. */
import type { NameMatcher } from '../catalog/Container.ts'

export const likePattern = (pattern: string): NameMatcher => {
  const parts = pattern.match(/\\[^]|[^]/gu) ?? []
  const literal = (part: string): string => (part.length > 1 && part.startsWith('\\') ? part.slice(1) : part)
  const source = parts.map(part =>
    part === '%' ? '[^]*' : part === '_' ? '[^]' : literal(part).replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  )
  const expression = new RegExp(`^${source.join('')}$`, 'iu')
  const firstWildcard = parts.findIndex(part => part === '%' || part === '_')
  const prefix = (firstWildcard === -1 ? parts : parts.slice(0, firstWildcard)).map(literal).join('')
  return { test: name => expression.test(name), upperPrefix: prefix.toUpperCase() }
}

/** Every name, narrowed to those that begin with a text, in exactly this case. */
export const startingWith = (prefix: string): NameMatcher => ({
  test: name => name.startsWith(prefix),
  upperPrefix: prefix.toUpperCase()
})

/** Exactly these names. */
export const exactly = (names: ReadonlyArray<string>): NameMatcher => ({
  test: name => names.includes(name),
  candidates: names
})

/** Names that pass both. */
export const bothMatch = (a: NameMatcher | undefined, b: NameMatcher | undefined): NameMatcher | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  const candidates = a.candidates ?? b.candidates
  const [one = '', other = ''] = [a.upperPrefix, b.upperPrefix]
  return {
    test: name => a.test(name) && b.test(name),
    upperPrefix: one.length > other.length ? one : other,
    ...(candidates === undefined ? {} : { candidates })
  }
}

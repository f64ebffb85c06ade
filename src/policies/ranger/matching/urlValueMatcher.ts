/** A value of a recursive URL policy: the URL itself and all below it (agents-common, `RangerURLResourceMatcher`). */
import { glob, globMatches } from './Glob.ts'
import type { MatcherOptions } from './matcherOptions.ts'
import { expandText, isDynamicText } from './ResourceText.ts'
import type { Shape, ValueMatcher } from './ValueMatcher.ts'
import { foldFor } from './ValueMatcher.ts'

/** `s3a://bucket/a//b/` as `s3a://bucket`, `s3a://bucket/a`, `s3a://bucket/a/b` and `s3a://bucket/a/b/`; what is no URL with a host has no such parts. */
const beginnings = (url: string, separator: string): ReadonlyArray<string> => {
  const trimmed = url.trim()
  if (!/:\/\//.test(trimmed) || /:\/{3,}/.test(trimmed)) return []
  const colon = trimmed.indexOf(':')
  const parts = trimmed
    .slice(colon + 2)
    .split(separator)
    .filter(part => part !== '')
  if (parts.length === 0) return [url]
  const scheme = trimmed.slice(0, colon + 3) + (url.startsWith(separator) ? separator : '')
  const below = parts.map((_, index) => scheme + parts.slice(0, index + 1).join(separator))
  return trimmed.endsWith(separator) ? [...below, scheme + parts.join(separator) + separator] : below
}

/** Of any shape: a URL matches that does not begin with the value as it is written. */
const shape: Shape = { kind: 'glob', text: '*' }

/** Makes the test for one value of a recursive URL level. */
export const urlValueMatcher = (written: string, options: MatcherOptions): ValueMatcher => {
  const { wildCard, pathSeparator } = options
  const value = wildCard && written.endsWith(pathSeparator) ? `${written}*` : written
  if (wildCard && value === '*') return { shape: { kind: 'any' }, isDynamic: false, matches: () => 'yes' }
  const isPattern = wildCard && /[*?]/.test(value)
  const isDynamic = isDynamicText(value, options)
  return {
    shape,
    isDynamic,
    matches: (name, scope) => {
      const stretches =
        isDynamic && scope !== undefined ? expandText(value, options, scope) : [{ text: value, isLiteral: false }]
      if (stretches === undefined) return 'unknown'
      const fold = foldFor({ ...options, quotedCaseSensitive: false }, name)
      if (isPattern) {
        const pattern = glob(stretches, fold)
        return beginnings(name, pathSeparator).some(part => globMatches(pattern, fold(part))) ? 'yes' : 'no'
      }
      const whole = fold(stretches.map(({ text }) => text).join(''))
      const base = whole.endsWith(pathSeparator) ? whole.slice(0, -1) : whole
      return fold(name) === base || fold(name).startsWith(base + pathSeparator) ? 'yes' : 'no'
    }
  }
}

/** Patterns with `*` for any run and `?` for one unit. No regular expression is built from a stranger's text, and matching takes no more than pattern times text. */
import type { Stretch } from './ResourceText.ts'

/** One unit of text, or a wildcard. */
type Unit = { readonly kind: 'unit'; readonly unit: string } | { readonly kind: 'one' } | { readonly kind: 'run' }

/** A pattern, read. */
export type Glob = ReadonlyArray<Unit>

/** Reads a pattern; wildcards in literal stretches stand for themselves. */
export const glob = (stretches: ReadonlyArray<Stretch>, fold: (text: string) => string): Glob =>
  stretches.flatMap(({ text, isLiteral }) =>
    fold(text)
      .split('')
      .map((unit): Unit => {
        if (!isLiteral && unit === '*') return { kind: 'run' }
        return !isLiteral && unit === '?' ? { kind: 'one' } : { kind: 'unit', unit }
      })
  )

/** Whether the whole text fits. */
export const globMatches = (pattern: Glob, text: string): boolean => {
  let [at, inText, afterRun, retry] = [0, 0, -1, 0]
  while (inText < text.length) {
    const unit = pattern[at]
    if (unit?.kind === 'run') {
      at += 1
      ;[afterRun, retry] = [at, inText]
    } else if (unit?.kind === 'one' || (unit?.kind === 'unit' && unit.unit === text.charAt(inText))) {
      at += 1
      inText += 1
    } else if (afterRun >= 0) {
      retry += 1
      ;[at, inText] = [afterRun, retry]
    } else return false
  }
  return pattern.slice(at).every(({ kind }) => kind === 'run')
}

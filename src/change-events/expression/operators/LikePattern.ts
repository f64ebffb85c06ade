/**
 * The patterns of `like` and `ilike`: `%` is any run, `_` one code point, a backslash makes the next character literal; neither wildcard
 * matches a line break. No regular expression is made of a pattern: pieces between `%` are found one after the other, each by
 * Knuth, Morris and Pratt where it holds no `_` (linear in the text), and otherwise position by position, which the meter counts.
 */
import type { Meter } from '../Meter.ts'
import { stepsFor } from '../Meter.ts'

/** One code point, or undefined for `_`. */
type Unit = string | undefined

export interface LikePattern {
  readonly matches: (text: string, meter: Meter) => boolean
}

const lineBreak = /[\n\r\u0085\u2028\u2029]/

const foldAscii = (text: string): string => text.replace(/[A-Z]+/g, letters => letters.toLowerCase())

/** Reads a pattern. Any text is one: a backslash at its end counts for nothing. */
export const readLikePattern = (source: string, ignoreCase: boolean): LikePattern => {
  const pieces = readPieces(ignoreCase ? foldAscii(source) : source)
  const [first = []] = pieces
  const last = pieces.at(-1) ?? []
  const middle = pieces.slice(1, -1).map(createFinder)
  return {
    matches: (text, meter) => {
      meter.spend(stepsFor(text.length))
      const units = [...(ignoreCase ? foldAscii(text) : text)]
      const start = first.length
      if (!matchesAt(units, 0, first)) return false
      if (pieces.length === 1) return units.length === start
      const end = findAll(units, start, middle, meter)
      const lastAt = units.length - last.length
      return end !== undefined && lastAt >= end && matchesAt(units, lastAt, last) && isBridged(units, end, lastAt)
    }
  }
}

/** The pattern, split at its `%`. */
const readPieces = (source: string): ReadonlyArray<ReadonlyArray<Unit>> => {
  const pieces: Array<Array<Unit>> = [[]]
  let escaped = false
  for (const character of source) {
    if (!escaped && character === '\\') escaped = true
    else if (!escaped && character === '%') pieces.push([])
    else {
      pieces.at(-1)?.push(!escaped && character === '_' ? undefined : character)
      escaped = false
    }
  }
  return pieces
}

const fits = (unit: Unit, found: string | undefined): boolean =>
  unit === undefined ? found !== undefined && !lineBreak.test(found) : unit === found

const matchesAt = (units: ReadonlyArray<string>, at: number, piece: ReadonlyArray<Unit>): boolean =>
  at >= 0 && piece.every((unit, index) => fits(unit, units[at + index]))

/** Whether a `%` may stand for what lies between. */
const isBridged = (units: ReadonlyArray<string>, from: number, to: number): boolean => {
  for (let at = from; at < to; at += 1) if (lineBreak.test(units[at] ?? '')) return false
  return true
}

/** The first place of a piece at or after `from`. */
interface Finder {
  readonly length: number
  readonly find: (units: ReadonlyArray<string>, from: number, meter: Meter) => number | undefined
}

/**
 * Takes each piece where it comes first. A later place would leave less room for the rest and cross no line break that the first does not:
 * nothing is gained by trying one.
 */
const findAll = (
  units: ReadonlyArray<string>,
  start: number,
  finders: ReadonlyArray<Finder>,
  meter: Meter
): number | undefined => {
  let end = start
  for (const { find, length } of finders) {
    const at = find(units, end, meter)
    if (at === undefined || !isBridged(units, end, at)) return undefined
    end = at + length
  }
  return end
}

const createFinder = (piece: ReadonlyArray<Unit>): Finder => {
  const literal = piece.filter(unit => unit !== undefined)
  return literal.length === piece.length ? createLiteralFinder(literal) : createWildcardFinder(piece)
}

const createWildcardFinder = (piece: ReadonlyArray<Unit>): Finder => ({
  length: piece.length,
  find: (units, from, meter) => {
    for (let at = from; at + piece.length <= units.length; at += 1) {
      meter.spend(stepsFor(piece.length))
      if (matchesAt(units, at, piece)) return at
    }
    return undefined
  }
})

const createLiteralFinder = (piece: ReadonlyArray<string>): Finder => {
  const borders = bordersOf(piece)
  return {
    length: piece.length,
    find: (units, from) => {
      if (piece.length === 0) return from
      let matched = 0
      for (let at = from; at < units.length; at += 1) {
        while (matched > 0 && piece[matched] !== units[at]) matched = borders[matched - 1] ?? 0
        if (piece[matched] === units[at]) matched += 1
        if (matched === piece.length) return at - piece.length + 1
      }
      return undefined
    }
  }
}

/** For each prefix, the length of its longest proper prefix that is also its suffix: where to go on after a mismatch. */
const bordersOf = (piece: ReadonlyArray<string>): ReadonlyArray<number> => {
  const borders = [0]
  for (let at = 1, border = 0; at < piece.length; at += 1) {
    while (border > 0 && piece[at] !== piece[border]) border = borders[border - 1] ?? 0
    if (piece[at] === piece[border]) border += 1
    borders.push(border)
  }
  return borders
}

/** Patterns for dates (`dd-MM-yyyy HH:mm`), as far as they make sense without a locale: a subset of Java's `DateTimeFormatter`. */
import { raise } from '../raise.ts'

/** One part of a pattern. */
export type PatternPart =
  | { readonly _tag: 'Literal'; readonly text: string }
  | { readonly _tag: 'Field'; readonly letter: string; readonly count: number }
  | { readonly _tag: 'Optional'; readonly parts: ReadonlyArray<PatternPart> }

const maxLength = 200

/** Letters that mean something here. */
const known = new Set('yuYMLdDQqEeaHhKkmsSnXxZw')

/** The parts of a pattern. Raises where it is none, or holds a letter that is not supported. */
export const readPattern = (pattern: string): ReadonlyArray<PatternPart> => {
  if (pattern.length > maxLength) return raise('bad-pattern', `a date pattern is longer than ${maxLength} characters`)
  const open: Array<Array<PatternPart>> = [[]]
  const add = (part: PatternPart): void => void open.at(-1)?.push(part)
  for (let at = 0; at < pattern.length;) {
    const character = pattern.charAt(at)
    if (/[A-Za-z]/.test(character)) {
      const count = countOf(pattern, at)
      add(field(character, count))
      at += count
    } else if (character === "'") {
      const text = quoted(pattern, at)
      add({ _tag: 'Literal', text: text === '' ? "'" : text.replaceAll("''", "'") })
      at += text.length + 2
    } else {
      if (character === '[') open.push([])
      else if (character === ']') closeSection(open)
      else if ('{}#'.includes(character)) return raise('bad-pattern', 'a date pattern holds a reserved character')
      else add({ _tag: 'Literal', text: character })
      at += 1
    }
  }
  while (open.length > 1) closeSection(open)
  return open[0] ?? []
}

const countOf = (pattern: string, at: number): number => {
  let end = at
  while (pattern[end] === pattern[at]) end += 1
  return end - at
}

const field = (letter: string, count: number): PatternPart => {
  if (!known.has(letter)) return raise('unsupported', `the letter ${letter} is not supported in a date pattern`)
  // No field is longer; the fraction of a second has nine digits.
  return count > 9
    ? raise('bad-pattern', 'a date pattern repeats a letter too often')
    : { _tag: 'Field', letter, count }
}

/** The content of a quoted literal, in which two quotes are one. */
const quoted = (pattern: string, at: number): string => {
  const match = /^'((?:[^']|'')*)'/.exec(pattern.slice(at))
  return match?.[1] ?? raise('bad-pattern', 'a date pattern holds a quote without its end')
}

const closeSection = (open: Array<Array<PatternPart>>): void => {
  const parts = open.length > 1 ? open.pop() : undefined
  if (parts === undefined) return raise('bad-pattern', 'a date pattern closes a section that is not open')
  open.at(-1)?.push({ _tag: 'Optional', parts })
}

export const monthNames: ReadonlyArray<string> =
  'January February March April May June July August September October November December'.split(' ')

/** Monday first. */
export const dayNames: ReadonlyArray<string> = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ')

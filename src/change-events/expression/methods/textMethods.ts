/** Methods of texts. */
import { parseDateByPattern, parseDatetimeByPattern } from '../dates/parseByPattern.ts'
import type { Meter } from '../Meter.ts'
import { stepsFor } from '../Meter.ts'
import { positionIn } from '../operators/access.ts'
import { trimControls } from '../operators/convert.ts'
import { dateReadingSteps } from '../operators/workOn.ts'
import { raise } from '../raise.ts'
import type { Value } from '../values/Value.ts'
import type { Operation } from './Operation.ts'
import { operation } from './Operation.ts'

/** Blank as the reference sees it where it trims one end: Unicode spaces that are not no-break, and the separating controls. */
const isBlank = (character: string): boolean =>
  /[\t-\r\x1c-\x20\p{Zs}\u2028\u2029]/u.test(character) && !/[\u00a0\u2007\u202f]/.test(character)

const trimStart = (text: string): string => {
  let start = 0
  while (start < text.length && isBlank(text.charAt(start))) start += 1
  return text.slice(start)
}

const trimEnd = (text: string): string => {
  let end = text.length
  while (end > 0 && isBlank(text.charAt(end - 1))) end -= 1
  return text.slice(0, end)
}

/** The units from `begin` up to `end`, counted from 0. Raises where that is no part of the text. */
export const partOf = (text: string, begin: number, end: number, meter: Meter): string => {
  if (begin < 0 || end > text.length || begin > end)
    return raise('index-out-of-range', 'a part of a text is out of its range')
  return taken(text.slice(begin, end), meter)
}

const taken = (text: string, meter: Meter): string => {
  meter.spend(stepsFor(text.length))
  meter.produce(text.length)
  return text
}

export const positionOf = (value: Value): number => positionIn(value) ?? 0

/** The reference's limit for padded texts. */
const maxPadded = 1_048_576

const paddingFor = (text: string, length: number | bigint, character: string, meter: Meter): string => {
  if (character.length !== 1) return raise('bad-argument', 'padding takes a single character')
  if (length > maxPadded) return raise('bad-argument', `padding makes no text of more than ${maxPadded} characters`)
  const missing = Math.max(0, Number(length) - text.length)
  meter.produce(missing + text.length)
  return character.repeat(missing)
}

const invalid = (what: string): never => raise('invalid-date', `the text is no ${what} of that pattern`)

export const textMethods: ReadonlyArray<Operation> = [
  operation('size', ['text'], ([text]) => text.length),
  operation('isEmpty', ['text'], ([text]) => text === ''),
  operation('isBlank', ['text'], ([text], meter) => taken(trimControls(text), meter) === ''),
  operation('trim', ['text'], ([text], meter) => taken(trimControls(text), meter)),
  operation('ltrim', ['text'], ([text], meter) => taken(trimStart(text), meter)),
  operation('rtrim', ['text'], ([text], meter) => taken(trimEnd(text), meter)),
  operation('substr', ['text', 'number'], ([text, begin], meter) =>
    partOf(text, positionOf(begin), text.length, meter)
  ),
  operation('substr', ['text', 'number', 'number'], ([text, begin, end], meter) =>
    partOf(text, positionOf(begin), positionOf(end), meter)
  ),
  operation('lpad', ['text', 'integer', 'text'], ([text, length, character], meter) =>
    paddingFor(text, length, character, meter).concat(text)
  ),
  operation('rpad', ['text', 'integer', 'text'], ([text, length, character], meter) =>
    text.concat(paddingFor(text, length, character, meter))
  ),
  operation('toDate', ['text', 'text'], ([text, pattern], meter) => {
    meter.spend(dateReadingSteps)
    return parseDateByPattern(text, pattern) ?? invalid('date')
  }),
  operation('toDatetime', ['text', 'text'], ([text, pattern], meter) => {
    meter.spend(dateReadingSteps)
    return parseDatetimeByPattern(text, pattern) ?? invalid('datetime')
  })
]

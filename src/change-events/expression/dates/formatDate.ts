/** Writes a date by a pattern. */
import { raise } from '../raise.ts'
import type { LocalDate } from '../values/Value.ts'
import { calendarDateOf, dayOfWeek, dayOfYear, isoWeek } from './calendar.ts'
import type { PatternPart } from './DatePattern.ts'
import { dayNames, monthNames, readPattern } from './DatePattern.ts'
import { yearText } from './isoText.ts'

/** The date as the pattern says. Raises `bad-pattern`, and `unsupported` for letters that a date has no value for. */
export const formatDate = (value: LocalDate, pattern: string): string =>
  formatParts(value.epochDay, readPattern(pattern))

const formatParts = (epochDay: number, parts: ReadonlyArray<PatternPart>): string =>
  parts
    .map(part => {
      switch (part._tag) {
        case 'Literal':
          return part.text
        case 'Optional':
          return formatParts(epochDay, part.parts)
        case 'Field':
          return formatField(epochDay, part.letter, part.count)
      }
    })
    .join('')

const padded = (value: number, count: number): string => String(value).padStart(count, '0')

const formatField = (epochDay: number, letter: string, count: number): string => {
  const { year, month, day } = calendarDateOf(epochDay)
  switch (letter) {
    case 'u':
      return formatYear(year, count)
    case 'y':
      return formatYear(year > 0 ? year : 1 - year, count)
    case 'Y':
      return formatYear(isoWeek(epochDay).year, count)
    case 'M':
    case 'L':
      return formatNamed(month, count, monthNames)
    case 'd':
      return atMost(2, count, padded(day, count))
    case 'D':
      return atMost(3, count, padded(dayOfYear(epochDay), count))
    case 'Q':
    case 'q':
      return formatQuarter(Math.floor((month + 2) / 3), count)
    case 'w':
      return atMost(2, count, padded(isoWeek(epochDay).week, count))
    case 'E':
      return formatNamed(dayOfWeek(epochDay), Math.max(count, 3), dayNames)
    case 'e':
      return formatNamed(dayOfWeek(epochDay), count, dayNames)
    default:
      return raise('unsupported', `a date has nothing for the letter ${letter} of a pattern`)
  }
}

/** Fewer or more letters than mean anything are no pattern. */
const atMost = (most: number, count: number, text: string): string =>
  count > most ? raise('bad-pattern', 'a date pattern repeats a letter too often') : text

const formatYear = (year: number, count: number): string => {
  if (count === 2) return padded(Math.abs(year) % 100, 2)
  return count < 4 ? padded(year, count) : yearText(year)
}

const formatNamed = (value: number, count: number, names: ReadonlyArray<string>): string => {
  if (count <= 2) return padded(value, count)
  const name = names[value - 1] ?? ''
  return atMost(4, count, count === 3 ? name.slice(0, 3) : name)
}

const formatQuarter = (quarter: number, count: number): string => {
  if (count <= 2) return padded(quarter, count)
  const names = ['1st quarter', '2nd quarter', '3rd quarter', '4th quarter']
  return atMost(4, count, count === 3 ? `Q${quarter}` : (names[quarter - 1] ?? ''))
}

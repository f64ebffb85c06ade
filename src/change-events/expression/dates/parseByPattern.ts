/** Reads dates and datetimes by a pattern. What the pattern leaves out is taken from 1970-01-01T00:00. */
import { raise } from '../raise.ts'
import type { Instant, LocalDate } from '../values/Value.ts'
import { date, instant } from '../values/Value.ts'
import { dayMs, epochDayOf, lengthOfMonth, lengthOfYear, maxEpochDay } from './calendar.ts'
import type { PatternPart } from './DatePattern.ts'
import { dayNames, monthNames, readPattern } from './DatePattern.ts'

/** Field letters with the numbers read for them; `V` and the offsets hold seconds east of UTC. */
type Fields = ReadonlyMap<string, number>

interface Read {
  readonly at: number
  readonly fields: Fields
}

/** The date in the text. Undefined where the text does not fit; raises where the pattern is none. */
export const parseDateByPattern = (text: string, pattern: string): LocalDate | undefined => {
  const fields = readAll(text, readPattern(pattern))
  const epochDay = fields === undefined ? undefined : dayOf(fields)
  return epochDay === undefined ? undefined : date(epochDay)
}

/** The datetime in the text, in UTC unless it holds an offset. */
export const parseDatetimeByPattern = (text: string, pattern: string): Instant | undefined => {
  const fields = readAll(text, readPattern(pattern))
  const epochDay = fields === undefined ? undefined : dayOf(fields)
  const time = fields === undefined ? undefined : timeOf(fields)
  if (fields === undefined || epochDay === undefined || time === undefined) return undefined
  const { seconds, nanos } = time
  const epochMs = epochDay * dayMs + (seconds - (fields.get('X') ?? 0)) * 1_000 + Math.floor(nanos / 1_000_000)
  return instant(epochMs, nanos % 1_000_000)
}

const readAll = (text: string, parts: ReadonlyArray<PatternPart>): Fields | undefined => {
  const read = readParts(text, { at: 0, fields: new Map() }, parts)
  return read?.at === text.length ? read.fields : undefined
}

const readParts = (text: string, from: Read, parts: ReadonlyArray<PatternPart>): Read | undefined => {
  let read: Read | undefined = from
  for (const [index, part] of parts.entries()) {
    if (read === undefined) return undefined
    if (part._tag === 'Literal')
      read = text.startsWith(part.text, read.at) ? { ...read, at: read.at + part.text.length } : undefined
    else if (part._tag === 'Optional') read = readParts(text, read, part.parts) ?? read
    else read = readField(text, read, part, followingDigits(parts, index))
  }
  return read
}

type Field = Extract<PatternPart, { readonly _tag: 'Field' }>

const isNumeric = ({ letter, count }: Field): boolean =>
  'yudDHhKkmsSnQ'.includes(letter) || ('ML'.includes(letter) && count < 3)

/** Digits that belong to the fields right after this one, where those are of fixed width: `yMMdd` leaves four. */
const followingDigits = (parts: ReadonlyArray<PatternPart>, index: number): number => {
  const next = parts[index + 1]
  if (next?._tag !== 'Field' || !isNumeric(next) || next.count < 2) return 0
  return next.count + followingDigits(parts, index + 1)
}

/** Two fields for the same thing have to agree. */
const store = (read: Read, letter: string, value: number, at: number): Read | undefined => {
  const before = read.fields.get(letter)
  if (before !== undefined && before !== value) return undefined
  return { at, fields: new Map([...read.fields, [letter, value]]) }
}

const readField = (text: string, read: Read, part: Field, following: number): Read | undefined => {
  const { letter, count } = part
  if (isNumeric(part)) return readNumber(text, read, part, following)
  switch (letter) {
    case 'M':
    case 'L':
      return readName(text, read, 'M', shortened(monthNames, count))
    case 'E':
      return readName(text, read, 'E', shortened(dayNames, Math.max(count, 3)))
    case 'a':
      return readName(text, read, 'a', ['AM', 'PM'])
    case 'X':
    case 'x':
    case 'Z':
      return readOffset(text, read, letter === 'X')
    default:
      return raise('unsupported', `the letter ${letter} is not supported for reading a date`)
  }
}

const shortened = (names: ReadonlyArray<string>, count: number): ReadonlyArray<string> =>
  count === 3 ? names.map(name => name.slice(0, 3)) : names

const readName = (text: string, read: Read, letter: string, names: ReadonlyArray<string>): Read | undefined => {
  const index = names.findIndex(name => text.startsWith(name, read.at))
  return index === -1 ? undefined : store(read, letter, index + 1, read.at + (names[index] ?? '').length)
}

const readNumber = (text: string, read: Read, { letter, count }: Field, following: number): Read | undefined => {
  const all = /^\d{0,19}/.exec(text.slice(read.at, read.at + 19))?.[0].length ?? 0
  // One letter takes all digits that the fields right after it leave; more letters say how many there are.
  const length = count === 1 && letter !== 'S' ? all - following : count
  if (length < 1 || length > all) return undefined
  const value = Number(text.slice(read.at, read.at + length))
  const at = read.at + length
  switch (letter) {
    case 'y':
    case 'u':
      return store(read, 'y', count === 2 ? 2_000 + value : value, at)
    case 'L':
      return store(read, 'M', value, at)
    case 'S':
      return store(read, 'n', value * 10 ** (9 - count), at)
    default:
      return store(read, letter, value, at)
  }
}

const readOffset = (text: string, read: Read, zulu: boolean): Read | undefined => {
  const rest = text.slice(read.at, read.at + 10)
  if (zulu && rest.startsWith('Z')) return store(read, 'X', 0, read.at + 1)
  const match = /^([+-])(\d\d)(?::?(\d\d)(?::?(\d\d))?)?/.exec(rest)
  if (match === null) return undefined
  const [all, sign, hours = '', minutes = '0', seconds = '0'] = match
  if (Number(hours) > 18 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const offset = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)
  return store(read, 'X', sign === '-' ? -offset : offset, read.at + all.length)
}

const between = (value: number, least: number, most: number): boolean => value >= least && value <= most

/** The day; a 30th of February is the month's last day, a 32nd is none. */
const dayOf = (fields: Fields): number | undefined => {
  const year = fields.get('y') ?? 1970
  const ordinal = fields.get('D')
  const month = fields.get('M') ?? firstMonthOf(fields.get('Q'))
  const day = fields.get('d') ?? 1
  if (
    !between(month, 1, 12) ||
    !between(day, 1, 31) ||
    (ordinal !== undefined && !between(ordinal, 1, lengthOfYear(year)))
  )
    return undefined
  const epochDay =
    ordinal === undefined
      ? epochDayOf({ year, month, day: Math.min(day, lengthOfMonth(year, month)) })
      : epochDayOf({ year, month: 1, day: 1 }) + ordinal - 1
  return Math.abs(epochDay) <= maxEpochDay ? epochDay : undefined
}

const firstMonthOf = (quarter = 1): number => (quarter - 1) * 3 + 1

const timeOf = (fields: Fields): { readonly seconds: number; readonly nanos: number } | undefined => {
  const hour = hourOf(fields)
  const minute = fields.get('m') ?? 0
  const second = fields.get('s') ?? 0
  const nanos = fields.get('n') ?? 0
  if (hour === undefined || !between(minute, 0, 59) || !between(second, 0, 59) || !between(nanos, 0, 999_999_999))
    return undefined
  return { seconds: hour * 3_600 + minute * 60 + second, nanos }
}

/** From whichever letter the pattern has: 0 to 23, 1 to 24, or 0 to 11 and 1 to 12 with AM or PM. */
const hourOf = (fields: Fields): number | undefined => {
  const half = fields.get('a') === 2 ? 12 : 0
  const [hour, clock, half0, half1] = ['H', 'k', 'K', 'h'].map(letter => fields.get(letter))
  if (hour !== undefined) return between(hour, 0, 23) ? hour : undefined
  if (clock !== undefined) return between(clock, 1, 24) ? clock % 24 : undefined
  if (half0 !== undefined) return between(half0, 0, 11) ? half0 + half : undefined
  if (half1 !== undefined) return between(half1, 1, 12) ? (half1 % 12) + half : undefined
  return half
}

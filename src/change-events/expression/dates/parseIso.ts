/** Reading dates and datetimes from text, in the forms that the language's reference accepts. */
import type { Instant, LocalDate } from '../values/Value.ts'
import { date, instant } from '../values/Value.ts'
import { dayMs, epochDayOf, isoWeek, lengthOfMonth, lengthOfYear, maxEpochDay } from './calendar.ts'
import { zonedToEpochMs } from './timeZone.ts'

/** Longer texts are no dates; this bounds what every expression below can cost. */
const maxLength = 100

const milliseconds = /^-?\d{1,19}$/

const dateIfValid = (epochDay: number): LocalDate | undefined =>
  Math.abs(epochDay) <= maxEpochDay ? date(epochDay) : undefined

/** `strict` refuses the 30th of February; otherwise it means the month's last day, as long as it is below 32. */
const fromCalendar = (year: number, month: number, day: number, strict: boolean): LocalDate | undefined => {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  const last = lengthOfMonth(year, month)
  if (strict && day > last) return undefined
  return dateIfValid(epochDayOf({ year, month, day: Math.min(day, last) }))
}

const fromOrdinal = (year: number, day: number): LocalDate | undefined =>
  day < 1 || day > lengthOfYear(year) ? undefined : dateIfValid(epochDayOf({ year, month: 1, day: 1 }) + day - 1)

/** The last number is the day of the year, oddly, and the week has to be the one of that day. */
const fromWeekly = (year: number, week: number, day: number): LocalDate | undefined => {
  const found = fromOrdinal(year, day)
  return found !== undefined && isoWeek(found.epochDay).week === week ? found : undefined
}

/** `2020-01-31`, `20200131`, `2020-031`, `2020031`, `2020-W01-1`. No text fits two of them. */
const plainForms: ReadonlyArray<{
  readonly pattern: RegExp
  readonly read: (year: number, second: number, third: number) => LocalDate | undefined
}> = [
  // Year 0 exists in the strict ISO form only.
  { pattern: /^(\d{4})-(\d\d)-(\d\d)$/, read: (year, month, day) => fromCalendar(year, month, day, year === 0) },
  { pattern: /^(\d{4})(\d\d)(\d\d)$/, read: (year, month, day) => fromCalendar(year, month, day, false) },
  { pattern: /^([+-]\d{4,9})-(\d\d)-(\d\d)$/, read: (year, month, day) => fromCalendar(year, month, day, true) },
  { pattern: /^(\d{4})-?(\d{3})$/, read: fromOrdinal },
  { pattern: /^(\d{4})-?W(\d\d)-(\d{1,3})$/, read: fromWeekly }
]

const parsePlainDate = (text: string): LocalDate | undefined => {
  for (const { pattern, read } of plainForms) {
    const match = pattern.exec(text)
    if (match !== null) return read(Number(match[1]), Number(match[2]), Number(match[3]))
  }
  return undefined
}

/** A date: any of the plain forms, or any datetime, cut to its day in UTC. */
export const parseIsoDate = (text: string): LocalDate | undefined => {
  if (text.length > maxLength) return undefined
  const plain = parsePlainDate(text)
  if (plain !== undefined) return plain
  const time = parseIsoDatetime(text)
  return time === undefined ? undefined : date(Math.floor(time.epochMs / dayMs))
}

const datetime = /^([+-]?\d{4,9}-\d\d-\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{0,9}))?)?(.*)$/i

/** A datetime: milliseconds since 1970, ISO with an offset, a zone or neither (then UTC), or a date (then midnight UTC). */
export const parseIsoDatetime = (text: string): Instant | undefined => {
  if (text.length > maxLength) return undefined
  if (milliseconds.test(text)) return instantIfValid(Number(text), 0)
  const match = datetime.exec(text)
  if (match === null) {
    const plain = parsePlainDate(text)
    return plain === undefined ? undefined : instant(plain.epochDay * dayMs)
  }
  const [, day = '', hour = '', minute = '', second = '0', fraction = '', zone = ''] = match
  const nanos = Number(fraction.padEnd(9, '0'))
  const seconds = secondsOfDay(Number(hour), Number(minute), Number(second), nanos === 0 && zone.toUpperCase() === 'Z')
  const start = parseStrictDate(day)
  if (start === undefined || seconds === undefined) return undefined
  const local = start.epochDay * dayMs + seconds * 1_000
  const epochMs = fromZone(local, zone)
  return epochMs === undefined ? undefined : instantIfValid(epochMs + Math.floor(nanos / 1_000_000), nanos % 1_000_000)
}

const parseStrictDate = (text: string): LocalDate | undefined => {
  const [, sign = '', year = '', month = '', day = ''] = /^([+-]?)(\d{4,9})-(\d\d)-(\d\d)$/.exec(text) ?? []
  // Beyond four digits there is a plus sign, and only there.
  if ((sign === '+') !== year.length > 4 && sign !== '-') return undefined
  return fromCalendar(Number(sign + year), Number(month), Number(day), true)
}

/** 24:00:00 ends a day, in the form with a `Z` only. */
const secondsOfDay = (hour: number, minute: number, second: number, mayEnd: boolean): number | undefined => {
  if (hour === 24 && minute === 0 && second === 0 && mayEnd) return 86_400
  return hour > 23 || minute > 59 || second > 59 ? undefined : hour * 3_600 + minute * 60 + second
}

const instantIfValid = (epochMs: number, nanos: number): Instant | undefined =>
  Math.abs(epochMs) <= maxEpochDay * dayMs ? instant(epochMs, nanos) : undefined

const offset = /^(?:UTC|GMT|UT)?([+-])(\d\d):(\d\d)(?::(\d\d))?$/

/** Nothing, `Z`, `+01:00`, ` GMT+01:00`, `[Europe/London]`, ` Europe/London`, ` GMT`. */
const fromZone = (local: number, text: string): number | undefined => {
  if (text === '' || text.toUpperCase() === 'Z') return local
  const zone = text.replace(/^ /, '')
  const bracketed = /^(?:Z|[+-]\d\d:\d\d(?::\d\d)?)\[([^\]]+)\]$/i.exec(zone)
  if (bracketed !== null) return fromZone(local, zone.slice(0, zone.indexOf('[')))
  const parts = offset.exec(zone)
  if (parts === null) return zone === 'Z' ? local : zonedToEpochMs(local, zone)
  const [, sign = '', hours = '', minutes = '', seconds = '0'] = parts
  const ms = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000
  if (Number(hours) > 18 || Number(minutes) > 59 || Number(seconds) > 59 || ms > 18 * 3_600_000) return undefined
  return sign === '-' ? local + ms : local - ms
}

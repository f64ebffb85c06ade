/** Dates and datetimes as ISO 8601 text, always in UTC. */
import type { Instant, LocalDate } from '../values/Value.ts'
import { calendarDateOf, dayMs } from './calendar.ts'

const digits = (value: number, length: number): string => String(Math.abs(value)).padStart(length, '0')

/** Four digits; beyond them a sign tells where the year begins. */
export const yearText = (year: number): string => `${year < 0 ? '-' : year > 9999 ? '+' : ''}${digits(year, 4)}`

/** `2020-01-31`. */
export const formatIsoDate = ({ epochDay }: LocalDate): string => {
  const { year, month, day } = calendarDateOf(epochDay)
  return `${yearText(year)}-${digits(month, 2)}-${digits(day, 2)}`
}

const formatSeconds = (epochMs: number): string => {
  const epochDay = Math.floor(epochMs / dayMs)
  const seconds = Math.floor((epochMs - epochDay * dayMs) / 1_000)
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const { year, month, day } = calendarDateOf(epochDay)
  return `${yearText(year)}-${digits(month, 2)}-${digits(day, 2)}T${time.map(part => digits(part, 2)).join(':')}`
}

const millisecondOf = (epochMs: number): number => ((epochMs % 1_000) + 1_000) % 1_000

/** `2020-01-31T01:02:03.000Z`: what `toString` and `cast` give; finer digits are cut. */
export const formatIsoDatetime = ({ epochMs }: Instant): string =>
  `${formatSeconds(epochMs)}.${digits(millisecondOf(epochMs), 3)}Z`

/** With no, three, six or nine digits of a second, as many as needed: what `like` sees. */
export const formatInstant = ({ epochMs, nanos }: Instant): string => {
  const fraction = digits(millisecondOf(epochMs) * 1_000_000 + nanos, 9).replace(/(?:000){1,3}$/, '')
  return `${formatSeconds(epochMs)}${fraction === '' ? '' : `.${fraction}`}Z`
}

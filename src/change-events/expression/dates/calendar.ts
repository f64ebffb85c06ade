/** The proleptic Gregorian calendar, on days since 1970-01-01. */

export interface CalendarDate {
  readonly year: number
  /** From 1. */
  readonly month: number
  /** From 1. */
  readonly day: number
}

export const dayMs = 86_400_000

/** Days in 400 years, after which the calendar repeats. */
const eraDays = 146_097

/** Days from 0000-03-01 to 1970-01-01. Years counted from March have the leap day at their end. */
const epochShift = 719_468

export const epochDayOf = ({ year, month, day }: CalendarDate): number => {
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const monthFromMarch = (month + 9) % 12
  const dayOfYear = Math.floor((153 * monthFromMarch + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * eraDays + dayOfEra - epochShift
}

export const calendarDateOf = (epochDay: number): CalendarDate => {
  const days = epochDay + epochShift
  const era = Math.floor(days / eraDays)
  const dayOfEra = days - era * eraDays
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = ((monthFromMarch + 2) % 12) + 1
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

export const lengthOfMonth = (year: number, month: number): number =>
  month === 2 ? (isLeapYear(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31

export const lengthOfYear = (year: number): number => (isLeapYear(year) ? 366 : 365)

/** From 1. */
export const dayOfYear = (epochDay: number): number =>
  epochDay - epochDayOf({ year: calendarDateOf(epochDay).year, month: 1, day: 1 }) + 1

/** Monday is 1. */
export const dayOfWeek = (epochDay: number): number => ((((epochDay + 3) % 7) + 7) % 7) + 1

/** The ISO 8601 week: weeks begin on Monday and belong to the year of their Thursday. */
export const isoWeek = (epochDay: number): { readonly year: number; readonly week: number } => {
  const thursday = epochDay + 4 - dayOfWeek(epochDay)
  return { year: calendarDateOf(thursday).year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 }
}

/** Years that datetimes can have: those of a JavaScript `Date`. */
export const maxEpochDay = 100_000_000

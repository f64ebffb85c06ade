/** Times as a clock on the wall shows them: milliseconds since 1970 on that clock, and their fields. Fields out of their bounds carry over, as in Java's calendar. */

/** Months from 1, days of the week from 1, Sunday. */
export interface WallFields {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
}

/** The fields of a wall time. */
export const fieldsOf = (wallMs: number): WallFields => {
  const date = new Date(wallMs)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes()
  }
}

/** The wall time of fields, at the full minute. */
export const wallMs = ({ year, month, day, hour, minute }: WallFields): number =>
  Date.UTC(year, month - 1, day, hour, minute)

/** The day of the week, from 1, Sunday. */
export const dayOfWeek = (fields: WallFields): number => new Date(wallMs(fields)).getUTCDay() + 1

/** How many days a month has; month 0 is December of the year before. */
export const daysInMonth = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** The same day some months earlier, or that month's last day. */
export const monthsBefore = (fields: WallFields, months: number): WallFields => {
  const first = fieldsOf(wallMs({ ...fields, month: fields.month - months, day: 1 }))
  return { ...first, day: Math.min(fields.day, daysInMonth(first.year, first.month)) }
}

const written = /^\s*(\d{1,6})\/\s*(\d{1,6})\/\s*(\d{1,6}) \s*(\d{1,6}):\s*(\d{1,6}):\s*(\d{1,6})/

/** Reads `yyyy/MM/dd HH:mm:ss`; what follows it is not looked at. */
export const parseTime = (text: string): number | undefined => {
  const match = written.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number)
  const parsed = Date.UTC(year, month - 1, day, hour, minute, second)
  return Number.isNaN(parsed) ? undefined : parsed
}

/** The same, without carrying over: there is no 30th of February. */
export const parseExactTime = (text: string): number | undefined => {
  const parsed = parseTime(text)
  if (parsed === undefined) return undefined
  const { year, month, day, hour, minute } = fieldsOf(parsed)
  const fields = [year, month, day, hour, minute, new Date(parsed).getUTCSeconds()]
  return written
    .exec(text)
    ?.slice(1)
    .every((unit, index) => Number(unit) === fields[index]) === true
    ? parsed
    : undefined
}

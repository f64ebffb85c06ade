/** Functions on dates and datetimes. */
import { calendarDateOf, dayMs, epochDayOf, lengthOfMonth, maxEpochDay } from '../dates/calendar.ts'
import { parseDateByPattern } from '../dates/parseByPattern.ts'
import { parseIsoDate, parseIsoDatetime } from '../dates/parseIso.ts'
import type { Meter } from '../Meter.ts'
import { toDate } from '../operators/convert.ts'
import { dateReadingSteps } from '../operators/workOn.ts'
import { raise } from '../raise.ts'
import type { Instant, LocalDate, Value } from '../values/Value.ts'
import { date, instant, isDate, isInstant } from '../values/Value.ts'
import type { Operation } from './Operation.ts'
import { operation } from './Operation.ts'

const dateIn = (value: Value, meter: Meter): LocalDate => {
  const found = toDate(value, meter)
  return isDate(found) ? found : raise('invalid-date', 'null is no date')
}

const reading = <A>(meter: Meter, found: A): A => {
  meter.spend(dateReadingSteps)
  return found
}

const invalid = (what: string): never => raise('invalid-date', `the text is no ${what}`)

const partOf =
  (part: (calendarDate: ReturnType<typeof calendarDateOf>) => number) =>
  ([value]: readonly [Value], meter: Meter): Value =>
    part(calendarDateOf(dateIn(value, meter).epochDay))

const lastDay = (value: Value, meter: Meter): LocalDate => {
  const { year, month } = calendarDateOf(dateIn(value, meter).epochDay)
  return date(epochDayOf({ year, month, day: lengthOfMonth(year, month) }))
}

/** Units of fixed length, in milliseconds. A quarter counts as 91 days, as in the reference. */
const unitMs: ReadonlyMap<string, number> = new Map([
  ['MILLISECOND', 1],
  ['SECOND', 1_000],
  ['MINUTE', 60_000],
  ['HOUR', 3_600_000],
  ['DAY', dayMs],
  ['QUARTER', 91 * dayMs]
])

/** Units that the reference names and then fails on. */
const failingUnits: ReadonlySet<string> = new Set(['WEEK', 'MONTH', 'YEAR'])

const lengthOf = (unit: string): number => {
  const name = unit.toUpperCase()
  if (failingUnits.has(name))
    return raise('unsupported', 'dates cannot be moved, compared or cut by week, month or year')
  return (
    unitMs.get(name) ?? raise('bad-argument', `there is no such unit: it is one of ${[...unitMs.keys()].join(', ')}`)
  )
}

const instantOf = (value: LocalDate | Instant): Instant => (isInstant(value) ? value : instant(value.epochDay * dayMs))

const inRange = (epochMs: number, nanos: number): Instant =>
  Math.abs(epochMs) <= maxEpochDay * dayMs ? instant(epochMs, nanos) : raise('invalid-date', 'a date is out of range')

const moved = (unit: string, amount: number | bigint, value: LocalDate | Instant): Instant => {
  const { epochMs, nanos } = instantOf(value)
  return inRange(epochMs + Number(amount) * lengthOf(unit), nanos)
}

/** Whole units between, cut towards zero. */
const between = (unit: string, from: LocalDate | Instant, to: LocalDate | Instant): number => {
  const [start, end] = [instantOf(from), instantOf(to)]
  const ms = end.epochMs - start.epochMs
  const nanos = end.nanos - start.nanos
  // A millisecond that is not quite full does not count.
  const whole = ms > 0 && nanos < 0 ? ms - 1 : ms < 0 && nanos > 0 ? ms + 1 : ms
  return Math.trunc(whole / lengthOf(unit)) + 0
}

const cut = (unit: string, value: LocalDate | Instant): Instant => {
  const { epochMs } = instantOf(value)
  const length = lengthOf(unit)
  if (unit.toUpperCase() !== 'QUARTER') return instant(Math.floor(epochMs / length) * length)
  const { year, month } = calendarDateOf(Math.floor(epochMs / dayMs))
  return inRange(epochDayOf({ year, month: month - ((month - 1) % 3), day: 1 }) * dayMs, 0)
}

export const dateFunctions: ReadonlyArray<Operation> = [
  operation('date', ['any'], ([value], meter) => dateIn(value, meter)),
  operation(
    'to_date',
    ['text', 'text'],
    ([text, pattern], meter) => reading(meter, parseDateByPattern(text, pattern)) ?? invalid('date of that pattern')
  ),
  operation('last_day', ['any'], ([value], meter) => lastDay(value, meter)),
  operation(
    'year',
    ['any'],
    partOf(({ year }) => year)
  ),
  operation(
    'month',
    ['any'],
    partOf(({ month }) => month)
  ),
  operation(
    'day',
    ['any'],
    partOf(({ day }) => day)
  ),
  operation(
    'quarter',
    ['any'],
    partOf(({ month }) => Math.floor((month + 2) / 3))
  ),
  operation('date_add', ['text', 'integer', 'temporal'], ([unit, amount, value]) => moved(unit, amount, value)),
  operation('date_diff', ['text', 'temporal', 'temporal'], ([unit, from, to]) => between(unit, from, to)),
  operation('date_trunc', ['text', 'temporal'], ([unit, value]) => cut(unit, value)),
  operation('from_iso8601_date', ['text'], ([text], meter) => reading(meter, parseIsoDate(text)) ?? invalid('date')),
  operation(
    'from_iso8601_timestamp',
    ['text'],
    ([text], meter) => reading(meter, parseIsoDatetime(text)) ?? invalid('datetime')
  )
]

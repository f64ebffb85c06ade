/** Which of two values comes first: `<`, `<=`, `>`, `>=` and `<=>`. */
import { calendarDateOf } from '../dates/calendar.ts'
import { parseIsoDate, parseIsoDatetime } from '../dates/parseIso.ts'
import { raise } from '../raise.ts'
import { compareDecimals } from '../values/decimals.ts'
import type { Instant, LocalDate, Value } from '../values/Value.ts'
import {
  isArray,
  isDate,
  isDecimal,
  isFloat,
  isInstant,
  isInteger,
  isPlainObject,
  isSet,
  isText,
  kindOf,
  toDouble
} from '../values/Value.ts'
import { asDecimal, isNumeric } from './equality.ts'

/**
 * Below zero, zero, or above. Numbers compare with numbers and with booleans (as 0 and 1), texts by UTF-16 unit, dates and datetimes with
 * their kind or with a text that is read as one, null with null. Any other pair raises `bad-operands`; collections `not-comparable`.
 */
export const compareValues = (operator: string, a: Value, b: Value): number => {
  if (isText(a) && isText(b)) return compareTexts(a, b)
  if (isNumeric(a) && isNumeric(b)) return compareNumbers(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (typeof a === 'boolean' && isNumeric(b)) return compareNumbers(Number(a), b)
  if (typeof b === 'boolean' && isNumeric(a)) return compareNumbers(a, Number(b))
  if (isDate(a) || isDate(b)) return compareDates(operator, a, b)
  if (isInstant(a) || isInstant(b)) return compareInstants(operator, a, b)
  if (a === null && b === null) return 0
  const sameShape = (isPlainObject(a) && isPlainObject(b)) || (isCollection(a) && isCollection(b))
  return sameShape
    ? raise('not-comparable', `${kindOf(a)} and ${kindOf(b)} have no order`)
    : badOperands(operator, a, b)
}

export const badOperands = (operator: string, a: Value, b: Value): never =>
  raise('bad-operands', `'${operator}' cannot be applied to ${kindOf(a)} and ${kindOf(b)}`)

const isCollection = (value: Value): boolean => isArray(value) || isSet(value)

const sign = (a: number | bigint, b: number | bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** The difference of the first units that differ, or of the lengths: the sign is what counts. */
const compareTexts = (a: string, b: string): number => {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  let at = 0
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1
  return at < length ? a.charCodeAt(at) - b.charCodeAt(at) : a.length - b.length
}

const compareNumbers = (a: Value, b: Value): number => {
  if (isInteger(a) && isInteger(b)) return sign(a, b)
  if (isDecimal(a) || isDecimal(b)) {
    const [x, y] = [asDecimal(a), asDecimal(b)]
    if (x === undefined || y === undefined)
      return raise('bad-operands', 'a decimal has no order with NaN or an infinity')
    return compareDecimals(x, y)
  }
  return compareDoubles(Number(isFloat(a) ? toDouble(a) : a), Number(isFloat(b) ? toDouble(b) : b))
}

/** NaN comes last and equals itself; -0.0 comes before 0.0. */
const compareDoubles = (a: number, b: number): number => {
  if (a < b) return -1
  if (a > b) return 1
  const rank = (value: number): number => (Number.isNaN(value) ? 2 : Object.is(value, -0) ? 0 : 1)
  return Number.isNaN(a) || Number.isNaN(b) || a === 0 ? sign(rank(a), rank(b)) : 0
}

const compareDates = (operator: string, a: Value, b: Value): number => {
  const [x, y] = [dateIn(a), dateIn(b)]
  if (x === undefined || y === undefined) return badOperands(operator, a, b)
  const [first, second] = [calendarDateOf(x.epochDay), calendarDateOf(y.epochDay)]
  return first.year - second.year || first.month - second.month || first.day - second.day
}

const dateIn = (value: Value): LocalDate | undefined => {
  if (isDate(value)) return value
  return isText(value)
    ? (parseIsoDate(value) ?? raise('invalid-date', 'a text compared with a date is no date'))
    : undefined
}

const compareInstants = (operator: string, a: Value, b: Value): number => {
  const [x, y] = [instantIn(a), instantIn(b)]
  if (x === undefined || y === undefined) return badOperands(operator, a, b)
  return sign(x.epochMs, y.epochMs) || sign(x.nanos, y.nanos)
}

const instantIn = (value: Value): Instant | undefined => {
  if (isInstant(value)) return value
  return isText(value)
    ? (parseIsoDatetime(value) ?? raise('invalid-date', 'a text compared with a datetime is no datetime'))
    : undefined
}

/** Conversions that an expression asks for: `cast`, `toInteger()` and kin. Null stays null. */
import { dayMs } from '../dates/calendar.ts'
import { formatIsoDatetime } from '../dates/isoText.ts'
import { parseIsoDate, parseIsoDatetime } from '../dates/parseIso.ts'
import type { Meter } from '../Meter.ts'
import { raise } from '../raise.ts'
import { decimalFromFloat, decimalFromText, decimalToDouble, truncateDecimal } from '../values/decimals.ts'
import type { Instant, LocalDate, Value } from '../values/Value.ts'
import {
  bytes,
  date,
  decimal,
  float,
  instant,
  integer,
  isBytes,
  isDate,
  isDecimal,
  isFloat,
  isInstant,
  isInteger,
  isText,
  kindOf,
  toDouble
} from '../values/Value.ts'
import { truncated } from './arithmetic.ts'
import { isNumeric } from './equality.ts'
import { textOf } from './text.ts'
import { isTrueText } from './truth.ts'
import { dateReadingSteps, workOn } from './workOn.ts'

const refuse = (value: Value, to: string): never =>
  raise('type-conversion', `${kindOf(value)} cannot be turned into ${to}`)

export const toBoolean = (value: Value): Value => {
  if (value === null || typeof value === 'boolean') return value
  if (isFloat(value)) return toDouble(value) !== 0
  if (isNumeric(value)) return wholePart(value) !== 0n
  return isText(value) ? isTrueText(value) : refuse(value, 'a boolean')
}

/** A number as a 64-bit integer: floats are held at the ends of the range, decimals wrap around. */
const wholePart = (value: Value): bigint => {
  if (isFloat(value)) return truncated(toDouble(value))
  return isDecimal(value) ? BigInt.asIntN(64, truncateDecimal(value)) : BigInt(isInteger(value) ? value : 0)
}

export const toInteger = (value: Value): Value => {
  if (value === null || isInteger(value)) return value
  if (typeof value === 'boolean') return Number(value)
  if (isNumeric(value)) return integer(wholePart(value))
  if (isDate(value) || isInstant(value)) return millisecondsOf(value)
  return isText(value) ? textToInteger(value) : refuse(value, 'an integer')
}

const millisecondsOf = (value: LocalDate | Instant): number => (isDate(value) ? value.epochDay * dayMs : value.epochMs)

const textToInteger = (text: string): Value => {
  if (/^[+-]?\d{1,19}$/.test(text)) {
    const whole = BigInt(text.replace('+', ''))
    if (BigInt.asIntN(64, whole) === whole) return integer(whole)
  }
  return integer(truncated(textToDouble(text) ?? refuse(text, 'an integer')))
}

/** Digits with an optional point, exponent and type suffix, and the names of the special values; blanks around it do not matter. */
const floatPattern = /^[+-]?(?:NaN|Infinity|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[fFdD]?)$/

const textToDouble = (text: string): number | undefined => {
  const trimmed = trimControls(text)
  return floatPattern.test(trimmed) ? Number(trimmed.replace(/[fFdD]$/, '')) : undefined
}

/** Without the characters up to U+0020 at its ends: what the reference's `trim` takes for blank. */
export const trimControls = (text: string): string => {
  let [start, end] = [0, text.length]
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1
  return text.slice(start, end)
}

export const toNumber = (value: Value): Value => {
  if (value === null) return value
  if (typeof value === 'boolean') return float(Number(value))
  if (isNumeric(value)) return float(numberOf(value))
  if (isDate(value) || isInstant(value)) return float(millisecondsOf(value))
  return isText(value) ? float(textToDouble(value) ?? refuse(value, 'a number')) : refuse(value, 'a number')
}

/** A number of any kind as binary64. */
export const numberOf = (value: Value): number => {
  if (isDecimal(value)) return decimalToDouble(value)
  // `+ 0`: JSON can hold a minus zero, which is an integer here.
  return isInteger(value) ? Number(value) + 0 : isFloat(value) ? toDouble(value) : NaN
}

export const toDecimal = (value: Value): Value => {
  if (value === null || isDecimal(value)) return value
  if (typeof value === 'boolean') return decimal(BigInt(value), 0)
  if (isInteger(value)) return decimal(BigInt(value), 0)
  if (isFloat(value)) return decimalFromFloat(toDouble(value)) ?? refuse(value, 'a decimal')
  if (isDate(value) || isInstant(value)) return decimal(BigInt(millisecondsOf(value)), 0)
  return (isText(value) ? decimalFromText(value) : undefined) ?? refuse(value, 'a decimal')
}

/** Collections and lambdas have no text of their own. */
export const toText = (value: Value, meter: Meter): string | null => {
  if (value === null) return null
  if (isInstant(value)) return formatIsoDatetime(value)
  const hasText = isText(value) || typeof value === 'boolean' || isNumeric(value) || isDate(value) || isBytes(value)
  return hasText ? textOf(value, meter) : refuse(value, 'a text')
}

export const toBytes = (value: Value): Value => {
  if (value === null || isBytes(value)) return value
  const padded = isText(value) ? value.replace(/={1,2}$/, '') : undefined
  // A single character of the last four stands for no byte.
  if (padded === undefined || !/^[A-Za-z0-9+/]*$/.test(padded) || padded.length % 4 === 1) return refuse(value, 'bytes')
  return bytes(new Uint8Array(Buffer.from(padded, 'base64')))
}

export const toDate = (value: Value, meter: Meter): Value => {
  if (value === null || isDate(value)) return value
  meter.spend(dateReadingSteps)
  if (isInstant(value)) return date(Math.floor(value.epochMs / dayMs))
  const found = isText(value) ? parseIsoDate(value) : isNumeric(value) ? dateAt(value) : undefined
  return found ?? raise('invalid-date', `${kindOf(value)} is no date`)
}

export const toDatetime = (value: Value, meter: Meter): Value => {
  if (value === null || isInstant(value)) return value
  meter.spend(dateReadingSteps)
  if (isDate(value)) return instant(value.epochDay * dayMs)
  const found = isText(value) ? parseIsoDatetime(value) : isNumeric(value) ? instantAt(value) : undefined
  return found ?? raise('invalid-date', `${kindOf(value)} is no datetime`)
}

/** Milliseconds since 1970. */
const instantAt = (value: Value): Instant | undefined => parseIsoDatetime(wholePart(value).toString())

const dateAt = (value: Value): LocalDate | undefined => {
  const at = instantAt(value)
  return at === undefined ? undefined : date(Math.floor(at.epochMs / dayMs))
}

type Conversion = (value: Value, meter: Meter) => Value

const casts: ReadonlyMap<string, Conversion> = new Map<string, Conversion>([
  ['string', toText],
  ['date', toDate],
  ['datetime', toDatetime],
  ['int', toInteger],
  ['long', toInteger],
  ['float', toNumber],
  ['double', toNumber],
  ['decimal', toDecimal],
  ['boolean', toBoolean]
])

/** `cast(value as type)`. Type names ignore case. */
export const castTo = (type: string, value: Value, meter: Meter): Value => {
  meter.spend(workOn(value))
  const conversion = casts.get(type.toLowerCase())
  return conversion === undefined
    ? raise('unknown-cast-type', `cast knows no type ${type}: it knows ${[...casts.keys()].join(', ')}`)
    : conversion(value, meter)
}

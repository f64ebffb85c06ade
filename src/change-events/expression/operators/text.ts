/** Values as text, where a text is wanted and everything has one: joins, patterns, keys. */
import { formatInstant, formatIsoDate } from '../dates/isoText.ts'
import type { Meter } from '../Meter.ts'
import { checkDepth } from '../Meter.ts'
import { raise } from '../raise.ts'
import { decimalText } from '../values/decimals.ts'
import { floatText } from '../values/numberText.ts'
import { readValue } from '../values/readValue.ts'
import type { Value, ValueObject } from '../values/Value.ts'
import {
  elementsOf,
  isArray,
  isBytes,
  isDate,
  isDecimal,
  isFloat,
  isInstant,
  isInteger,
  isPlainObject,
  isSet,
  toDouble
} from '../values/Value.ts'

/** `null`, `[1, 2]`, `{a=1}`: as the reference writes them. A lambda has no text. */
export const textOf = (value: Value, meter: Meter, depth = 0): string => {
  if (typeof value === 'string') return value
  if (value === null || typeof value === 'boolean' || isInteger(value)) return String(value)
  if (isFloat(value)) return floatText(toDouble(value))
  if (isDecimal(value)) return decimalText(value)
  if (isDate(value)) return formatIsoDate(value)
  if (isInstant(value)) return formatInstant(value)
  if (isBytes(value)) return Buffer.from(value.bytes).toString('base64')
  checkDepth(meter, depth)
  if (isArray(value) || isSet(value)) return `[${textsOf(elementsOf(value), meter, depth)}]`
  return isPlainObject(value)
    ? `{${entryTexts(value, meter, depth)}}`
    : raise('type-conversion', 'a lambda has no text')
}

const produced = (text: string, meter: Meter): string => {
  meter.spend(1)
  meter.produce(text.length)
  return text
}

const textsOf = (elements: ReadonlyArray<Value>, meter: Meter, depth: number): string =>
  elements.map(element => produced(textOf(readValue(element), meter, depth + 1), meter)).join(', ')

const entryTexts = (object: ValueObject, meter: Meter, depth: number): string =>
  Object.keys(object)
    .map(key => produced(`${key}=${textOf(readValue(object[key]), meter, depth + 1)}`, meter))
    .join(', ')

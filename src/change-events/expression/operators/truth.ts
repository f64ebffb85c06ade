/** What counts as true where a condition is asked for. */
import { raise } from '../raise.ts'
import { decimalToDouble } from '../values/decimals.ts'
import type { Decimal, Value } from '../values/Value.ts'
import {
  elementsOf,
  isArray,
  isDecimal,
  isFloat,
  isInteger,
  isPlainObject,
  isSet,
  kindOf,
  toDouble
} from '../values/Value.ts'

/** An integer cut to its low 32 bits, a float to its nearest 32-bit integer: how the reference turns numbers into `int`. */
export const toInt32 = (value: number | bigint): number => Number(BigInt.asIntN(32, BigInt(value)))

/**
 * Null, false, zero, an empty text, `false` as a text and empty collections are false. Integers are cut to 32 bits first, other numbers
 * to binary32. Dates, bytes and lambdas have no truth value.
 */
export const isTruthy = (value: Value): boolean => {
  if (typeof value === 'boolean') return value
  if (value === null) return false
  if (typeof value === 'string') return isTrueText(value)
  if (isInteger(value)) return toInt32(value) !== 0
  if (isFloat(value)) return Math.fround(toDouble(value)) !== 0
  if (isDecimal(value)) return isTrueDecimal(value)
  if (isArray(value) || isSet(value)) return elementsOf(value).length > 0
  if (isPlainObject(value)) return Object.keys(value).length > 0
  return raise('type-conversion', `${kindOf(value)} has no truth value`)
}

/** Most are far from the smallest binary32 number, and need not be worked out. */
const isTrueDecimal = (value: Decimal): boolean => {
  const { unscaled, scale } = value
  if (unscaled === 0n) return false
  const exponent = unscaled.toString(16).length * 1.205 - scale
  if (exponent > -40) return true
  return exponent > -50 && Math.fround(decimalToDouble(value)) !== 0
}

export const isTrueText = (text: string): boolean =>
  text !== '' && (text.length !== 5 || text.toLowerCase() !== 'false')

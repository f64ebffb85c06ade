/** When two values are the same: for `==`, which compares numbers of any kind, and for sets, which do not. */
import type { Meter } from '../Meter.ts'
import { checkDepth, stepsFor } from '../Meter.ts'
import { raise } from '../raise.ts'
import { workOn } from './workOn.ts'
import { decimalFromFloat, decimalText } from '../values/decimals.ts'
import { floatText } from '../values/numberText.ts'
import { ownValue, readValue } from '../values/readValue.ts'
import type { Decimal, Value, ValueObject } from '../values/Value.ts'
import {
  decimal,
  elementsOf,
  isArray,
  isBytes,
  isClosure,
  isDate,
  isDecimal,
  isFloat,
  isInstant,
  isInteger,
  isPlainObject,
  isSet,
  toDouble
} from '../values/Value.ts'

/** Deep equality. Null equals null only; nothing is converted but numbers among themselves. Never an error. */
export const isEqual = (a: Value, b: Value, meter: Meter, depth = 0): boolean => {
  if (typeof a === 'string' || typeof a === 'boolean' || a === null) return a === b
  if (isInteger(a) && isInteger(b)) return a === b
  if (isNumeric(a)) return isNumeric(b) && equalNumbers(a, b)
  if (isDate(a)) return isDate(b) && a.epochDay === b.epochDay
  if (isInstant(a)) return isInstant(b) && a.epochMs === b.epochMs && a.nanos === b.nanos
  if (isBytes(a)) return isBytes(b) && equalBytes(a.bytes, b.bytes, meter)
  if (isClosure(a)) return a === b
  checkDepth(meter, depth)
  if (isSet(a) && isSet(b)) return equalSets(a.elements, b.elements, meter, depth)
  if (isArray(a) || isSet(a))
    return (isArray(b) || isSet(b)) && equalInOrder(elementsOf(a), elementsOf(b), meter, depth)
  return isPlainObject(a) && isPlainObject(b) && equalObjects(a, b, meter, depth)
}

type Numeric = Extract<Value, number | bigint> | Decimal

export const isNumeric = (value: Value): value is Numeric => isInteger(value) || isFloat(value) || isDecimal(value)

/** With a decimal among them as decimals, scale and all; with a float as floats, where NaN equals itself and 0.0 is not -0.0. */
const equalNumbers = (a: Value, b: Value): boolean => {
  if (isDecimal(a) || isDecimal(b)) {
    const [x, y] = [asDecimal(a), asDecimal(b)]
    return x !== undefined && y !== undefined && x.unscaled === y.unscaled && x.scale === y.scale
  }
  return Object.is(asDouble(a), asDouble(b))
}

/** An integer has scale 0, a float the scale of its shortest text. */
export const asDecimal = (value: Value): Decimal | undefined => {
  if (isDecimal(value)) return value
  if (isInteger(value)) return decimal(BigInt(value), 0)
  return isFloat(value) ? decimalFromFloat(toDouble(value)) : undefined
}

const asDouble = (value: Value): number =>
  // `+ 0`: JSON can hold a minus zero, which is an integer here.
  isInteger(value) ? Number(value) + 0 : isFloat(value) ? toDouble(value) : NaN

const equalBytes = (a: Uint8Array, b: Uint8Array, meter: Meter): boolean => {
  if (a.length !== b.length) return false
  meter.spend(stepsFor(a.length))
  return a.every((byte, index) => byte === b[index])
}

const equalInOrder = (a: ReadonlyArray<Value>, b: ReadonlyArray<Value>, meter: Meter, depth: number): boolean => {
  if (a.length !== b.length) return false
  for (const [index, element] of a.entries()) {
    meter.spend(1)
    if (!isEqual(readValue(element), readValue(b[index]), meter, depth + 1)) return false
  }
  return true
}

/** A set has no order that anybody could know of: each element needs a partner of its own. */
const equalSets = (a: ReadonlyArray<Value>, b: ReadonlyArray<Value>, meter: Meter, depth: number): boolean => {
  if (a.length !== b.length) return false
  const left = [...b]
  for (const element of a) {
    const partner = left.findIndex(other => {
      meter.spend(1)
      return isEqual(readValue(element), readValue(other), meter, depth + 1)
    })
    if (partner === -1) return false
    left.splice(partner, 1)
  }
  return true
}

const equalObjects = (a: ValueObject, b: ValueObject, meter: Meter, depth: number): boolean => {
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  for (const key of keys) {
    meter.spend(1)
    const other = ownValue(b, key)
    if (other === undefined || !isEqual(readValue(a[key]), other, meter, depth + 1)) return false
  }
  return true
}

/**
 * A text that two values share exactly if a set takes them for one: same kind, same value. 1 and 1.0 are two, 1.10 and 1.1 as decimals are
 * two, texts differ in every character.
 */
export const identityOf = (value: Value, meter: Meter, depth = 0): string => {
  meter.spend(1)
  if (typeof value === 'string') {
    meter.spend(stepsFor(value.length))
    return JSON.stringify(value)
  }
  if (value === null || typeof value === 'boolean') return String(value)
  if (isInteger(value)) return BigInt(value).toString()
  if (isFloat(value)) return `f${floatText(toDouble(value))}`
  if (isDecimal(value) || isBytes(value)) meter.spend(workOn(value))
  if (isDecimal(value)) return `d${decimalText(value)}`
  if (isDate(value)) return `date ${value.epochDay}`
  if (isInstant(value)) return `time ${value.epochMs} ${value.nanos}`
  if (isBytes(value)) return `bytes ${Buffer.from(value.bytes).toString('base64')}`
  if (isClosure(value)) return raise('unsupported', 'a lambda cannot be an element of a set')
  checkDepth(meter, depth)
  const inner = (part: Value): string => identityOf(readValue(part), meter, depth + 1)
  if (isArray(value)) return `[${value.map(inner).join()}]`
  if (isSet(value)) return `{${value.elements.map(inner).sort().join()}}`
  if (!isPlainObject(value)) return raise('unsupported', 'not a value')
  const keys = Object.keys(value).sort()
  return `(${keys.map(key => `${JSON.stringify(key)}:${inner(readValue(value[key]))}`).join()})`
}

/** Members and indexes. Own keys only: nothing inherited is reached. */
import type { Meter } from '../Meter.ts'
import { raise } from '../raise.ts'
import { truncateDecimal } from '../values/decimals.ts'
import { ownValue, readValue } from '../values/readValue.ts'
import type { Value } from '../values/Value.ts'
import {
  isArray,
  isDecimal,
  isFloat,
  isInteger,
  isPlainObject,
  isSet,
  isText,
  kindOf,
  toDouble
} from '../values/Value.ts'
import { truncated } from './arithmetic.ts'
import { identityOf } from './equality.ts'
import { toInt32 } from './truth.ts'

/** A member of null is null, a key that an object lacks too. Nothing else has members. */
export const memberOf = (target: Value, name: string): Value => {
  if (target === null) return null
  return isPlainObject(target)
    ? (ownValue(target, name) ?? null)
    : raise('no-such-method', `${kindOf(target)} has no member ${name}`)
}

/** An element by number, a character by number, a value by key; of a set, whether it holds the index. */
export const indexOf = (target: Value, index: Value, meter: Meter): Value => {
  if (isSet(target)) {
    const wanted = identityOf(index, meter)
    return target.elements.some(element => identityOf(readValue(element), meter) === wanted)
  }
  if (isPlainObject(target)) return isText(index) ? (ownValue(target, index) ?? null) : null
  const at = isArray(target) || isText(target) ? positionIn(index) : undefined
  if (at === undefined) return raise('bad-index', `${kindOf(index)} is no index of ${kindOf(target)}`)
  const length = isArray(target) || isText(target) ? target.length : 0
  if (at < 0 || at >= length) return raise('index-out-of-range', 'an index is out of range')
  return isText(target) ? target.charAt(at) : isArray(target) ? readValue(target[at]) : null
}

/** A number as a position: cut to a whole number, and that to 32 bits. */
export const positionIn = (value: Value): number | undefined => {
  if (isInteger(value)) return toInt32(value)
  if (isFloat(value)) return Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Number(truncated(toDouble(value)))))
  return isDecimal(value) ? toInt32(truncateDecimal(value)) : undefined
}

/** Walking over collections, and what loops make, alike for both evaluators. */
import type { Meter } from '../Meter.ts'
import { textOf } from '../operators/text.ts'
import { raise } from '../raise.ts'
import { newObject, readValue } from '../values/readValue.ts'
import type { Value, ValueObject } from '../values/Value.ts'
import { elementsOf, isArray, isPlainObject, isSet, kindOf } from '../values/Value.ts'

/**
 * Visits the elements of an array or a set, or the values of an object, until `visit` returns true. Two variables are given index and
 * element, or key and value; one is given the element or the value.
 */
export const visitElements = (
  collection: Value,
  variables: 1 | 2,
  meter: Meter,
  visit: (values: ReadonlyArray<Value>) => boolean
): boolean => {
  const give = (key: Value, value: Value): boolean => {
    meter.spend(1)
    return visit(variables === 1 ? [value] : [key, value])
  }
  if (isArray(collection) || isSet(collection))
    return elementsOf(collection).some((element, index) => give(index, readValue(element)))
  if (isPlainObject(collection)) return Object.keys(collection).some(key => give(key, readValue(collection[key])))
  return raise('not-iterable', `a loop cannot go over ${kindOf(collection)}`)
}

/** An object from keys and values, of which the last wins. Keys become texts. */
export const objectOf = (entries: Iterable<readonly [Value, Value]>, meter: Meter): ValueObject => {
  const object = newObject()
  for (const [key, value] of entries) {
    meter.produce(1)
    object[key === null ? raise('null-key', 'null is no key of an object') : textOf(key, meter)] = value
  }
  return object
}

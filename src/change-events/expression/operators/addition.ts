/** `+` on what is no pair of numbers: texts, arrays, sets, objects. */
import type { Meter } from '../Meter.ts'
import { stepsFor } from '../Meter.ts'
import { newObject, readValue } from '../values/readValue.ts'
import type { Value, ValueObject } from '../values/Value.ts'
import { isArray, isPlainObject, isSet, isText } from '../values/Value.ts'
import { isNumeric } from './equality.ts'
import { badOperands } from './order.ts'
import { setOf } from './setOf.ts'
import { textOf } from './text.ts'

/** Text with text, number or boolean; two arrays; two sets; two objects, of which the right one wins. */
export const addOthers = (a: Value, b: Value, meter: Meter): Value => {
  if ((isText(a) && isJoinable(b)) || (isText(b) && isJoinable(a)))
    return joined(textOf(a, meter) + textOf(b, meter), meter)
  if (isArray(a) && isArray(b)) return produced([...a, ...b], meter)
  if (isSet(a) && isSet(b)) return setOf([...a.elements, ...b.elements], meter)
  return isPlainObject(a) && isPlainObject(b) ? merged(a, b, meter) : badOperands('+', a, b)
}

const isJoinable = (value: Value): boolean => isText(value) || isNumeric(value) || typeof value === 'boolean'

const joined = (text: string, meter: Meter): string => {
  meter.spend(stepsFor(text.length))
  meter.produce(text.length)
  return text
}

const produced = (elements: ReadonlyArray<Value>, meter: Meter): ReadonlyArray<Value> => {
  meter.spend(stepsFor(elements.length))
  meter.produce(elements.length)
  return elements
}

const merged = (a: ValueObject, b: ValueObject, meter: Meter): ValueObject => {
  const result = newObject()
  for (const source of [a, b])
    for (const key of Object.keys(source)) {
      meter.spend(1)
      meter.produce(1)
      result[key] = readValue(source[key])
    }
  return result
}

/** What working through a value costs, where that is more than a step: an operator or a method on a thousand digits is no single step. */
import { stepsFor } from '../Meter.ts'
import type { Value } from '../values/Value.ts'
import { isBytes, isDecimal, isText } from '../values/Value.ts'

export const workOn = (value: Value): number => {
  if (isText(value)) return stepsFor(value.length)
  // Hexadecimal digits are counted in no time; decimal ones are what costs.
  if (isDecimal(value)) return 1 + value.unscaled.toString(16).length / 8
  return isBytes(value) ? stepsFor(value.bytes.length) : 0
}

/** Steps for reading a date from a text: with a time zone, that is a lot of work. */
export const dateReadingSteps = 64

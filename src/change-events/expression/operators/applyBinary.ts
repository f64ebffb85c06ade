/** Every binary operator that looks at both its sides; `??` does not. */
import type { BinaryOperator } from '../Expression.ts'
import type { Meter } from '../Meter.ts'
import { stepsFor } from '../Meter.ts'
import { raise } from '../raise.ts'
import { readValue } from '../values/readValue.ts'
import type { Value } from '../values/Value.ts'
import { elementsOf, isArray, isDecimal, isSet, isText, kindOf } from '../values/Value.ts'
import { applyArithmetic, isArithmetic } from './arithmetic.ts'
import { isEqual } from './equality.ts'
import { readLikePattern } from './LikePattern.ts'
import { compareValues } from './order.ts'
import { textOf } from './text.ts'
import { dateReadingSteps, workOn } from './workOn.ts'

export type StrictOperator = Exclude<BinaryOperator, '??'>

/** What each comparison makes of an order. */
const comparisons: { readonly [operator: string]: (order: number) => Value } = {
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
  '<=>': order => order
}

export const applyBinary = (operator: StrictOperator, left: Value, right: Value, meter: Meter): Value => {
  if (operator === '==') return isEqual(left, right, meter)
  if (operator === '!=') return !isEqual(left, right, meter)
  if (operator === 'in') return isIn(left, right, meter)
  if (operator === 'like' || operator === 'ilike') return isLike(left, right, operator === 'ilike', meter)
  if (isArithmetic(operator)) return applyArithmetic(operator, left, right, meter)
  if (isDecimal(left) || isDecimal(right)) meter.spend(workOn(left) + workOn(right))
  // Only a date can be compared with a text that is not compared as one.
  else if (isText(left) !== isText(right)) meter.spend(dateReadingSteps)
  return comparisons[operator]?.(compareValues(operator, left, right)) ?? null
}

/** Whether an array or a set holds an equal element. */
const isIn = (value: Value, collection: Value, meter: Meter): boolean => {
  if (!isArray(collection) && !isSet(collection))
    return raise('not-a-collection', `'in' cannot look into ${kindOf(collection)}`)
  return elementsOf(collection).some(element => {
    meter.spend(1)
    return isEqual(value, readValue(element), meter)
  })
}

/** Both sides as text, null too. */
const isLike = (value: Value, pattern: Value, ignoreCase: boolean, meter: Meter): boolean => {
  const source = textOf(pattern, meter)
  meter.spend(stepsFor(source.length))
  return readLikePattern(source, ignoreCase).matches(textOf(value, meter), meter)
}

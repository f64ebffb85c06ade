/** Functions on numbers. */
import { truncated } from '../operators/arithmetic.ts'
import { numberOf } from '../operators/convert.ts'
import { raise } from '../raise.ts'
import { decimalFromFloat, decimalToDouble, roundDecimal } from '../values/decimals.ts'
import type { Value } from '../values/Value.ts'
import { float, integer } from '../values/Value.ts'
import type { Operation } from './Operation.ts'
import { operation } from './Operation.ts'
import { positionOf } from './textMethods.ts'

export const rootOf = (value: Value): Value => float(Math.sqrt(numberOf(value)))
export const floorOf = (value: Value): Value => integer(truncated(Math.floor(numberOf(value))))

/** Places beyond which rounding a binary64 number changes nothing, respectively leaves nothing. */
const maxPlaces = 350

/** Half away from zero, by the shortest decimal text of the number: 2.345 to two places is 2.35. */
const rounded = (value: number, places: number): number => {
  const exact = decimalFromFloat(value) ?? raise('number-range', 'round takes no NaN and no infinity')
  if (places > maxPlaces) return value
  return places < -maxPlaces ? 0 : decimalToDouble(roundDecimal(exact, places))
}

export const numberFunctions: ReadonlyArray<Operation> = [
  operation('round', ['number', 'number'], ([value, places]) => float(rounded(numberOf(value), positionOf(places)))),
  operation('sqrt', ['number'], ([value]) => rootOf(value)),
  operation('floor', ['number'], ([value]) => floorOf(value)),
  operation('ceil', ['number'], ([value]) => integer(truncated(Math.ceil(numberOf(value))))),
  operation('pow', ['number', 'number'], ([base, exponent]) => float(numberOf(base) ** numberOf(exponent)))
]

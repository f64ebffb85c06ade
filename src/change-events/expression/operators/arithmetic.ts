/** `+ - * / % **`, the bit operators and the signs. Integers have 64 bits and wrap around. */
import type { BinaryOperator } from '../Expression.ts'
import type { Meter } from '../Meter.ts'
import { raise } from '../raise.ts'
import { addDecimals, divideDecimals, multiplyDecimals, negateDecimal } from '../values/decimals.ts'
import type { Decimal, Value } from '../values/Value.ts'
import { float, integer, isDecimal, isFloat, isInteger, kindOf, toDouble } from '../values/Value.ts'
import { addOthers } from './addition.ts'
import { asDecimal, isNumeric } from './equality.ts'
import { badOperands } from './order.ts'
import { workOn } from './workOn.ts'

export type ArithmeticOperator = Extract<
  BinaryOperator,
  '**' | '*' | '/' | '%' | '+' | '-' | '<<' | '>>' | '&' | '^' | '|'
>

/** One operator on each kind of number; undefined where it is not for that kind. */
interface Arithmetic {
  /** Exact wherever the result is a safe integer: most of the time, no bigint is needed. */
  readonly small?: (a: number, b: number) => number
  readonly integers: (a: bigint, b: bigint) => bigint
  readonly floats?: (a: number, b: number) => number
  readonly decimals?: (a: Decimal, b: Decimal) => Decimal
}

const nonZero = <A>(divisor: bigint, result: () => A): A =>
  divisor === 0n ? raise('divide-by-zero', 'an integer or decimal is divided by zero') : result()

const arithmetic: { readonly [O in ArithmeticOperator]: Arithmetic } = {
  '+': { small: (a, b) => a + b, integers: (a, b) => a + b, floats: (a, b) => a + b, decimals: addDecimals },
  '-': {
    small: (a, b) => a - b,
    integers: (a, b) => a - b,
    floats: (a, b) => a - b,
    decimals: (a, b) => addDecimals(a, negateDecimal(b))
  },
  '*': { small: (a, b) => a * b, integers: (a, b) => a * b, floats: (a, b) => a * b, decimals: multiplyDecimals },
  '/': {
    integers: (a, b) => nonZero(b, () => a / b),
    floats: (a, b) => a / b,
    decimals: (a, b) => nonZero(b.unscaled, () => divideDecimals(a, b))
  },
  '%': { integers: (a, b) => nonZero(b, () => a % b) },
  '**': { integers: (a, b) => truncated(Number(a) ** Number(b)), floats: (a, b) => a ** b },
  '<<': { integers: (a, b) => a << (b & 63n) },
  '>>': { integers: (a, b) => a >> (b & 63n) },
  '&': { integers: (a, b) => a & b },
  '^': { integers: (a, b) => a ^ b },
  '|': { integers: (a, b) => a | b }
}

export const isArithmetic = (operator: BinaryOperator): operator is ArithmeticOperator =>
  Object.hasOwn(arithmetic, operator)

const [minInteger, maxInteger] = [-(2n ** 63n), 2n ** 63n - 1n]

/** A float as a 64-bit integer: cut towards zero, held at the ends of the range, NaN as 0. */
export const truncated = (value: number): bigint => {
  if (Number.isNaN(value)) return 0n
  if (value >= 2 ** 63) return maxInteger
  return value <= -(2 ** 63) ? minInteger : BigInt(Math.trunc(value))
}

export const applyArithmetic = (operator: ArithmeticOperator, left: Value, right: Value, meter: Meter): Value => {
  // A boolean beside a number counts as 0 or 1.
  const a = typeof left === 'boolean' && isNumeric(right) ? Number(left) : left
  const b = typeof right === 'boolean' && isNumeric(left) ? Number(right) : right
  const { small, integers, floats, decimals } = arithmetic[operator]
  if (isInteger(a) && isInteger(b)) {
    const result = typeof a === 'number' && typeof b === 'number' ? small?.(a, b) : undefined
    return result !== undefined && Number.isSafeInteger(result) ? result : integer(integers(BigInt(a), BigInt(b)))
  }
  if (isDecimal(a) || isDecimal(b)) {
    meter.spend(workOn(a) + workOn(b))
    const [x, y] = [asDecimal(a), asDecimal(b)]
    if (decimals !== undefined && x !== undefined && y !== undefined) return decimals(x, y)
  } else if (floats !== undefined && isNumeric(a) && isNumeric(b)) return float(floats(asNumber(a), asNumber(b)))
  return operator === '+' ? addOthers(left, right, meter) : badOperands(operator, left, right)
}

const asNumber = (value: Value): number =>
  // `+ 0`: JSON can hold a minus zero, which is an integer here.
  isInteger(value) ? Number(value) + 0 : isFloat(value) ? toDouble(value) : NaN

export const negate = (value: Value): Value => {
  // `0 - x`: no minus zero comes of an integer.
  if (typeof value === 'number' && Number.isSafeInteger(value)) return 0 - value
  if (isInteger(value)) return integer(-BigInt(value))
  if (isFloat(value)) return float(-toDouble(value))
  return isDecimal(value) ? negateDecimal(value) : raise('bad-operands', `'-' cannot be applied to ${kindOf(value)}`)
}

export const invert = (value: Value): Value =>
  isInteger(value) ? integer(~BigInt(value)) : raise('bad-operands', `'~' cannot be applied to ${kindOf(value)}`)

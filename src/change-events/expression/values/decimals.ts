/** Exact decimals: the arithmetic of the reference's `BigDecimal`, bounded in size. */
import { raise } from '../raise.ts'
import { floatText } from './numberText.ts'
import type { Decimal } from './Value.ts'
import { decimal } from './Value.ts'

/** Digits, and places before or after the point. More is a fault: a text may claim `1e999999999`. */
const maxDigits = 1_000

const bounded = (unscaled: bigint, scale: number): Decimal =>
  Math.abs(scale) > maxDigits || precision(unscaled) > maxDigits
    ? raise('number-range', `a decimal of more than ${maxDigits} digits`)
    : decimal(unscaled, scale)

const precision = (unscaled: bigint): number => (unscaled < 0n ? -unscaled : unscaled).toString().length

const text = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d+))?$/

/** The decimal that a text states, with its scale; undefined where it states none. */
export const decimalFromText = (source: string): Decimal | undefined => {
  const match = source.length > 4 * maxDigits ? null : text.exec(source)
  if (match === null) return undefined
  const [, sign = '', number = '', exponent = '0'] = match
  const [whole = '', fraction = ''] = number.split('.')
  const unscaled = BigInt(whole + fraction)
  return bounded(sign === '-' ? -unscaled : unscaled, fraction.length - Number(exponent))
}

/** The decimal of the shortest text of a float: 0.1 is exactly 0.1. Undefined for NaN and the infinities. */
export const decimalFromFloat = (value: number): Decimal | undefined =>
  Number.isFinite(value) ? decimalFromText(floatText(value)) : undefined

/** As text, with an exponent only where the point is far away (Java's `BigDecimal.toString`). */
export const decimalText = ({ unscaled, scale }: Decimal): string => {
  const sign = unscaled < 0n ? '-' : ''
  const digits = unscaled.toString().replace('-', '')
  const adjusted = digits.length - 1 - scale
  if (scale === 0) return sign + digits
  if (scale > 0 && adjusted >= -6) {
    const padded = digits.padStart(scale + 1, '0')
    return `${sign}${padded.slice(0, -scale)}.${padded.slice(-scale)}`
  }
  const mantissa = digits.length > 1 ? `${digits.slice(0, 1)}.${digits.slice(1)}` : digits
  return `${sign}${mantissa}E${adjusted >= 0 ? '+' : ''}${adjusted}`
}

const rescaled = ({ unscaled, scale }: Decimal, to: number): bigint => unscaled * 10n ** BigInt(to - scale)

const aligned = (a: Decimal, b: Decimal): readonly [bigint, bigint, scale: number] => {
  const scale = Math.max(a.scale, b.scale)
  return [rescaled(a, scale), rescaled(b, scale), scale]
}

export const addDecimals = (a: Decimal, b: Decimal): Decimal => {
  const [x, y, scale] = aligned(a, b)
  return bounded(x + y, scale)
}

export const negateDecimal = ({ unscaled, scale }: Decimal): Decimal => decimal(-unscaled, scale)

export const multiplyDecimals = (a: Decimal, b: Decimal): Decimal => bounded(a.unscaled * b.unscaled, a.scale + b.scale)

/** The quotient's scale follows from the operands', as in SQL engines: at least 6. */
export const divideDecimals = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale + precision(b.unscaled) + 1, 6)
  if (scale > maxDigits) return bounded(0n, scale)
  // a / b with `scale` places is a.unscaled * 10^(scale - a.scale + b.scale) / b.unscaled.
  const power = scale - a.scale + b.scale
  const numerator = power >= 0 ? a.unscaled * 10n ** BigInt(power) : a.unscaled
  const denominator = power >= 0 ? b.unscaled : b.unscaled * 10n ** BigInt(-power)
  return bounded(divideHalfUp(numerator, denominator), scale)
}

/** The same value with this many places, rounded half away from zero. */
export const roundDecimal = (value: Decimal, scale: number): Decimal =>
  scale >= value.scale
    ? bounded(rescaled(value, scale), scale)
    : bounded(divideHalfUp(value.unscaled, 10n ** BigInt(value.scale - scale)), scale)

const divideHalfUp = (numerator: bigint, denominator: bigint): bigint => {
  const quotient = numerator / denominator
  const remainder = numerator % denominator
  const twice = (remainder < 0n ? -remainder : remainder) * 2n
  const magnitude = denominator < 0n ? -denominator : denominator
  if (twice < magnitude) return quotient
  return numerator < 0n === denominator < 0n ? quotient + 1n : quotient - 1n
}

export const compareDecimals = (a: Decimal, b: Decimal): number => {
  const [x, y] = aligned(a, b)
  return x < y ? -1 : x > y ? 1 : 0
}

export const decimalToDouble = (value: Decimal): number => Number(decimalText(value))

/** The whole part. */
export const truncateDecimal = ({ unscaled, scale }: Decimal): bigint =>
  scale >= 0 ? unscaled / 10n ** BigInt(scale) : unscaled * 10n ** BigInt(-scale)

/** How numbers are written: in texts as the language's reference does (`1.0`, `1.0E10`), in expressions without an exponent. */

/** The shortest digits that read back as the same number, and the power of ten of the first one: 1500 is `15` and 3. */
const shortest = (value: number): { readonly digits: string; readonly exponent: number } => {
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e')
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) }
}

/** All digits, with at least one after the point. */
const plain = (digits: string, exponent: number): string => {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  return `${whole}.${digits.slice(exponent + 1) || '0'}`
}

const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '')

/** A float as text: with an exponent below 0.001 and from 10 million on (Java's `Double.toString`). */
export const floatText = (value: number): string => {
  if (!Number.isFinite(value)) return String(value)
  const { digits, exponent } = shortest(value)
  const scientific = value !== 0 && (exponent < -3 || exponent >= 7)
  const text = scientific ? `${digits.slice(0, 1)}.${digits.slice(1) || '0'}E${exponent}` : plain(digits, exponent)
  return `${signOf(value)}${text}`
}

/** A finite float as a literal of the language, which knows no exponent; a minus sign before it is the operator. */
export const floatLiteral = (value: number): string => {
  const { digits, exponent } = shortest(value)
  return `${signOf(value)}${plain(digits, exponent)}`
}

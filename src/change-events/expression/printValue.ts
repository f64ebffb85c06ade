/** Values as expressions that give them back. */
import { formatIsoDate, formatInstant } from './dates/isoText.ts'
import { binaryLevels, level } from './precedence.ts'
import { decimalText } from './values/decimals.ts'
import { floatLiteral } from './values/numberText.ts'
import type { Value } from './values/Value.ts'
import {
  elementsOf,
  isArray,
  isBytes,
  isDate,
  isDecimal,
  isFloat,
  isInstant,
  isInteger,
  isPlainObject,
  isSet,
  toDouble
} from './values/Value.ts'

/** A text, and how tightly it holds together: {@link level}. */
export interface Printed {
  readonly text: string
  readonly level: number
}

const primary = (text: string): Printed => ({ text, level: level.primary })
const postfix = (text: string): Printed => ({ text, level: level.postfix })

export const printValue = (value: Value): Printed => {
  if (typeof value === 'string') return primary(quoteText(value))
  if (value === null || typeof value === 'boolean') return primary(String(value))
  if (isInteger(value)) return printInteger(value)
  if (isFloat(value)) return printFloat(toDouble(value))
  if (isDecimal(value)) return primary(`cast(${quoteText(decimalText(value))} as decimal)`)
  if (isDate(value)) return primary(`cast(${quoteText(formatIsoDate(value))} as date)`)
  if (isInstant(value)) return primary(`cast(${quoteText(formatInstant(value))} as datetime)`)
  if (isBytes(value)) return postfix(`${quoteText(Buffer.from(value.bytes).toString('base64'))}.toBinary()`)
  if (isArray(value)) return primary(`[${printElements(value)}]`)
  if (isSet(value)) return primary(`{${printElements(elementsOf(value))}}`)
  if (isPlainObject(value)) return primary(printObject(Object.entries(value)))
  // A lambda outlives no evaluation, so none gets into a tree; whoever puts one there is told when the text is evaluated.
  return primary('cast(null as lambda)')
}

const printElements = (elements: ReadonlyArray<Value>): string =>
  elements.map(element => printValue(element).text).join(', ')

/** `{}` is a set. An empty object is what a loop over nothing makes. */
const printObject = (entries: ReadonlyArray<readonly [string, Value]>): string =>
  entries.length === 0
    ? '{x: x for x of []}'
    : `{${entries.map(([key, value]) => `${quoteText(key)}: ${printValue(value).text}`).join(', ')}}`

/** A backslash makes the next character literal; line breaks need one too. */
export const quoteText = (text: string): string => `'${text.replace(/['\\\r\n]/g, character => `\\${character}`)}'`

const least = -(2n ** 63n)

const printInteger = (value: number | bigint): Printed => {
  // Its positive counterpart is beyond 64 bits.
  if (value === least) return { text: '-9223372036854775807 - 1', level: binaryLevels['-'].level }
  const text = BigInt(value).toString()
  return { text, level: value < 0 ? level.unary : level.primary }
}

const printFloat = (value: number): Printed => {
  if (Number.isNaN(value)) return { text: '0.0 / 0.0', level: binaryLevels['/'].level }
  if (!Number.isFinite(value)) return { text: value > 0 ? '1.0 / 0.0' : '-1.0 / 0.0', level: binaryLevels['/'].level }
  const text = floatLiteral(value)
  return { text, level: text.startsWith('-') ? level.unary : level.primary }
}

/**
 * A row as Snowflake's `TO_JSON` writes it. That is almost JSON: floats may be `NaN` and `Infinity`, an element of a list `undefined`
 * (`ARRAY_CONSTRUCT(NULL)`), and numbers have up to 38 digits, of which a JavaScript number holds 15.
 */
import { isObject } from '../../internal/objects.ts'
import { decimalFromText } from '../expression/values/decimals.ts'
import type { ObjectImage } from '../ObjectChange.ts'

/** What `JSON.parse` would not read, or not to the last digit. */
const peculiar = /[\d.]{16}|NaN|[Ii]nf|undefined/

/** The row's columns: great numbers as `bigint` and decimals, words that JSON does not know as null. */
export const rowImage = (text: string): ObjectImage => {
  const read: unknown = peculiar.test(text) ? readPeculiar(text) : JSON.parse(text)
  return isObject(read) ? (read as ObjectImage) : {}
}

const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?[\d.]+(?:[eE][+-]?\d+)?|-?[A-Za-z]+|[{}[\]]/g

const readPeculiar = (text: string): unknown => {
  // Commas and colons say nothing that the order does not say.
  const found = text.matchAll(tokens)
  const next = (): string => {
    const { value, done } = found.next()
    if (done === true) throw new TypeError('a row ends before its end')
    return value[0]
  }
  const element = (first: string): unknown => {
    if (first === '{') return Object.fromEntries(fields())
    if (first === '[') return elements()
    return first.startsWith('"') ? JSON.parse(first) : scalar(first)
  }
  const elements = (): ReadonlyArray<unknown> => {
    const read: Array<unknown> = []
    for (let first = next(); first !== ']'; first = next()) read.push(element(first))
    return read
  }
  const fields = (): ReadonlyArray<readonly [string, unknown]> => {
    const read: Array<readonly [string, unknown]> = []
    for (let name = next(); name !== '}'; name = next()) read.push([JSON.parse(name) as string, element(next())])
    return read
  }
  return element(next())
}

const scalar = (word: string): unknown => {
  if (/^-?[A-Za-z]/.test(word)) return word === 'true' ? true : word === 'false' ? false : null
  const number = Number(word)
  // With an exponent it is a float, which JavaScript has too.
  if (/[eE]/.test(word) || significant(word) === significant(String(number))) return number
  return word.includes('.') ? decimalFromText(word) : BigInt(word)
}

/** The digits that make the value: `-1.50` has those of `-1.5`. */
const significant = (number: string): string => {
  const [whole = '', fraction = ''] = number.split('.')
  return `${whole}.${fraction.replace(/0+$/, '')}`
}

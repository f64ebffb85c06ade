/** Images as JSON data, taken when a change comes in: what is told is what was there then, and every topic, file and dead letter can write it. */
import * as E from 'fp-ts/lib/Either.js'
import { formatInstant, formatIsoDate } from './expression/dates/isoText.ts'
import { readValue } from './expression/values/readValue.ts'
import { decimalText } from './expression/values/decimals.ts'
import type { Value } from './expression/values/Value.ts'
import {
  elementsOf,
  isArray,
  isBytes,
  isClosure,
  isDate,
  isDecimal,
  isFloat,
  isInstant,
  isPlainObject,
  isSet,
  toDouble
} from './expression/values/Value.ts'

type Image = Readonly<Record<string, unknown>>

/** How values are written that JSON has no notation for. */
export interface ImageNotation {
  /** What is no collection; undefined for what is one. */
  readonly scalar: (value: Value) => unknown
  readonly set: (elements: ReadonlyArray<unknown>) => unknown
  readonly field: (name: string) => string
}

/** Levels of nesting, and values in one image. Both are far beyond what any topic takes; they end loops and avalanches. */
const [maxDepth, maxValues] = [200, 1_000_000]

/** Fields that are left out: JSON has no notation for them. */
const isAbsent = (u: unknown): boolean => u === undefined || typeof u === 'function' || typeof u === 'symbol'

/**
 * The image as JSON data. Dates and datetimes become ISO texts, bytes base64, maps objects, sets lists, decimals and integers beyond 2^53 texts, what has a `toJSON` what
 * that answers. NaN and the infinities become null. A left says what the image is not.
 */
export const jsonImage = (image: Image): E.Either<string, Image> => writeImage(image, plainNotation)

export const writeImage = (image: Image, notation: ImageNotation): E.Either<string, Image> => {
  let values = 0
  const around = new Set<unknown>()

  const inside = (source: object, depth: number, read: () => unknown): unknown => {
    if (depth > maxDepth) throw new NotJson(`is nested deeper than ${maxDepth} levels`)
    if (around.has(source)) throw new NotJson('holds itself')
    around.add(source)
    const made = read()
    around.delete(source)
    return made
  }

  const convert = (given: unknown, depth: number): unknown => {
    values += 1
    if (values > maxValues) throw new NotJson(`holds more than ${maxValues} values`)
    const source = withToJson(given)
    if (typeof source === 'string' || typeof source === 'boolean') return source
    if (source === null || isAbsent(source)) return null
    if (typeof source === 'number') return notation.scalar(source)
    if (source instanceof Date && Number.isNaN(source.getTime())) return null
    const value = readValue(source)
    const scalar = notation.scalar(value)
    if (scalar !== undefined) return scalar
    return inside(Object(source) as object, depth, () => {
      if (isArray(value) || isSet(value)) {
        const elements = elementsOf(value).map(element => (isAbsent(element) ? null : convert(element, depth + 1)))
        return isSet(value) ? notation.set(elements) : elements
      }
      if (!isPlainObject(value)) throw new NotJson('holds a function')
      return Object.fromEntries(
        Object.keys(value).flatMap(key => {
          const field: unknown = value[key]
          return isAbsent(field) ? [] : [[notation.field(key), convert(field, depth + 1)]]
        })
      )
    })
  }

  try {
    return E.right(convert(image, 0) as Image)
  } catch (cause) {
    // An accessor of the host's may throw anything, and what it says may hold row values.
    return E.left(cause instanceof NotJson ? cause.message : 'holds a value that cannot be read as data')
  }
}

class NotJson extends Error {}

const withToJson = (source: unknown): unknown => {
  if (typeof source !== 'object' || source === null || source instanceof Date || source instanceof Uint8Array)
    return source
  const toJson: unknown = 'toJSON' in source ? source.toJSON : undefined
  return typeof toJson === 'function' ? (toJson.call(source) as unknown) : source
}

const plainScalar = (value: Value): string | number | null | undefined => {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (isFloat(value)) return Number.isFinite(toDouble(value)) ? toDouble(value) : null
  if (isDecimal(value)) return decimalText(value)
  if (isDate(value)) return formatIsoDate(value)
  if (isInstant(value)) return formatInstant(value)
  if (isBytes(value)) return Buffer.from(value.bytes).toString('base64')
  return isClosure(value) ? null : undefined
}

/** The notation of messages: for everybody who reads JSON. */
export const plainNotation: ImageNotation = { scalar: plainScalar, set: elements => elements, field: name => name }

/**
 * Images as JSON that keeps their types, so that filters see after a crash what they would have seen before it: a date as a date, an exact number as one.
 * `{"$date": …}` and its kin stand for values that JSON has no notation for; a field's own `$` at the beginning is doubled.
 */
import * as E from 'fp-ts/lib/Either.js'
import { isObject, ownField } from '../../internal/objects.ts'
import { makeValue } from '../expression/values/makeValue.ts'
import type { Value } from '../expression/values/Value.ts'
import { isBytes, isDate, isDecimal, isFloat, isInstant, toDouble } from '../expression/values/Value.ts'
import { plainNotation, writeImage } from '../jsonImage.ts'
import type { ObjectImage } from '../ObjectChange.ts'

const nameOf = (value: Value): string | undefined => {
  if (typeof value === 'bigint') return '$int'
  if (isDecimal(value)) return '$decimal'
  if (isDate(value)) return '$date'
  if (isInstant(value)) return '$datetime'
  return isBytes(value) ? '$bytes' : undefined
}

/** The image with its types; undefined where it has none that JSON does not have. */
export const typedImage = (image: ObjectImage): ObjectImage | undefined => {
  let typedValues = 0
  const typed = (name: string, content: unknown): unknown => {
    typedValues += 1
    return { [name]: content }
  }
  const written = writeImage(image, {
    scalar: value => {
      if (isFloat(value) || (typeof value === 'number' && !Number.isFinite(value)))
        return typed('$float', String(toDouble(value)))
      const name = nameOf(value)
      const plain = plainNotation.scalar(value)
      return name === undefined ? plain : typed(name, plain)
    },
    set: elements => typed('$set', elements),
    field: name => (name.startsWith('$') ? `$${name}` : name)
  })
  return typedValues > 0 && E.isRight(written) ? written.right : undefined
}

const readers: { readonly [name: string]: (content: unknown) => unknown } = {
  $int: content => BigInt(String(content)),
  $float: content => makeValue.float(Number(content)),
  $decimal: content => makeValue.decimal(String(content)),
  $date: content => makeValue.date(String(content)),
  $datetime: content => makeValue.datetime(String(content)),
  $bytes: content => Buffer.from(String(content), 'base64'),
  $set: content => (Array.isArray(content) ? makeValue.set(content.map(read)) : undefined)
}

const read = (written: unknown): unknown => {
  if (Array.isArray(written)) return written.map(read)
  if (!isObject(written)) return written
  const [name = ''] = Object.keys(written)
  if (Object.hasOwn(readers, name)) return readers[name]?.(ownField(written, name))
  return Object.fromEntries(
    Object.entries(written).map(([field, value]) => [field.startsWith('$') ? field.slice(1) : field, read(value)])
  )
}

/** The image that was written so. */
export const readTypedImage = (written: ObjectImage): ObjectImage => read(written) as ObjectImage

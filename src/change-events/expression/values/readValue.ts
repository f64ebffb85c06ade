/** Reads what a host put into a context. Called wherever a value comes out of one, so that nothing is copied that nobody looks at. */
import type { Meter } from '../Meter.ts'
import { checkDepth } from '../Meter.ts'
import { raise } from '../raise.ts'
import { bytes, decimal, elementsOf, instant, integer, isArray, isPlainObject, isSet, kind, kindOf } from './Value.ts'
import type { Value, ValueObject } from './Value.ts'

/** The value itself, for all that JSON can hold; a value for dates, bytes, maps, sets and great integers. */
export const readValue = (source: unknown): Value => {
  if (typeof source === 'string' || typeof source === 'number' || typeof source === 'boolean') return source
  if (source === null || source === undefined) return null
  if (typeof source === 'object') return Array.isArray(source) ? (source as ReadonlyArray<Value>) : readObject(source)
  if (typeof source === 'bigint') return readBigInt(source)
  return raise('unreadable-value', `a ${typeof source} in the context is no value`)
}

const readBigInt = (source: bigint): Value =>
  BigInt.asIntN(64, source) === source ? integer(source) : decimal(source, 0)

const readObject = (source: object): Value => {
  if (source instanceof Date) return readDate(source)
  if (source instanceof Uint8Array) return bytes(source)
  if (source instanceof Set) return { [kind]: 'set', elements: [...source].map(readValue) }
  if (source instanceof Map) return readMap(source)
  return source as Value
}

const readDate = (source: Date): Value => {
  const epochMs = source.getTime()
  return Number.isNaN(epochMs) ? raise('invalid-date', 'an invalid Date in the context') : instant(epochMs)
}

const readMap = (source: ReadonlyMap<unknown, unknown>): Value => {
  const object = newObject()
  for (const [key, value] of source)
    object[
      typeof key === 'string' ? key : raise('unreadable-value', 'a map in the context has a key that is no text')
    ] = readValue(value)
  return object
}

/** An object without a prototype: every key is its own, `__proto__` too. */
export const newObject = (): { [key: string]: Value } => Object.create(null) as { [key: string]: Value }

/** The value under a key of its own; undefined where the object has no such key. */
export const ownValue = (object: ValueObject, key: string): Value | undefined =>
  Object.hasOwn(object, key) ? readValue(object[key]) : undefined

/** The whole value, read and copied: what binding puts into a tree. */
export const readWhole = (source: unknown, meter: Meter, depth = 0): Value => {
  checkDepth(meter, depth)
  meter.spend(1)
  const value = readValue(source)
  const inner = (part: unknown): Value => readWhole(part, meter, depth + 1)
  if (isArray(value)) return value.map(inner)
  if (isSet(value)) return { [kind]: 'set', elements: elementsOf(value).map(inner) }
  if (!isPlainObject(value))
    return kindOf(value) === 'lambda' ? raise('unreadable-value', 'a lambda is no data') : value
  const object = newObject()
  for (const key of Object.keys(value)) object[key] = inner(value[key])
  return object
}

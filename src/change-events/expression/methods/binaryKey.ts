/** Bytes whose order is that of the values: the reference's index keys. */
import { dayMs } from '../dates/calendar.ts'
import type { Meter } from '../Meter.ts'
import { raise } from '../raise.ts'
import type { Value } from '../values/Value.ts'
import { isBytes, isDate, isInstant, isInteger, isText, kindOf } from '../values/Value.ts'

/** Bytes up to this one are marks, and are written with it before them where they are content. As signed bytes, so are those from 128 on. */
const escape = 16

const escaped = (content: Uint8Array): ReadonlyArray<number> =>
  [...content].flatMap(byte => (byte <= escape || byte >= 128 ? [escape, byte] : [byte]))

const eightBytes = (value: bigint): ReadonlyArray<number> => {
  const buffer = new DataView(new ArrayBuffer(8))
  buffer.setBigInt64(0, value)
  return [...new Uint8Array(buffer.buffer)]
}

const keyOf = (value: Value): ReadonlyArray<number> => {
  if (value === null) return [1]
  if (typeof value === 'boolean') return [value ? 3 : 2]
  if (isInteger(value)) return [4, ...eightBytes(BigInt(value))]
  if (isText(value)) return [5, ...escaped(new TextEncoder().encode(value))]
  if (isDate(value)) return [6, ...eightBytes(BigInt(value.epochDay * dayMs))]
  if (isInstant(value)) return [7, ...eightBytes(BigInt(value.epochMs))]
  if (isBytes(value)) return [8, ...escaped(value.bytes)]
  return raise('type-conversion', `${kindOf(value)} cannot be part of a binary key`)
}

const sizeOf = (value: Value): number => (isText(value) ? value.length : isBytes(value) ? value.bytes.length : 8)

export const binaryKey = (values: ReadonlyArray<Value>, meter: Meter): Uint8Array =>
  Uint8Array.from(
    values.flatMap(value => {
      meter.spend(sizeOf(value))
      meter.produce(sizeOf(value))
      return keyOf(value)
    })
  )

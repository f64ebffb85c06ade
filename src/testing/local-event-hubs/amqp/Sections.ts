/**
 * The sections of an encoded message, found by skipping values instead of decoding them: an event is stored and delivered as
 * the bytes its sender wrote, so that no type is lost and a batch costs one copy.
 *
 * Source: OASIS AMQP 1.0, part 1 section 1.6 (constructors and their widths), part 3 section 3.2 (sections of a message).
 */

/** A section's kind: the last byte of its numeric descriptor, 0x70 (header) to 0x78 (footer). */
export type SectionCode = number

export const HEADER = 0x70
export const DELIVERY_ANNOTATIONS = 0x71
export const MESSAGE_ANNOTATIONS = 0x72
export const DATA = 0x75

/** One section: its kind, where its descriptor starts, where its value starts and where it ends. */
export interface Section {
  readonly code: SectionCode
  readonly start: number
  readonly valueStart: number
  readonly end: number
}

/** The bytes are no AMQP message. */
export class DecodeError extends Error {}

/** The sections of a message, in order. Throws {@link DecodeError} where the bytes do not add up. */
export const readSections = (bytes: Buffer): ReadonlyArray<Section> => {
  const sections: Section[] = []
  for (let start = 0; start < bytes.length;) {
    const [code, valueStart] = readDescriptor(bytes, start)
    const end = skipValue(bytes, valueStart)
    sections.push({ code, start, valueStart, end })
    start = end
  }
  return sections
}

/** Where the value that starts at `at` ends. */
export const skipValue = (bytes: Buffer, at: number): number => {
  let start = at
  while (byteAt(bytes, start) === 0x00) start = skipPlainValue(bytes, start + 1)
  return skipPlainValue(bytes, start)
}

/** The entries of an encoded map, each key and value as a range of bytes. */
export const readMap = (bytes: Buffer, at: number): ReadonlyArray<MapEntry> => {
  const code = byteAt(bytes, at)
  if (code === 0x40 || code === 0x45) return []
  if (code !== 0xc1 && code !== 0xd1) throw new DecodeError('a map was expected')
  const end = skipValue(bytes, at)
  const entries: MapEntry[] = []
  for (let key = at + (code === 0xc1 ? 3 : 9); key < end;) {
    const value = skipValue(bytes, key)
    const next = skipValue(bytes, value)
    if (next > end) throw new DecodeError('a map entry runs past the end of its map')
    entries.push({ key, value, end: next })
    key = next
  }
  return entries
}

/** A map entry: where its key starts, where its value starts, where it ends. */
export interface MapEntry {
  readonly key: number
  readonly value: number
  readonly end: number
}

/** A string or symbol; undefined for any other type. */
export const readText = (bytes: Buffer, at: number): string | undefined => {
  const code = byteAt(bytes, at)
  if (code === 0xa1 || code === 0xa3) return bytes.toString('utf8', at + 2, skipValue(bytes, at))
  if (code === 0xb1 || code === 0xb3) return bytes.toString('utf8', at + 5, skipValue(bytes, at))
  return undefined
}

/** The bytes inside a binary value. */
export const readBinary = (bytes: Buffer, at: number): Buffer => {
  const code = byteAt(bytes, at)
  if (code !== 0xa0 && code !== 0xb0) throw new DecodeError('a binary value was expected')
  return bytes.subarray(at + (code === 0xa0 ? 2 : 5), skipValue(bytes, at))
}

/** A whole number of any width; undefined for any other type, and for 64 bits that a number cannot hold. */
export const readInteger = (bytes: Buffer, at: number): number | undefined => {
  const end = skipValue(bytes, at)
  switch (byteAt(bytes, at)) {
    case 0x43:
    case 0x44:
      return 0
    case 0x50:
    case 0x52:
    case 0x53:
    case 0x60:
    case 0x70:
      return bytes.readUIntBE(at + 1, end - at - 1)
    case 0x51:
    case 0x54:
    case 0x55:
    case 0x61:
    case 0x71:
      return bytes.readIntBE(at + 1, end - at - 1)
    case 0x80:
      return safe(bytes.readBigUInt64BE(at + 1))
    case 0x81:
      return safe(bytes.readBigInt64BE(at + 1))
    default:
      return undefined
  }
}

/** A value without a descriptor: descriptors do not nest, so hostile bytes cannot make this recurse. */
const skipPlainValue = (bytes: Buffer, at: number): number => {
  const code = byteAt(bytes, at)
  const end = at + 1 + widthOf(bytes, code, at + 1)
  if (end > bytes.length) throw new DecodeError('a value runs past the end of the message')
  return end
}

const safe = (value: bigint): number | undefined => {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : undefined
}

const byteAt = (bytes: Buffer, at: number): number => {
  const byte = bytes[at]
  if (byte === undefined) throw new DecodeError('a value runs past the end of the message')
  return byte
}

/** The width of a value's body by the high half of its constructor; variable and compound values carry it in front. */
const widthOf = (bytes: Buffer, code: number, at: number): number => {
  switch (code >> 4) {
    case 0x4:
      return 0
    case 0x5:
      return 1
    case 0x6:
      return 2
    case 0x7:
      return 4
    case 0x8:
      return 8
    case 0x9:
      return 16
    case 0xa:
    case 0xc:
    case 0xe:
      return 1 + byteAt(bytes, at)
    case 0xb:
    case 0xd:
    case 0xf:
      if (at + 4 > bytes.length) throw new DecodeError('a value runs past the end of the message')
      return 4 + bytes.readUInt32BE(at)
    default:
      throw new DecodeError('a value has a constructor that AMQP does not define')
  }
}

const symbolic: ReadonlyMap<string, SectionCode> = new Map([
  ['amqp:header:list', 0x70],
  ['amqp:delivery-annotations:map', 0x71],
  ['amqp:message-annotations:map', 0x72],
  ['amqp:properties:list', 0x73],
  ['amqp:application-properties:map', 0x74],
  ['amqp:data:binary', 0x75],
  ['amqp:amqp-sequence:list', 0x76],
  ['amqp:amqp-value:*', 0x77],
  ['amqp:footer:map', 0x78]
])

const readDescriptor = (bytes: Buffer, at: number): readonly [code: SectionCode, valueStart: number] => {
  if (byteAt(bytes, at) !== 0x00) throw new DecodeError('a section without a descriptor')
  const code = readInteger(bytes, at + 1) ?? symbolic.get(readText(bytes, at + 1) ?? '')
  if (code === undefined || code < 0x70 || code > 0x78) throw new DecodeError('a section that AMQP does not define')
  return [code, skipValue(bytes, at + 1)]
}

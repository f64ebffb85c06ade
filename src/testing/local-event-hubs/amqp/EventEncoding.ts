/**
 * Events in the form in which they are stored and delivered. Only the message-annotations section is rewritten, because the service
 * adds its own; all else is the sender's own bytes.
 */
import * as S from './Sections.ts'
import type { SentEvent } from './SentEvent.ts'

/** What the service writes on an event. */
export interface EventStamp {
  readonly sequenceNumber: number
  readonly offset: number
  readonly enqueuedAtMs: number
}

/** The stored form of events: one buffer for all of them, and where in it each one ends. */
export const encodeEvents = (
  events: ReadonlyArray<SentEvent>,
  stamps: ReadonlyArray<EventStamp>
): { readonly chunk: Buffer; readonly ends: ReadonlyArray<number> } => {
  const keys = events.map(({ partitionKey }) => (partitionKey === undefined ? nothing : encodeString(partitionKey)))
  const offsets = stamps.map(({ offset }) => encodeString(String(offset)))
  let size = 0
  const ends = events.map((event, i) => (size += encodedSize(event, keys[i] ?? nothing, offsets[i] ?? nothing)))
  // Slow means unpooled: a view into the shared pool would keep other people's memory alive for as long as the event is stored.
  const chunk = Buffer.allocUnsafeSlow(size)
  events.forEach((event, i) => {
    const stamp = stamps[i]
    const bytes = chunk.subarray(ends[i - 1] ?? 0, ends[i])
    if (stamp !== undefined) writeEvent(bytes, event, stamp, keys[i] ?? nothing, offsets[i] ?? nothing)
  })
  return { chunk, ends }
}

/** What the runtime metric tells with each event: the newest event of the partition, and when that was looked up. */
export const withLastEnqueued = (encoded: Buffer, last: EventStamp, nowMs: number): Buffer => {
  const [first] = S.readSections(encoded)
  const headerEnd = first?.code === S.HEADER ? first.end : 0
  const entries = [
    encodeSymbol('last_enqueued_sequence_number'),
    encodeLong(0x81, last.sequenceNumber),
    encodeSymbol('last_enqueued_offset'),
    encodeString(String(last.offset)),
    encodeSymbol('last_enqueued_time_utc'),
    encodeLong(0x83, last.enqueuedAtMs),
    encodeSymbol('runtime_info_retrieval_time_utc'),
    encodeLong(0x83, nowMs)
  ]
  const body = Buffer.concat(entries)
  const head = Buffer.alloc(mapHeadBytes)
  writeMapHead(head, 0, S.DELIVERY_ANNOTATIONS, body.length, entries.length)
  return Buffer.concat([encoded.subarray(0, headerEnd), head, body, encoded.subarray(headerEnd)])
}

const nothing = Buffer.alloc(0)

const encodeSymbol = (text: string): Buffer =>
  Buffer.concat([Buffer.from([0xa3, text.length]), Buffer.from(text, 'ascii')])

const encodeString = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length < 256) return Buffer.concat([Buffer.from([0xa1, bytes.length]), bytes])
  const head = Buffer.from([0xb1, 0, 0, 0, 0])
  void head.writeUInt32BE(bytes.length, 1)
  return Buffer.concat([head, bytes])
}

const encodeLong = (code: number, value: number): Buffer => {
  const bytes = Buffer.from([code, 0, 0, 0, 0, 0, 0, 0, 0])
  void bytes.writeBigInt64BE(BigInt(value), 1)
  return bytes
}

const sequenceNumberKey = encodeSymbol('x-opt-sequence-number')
const offsetKey = encodeSymbol('x-opt-offset')
const enqueuedTimeKey = encodeSymbol('x-opt-enqueued-time')
const partitionKeyKey = encodeSymbol('x-opt-partition-key')

/** Descriptor (3 bytes), constructor, size and count of a map with 32-bit sizes. */
const mapHeadBytes = 12
const ownedBytes = sequenceNumberKey.length + 9 + offsetKey.length + enqueuedTimeKey.length + 9

const encodedSize = (event: SentEvent, key: Buffer, offset: Buffer): number =>
  event.header.length +
  mapHeadBytes +
  ownedBytes +
  offset.length +
  (key.length === 0 ? 0 : partitionKeyKey.length + key.length) +
  event.annotations.length +
  event.rest.length

const writeEvent = (bytes: Buffer, event: SentEvent, stamp: EventStamp, key: Buffer, offset: Buffer): void => {
  const mapBytes = bytes.length - event.header.length - mapHeadBytes - event.rest.length
  let at = event.header.copy(bytes)
  writeMapHead(bytes, at, S.MESSAGE_ANNOTATIONS, mapBytes, (key.length === 0 ? 6 : 8) + 2 * event.annotationCount)
  at += mapHeadBytes
  const put = (part: Buffer) => (at += part.copy(bytes, at))
  const putLong = (code: number, value: number) => {
    // Two halves of 32 bits: a BigInt per event is what shows in a profile.
    bytes[at] = code
    void bytes.writeInt32BE(Math.floor(value / 0x100000000), at + 1)
    void bytes.writeUInt32BE(value >>> 0, at + 5)
    at += 9
  }
  void put(sequenceNumberKey)
  putLong(0x81, stamp.sequenceNumber)
  void put(offsetKey)
  void put(offset)
  void put(enqueuedTimeKey)
  putLong(0x83, stamp.enqueuedAtMs)
  if (key.length > 0) {
    void put(partitionKeyKey)
    void put(key)
  }
  void put(event.annotations)
  void put(event.rest)
}

const writeMapHead = (bytes: Buffer, at: number, section: number, mapBytes: number, count: number): void => {
  bytes.set([0x00, 0x53, section, 0xd1], at)
  void bytes.writeUInt32BE(mapBytes + 4, at + 4)
  void bytes.writeUInt32BE(count, at + 8)
}

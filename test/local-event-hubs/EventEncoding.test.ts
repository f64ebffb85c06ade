import fc from 'fast-check'
import rhea from 'rhea'
import { describe, expect, test } from 'vitest'
import { encodeEvents, withLastEnqueued } from '../../src/testing/local-event-hubs/amqp/EventEncoding.ts'
import { BATCH_FORMAT, readEvents } from '../../src/testing/local-event-hubs/amqp/SentEvent.ts'
import { DecodeError, readSections } from '../../src/testing/local-event-hubs/amqp/Sections.ts'
import { encodeMessage } from './sentEvent.ts'

const stamp = { sequenceNumber: 5_000_000_000, offset: 123_456, enqueuedAtMs: 1_700_000_000_123 }
const stored = (message: Buffer): Buffer => {
  const { chunk } = encodeEvents(readEvents(message, 0), [stamp])
  return chunk
}
const decode = (bytes: Buffer) => rhea.message.decode(bytes) as unknown as Record<string, Record<string, unknown>>

describe('an event on its way through', () => {
  test('gets the service’s annotations and keeps everything else byte for byte', () => {
    const sent = encodeMessage({
      durable: true,
      message_id: rhea.types.wrap_ulong(7),
      content_type: 'application/json',
      application_properties: { int: rhea.types.wrap_int(1), long: rhea.types.wrap_long(1), text: 'ä' },
      message_annotations: { 'x-opt-partition-key': 'ключ', 'x-opt-offset': 'forged', custom: rhea.types.wrap_long(9) },
      body: rhea.message.data_section(Buffer.from('body'))
    })
    const bytes = stored(sent)
    const rest = (message: Buffer) => message.subarray(readSections(message).find(({ code }) => code > 0x72)!.start)
    expect(rest(bytes).equals(rest(sent))).toBe(true)
    expect(decode(bytes)['message_annotations']).toEqual({
      'x-opt-sequence-number': 5_000_000_000,
      'x-opt-offset': '123456',
      'x-opt-enqueued-time': new Date(1_700_000_000_123),
      'x-opt-partition-key': 'ключ',
      custom: 9
    })
    expect(decode(bytes)['durable']).toBe(true)
  })

  test('out of a batch: one by one, with the envelope’s key', () => {
    const inner = ['a', 'b'].map(text => encodeMessage({ body: rhea.message.data_section(Buffer.from(text)) }))
    const batch = encodeMessage({
      message_annotations: { 'x-opt-partition-key': 'k' },
      body: rhea.message.data_sections(inner)
    })
    const events = readEvents(batch, BATCH_FORMAT)
    expect(events.map(({ partitionKey, sizeBytes }) => [partitionKey, sizeBytes])).toEqual(
      inner.map(({ length }) => ['k', length])
    )
  })

  test('told of the newest event, in front of the annotations and behind the header', () => {
    const message = encodeMessage({ durable: true, body: 'value' })
    const told = withLastEnqueued(stored(message), { sequenceNumber: 9, offset: 99, enqueuedAtMs: 1000 }, 2000)
    expect(readSections(told).map(({ code }) => code)).toEqual([0x70, 0x71, 0x72, 0x73, 0x77])
    expect(decode(told)['delivery_annotations']).toEqual({
      last_enqueued_sequence_number: 9,
      last_enqueued_offset: '99',
      last_enqueued_time_utc: new Date(1000),
      runtime_info_retrieval_time_utc: new Date(2000)
    })
  })

  test('a producer’s numbers are read', () => {
    const annotations = {
      'com.microsoft:producer-id': rhea.types.wrap_long(3_000_000_000),
      'com.microsoft:producer-epoch': rhea.types.wrap_short(2),
      'com.microsoft:producer-sequence-number': rhea.types.wrap_int(-1)
    }
    const [event] = readEvents(encodeMessage({ message_annotations: annotations, body: null }), 0)
    expect(event!.producer).toEqual({ producerId: 3_000_000_000, epoch: 2, sequenceNumber: -1 })
  })
})

describe('bytes that are no message', () => {
  test('are recognised as such, whatever they are (property)', () => {
    const message = encodeMessage({
      message_annotations: { a: 1 },
      application_properties: { b: 'c' },
      body: rhea.message.data_section(Buffer.from('body'))
    })
    const mutation = fc.array(fc.tuple(fc.nat(message.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(mutation, fc.nat(message.length), fc.constantFrom(0, BATCH_FORMAT), (changes, length, format) => {
        const bytes = Buffer.from(message.subarray(0, length))
        changes.forEach(([at, byte]) => (bytes[at] = byte))
        try {
          readEvents(bytes, format)
        } catch (cause) {
          expect(cause).toBeInstanceOf(DecodeError)
        }
      }),
      { numRuns: 2000 }
    )
  })

  test('cannot make the reader recurse or run away', () => {
    expect(() => readSections(Buffer.alloc(1_000_000))).toThrow(DecodeError)
    expect(() => readSections(Buffer.from([0x00, 0x53, 0x75, 0xb0, 0xff, 0xff, 0xff, 0xff]))).toThrow(DecodeError)
    const described = Buffer.concat([
      Buffer.from([0x00, 0x53, 0x77]),
      Buffer.concat(Array.from({ length: 200_000 }, () => Buffer.from([0x00, 0x53, 0x01])))
    ])
    expect(() => readSections(described)).toThrow(DecodeError)
  })
})

/** Events as clients send them: a message is taken apart once, and what was read from it stands beside the sender's own bytes. */
import type { MapEntry, Section } from './Sections.ts'
import * as S from './Sections.ts'

/** An event as sent: the sender's bytes and what was read from them. */
export interface SentEvent {
  /** What the sender's message took, envelope excluded. */
  readonly sizeBytes: number
  readonly partitionKey: string | undefined
  /** What an idempotent producer wrote on it. */
  readonly producer: ProducerStamp | undefined
  readonly header: Buffer
  /** The sender's own annotations, without those the service owns. */
  readonly annotations: Buffer
  readonly annotationCount: number
  /** Properties, application properties, body and footer. */
  readonly rest: Buffer
}

/** Who published an event idempotently, and as which number. */
export interface ProducerStamp {
  readonly producerId: number
  readonly epoch: number
  readonly sequenceNumber: number
}

/** Message format of a batch: the body's data sections are whole messages. */
export const BATCH_FORMAT = 0x80013700

/** The events in a sent message: one, or as many as its envelope holds. Throws {@link S.DecodeError}. */
export const readEvents = (message: Buffer, format: number): ReadonlyArray<SentEvent> => {
  if (format !== BATCH_FORMAT) return [readEvent(message, undefined)]
  const sections = S.readSections(message)
  const { partitionKey } = readAnnotations(message, sections)
  return sections
    .filter(section => section.code === S.DATA)
    .map(section => readEvent(S.readBinary(message, section.valueStart), partitionKey))
}

const nothing = Buffer.alloc(0)

const readEvent = (message: Buffer, envelopeKey: string | undefined): SentEvent => {
  const sections = S.readSections(message)
  const header = sections.find(section => section.code === S.HEADER)
  const body = sections.find(section => section.code > S.MESSAGE_ANNOTATIONS)
  const { partitionKey = envelopeKey, producer, others } = readAnnotations(message, sections)
  return {
    sizeBytes: message.length,
    partitionKey,
    producer,
    header: header === undefined ? nothing : message.subarray(header.start, header.end),
    annotations:
      others.length === 0 ? nothing : Buffer.concat(others.map(({ key, end }) => message.subarray(key, end))),
    annotationCount: others.length,
    rest: body === undefined ? nothing : message.subarray(body.start)
  }
}

interface Annotations {
  readonly partitionKey: string | undefined
  readonly producer: ProducerStamp | undefined
  readonly others: ReadonlyArray<MapEntry>
}

/** Annotations the service writes itself: a sender cannot. */
const owned: ReadonlySet<string> = new Set([
  'x-opt-sequence-number',
  'x-opt-offset',
  'x-opt-enqueued-time',
  'x-opt-partition-key'
])

const readAnnotations = (message: Buffer, sections: ReadonlyArray<Section>): Annotations => {
  const section = sections.find(({ code }) => code === S.MESSAGE_ANNOTATIONS)
  const entries = section === undefined ? [] : S.readMap(message, section.valueStart)
  const find = (name: string) => entries.find(({ key }) => S.readText(message, key) === name)
  const key = find('x-opt-partition-key')
  const producerOf = (name: string) => {
    const entry = find(`com.microsoft:producer-${name}`)
    return entry === undefined ? undefined : S.readInteger(message, entry.value)
  }
  const [producerId, epoch, sequenceNumber] =
    entries.length < 3 ? [] : [producerOf('id'), producerOf('epoch'), producerOf('sequence-number')]
  return {
    partitionKey: key === undefined ? undefined : S.readText(message, key.value),
    producer:
      producerId === undefined || epoch === undefined || sequenceNumber === undefined
        ? undefined
        : { producerId, epoch, sequenceNumber },
    others: entries.filter(entry => !owned.has(S.readText(message, entry.key) ?? ''))
  }
}

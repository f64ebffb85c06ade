/** Events as the process that started the server writes and reads them. */
import rhea from 'rhea'
import type { SentEvent } from './amqp/SentEvent.ts'
import { readEvents } from './amqp/SentEvent.ts'
import type { StoredEvent } from './PartitionLog.ts'
import { encodedOf } from './PartitionLog.ts'

/** An event to put in. */
export interface LocalEvent {
  /** Bytes go in as they are, anything else as its JSON text, as the client does it. */
  readonly body: unknown
  /** Application properties. */
  readonly properties?: Readonly<Record<string, unknown>>
  readonly messageId?: string
  readonly correlationId?: string
  readonly contentType?: string
}

/** An event found in a partition. */
export interface LocalStoredEvent {
  readonly partitionId: string
  readonly sequenceNumber: number
  readonly offset: string
  readonly enqueuedAtMs: number
  readonly partitionKey?: string
  /** The body's bytes; several data sections are joined. Undefined where the body is an AMQP value or sequence. */
  readonly bytes?: Buffer
  /** The body: JSON text parsed, other bytes as they are, an AMQP value or sequence as its value. */
  readonly body: unknown
  readonly properties: Readonly<Record<string, unknown>>
  readonly messageId?: unknown
  readonly correlationId?: unknown
  readonly contentType?: string
}

/** The event as a client would have sent it. */
export const toSentEvents = (event: LocalEvent, partitionKey: string | undefined): ReadonlyArray<SentEvent> =>
  readEvents(encode(event, partitionKey), 0)

const encode = (event: LocalEvent, partitionKey: string | undefined): Buffer => {
  const { body, properties, messageId, correlationId, contentType } = event
  const bytes = body instanceof Uint8Array ? Buffer.from(body) : Buffer.from(JSON.stringify(body ?? null))
  return rhea.message.encode({
    body: rhea.message.data_section(bytes) as unknown,
    ...(properties === undefined ? {} : { application_properties: properties }),
    ...(messageId === undefined ? {} : { message_id: messageId }),
    ...(correlationId === undefined ? {} : { correlation_id: correlationId }),
    ...(contentType === undefined ? {} : { content_type: contentType }),
    ...(partitionKey === undefined ? {} : { message_annotations: { 'x-opt-partition-key': partitionKey } })
  })
}

interface DecodedMessage {
  readonly body?: { readonly typecode?: number; readonly content?: unknown; readonly multiple?: boolean } | null
  readonly application_properties?: Readonly<Record<string, unknown>>
  readonly message_id?: unknown
  readonly correlation_id?: unknown
  readonly content_type?: string
}

const DATA_SECTION = 0x75

/** The event as found in a partition. */
export const toLocalStoredEvent = (partitionId: string, event: StoredEvent): LocalStoredEvent => {
  const message = rhea.message.decode(encodedOf(event)) as unknown as DecodedMessage
  const isData = message.body?.typecode === DATA_SECTION
  const bytes = isData ? Buffer.concat([message.body.content].flat() as Buffer[]) : undefined
  return {
    partitionId,
    sequenceNumber: event.sequenceNumber,
    offset: String(event.offset),
    enqueuedAtMs: event.enqueuedAtMs,
    ...(event.partitionKey === undefined ? {} : { partitionKey: event.partitionKey }),
    ...(bytes === undefined ? {} : { bytes }),
    body: bytes === undefined ? (message.body?.content ?? message.body ?? null) : parseJson(bytes),
    properties: message.application_properties ?? {},
    ...(message.message_id === undefined ? {} : { messageId: message.message_id }),
    ...(message.correlation_id === undefined ? {} : { correlationId: message.correlation_id }),
    ...(message.content_type === undefined ? {} : { contentType: message.content_type })
  }
}

const parseJson = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    // Not JSON: the bytes are the body.
    return bytes
  }
}

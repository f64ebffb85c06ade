/** Messages as clients encode them, for tests below the wire. */
import rhea from 'rhea'
import type { SentEvent } from '../../src/testing/local-event-hubs/amqp/SentEvent.ts'
import { readEvents } from '../../src/testing/local-event-hubs/amqp/SentEvent.ts'

export const encodeMessage = (message: Readonly<Record<string, unknown>>): Buffer => rhea.message.encode(message)

export const sentEvent = (text: string, partitionKey?: string): SentEvent => {
  const annotations = partitionKey === undefined ? {} : { message_annotations: { 'x-opt-partition-key': partitionKey } }
  const [event] = readEvents(encodeMessage({ body: rhea.message.data_section(Buffer.from(text)), ...annotations }), 0)
  return event!
}

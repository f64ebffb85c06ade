/** Dead letters to another hub. */
import { atLeast, requireOptions } from '../checkOptions.ts'
import type { DeadLetter, DeadLetterSink } from '../DeadLetterSink.ts'
import { compact } from '../internal/objects.ts'
import { partitionKey } from '../Position.ts'
import { fromPromise, isSyncException } from '../Promises.ts'
import type { EventHubsConnection } from './connect.ts'
import { createEventSender } from './EventSender.ts'
import type { OutgoingEvent } from './EventSender.ts'
import { toSenderError } from './eventHubsError.ts'

/** Options of {@link createEventHubsDeadLetterSink}. */
export interface EventHubsDeadLetterSinkOptions extends EventHubsConnection {
  /** Most letters that wait to be sent, per partition. Default 1,500, at least 1. */
  readonly bufferEvents?: number
}

const maxReasonLength = 1_000

const toEvent = (letter: DeadLetter, body: Uint8Array): OutgoingEvent => {
  const { position, enqueuedAt, status, reason, attempts, taskId } = letter
  const { hub, consumerGroup, partitionId, sequenceNumber, offset } = position
  return {
    body,
    // Letters of one partition stay in order.
    partitionKey: partitionKey(position).slice(0, 128),
    properties: compact({
      ...{ hub, consumerGroup, partitionId, sequenceNumber, offset, enqueuedAt, status, attempts, taskId },
      reason: reason.slice(0, maxReasonLength),
      bodyBytes: letter.body.length
    })
  }
}

/**
 * A sink that sends each letter to a hub of its own: the body as it came, and beside it as application properties where it stood (`hub`, `consumerGroup`, `partitionId`, `sequenceNumber`, `offset`), `enqueuedAt`, `status`,
 * `reason` (at most 1,000 characters), `attempts`, `taskId` and `bodyBytes`. A body that leaves no room for them is left out (`bodyBytes` still tells its size); the event stays in its own hub for as long as that keeps it.
 *
 * **Errors**: Unavailable, LoginRefused, NotFound. Bad options throw InvalidInput.
 *
 * @example
 * ```ts no-run
 * import { createEventHubsDeadLetterSink } from 'on-demand-sync/event-hubs'
 *
 * const deadLetters = createEventHubsDeadLetterSink({ connectionString: process.env['EVENT_HUBS_CONNECTION_STRING'] ?? '', eventHubName: 'sync-tasks-dead' })
 * void deadLetters
 * ```
 */
export const createEventHubsDeadLetterSink = (options: EventHubsDeadLetterSinkOptions): DeadLetterSink => {
  const { bufferEvents = 1_500, ...connection } = options
  requireOptions('createEventHubsDeadLetterSink', [atLeast('bufferEvents', bufferEvents, 1)])
  const sender = createEventSender({ ...connection, bufferEvents, lingerMs: 20 })
  const send = async (letter: DeadLetter): Promise<void> => {
    try {
      await sender.send(toEvent(letter, letter.body))
    } catch (cause) {
      if (!isSyncException(cause) || cause.error._tag !== 'InvalidInput') throw cause
      await sender.send(toEvent(letter, new Uint8Array()))
    }
  }
  const failed = (cause: unknown) => toSenderError(sender.hub, cause)
  return {
    append: letters =>
      fromPromise(
        'DeadLetterSink.append',
        async () => {
          await Promise.all(letters.map(send))
        },
        failed
      ),
    close: () => fromPromise('DeadLetterSink.close', sender.close, failed)
  }
}

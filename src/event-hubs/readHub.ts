/** A hub from the beginning, or from where the last reading ended, to where it ends now. */
import type { ReceivedEventData } from '@azure/event-hubs'
import { earliestEventPosition } from '@azure/event-hubs'
import { isSyncException, SyncException } from '../Promises.ts'
import { retryOptions } from './clientSettings.ts'
import type { EventHubsConnection } from './connect.ts'
import { connect } from './connect.ts'
import { createMemoryCheckpointStore } from './createMemoryCheckpointStore.ts'
import { toSourceError } from './eventHubsError.ts'
import { closeClient } from './closeClient.ts'

/** Options of {@link readHub}. */
export interface ReadHubOptions extends EventHubsConnection {
  readonly consumerGroup: string
  /** By partition: the sequence number of the last event that was read before. */
  readonly after?: Readonly<Record<string, number>>
  /** Called with events in the order of their partition; the next ones come when it has ended. */
  readonly onEvents: (partitionId: string, events: ReadonlyArray<ReceivedEventData>) => Promise<void>
}

/** Reads every partition up to the event that is its last one now. Rejects with SyncException. */
export const readHub = async ({
  consumerGroup,
  after = {},
  onEvents,
  ...connection
}: ReadHubOptions): Promise<void> => {
  const client = connect(connection, consumerGroup, createMemoryCheckpointStore(), { retryOptions })
  const asException = (cause: unknown): SyncException =>
    isSyncException(cause) ? cause : new SyncException(toSourceError(client.eventHubName, cause))

  const readPartition = async (partitionId: string): Promise<void> => {
    const { lastEnqueuedSequenceNumber: last, isEmpty } = await client.getPartitionProperties(partitionId)
    const before = after[partitionId] ?? -1
    // A hub that was made anew has fewer events than were read of its namesake.
    const from = before > last ? -1 : before
    if (isEmpty || last <= from) return
    await new Promise<void>((resolve, reject) => {
      client.subscribe(
        partitionId,
        {
          processEvents: async events => {
            const wanted = events.filter(({ sequenceNumber }) => sequenceNumber > from && sequenceNumber <= last)
            try {
              if (wanted.length > 0) await onEvents(partitionId, wanted)
            } catch (cause) {
              reject(asException(cause))
              return
            }
            if ((events.at(-1)?.sequenceNumber ?? -1) >= last) resolve()
          },
          processError: cause => {
            reject(cause)
            return Promise.resolve()
          }
        },
        {
          startPosition: from < 0 ? earliestEventPosition : { sequenceNumber: from },
          maxBatchSize: 100,
          maxWaitTimeInSeconds: 1,
          skipParsingBodyAsJson: true
        }
      )
    })
  }
  try {
    for (const partitionId of await client.getPartitionIds()) await readPartition(partitionId)
  } catch (cause) {
    throw asException(cause)
  } finally {
    await closeClient(client)
  }
}

/** Waiting until a hub answers. */
import type { EventHubConsumerClient } from '@azure/event-hubs'
import { isRetryable } from '../describeError.ts'
import { backoffMs } from '../internal/backoff.ts'
import type { Clock } from '../internal/Clock.ts'
import { sleep } from '../internal/Clock.ts'
import { SyncException } from '../Promises.ts'
import type { SyncError } from '../SyncError.ts'
import { toSourceError } from './eventHubsError.ts'
import { closeClient } from './closeClient.ts'

/** Waits until the hub answers; false when the signal fired first. Throws what waiting can't mend. */
export const reachable = async (
  open: () => EventHubConsumerClient,
  clock: Clock,
  signal: AbortSignal,
  onError: (error: SyncError) => void
): Promise<boolean> => {
  const ended = () => signal.aborted
  for (let attempt = 1; !ended(); attempt += 1) {
    const client = open()
    try {
      await client.getEventHubProperties({ abortSignal: signal })
      return true
    } catch (cause) {
      if (ended()) return false
      const error = toSourceError(client.eventHubName, cause)
      if (!isRetryable(error)) throw new SyncException(error)
      onError(error)
      await sleep(clock, backoffMs(clock, attempt, 500, 10_000), signal)
    } finally {
      // It has said what it was asked for; how it ends is of no interest.
      await closeClient(client, { clock }).catch(() => undefined)
    }
  }
  return false
}

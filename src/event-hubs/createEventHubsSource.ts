/** Events from Azure Event Hubs, over the unmodified `@azure/event-hubs`. */
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { ReceivedEvent } from '../EventSource.ts'
import { systemClock } from '../internal/Clock.ts'
import type { Position } from '../Position.ts'
import { fromPromise } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { createBoundedQueue } from '../BoundedQueue.ts'
import { checkSettings } from './checkSettings.ts'
import { createCheckpointWriter } from './CheckpointWriter.ts'
import { balancingRetryOptions, clientOptions, probeRetryOptions, subscribeOptions } from './clientSettings.ts'
import { connect } from './connect.ts'
import type { EventHubsSource, EventHubsSourceOptions } from './EventHubsSource.ts'
import { defaultEventHubsSourceOptions } from './EventHubsSource.ts'
import { createFence } from './Fence.ts'
import { createGate } from './Gate.ts'
import { createLagMonitor } from './LagMonitor.ts'
import { orTimeOut } from './orTimeOut.ts'
import type { Partition } from './Partition.ts'
import { healthOf } from './Partition.ts'
import { reachable } from './reachable.ts'
import { createReader } from './Reader.ts'
import { tameClient } from './tameClient.ts'
import { createWatchdog } from './Watchdog.ts'
import { closeClient } from './closeClient.ts'

/**
 * An `EventSource` over an Event Hub.
 *
 * **Details**: bodies are delivered as bytes. Events of a partition are handed over in chunks; the next chunk of a partition is not asked for before the last one was taken, and no
 * more than `prefetchCount` events per partition are outstanding. Checkpoints are written by count, by time and at the end, along the contiguous finished prefix, by the owner of the partition only. A partition that
 * another host took over is let go of quietly: what was delivered of it and is not done is no longer `isOurs`.
 *
 * **Errors**: the iteration throws SourceFailed when the hub does not exist or the credentials are refused; all else is waited out. `acknowledge` and `close` answer CheckpointFailed, `close` also TimedOut. Bad options
 * throw InvalidInput.
 *
 * @example
 * ```ts no-run
 * import { createEventHubsSource, createFileCheckpointStore } from 'on-demand-sync/event-hubs'
 *
 * const source = createEventHubsSource({
 *   connectionString: process.env['EVENT_HUBS_CONNECTION_STRING'] ?? '',
 *   eventHubName: 'sync-tasks',
 *   checkpointStore: createFileCheckpointStore({ path: 'checkpoints.json' })
 * })
 * void source
 * ```
 */
export const createEventHubsSource = (options: EventHubsSourceOptions): EventHubsSource => {
  const settings = { ...defaultEventHubsSourceOptions, clock: systemClock, identifier: randomUUID(), ...options }
  checkSettings(settings)
  const { consumerGroup, checkpointStore, clock, identifier: owner, onEvent = () => undefined } = settings
  const { checkpointEvents, checkpointIntervalMs, ownershipExpirationMs, silentAfterMs, closeTimeoutMs } = settings

  const partitions = new Map<string, Partition>()
  const gate = createGate()
  /** One chunk stands ready; the handlers of all other partitions wait with theirs. */
  const handover = createBoundedQueue<ReadonlyArray<ReceivedEvent>>({ capacity: 1 })

  const end = (partitionId: string) => {
    partitions.get(partitionId)?.ended.abort()
    return partitions.delete(partitionId)
  }
  const fence = createFence({
    store: checkpointStore,
    owner,
    ownershipExpirationMs,
    clock,
    onLost: partitionId => {
      if (end(partitionId)) onEvent({ type: 'partition lost', partitionId })
    }
  })
  const client = connect(options, consumerGroup, fence.store, clientOptions(settings))
  const hub = client.eventHubName
  const failed = (cause: unknown) =>
    SyncError.CheckpointFailed({ store: hub, detail: 'the checkpoint store rejected an update', cause })
  const writer = createCheckpointWriter({
    write: async ({ tracker }) => {
      const position = tracker.finished()
      if (position !== undefined) await fence.checkpoint(position)
    },
    checkpointEvents,
    checkpointIntervalMs,
    clock,
    onFailed: ({ partitionId }, cause) => onEvent({ type: 'checkpoint failed', partitionId, error: failed(cause) })
  })
  const watchdog = createWatchdog({
    partitions: () => partitions.values(),
    silentAfterMs,
    clock,
    onSilent: ({ partitionId }, silentMs) => onEvent({ type: 'partition silent', partitionId, silentMs }),
    onHeard: ({ partitionId }) => onEvent({ type: 'partition heard', partitionId })
  })
  const lag = createLagMonitor({
    partitions: () => partitions.values(),
    ask: async (partitionId, abortSignal) =>
      (await client.getPartitionProperties(partitionId, { abortSignal })).lastEnqueuedSequenceNumber,
    clock
  })
  const { flush } = writer
  const reader = createReader({
    ...{ hub, consumerGroup, partitions, end, fence, gate, handover, watchdog, flush },
    settings: { ...settings, onEvent }
  })
  for (const part of tameClient(client, { beforeLink: reader.beforeLink, retryOptions: balancingRetryOptions }))
    onEvent({ type: 'client not tamed', part })

  let subscription: unknown
  let closing: Promise<void> | undefined

  /** Finished work first, then partitions and connections: the other way round would cost the next owner what was not checkpointed. */
  const goodbye = async (): Promise<void> => {
    const written = await Promise.allSettled([...partitions.values()].map(flush))
    writer.close()
    watchdog.close()
    lag.close()
    await closeClient(client, { clock, withinMs: closeTimeoutMs * 0.9 })
    const rejected = written.find(result => result.status === 'rejected')
    if (rejected !== undefined) throw rejected.reason
  }

  const acknowledge = async (positions: ReadonlyArray<Position>): Promise<void> => {
    const counts = new Map<Partition, number>()
    for (const position of positions) {
      // Lost to another host: it will read on from the last checkpoint, and the audit sink knows what was done.
      const partition = partitions.get(position.partitionId)
      if (partition === undefined) continue
      partition.tracker.done(position)
      counts.set(partition, (counts.get(partition) ?? 0) + 1)
    }
    await Promise.all([...counts].map(([partition, events]) => writer.finished(partition, events)))
  }

  return {
    events: async function* ({ signal }) {
      const probe = () => connect(options, consumerGroup, checkpointStore, { retryOptions: probeRetryOptions })
      if (!(await reachable(probe, clock, signal, error => onEvent({ type: 'client error', error })))) return
      subscription ??= client.subscribe(reader.handlers, subscribeOptions(settings))
      watchdog.start()
      if (settings.trackLag) lag.start()
      for (;;) {
        const taken = await handover.take(1, { signal })()
        if (E.isLeft(taken) || taken.right.length === 0) return
        yield* taken.right
      }
    },
    acknowledge: positions => fromPromise('EventHubsSource.acknowledge', () => acknowledge(positions), failed),
    close: () =>
      fromPromise(
        'EventHubsSource.close',
        () => {
          handover.close()
          gate.open()
          closing ??= goodbye()
          return orTimeOut('EventHubsSource.close', clock, closeTimeoutMs, closing)
        },
        failed
      ),
    isOurs: position => partitions.get(position.partitionId)?.tracker.isOpen(position) ?? false,
    pause: gate.shut,
    resume: gate.open,
    health: () => ({
      paused: !gate.isOpen(),
      partitions: [...partitions.values()].map(partition =>
        healthOf(partition, fence.checkpointOf(partition.partitionId))
      )
    })
  }
}

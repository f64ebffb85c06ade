/** The contract of the Event Hubs source: what it is told, what it tells, and its defaults. */
import type { EventSource } from '../EventSource.ts'
import type { Clock } from '../internal/Clock.ts'
import type { SyncError } from '../SyncError.ts'
import type { CheckpointStore } from './CheckpointStore.ts'
import type { EventHubsConnection } from './connect.ts'
import type { Untamed } from './tameClient.ts'

/**
 * What the source tells beside its events.
 *
 * - `partition opened`, `partition closed`: reading began or ended; `partition lost`: another host has it now, what we held of it is left to that host;
 * - `partition silent`: neither events nor a heartbeat for `silentMs`, though nobody keeps the client waiting: the connection hangs, or the hub is away. An empty hub is not silent;
 * - `partition heard`: it is back;
 * - `hub made anew`: the partition's checkpoint lies beyond its last event; it is read from the start position again;
 * - `events missing`: the hub no longer has `count` events between the checkpoint and the first event it delivered: they were kept for too short a time;
 * - `checkpoint failed`: nothing is lost, it is written with the next one;
 * - `client error`: the client met an error and goes on by itself. `partitionId` is absent for errors of the whole client;
 * - `client not tamed`: this version of the client is built differently, and one of its defects could not be mended (see docs/operations.md).
 */
export type EventHubsSourceEvent =
  | {
      readonly type: 'partition opened' | 'partition closed' | 'partition lost' | 'partition heard' | 'hub made anew'
      readonly partitionId: string
    }
  | { readonly type: 'partition silent'; readonly partitionId: string; readonly silentMs: number }
  | { readonly type: 'events missing'; readonly partitionId: string; readonly count: number }
  | { readonly type: 'checkpoint failed'; readonly partitionId: string; readonly error: SyncError }
  | { readonly type: 'client error'; readonly partitionId?: string; readonly error: SyncError }
  | { readonly type: 'client not tamed'; readonly part: Untamed }

/** Options of `createEventHubsSource`. */
export interface EventHubsSourceOptions extends EventHubsConnection {
  /** Default `$Default`. */
  readonly consumerGroup?: string
  /** Where checkpoints and ownership of partitions are kept. `createFileCheckpointStore` for one host, `BlobCheckpointStore` of `@azure/eventhubs-checkpointstore-blob` for many. */
  readonly checkpointStore: CheckpointStore
  /** Where a partition without a checkpoint is read from: its beginning, or only what comes from now on. Default `earliest`: with `latest`, what comes before the first checkpoint is lost at a restart. */
  readonly startPosition?: 'earliest' | 'latest'
  /** Most events per chunk. Default 100, at least 1. */
  readonly maxBatchSize?: number
  /** Events asked for in advance per partition. Default 300, at least 1. */
  readonly prefetchCount?: number
  /** A checkpoint is written after so many finished events of a partition. Default 1,000, at least 1. What lies behind the last one comes again after a crash; the audit sink recognises it. */
  readonly checkpointEvents?: number
  /** A checkpoint is written at the latest so long after the first finished event that has none, in milliseconds. Default 1,000, at least 0. */
  readonly checkpointIntervalMs?: number
  /** How often the hosts of a consumer group look who owns what, in milliseconds; each look takes at most one partition over. Default 1,000, at least 1. */
  readonly loadBalancingIntervalMs?: number
  /** How long a silent host keeps its partitions, in milliseconds. Default 8,000, at least 1; the same on all hosts, whose clocks must agree to well within it. */
  readonly ownershipExpirationMs?: number
  /** After so long without a sign of life a partition is reported as silent, in milliseconds. Default 10,000, at least 1,000. */
  readonly silentAfterMs?: number
  /** Longest time for `close`, in milliseconds. Default 10,000, at least 1. */
  readonly closeTimeoutMs?: number
  /** Asks the hub every five seconds how far each partition reaches: the lag in `health`. Default true. */
  readonly trackLag?: boolean
  /** Who we are, for ownership of partitions; no two hosts may share it. Default: a random name. */
  readonly identifier?: string
  /** Hears of the source's own events. */
  readonly onEvent?: (event: EventHubsSourceEvent) => void
  /** Default: the system clock. */
  readonly clock?: Clock
}

/** The defaults of {@link EventHubsSourceOptions}. */
export const defaultEventHubsSourceOptions: {
  readonly consumerGroup: string
  readonly startPosition: 'earliest'
  readonly maxBatchSize: number
  readonly prefetchCount: number
  readonly checkpointEvents: number
  readonly checkpointIntervalMs: number
  readonly loadBalancingIntervalMs: number
  readonly ownershipExpirationMs: number
  readonly silentAfterMs: number
  readonly closeTimeoutMs: number
  readonly trackLag: boolean
} = Object.freeze({
  consumerGroup: '$Default',
  startPosition: 'earliest',
  maxBatchSize: 100,
  prefetchCount: 300,
  checkpointEvents: 1_000,
  checkpointIntervalMs: 1_000,
  loadBalancingIntervalMs: 1_000,
  ownershipExpirationMs: 8_000,
  silentAfterMs: 10_000,
  closeTimeoutMs: 10_000,
  trackLag: true
})

/** An event source that can hold its breath. */
export interface EventHubsSource extends EventSource {
  /** Delivers nothing more until {@link EventHubsSource.resume}. Partitions and what was fetched in advance are kept. Doing it again does nothing. */
  readonly pause: () => void
  readonly resume: () => void
  readonly health: NonNullable<EventSource['health']>
}

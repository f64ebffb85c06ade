/**
 * Tells a silent connection from an empty hub: of an open link the client hears events, or after a second of waiting calls with none. When neither comes although nobody keeps it waiting, the connection hangs or the
 * hub is away, and the client says nothing of it by itself.
 */
import type { Clock } from '../internal/Clock.ts'
import { heartbeatMs } from './clientSettings.ts'
import type { Partition } from './Partition.ts'

export interface Watchdog {
  readonly start: () => void
  /** The client called for a partition. */
  readonly heard: (partition: Partition) => void
  readonly close: () => void
}

export interface WatchdogOptions {
  readonly partitions: () => Iterable<Partition>
  readonly silentAfterMs: number
  readonly clock: Clock
  readonly onSilent: (partition: Partition, silentMs: number) => void
  readonly onHeard: (partition: Partition) => void
}

/** A watchdog that looks once per heartbeat from its start until it is closed. */
export const createWatchdog = ({ partitions, silentAfterMs, clock, onSilent, onHeard }: WatchdogOptions): Watchdog => {
  const look = () => {
    cancel = clock.schedule(heartbeatMs, look)
    const now = clock.now()
    for (const partition of partitions()) {
      const silentMs = now - partition.heardAtMs
      if (partition.busy || partition.silent || silentMs < silentAfterMs) continue
      partition.silent = true
      onSilent(partition, silentMs)
    }
  }
  let cancel: (() => void) | undefined

  return {
    start: () => (cancel ??= clock.schedule(heartbeatMs, look)),
    heard: partition => {
      partition.heardAtMs = clock.now()
      if (!partition.silent) return
      partition.silent = false
      onHeard(partition)
    },
    close: () => cancel?.()
  }
}

/** Gauges that are read off a pipeline's health when somebody collects them. */
import type { Attributes, BatchObservableResult, Meter } from '@opentelemetry/api'
import type { OnDemandSync } from '../OnDemandSync.ts'

/** Observes until the returned function is called. */
export const observeHealth = (
  meter: Meter,
  { health }: Pick<OnDemandSync, 'health'>,
  common: Attributes,
  now: () => number
): (() => void) => {
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`on_demand_sync.${name}`, { unit, description })
  const depth = gauge('queue.depth', '{event}', 'events that wait in the queue')
  const capacity = gauge('queue.capacity', '{event}', 'most events that may wait in the queue')
  const oldest = gauge('oldest.age', 's', 'age of the oldest event without an audit record, since it was taken in')
  const waiting = gauge('waiting.age', 's', 'time for which something passing has been in the way')
  const lag = gauge('partition.lag', '{event}', 'events of a partition that are not done')
  const pending = gauge('partition.pending', '{event}', 'events of a partition that were delivered and are not done')
  const checkpointAge = gauge('partition.checkpoint.age', 's', 'time for which finished events wait for a checkpoint')
  const silent = gauge('partition.silent', '1', '1 while a partition gives no sign of life, else 0')
  const gauges = [depth, capacity, oldest, waiting, lag, pending, checkpointAge, silent]

  const observe = (result: BatchObservableResult): void => {
    const { queued, capacity: most, oldestReceivedAtMs, waitingSinceMs, source } = health()
    const secondsSince = (atMs: number | undefined) => (atMs === undefined ? 0 : Math.max(0, now() - atMs) / 1_000)
    result.observe(depth, queued, common)
    result.observe(capacity, most, common)
    result.observe(oldest, secondsSince(oldestReceivedAtMs), common)
    result.observe(waiting, secondsSince(waitingSinceMs), common)
    for (const partition of source?.partitions ?? []) {
      const attributes = { ...common, 'messaging.destination.partition.id': partition.partitionId }
      if (partition.lag !== undefined) result.observe(lag, partition.lag, attributes)
      result.observe(pending, partition.pending, attributes)
      result.observe(checkpointAge, secondsSince(partition.unwrittenSinceMs), attributes)
      result.observe(silent, partition.silent ? 1 : 0, attributes)
    }
  }
  meter.addBatchObservableCallback(observe, gauges)
  return () => meter.removeBatchObservableCallback(observe, gauges)
}

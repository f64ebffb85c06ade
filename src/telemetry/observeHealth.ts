/** Gauges that are read off a pipeline's health when somebody collects them. */
import type { BatchObservableResult, Meter } from '@opentelemetry/api'
import type { OnDemandSync } from '../OnDemandSync.ts'

/** Observes until the returned function is called. */
export const observeHealth = (
  meter: Meter,
  { health }: Pick<OnDemandSync, 'health'>,
  now: () => number
): (() => void) => {
  const gauge = (name: string, unit: string, description: string) =>
    meter.createObservableGauge(`on_demand_sync.${name}`, { unit, description })
  const depth = gauge('queue.depth', '{event}', 'events that wait in the queue')
  const oldest = gauge('oldest.age', 's', 'age of the oldest event without an audit record, since it was taken in')
  const lag = gauge('partition.lag', '{event}', 'events of a partition that are not done')
  const pending = gauge('partition.pending', '{event}', 'events of a partition that were delivered and are not done')
  const checkpointAge = gauge('partition.checkpoint.age', 's', 'time for which finished events wait for a checkpoint')
  const gauges = [depth, oldest, lag, pending, checkpointAge]

  const observe = (result: BatchObservableResult): void => {
    const { queued, oldestReceivedAtMs, source } = health()
    const secondsSince = (atMs: number | undefined) => (atMs === undefined ? 0 : (now() - atMs) / 1_000)
    result.observe(depth, queued)
    result.observe(oldest, secondsSince(oldestReceivedAtMs))
    for (const partition of source?.partitions ?? []) {
      const attributes = { partition: partition.partitionId }
      if (partition.lag !== undefined) result.observe(lag, partition.lag, attributes)
      result.observe(pending, partition.pending, attributes)
      result.observe(checkpointAge, secondsSince(partition.unwrittenSinceMs), attributes)
    }
  }
  meter.addBatchObservableCallback(observe, gauges)
  return () => meter.removeBatchObservableCallback(observe, gauges)
}

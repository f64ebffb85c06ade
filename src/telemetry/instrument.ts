/** Metrics and traces of a pipeline, over `@opentelemetry/api`. */
import type { Attributes, Meter, Tracer } from '@opentelemetry/api'
import { metrics, trace } from '@opentelemetry/api'
import { systemClock } from '../internal/Clock.ts'
import type { OnDemandSync } from '../OnDemandSync.ts'
import { countEvents } from './countEvents.ts'
import { observeHealth } from './observeHealth.ts'
import { traceBatches } from './traceBatches.ts'

/** Options of {@link instrument}. */
export interface InstrumentOptions {
  /** Default: the global meter `on-demand-sync`. */
  readonly meter?: Meter
  /** Default: the global tracer `on-demand-sync`. */
  readonly tracer?: Tracer
  /** Stand on every number and every batch. What is read is the host's to know: `messaging.system`, `messaging.destination.name`, `messaging.consumer.group.name`, `server.address`. Default none. */
  readonly attributes?: Attributes
  /** Whether spans of statements carry their text, as `db.query.text`. It holds what the policies say, literals included: a row filter's `DEPARTMENT <> 'BOARD'`, never a row's value. Default false. */
  readonly statementText?: boolean
  /** Where "now" comes from, in milliseconds since 1970; the pipeline's clock, where it has one of its own. Default: the system clock. */
  readonly now?: () => number
}

/**
 * Follows a pipeline with OpenTelemetry until the returned function is called. Without an SDK in the process it does nothing, at next to no cost; what an SDK throws is dropped and can't harm the pipeline.
 *
 * **Metrics.** Counters: `messaging.client.consumed.messages`; `on_demand_sync.events` by hub, consumer group, partition and `on_demand_sync.status`; `on_demand_sync.statements` by `db.operation.name`, phase and
 * `error.type`; `on_demand_sync.retries` and `.checkpoint.failures` by `error.type`; `on_demand_sync.dead_letters`, `.let_go`. Histograms: `messaging.process.duration` (s, of a batch), `db.client.operation.duration` (s, of a statement), `on_demand_sync.batch.size`,
 * `on_demand_sync.event.wait` (s, from the hub having an event to its task being done). Gauges: `on_demand_sync.queue.depth`, `.queue.capacity`, `.oldest.age` (s), `.waiting.age` (s), and by partition `.partition.lag`,
 * `.partition.pending`, `.partition.checkpoint.age` (s), `.partition.silent`. What each means and when to worry: docs/operations.md.
 *
 * **Traces.** A span `process` per batch, linked to the span of every sender that sent its trace along (see `traceProperties`); in it a span per statement, `GRANT ORDERS`, with the kind of step and the names of the object.
 * Statements of `run` and `apply` stand in the trace of whoever called. Statements run side by side; those that went in one round trip have its length each.
 *
 * **Names** are those of OpenTelemetry's semantic conventions where these have one. No body, no secret and no row value is in any of it.
 *
 * @example
 * ```ts
 * import {
 *   createMemoryAuditSink, createMemoryEventSource, createMemoryPolicySource, createMemoryPolicySyncer, createMemoryResourceResolver, createOnDemandSync
 * } from 'on-demand-sync'
 * import { instrument } from 'on-demand-sync/telemetry'
 *
 * const sync = createOnDemandSync({
 *   source: createMemoryEventSource(['not a request']),
 *   resolver: createMemoryResourceResolver([]),
 *   policies: createMemoryPolicySource(resource => ({ resource, grants: [], masks: [], managed: { roles: [], users: [] }, notes: [] })),
 *   syncer: createMemoryPolicySyncer(),
 *   audit: createMemoryAuditSink()
 * })
 * const stopFollowing = instrument(sync, { attributes: { 'messaging.system': 'eventhubs', 'messaging.destination.name': 'sync-tasks' } })
 * await sync.start()
 * await sync.done
 * stopFollowing()
 * ```
 */
export const instrument = (
  sync: Pick<OnDemandSync, 'on' | 'health'>,
  options: InstrumentOptions = {}
): (() => void) => {
  const { attributes = {}, statementText = false, now = systemClock.now } = options
  const meter = options.meter ?? metrics.getMeter('on-demand-sync')
  const tracer = options.tracer ?? trace.getTracer('on-demand-sync')
  const batches = traceBatches(tracer, attributes, statementText, now)
  // Each listens for itself: a meter that throws takes no span away.
  const ends = [
    observeHealth(meter, sync, attributes, now),
    sync.on(countEvents(meter, attributes)),
    sync.on(batches.hear),
    batches.close
  ]
  return () => ends.forEach(end => end())
}

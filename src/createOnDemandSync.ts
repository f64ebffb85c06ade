/**
 * The whole pipeline on one screen:
 *
 * EventSource -> PayloadCodec -> BoundedQueue -> Batcher -> ResourceResolver -> PolicySource -> PolicySyncer -> AuditSink -> checkpoint
 */
import * as E from 'fp-ts/lib/Either.js'
import type { AuditSink } from './AuditSink.ts'
import type { Batcher } from './Batcher.ts'
import { createBatcher, defaultBatcherOptions } from './Batcher.ts'
import type { BoundedQueue, BoundedQueueOptions } from './BoundedQueue.ts'
import { createBoundedQueue } from './BoundedQueue.ts'
import { atLeast, requireOptions } from './checkOptions.ts'
import type { DeadLetterSink } from './DeadLetterSink.ts'
import type { EventSource } from './EventSource.ts'
import type { Clock } from './internal/Clock.ts'
import { systemClock } from './internal/Clock.ts'
import { createEmitter } from './internal/createEmitter.ts'
import { createExclusive } from './internal/exclusive.ts'
import type { LifecycleEvent, LifecycleListener } from './LifecycleEvent.ts'
import type { OnDemandSync } from './OnDemandSync.ts'
import type { PayloadCodec } from './PayloadCodec.ts'
import { payloadCodec } from './PayloadCodec.ts'
import type { Closing } from './pipeline/closeParts.ts'
import { closeParts, disposing } from './pipeline/closeParts.ts'
import { createCommitter } from './pipeline/createCommitter.ts'
import { createDeadline } from './pipeline/createDeadline.ts'
import { deadLettersOf } from './pipeline/deadLetters.ts'
import { createHealthCounter } from './pipeline/createHealthCounter.ts'
import { createBatchRunner } from './pipeline/createBatchRunner.ts'
import type { Task } from './pipeline/Task.ts'
import { createTask } from './pipeline/Task.ts'
import type { PolicySource } from './PolicySource.ts'
import type { PolicySyncer } from './PolicySyncer.ts'
import { isSyncException, SyncException } from './Promises.ts'
import type { ResourceResolver } from './ResourceResolver.ts'
import type { RetryOptions } from './Retry.ts'
import { createWaitToRetry, defaultRetryOptions, retryFaults } from './Retry.ts'
import { SyncError } from './SyncError.ts'

/** What `createOnDemandSync` wires. The first five are yours to choose; everything else has a default. */
export interface OnDemandSyncOptions {
  readonly source: EventSource
  readonly resolver: ResourceResolver
  readonly policies: PolicySource
  readonly syncer: PolicySyncer
  readonly audit: AuditSink
  /** Keeps the events of failed tasks, and bodies that are broken, whole. Default: they are audited and let go. */
  readonly deadLetters?: DeadLetterSink
  /** Default: the published payload, `payloadCodec`. */
  readonly codec?: PayloadCodec
  /** Holds decoded events: the default queue's options, or a queue of your own. Default: a capacity of 100. */
  readonly queue?: BoundedQueueOptions | BoundedQueue<Task>
  /** Makes batches. Default: `createBatcher` with `batch`. */
  readonly batcher?: Batcher<Task>
  /** Size and age of batches, for the default batcher. Default 50 events, 5,000 ms. */
  readonly batch?: { readonly maxItems?: number; readonly timeoutMs?: number }
  /** See {@link RetryOptions}. */
  readonly retry?: RetryOptions
  /** Time limit of `stop`, and of closing the parts where the source ends by itself, in milliseconds. Default 30,000, at least 1. What has not ended by then is left behind, and `done` rejects with TimedOut. */
  readonly stopTimeoutMs?: number
  /** Hears of everything that happens. More listeners: `on`. */
  readonly onEvent?: LifecycleListener
  /** Closed last, after the source and the audit sink: a Snowflake client, a policy poller. */
  readonly owned?: ReadonlyArray<AsyncDisposable>
  /** Default: the system clock. */
  readonly clock?: Clock
}

/** The default of `stopTimeoutMs`. */
export const defaultStopTimeoutMs = 30_000

/**
 * Wires the eight parts into a running pipeline.
 *
 * **Details**: at most `queue.capacity` decoded events wait, one batch is worked on, and one chunk of the source is being handed in; when they are full, the source is not asked for more. Batches run one after another, so no
 * object is ever in two plans at once.
 *
 * **Errors**: bad options throw InvalidInput; `done` rejects with SourceFailed, AuditFailed, TimedOut (a part that did not close in time) or Defect.
 *
 * @example
 * ```ts
 * import {
 *   createMemoryAuditSink, createMemoryEventSource, createMemoryPolicySource, createMemoryPolicySyncer, createMemoryResourceResolver, createOnDemandSync
 * } from 'on-demand-sync'
 *
 * const audit = createMemoryAuditSink()
 * const sync = createOnDemandSync({
 *   source: createMemoryEventSource(['not a request']),
 *   resolver: createMemoryResourceResolver([]),
 *   policies: createMemoryPolicySource(resource => ({ resource, grants: [], masks: [], managed: { roles: [], users: [] }, notes: [] })),
 *   syncer: createMemoryPolicySyncer(),
 *   audit
 * })
 * await sync.start()
 * await sync.done
 * if (audit.records()[0]?.status !== 'SKIPPED') throw new Error('unexpected')
 * ```
 */
export const createOnDemandSync = (options: OnDemandSyncOptions): OnDemandSync => {
  const {
    source,
    audit,
    deadLetters,
    clock = systemClock,
    codec = payloadCodec,
    owned = [],
    stopTimeoutMs = defaultStopTimeoutMs
  } = options
  const retry = { ...defaultRetryOptions, ...options.retry }
  requireOptions('createOnDemandSync', [atLeast('stopTimeoutMs', stopTimeoutMs, 1), ...retryFaults(retry)])
  const queue = toQueue(options.queue)
  const batcher =
    options.batcher ??
    createBatcher<Task>({ ...defaultBatcherOptions, ...options.batch, clock, arrivedAtMs: task => task.receivedAtMs })

  const { emit, on } = createEmitter<LifecycleEvent>(options.onEvent)
  const counter = createHealthCounter(() => clock.now())
  on(counter.hear)
  const intake = new AbortController()
  const work = new AbortController()
  const goodbye = new AbortController()
  const deadline = createDeadline()
  const onWait = (error: SyncError, attempt: number, delayMs: number) =>
    emit({ type: 'waiting', of: 'records', error, attempt, delayMs })
  /** Where the pipeline ends by itself nobody has set a limit: this one begins when the end does. */
  let cancelLimit: (() => void) | undefined
  const limit = () => (cancelLimit ??= clock.schedule(stopTimeoutMs, () => deadline.pass(stopTimeoutMs)))
  const endLimit = () => {
    cancelLimit?.()
    cancelLimit = undefined
  }
  /** What can't be recorded must not be done: nothing more is taken in, and the work ends. */
  const giveUp = () => {
    intake.abort()
    work.abort()
    limit()
  }
  const inTurn = createExclusive()
  const runner = createBatchRunner({ ...options, clock, retry, emit, inTurn, work: work.signal })
  const committer = createCommitter({
    audit,
    deadLetters,
    source,
    emit,
    clock,
    giveUp,
    waitToRetry: createWaitToRetry(retry, clock, goodbye.signal, onWait)
  })

  /** Stages 1 to 3: events in, decoded, as far as the queue has room. */
  const takeIn = async (): Promise<void> => {
    for await (const events of source.events({ signal: intake.signal })) {
      const receivedAtMs = clock.now()
      const offered = queue.offer(
        events.map(event => createTask(event, codec, receivedAtMs, deadLetters !== undefined)),
        { signal: work.signal }
      )()
      emit({ type: 'received', events: events.length, queued: queue.size() })
      if (queue.size() >= queue.capacity) emit({ type: 'backpressure', on: true, queued: queue.size() })
      const taken = await offered
      if (E.isLeft(taken)) return
    }
  }

  /** Stages 4 to 8: batches, worked off one after another. */
  const workOff = async (): Promise<void> => {
    for await (const tasks of batcher.batches(queue, { signal: work.signal })) {
      // Partitions that another host took over in the meantime are that host's to work on and to answer for.
      const ours = source.isOurs === undefined ? tasks : tasks.filter(({ position }) => source.isOurs?.(position))
      if (ours.length < tasks.length) emit({ type: 'let go', events: tasks.length - ours.length })
      if (ours.length === 0) continue
      const records = await runner.runBatch(ours, work.signal)
      if (E.isLeft(records)) return
      const letters = deadLetters === undefined ? [] : deadLettersOf(ours, records.right)
      const committed = await committer.commit(records.right, letters)
      if (E.isLeft(committed)) return
    }
  }

  const parts: ReadonlyArray<Closing> = [
    ['EventSource.close', () => source.close()],
    ['AuditSink.close', () => audit.close()],
    ...(deadLetters === undefined ? [] : [['DeadLetterSink.close', () => deadLetters.close()] as const]),
    ...owned.map(disposing)
  ]

  let state: 'idle' | 'running' | 'stopping' | 'ended' = 'idle'
  let settle: { readonly resolve: () => void; readonly reject: (error: SyncException) => void } | undefined
  const done = new Promise<void>((resolve, reject) => (settle = { resolve, reject }))
  // A host that never looks at `done` hears of failures through `onEvent`; its process must not die of an unhandled rejection.
  void done.catch(() => undefined)

  const main = async (): Promise<void> => {
    const failures: Array<SyncError> = []
    const stage = (name: string, run: Promise<void>, then: () => void) =>
      run.catch((cause: unknown) => void failures.push(asError(name, cause))).finally(then)
    const working = stage('pipeline', workOff(), () => {
      // Nobody takes any more: whoever offers must not wait for room, and a source that does not hear is not waited for without end.
      intake.abort()
      queue.close()
      limit()
    })
    const taking = stage('event source', takeIn(), () => queue.close())
    // What runs by hand has the parts in its hands as well.
    const ended = Promise.all([taking, working]).then(() => inTurn(() => Promise.resolve(E.right(undefined))))
    const worked = await deadline.orLeave('pipeline', ended)
    endLimit()
    if (E.isLeft(worked)) failures.push(worked.left)
    const drained = await deadline.orLeave('AuditSink.flush', committer.drain())
    // First: it is why the rest came to its end.
    if (E.isLeft(drained) && !goodbye.signal.aborted) failures.unshift(drained.left)
    limit()
    work.abort()
    failures.push(...(await closeParts(parts, deadline)))
    endLimit()
    state = 'ended'
    const [failure] = failures
    emit(failure === undefined ? { type: 'stopped' } : { type: 'failed', error: failure })
    if (failure === undefined) settle?.resolve()
    else settle?.reject(new SyncException(failure))
  }

  const stop: OnDemandSync['stop'] = async ({ timeoutMs = stopTimeoutMs } = {}) => {
    if (state === 'idle') {
      state = 'running'
      intake.abort()
      void main()
    }
    if (state === 'running') {
      state = 'stopping'
      emit({ type: 'stopping' })
      intake.abort()
      // Three quarters of the time for the work, the rest for audits, then for checkpoints, partitions and connections.
      const cancels = [
        clock.schedule(timeoutMs * 0.75, () => work.abort()),
        clock.schedule(timeoutMs * 0.85, () => goodbye.abort()),
        clock.schedule(timeoutMs, () => deadline.pass(timeoutMs))
      ]
      void done.finally(() => cancels.forEach(cancel => cancel())).catch(() => undefined)
    }
    await done.catch(() => undefined)
  }

  return {
    start: () => {
      if (state !== 'idle') return Promise.reject(new SyncException(SyncError.Closed({ what: 'pipeline' })))
      state = 'running'
      emit({ type: 'started' })
      void main()
      return Promise.resolve()
    },
    stop,
    done,
    run: runner.run,
    plan: runner.plan,
    apply: runner.apply,
    health: () => {
      const ofSource = source.health === undefined ? {} : { source: source.health() }
      return { state, queued: queue.size(), capacity: queue.capacity, ...counter.read(), ...ofSource }
    },
    on,
    [Symbol.asyncDispose]: () => stop()
  }
}

const toQueue = (given: OnDemandSyncOptions['queue'] = {}): BoundedQueue<Task> =>
  'offer' in given ? given : createBoundedQueue<Task>(given)

const asError = (where: string, cause: unknown): SyncError =>
  isSyncException(cause) ? cause.error : SyncError.Defect({ where, cause })

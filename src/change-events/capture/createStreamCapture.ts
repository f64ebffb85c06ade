/** Capture of row changes from Snowflake streams, on a schedule. */
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { atLeast, requireOptions } from '../../checkOptions.ts'
import { fault } from '../../Fault.ts'
import type { Clock } from '../../internal/Clock.ts'
import { sleep, systemClock } from '../../internal/Clock.ts'
import { createEmitter } from '../../internal/createEmitter.ts'
import { createExclusive } from '../../internal/exclusive.ts'
import { fromPromise, orThrow } from '../../Promises.ts'
import type { ResourceName } from '../../Resource.ts'
import { describeName } from '../../Resource.ts'
import type { SnowflakeClient } from '../../snowflake/SnowflakeClient.ts'
import { SyncError } from '../../SyncError.ts'
import type { ChangeEvents } from '../ChangeEvents.ts'
import type { TellingEvent, TellingListener } from '../TellingEvent.ts'
import type { CaptureSource } from './CaptureSource.ts'
import { changesOfRows } from './changesOfRows.ts'
import type { ChangeStream } from './ChangeStream.ts'
import { createChangeStream } from './ChangeStream.ts'
import { createOutbox } from './Outbox.ts'

/** Options of {@link createStreamCapture}. */
export interface StreamCaptureOptions {
  /** Its role needs SELECT on the tables, CREATE STREAM and CREATE TABLE on the schemas of the streams and of the outbox, and a warehouse. */
  readonly client: SnowflakeClient
  readonly sources: ReadonlyArray<CaptureSource>
  /** A table of our own for changes on their way, made where it is not there. It holds copies of rows: protect it as you protect the tables. */
  readonly outbox: Required<ResourceName>
  /** Who tells the changes. */
  readonly events: Pick<ChangeEvents, 'captured'>
  /** Time between polls, in milliseconds. Default 3,600,000 (an hour, as in the reference), at least 1,000. */
  readonly periodMs?: number
  /** How long told changes stay in the outbox, in milliseconds. Default 604,800,000 (seven days), at least 0. */
  readonly keepSentMs?: number
  /** Most objects whose changes are read and told in one go. Default 500, 1 to 10,000. */
  readonly maxObjects?: number
  /** How long before a stream goes stale the alarm is raised, in milliseconds. Default 259,200,000 (three days), at least 0. */
  readonly warnBeforeMs?: number
  readonly clock?: Clock
  readonly onEvent?: TellingListener
}

/** The defaults of {@link StreamCaptureOptions}. */
export const defaultStreamCaptureOptions: Required<
  Pick<StreamCaptureOptions, 'periodMs' | 'keepSentMs' | 'maxObjects' | 'warnBeforeMs'>
> = Object.freeze({ periodMs: 3_600_000, keepSentMs: 604_800_000, maxObjects: 500, warnBeforeMs: 259_200_000 })

/** What one poll did. */
export interface PollReport {
  /** Changes that were told, or are safe as dead letters. */
  readonly changes: number
  /** Streams that could not be polled; the next poll tries again. */
  readonly failed: ReadonlyArray<{ readonly stream: string; readonly error: SyncError }>
}

/** The running capture. */
export interface StreamCapture extends AsyncDisposable {
  /** Polls now, and then again and again. A poll that fails is reported (`poll failed`), and made good for by the next. */
  readonly start: () => void
  /** One poll of all streams, now; takes turns with the scheduled ones. Never left. */
  readonly poll: () => TaskEither<never, PollReport>
  readonly on: (listener: TellingListener) => () => void
  /** Ends after the poll that runs. */
  readonly stop: () => Promise<void>
}

/** Between a stream and whoever is told, per source. */
interface Reader {
  readonly source: CaptureSource
  readonly name: string
  readonly stream: ChangeStream
  /** Whether the outbox may hold what was not told: nobody knows after a start or a failure. */
  mayHoldUnsent: boolean
  /** Whether the outbox has a note of the stream. */
  isNoted: boolean
}

/**
 * Reads change streams and tells what they say.
 *
 * **Details**: each poll asks `SYSTEM$STREAM_HAS_DATA` first, moves what is there into the outbox in one statement (that is what moves the stream's offset), tells it object by object, marks it
 * sent and purges what was sent long ago. A crash at any point tells some changes again, with the same event ids, and loses none. A stream gives the net change between two polls: what came and
 * went in between is not seen. A stream that is lost (stale, or its table was made anew) is made anew and begins with all rows, told as REFRESH.
 *
 * **Gotchas**: one capture per stream. Numbers that a JavaScript number cannot hold are told as texts (filters compare them as numbers); NaN, the infinities and `undefined` in a VARIANT as null.
 *
 * **Errors**: a bad option throws InvalidInput. Polls report theirs.
 *
 * @example
 * ```ts no-run
 * import { createSnowflakeClient } from 'on-demand-sync/snowflake'
 * import { createChangeEvents, createMemoryTopic, createStreamCapture } from 'on-demand-sync/change-events'
 *
 * const client = createSnowflakeClient({ account: 'a', username: 'SYNC', credentials: { password: '' }, warehouse: 'SYNC_WH' })
 * const events = createChangeEvents({
 *   definition: {
 *     locations: [{ id: 'snowflake', enableEvents: true }],
 *     datasets: [{ id: 'sales', location: 'snowflake', notifications: { topic: 'topic' } }]
 *   },
 *   topics: { topic: createMemoryTopic() }
 * })
 * const capture = createStreamCapture({
 *   client,
 *   events,
 *   outbox: { database: 'SYNC', schema: 'EVENTS', table: 'OUTBOX' },
 *   sources: [
 *     {
 *       datasetId: 'sales',
 *       schema: 'Order',
 *       table: { database: 'SALES', schema: 'PUBLIC', table: 'ORDERS' },
 *       stream: { database: 'SYNC', schema: 'EVENTS', table: 'ORDERS_CHANGES' },
 *       idColumn: 'ID'
 *     }
 *   ]
 * })
 * capture.start()
 * ```
 */
export const createStreamCapture = (options: StreamCaptureOptions): StreamCapture => {
  const { client, sources, events, clock = systemClock } = options
  const { periodMs, keepSentMs, maxObjects, warnBeforeMs } = { ...defaultStreamCaptureOptions, ...options }
  const names = sources.map(({ stream }) => describeName(stream))
  requireOptions('createStreamCapture', [
    atLeast('periodMs', periodMs, 1_000),
    atLeast('keepSentMs', keepSentMs, 0),
    atLeast('maxObjects', maxObjects, 1),
    atLeast('warnBeforeMs', warnBeforeMs, 0),
    ...names.map((name, index) =>
      names.indexOf(name) === index ? undefined : fault(`sources[${index}].stream`, 'must be read by one source only')
    )
  ])
  const { emit, on } = createEmitter<TellingEvent>(options.onEvent)
  const outbox = createOutbox(client, options.outbox)
  const readers = sources.map((source): Reader => ({
    source,
    name: describeName(source.stream),
    stream: createChangeStream(client, source),
    mayHoldUnsent: true,
    isNoted: false
  }))
  const inTurn = createExclusive()
  const ending = new AbortController()
  let outboxIsThere = false
  let running: Promise<void> | undefined

  /** Sees to it that the stream can be read; answers whether it was made just now and begins with rows that nobody changed. */
  const ensure = async ({ source, stream, name }: Reader): Promise<boolean> => {
    const found = orThrow(await stream.state()())
    if (found.state === 'readable') {
      const { staleAfterMs } = found
      if (staleAfterMs !== undefined && staleAfterMs - clock.now() < warnBeforeMs)
        emit({ type: 'stream at risk', stream: name, staleAfter: new Date(staleAfterMs).toISOString() })
      return false
    }
    const wasRead = found.state === 'absent' && orThrow(await outbox.knows(source)())
    const reason = found.state === 'lost' ? found.reason : wasRead ? 'The stream was dropped' : undefined
    const allRows = reason !== undefined || source.bootstrap === 'all rows'
    orThrow(await stream.create(allRows)())
    if (reason !== undefined) emit({ type: 'stream recovered', stream: name, reason })
    return allRows
  }

  /** Tells what the outbox holds for a stream, oldest first. */
  const drain = async ({ source, name }: Reader): Promise<number> => {
    let told = 0
    for (;;) {
      const batch = orThrow(await outbox.nextBatch(source)())
      if (batch === undefined) return told
      for (;;) {
        const rows = orThrow(await outbox.read(source, batch, maxObjects)())
        const last = rows.at(-1)
        if (last === undefined) break
        const changes = changesOfRows(source, batch, rows)
        const ends = await events.captured(changes)
        if (ends.includes('lost')) throw new Error('a change was neither told nor kept as a dead letter')
        for (const { id } of changes) if (id === '') emit({ type: 'row without id', stream: name })
        orThrow(await outbox.markSent(source, batch, last.objectId)())
        told += changes.length
        emit({ type: 'published', stream: name, changes: changes.length })
      }
    }
  }

  const pollOne = async (reader: Reader): Promise<number> => {
    const { source, name, stream } = reader
    if (!outboxIsThere) orThrow(await outbox.create()())
    outboxIsThere = true
    const initial = await ensure(reader)
    if (!reader.isNoted) orThrow(await outbox.remember(source)())
    reader.isNoted = true
    if (orThrow(await stream.hasData()())) {
      const batch = randomUUID()
      reader.mayHoldUnsent = true
      orThrow(await outbox.capture(source, batch, initial)())
      emit({ type: 'captured', stream: name, batch })
    }
    if (!reader.mayHoldUnsent) return 0
    const told = await drain(reader)
    reader.mayHoldUnsent = false
    const purged = orThrow(await outbox.purge(source, keepSentMs)())
    if (purged > 0) emit({ type: 'purged', stream: name, changes: purged })
    return told
  }

  const poll = async (): Promise<PollReport> => {
    let changes = 0
    const failed: Array<PollReport['failed'][number]> = []
    for (const reader of readers) {
      if (ending.signal.aborted) break
      const polled = await fromPromise(
        `capture from ${reader.name}`,
        () => pollOne(reader),
        cause =>
          SyncError.TopicFailed({ topic: reader.name, detail: 'a change could not be told', retryable: true, cause })
      )()
      if (E.isRight(polled)) changes += polled.right
      else {
        reader.mayHoldUnsent = true
        failed.push({ stream: reader.name, error: polled.left })
        emit({ type: 'poll failed', stream: reader.name, error: polled.left })
      }
    }
    return { changes, failed }
  }

  const run = async (): Promise<void> => {
    do await inTurn(poll)
    while (await sleep(clock, periodMs, ending.signal))
  }

  const stop = async (): Promise<void> => {
    ending.abort()
    await running
    await inTurn(() => Promise.resolve())
  }

  return {
    start: () => {
      running ??= run()
    },
    poll: () => async () => E.right(await inTurn(poll)),
    on,
    stop,
    [Symbol.asyncDispose]: stop
  }
}

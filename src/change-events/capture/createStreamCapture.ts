/** Capture of row changes from Snowflake streams, on a schedule. */
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
import { createChangeStream } from './ChangeStream.ts'
import { createOutbox } from './Outbox.ts'
import type { StreamReader } from './StreamReader.ts'
import { createStreamReader } from './StreamReader.ts'

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
  /** Ends after the page that is being told; what is left stays in the outbox. */
  readonly stop: () => Promise<void>
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
  const ending = new AbortController()
  const shared = { outbox, events, maxObjects, keepSentMs, warnBeforeMs, clock, ending: ending.signal, emit }
  const readers = sources.map(source => ({
    ...createStreamReader({ ...shared, source, stream: createChangeStream(client, source) }),
    inTurn: createExclusive()
  }))
  /** Streams are read one after the other, and told each by itself: a topic that is slow or dead delays nobody else's changes. */
  const inTurn = createExclusive()
  let outboxIsThere = false
  let running: Promise<unknown> | undefined

  const captureFrom = async (reader: StreamReader): Promise<void> => {
    if (ending.signal.aborted) return
    if (!outboxIsThere) orThrow(await outbox.create()())
    outboxIsThere = true
    await reader.capture()
  }

  const pollOne = (reader: (typeof readers)[number]): Promise<PollReport> =>
    reader.inTurn(async () => {
      const { name: stream } = reader
      const polled = await fromPromise(
        `capture from ${stream}`,
        async () => {
          await inTurn(() => captureFrom(reader))
          return reader.tell()
        },
        cause => SyncError.TopicFailed({ topic: stream, detail: 'a change could not be told', retryable: true, cause })
      )()
      if (E.isRight(polled)) return { changes: polled.right, failed: [] }
      emit({ type: 'poll failed', stream, error: polled.left })
      return { changes: 0, failed: [{ stream, error: polled.left }] }
    })

  const run = async (reader: (typeof readers)[number]): Promise<void> => {
    do await pollOne(reader)
    while (await sleep(clock, periodMs, ending.signal))
  }

  const stop = async (): Promise<void> => {
    ending.abort()
    await running
    await Promise.all(readers.map(reader => reader.inTurn(() => Promise.resolve())))
  }

  return {
    start: () => {
      running ??= Promise.all(readers.map(run))
    },
    poll: () => async () => {
      const reports = await Promise.all(readers.map(pollOne))
      return E.right({
        changes: reports.reduce((sum, { changes }) => sum + changes, 0),
        failed: reports.flatMap(({ failed }) => failed)
      })
    },
    on,
    stop,
    [Symbol.asyncDispose]: stop
  }
}

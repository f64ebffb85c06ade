/** One stream on its way to those who are told: made and watched, read into the outbox, told page by page, marked, purged. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../../internal/Clock.ts'
import { orThrow } from '../../Promises.ts'
import { describeName } from '../../Resource.ts'
import type { ChangeEvents } from '../ChangeEvents.ts'
import type { TellingListener } from '../TellingEvent.ts'
import type { CaptureSource } from './CaptureSource.ts'
import { changesOfRows } from './changesOfRows.ts'
import type { ChangeStream } from './ChangeStream.ts'
import type { Outbox } from './Outbox.ts'

export interface StreamReader {
  readonly name: string
  /** Sees to the stream, and moves what it has into the outbox. Rejects where that fails. */
  readonly capture: () => Promise<void>
  /** Tells what the outbox holds, oldest first, until the signal fires. Answers how many changes. Rejects where one could not be told. */
  readonly tell: () => Promise<number>
}

export interface StreamReaderParts {
  readonly source: CaptureSource
  readonly stream: ChangeStream
  readonly outbox: Outbox
  readonly events: Pick<ChangeEvents, 'captured'>
  readonly maxObjects: number
  readonly keepSentMs: number
  readonly warnBeforeMs: number
  readonly clock: Pick<Clock, 'now'>
  readonly ending: AbortSignal
  readonly emit: TellingListener
}

/** Snowflake's clock dates what was sent, ours says when that is old: how far they may lie apart, in milliseconds. */
const skewMs = 60_000

export const createStreamReader = (parts: StreamReaderParts): StreamReader => {
  const { source, stream, outbox, events, clock, emit } = parts
  const name = describeName(source.stream)
  /** Whether the outbox may hold what was not told: nobody knows after a start or a failure. */
  let mayHoldUnsent = true
  /** Whether the outbox has a note of the stream, and what it says of its beginning; undefined where that is to be looked up. */
  let noted: { readonly isBeginning: boolean } | undefined
  let purgeAtMs = Infinity

  /** Sees to it that the stream can be read. */
  const ensure = async (): Promise<void> => {
    const found = orThrow(await stream.state()())
    if (found.state === 'readable') {
      const { staleAfterMs } = found
      if (staleAfterMs !== undefined && staleAfterMs - clock.now() < parts.warnBeforeMs)
        emit({ type: 'stream at risk', stream: name, staleAfter: new Date(staleAfterMs).toISOString() })
      return
    }
    const wasRead = found.state === 'absent' && orThrow(await outbox.knows(source)())
    const reason = found.state === 'lost' ? found.reason : wasRead ? 'The stream was dropped' : undefined
    const allRows = reason !== undefined || source.bootstrap === 'all rows'
    noted = undefined
    if (allRows) orThrow(await outbox.announce(source)())
    orThrow(await stream.create(allRows)())
    if (reason !== undefined) emit({ type: 'stream recovered', stream: name, reason })
  }

  const note = async (): Promise<{ readonly isBeginning: boolean }> => {
    orThrow(await outbox.remember(source)())
    return { isBeginning: orThrow(await outbox.isBeginning(source)()) }
  }

  const capture = async (): Promise<void> => {
    await ensure()
    const { isBeginning } = (noted ??= await note())
    // If this fails, nobody knows what has happened.
    noted = undefined
    if (orThrow(await stream.hasData()())) {
      const batch = randomUUID()
      mayHoldUnsent = true
      orThrow(await outbox.capture(source, batch, isBeginning)())
      emit({ type: 'captured', stream: name, batch })
    }
    if (isBeginning) orThrow(await outbox.begun(source)())
    noted = { isBeginning: false }
  }

  const tellPage = async (batch: string): Promise<number | undefined> => {
    const rows = orThrow(await outbox.read(source, batch, parts.maxObjects)())
    const last = rows.at(-1)
    if (last === undefined) return undefined
    const changes = changesOfRows(source, batch, rows)
    const ends = await events.captured(changes)
    if (ends.includes('lost')) throw new Error('a change was neither told nor kept as a dead letter')
    for (const { id } of changes) if (id === '') emit({ type: 'row without id', stream: name })
    orThrow(await outbox.markSent(source, batch, last.objectId)())
    emit({ type: 'published', stream: name, changes: changes.length })
    return changes.length
  }

  const tellBatch = async (batch: string): Promise<number> => {
    let told = 0
    while (!parts.ending.aborted) {
      const page = await tellPage(batch)
      if (page === undefined) break
      told += page
    }
    return told
  }

  const purge = async (): Promise<void> => {
    const purged = orThrow(await outbox.purge(source, parts.keepSentMs)())
    if (purged > 0) emit({ type: 'purged', stream: name, changes: purged })
  }

  const tell = async (): Promise<number> => {
    let told = 0
    while (mayHoldUnsent && !parts.ending.aborted) {
      const batch = orThrow(await outbox.nextBatch(source)())
      if (batch === undefined) {
        mayHoldUnsent = false
        await purge()
        purgeAtMs = clock.now() + parts.keepSentMs + skewMs
        return told
      }
      told += await tellBatch(batch)
    }
    if (clock.now() < purgeAtMs) return told
    // Nothing came for so long: what was told last is old as well by now.
    await purge()
    purgeAtMs = Infinity
    return told
  }

  return {
    name,
    capture,
    tell: async () => {
      try {
        return await tell()
      } catch (cause) {
        mayHoldUnsent = true
        throw cause
      }
    }
  }
}

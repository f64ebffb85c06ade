/** The explicit transactions that are open: what each wrote and read, and who stands in whose way. */
import { waitFor } from '../../../internal/abort.ts'
import type { Relation } from '../catalog/Relation.ts'
import type { Stream } from '../catalog/Stream.ts'
import type { Session } from '../Session.ts'
import type { ChangeStatement } from './Engine.ts'
import type { Plan, StreamRange } from './Plan.ts'

export interface OpenTransaction {
  /** Stands for the version until there is one: larger than any version. */
  readonly mark: number
  readonly readVersion: number
  readonly touched: Set<Relation>
  /** The streams its changes read. */
  readonly consumed: Map<Stream, StreamRange>
  /** Where streams stood when it began, of those that others have moved since: within a transaction a stream stands still. */
  readonly offsets: Map<Stream, number>
  /** What was done so far, to do it again when a failed statement takes the engine's transaction down. */
  readonly done: Recorded[]
  readonly queryIds: string[]
}

/** A change as it was carried out. */
export interface Recorded {
  readonly relation: Relation
  readonly plan: Plan
  readonly statements: ReadonlyArray<ChangeStatement>
}

export interface OpenTransactions {
  readonly get: (session: Session) => OpenTransaction | undefined
  readonly begin: (session: Session, readVersion: number) => void
  /** Takes the session's transaction off the list, and wakes those who wait. */
  readonly end: (session: Session) => void
  readonly offsetOf: (session: Session, stream: Stream) => number
  /** Whether nobody else consumes or has consumed these changes. */
  readonly mayConsume: (session: Session, streams: ReadonlyMap<Stream, StreamRange>) => boolean
  /** Moves the streams; open transactions remember where they stood. */
  readonly move: (streams: ReadonlyMap<Stream, StreamRange>, nowMs: number) => void
  /** How often something ended that others may wait for. */
  readonly ended: () => number
  /** Resolves with true once more has ended than `seen`; with false when nothing is open that could end, or the signal fires. */
  readonly untilEnded: (seen: number, signal: AbortSignal) => Promise<boolean>
}

const firstMark = 2 ** 50

export const createOpenTransactions = (): OpenTransactions => {
  const open = new Map<Session, OpenTransaction>()
  const waiting = new Set<(ended: boolean) => void>()
  let ended = 0
  let lastMark = firstMark

  const consumedByOthers = (session: Session, stream: Stream): boolean =>
    Array.from(open).some(([other, { consumed }]) => other !== session && consumed.has(stream))
  const wake = (): void => {
    ended += 1
    for (const answer of waiting) answer(true)
    waiting.clear()
  }
  return {
    get: session => open.get(session),
    begin: (session, readVersion) => {
      lastMark += 1
      open.set(session, {
        mark: lastMark,
        readVersion,
        touched: new Set(),
        consumed: new Map(),
        offsets: new Map(),
        done: [],
        queryIds: []
      })
    },
    end: session => {
      if (open.delete(session)) wake()
    },
    offsetOf: (session, stream) => open.get(session)?.offsets.get(stream) ?? stream.offset,
    mayConsume: (session, streams) =>
      Array.from(streams).every(([stream, { from }]) => stream.offset === from && !consumedByOthers(session, stream)),
    move: (streams, nowMs) => {
      for (const [stream, { to }] of streams) {
        for (const { offsets } of open.values()) if (!offsets.has(stream)) offsets.set(stream, stream.offset)
        stream.offset = to
        stream.offsetTimeMs = nowMs
      }
      if (streams.size > 0) wake()
    },
    ended: () => ended,
    untilEnded: async (seen, signal) => {
      if (ended > seen) return true
      if (open.size === 0) return false
      return waitFor(signal, false, answer => {
        waiting.add(answer)
        return () => waiting.delete(answer)
      })
    }
  }
}

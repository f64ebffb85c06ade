/** Streams: an offset into the history of a table. */
import type { Relation } from './Relation.ts'
import type { Securable } from './Securable.ts'

export interface Stream extends Securable {
  readonly kind: 'STREAM'
  readonly source: Relation
  readonly appendOnly: boolean
  /** The version of the source up to which changes were consumed; -1 with SHOW_INITIAL_ROWS, before everything. */
  offset: number
  /** When the offset moved last, in milliseconds since 1970: staleness is measured from here. */
  offsetTimeMs: number
}

const dayMs = 86_400_000

/** Unconsumed streams keep the history of their table for this long: MAX_DATA_EXTENSION_TIME_IN_DAYS. */
const extensionDays = 14

/** From this time on the stream can no longer be read. */
export const staleAfterMs = (stream: Stream): number =>
  stream.offsetTimeMs + Math.max(extensionDays, stream.source.retentionDays) * dayMs

export const isStale = (stream: Stream, nowMs: number): boolean => nowMs > staleAfterMs(stream)

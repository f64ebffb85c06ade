/** What a compiled query needs besides its text: names, rows to lay out first, streams it reads, sequences it advances. */
import type { Relation } from '../catalog/Relation.ts'
import type { Sequence } from '../catalog/Sequence.ts'
import type { Stream } from '../catalog/Stream.ts'
import type { ResultColumn, Row } from '../statements/ResultSet.ts'

export interface Plan {
  /** A name no other part of the statement uses. */
  readonly unique: (prefix: string) => string
  /** Rows of the catalogue that the query reads, to be laid out as temporary tables. */
  readonly tables: PlannedTable[]
  readonly streams: Map<Stream, StreamRange>
  /** The stored tables read. */
  readonly relations: Set<Relation>
  /** Sequences that give one value per result row. */
  readonly sequences: Set<Sequence>
}

/** The versions between which a stream is read. */
export interface StreamRange {
  readonly from: number
  readonly to: number
}

export interface PlannedTable {
  readonly name: string
  readonly columns: ReadonlyArray<ResultColumn>
  readonly rows: ReadonlyArray<Row>
}

export const createPlan = (): Plan => {
  let last = 0
  return {
    unique: prefix => {
      last += 1
      return `${prefix}${last}`
    },
    tables: [],
    streams: new Map(),
    relations: new Set(),
    sequences: new Set()
  }
}

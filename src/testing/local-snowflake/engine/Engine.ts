/** The engine that holds rows and evaluates queries. It is loaded when the first statement needs it. */
import type { Relation } from '../catalog/Relation.ts'
import type { Stream } from '../catalog/Stream.ts'
import type { Session } from '../Session.ts'
import type { DataType } from '../sql/DataType.ts'
import type { ResultSet } from '../statements/ResultSet.ts'
import type { CompiledQuery } from './Compiled.ts'
import type { Plan } from './Plan.ts'

/** The statement the engine works for. */
export interface RunningStatement {
  readonly session: Session
  readonly queryId: string
  /** Aborted when the statement is cancelled or runs out of time. */
  readonly signal: AbortSignal
}

/** What a compiled piece of SQL runs with: the compiler that wrote it is one. */
export interface Execution {
  readonly context: RunningStatement
  readonly plan: Plan
}

export interface Engine {
  /** Runs a compiled query and reads all its rows. */
  readonly evaluate: (execution: Execution, query: CompiledQuery) => Promise<ResultSet>
  /** The types of the query's columns, without running it. */
  readonly describe: (execution: Execution, query: CompiledQuery) => Promise<ReadonlyArray<DataType>>
  /** Changes rows of one table as one step: all of it happens, or nothing. Answers the rows each counted statement touched. */
  readonly change: (execution: Execution, change: Change) => Promise<ReadonlyArray<number>>
  readonly transaction: (statement: RunningStatement, action: 'BEGIN' | 'COMMIT' | 'ROLLBACK') => Promise<void>
  readonly inTransaction: (session: Session) => boolean
  /** Engine statements about the shape of a table: done at once, outside any transaction. */
  readonly reshape: (relation: Relation, statements: ReadonlyArray<string>) => Promise<void>
  /** Whether some stored row version satisfies the engine condition. */
  readonly holds: (relation: Relation, condition: string) => Promise<boolean>
  /** The name of the engine table the session can read, if rows were ever written. */
  readonly tableFor: (relation: Relation, session: Session) => string | undefined
  /** Up to which version the session reads streams: where its transaction began, or now. */
  readonly readVersion: (session: Session) => number
  /** Where the stream stands for the session: where it stood when its transaction began. */
  readonly offsetOf: (session: Session, stream: Stream) => number
  /** How many transactions ended so far. */
  readonly endedTransactions: () => number
  /** Resolves with true once a transaction has ended after `seen` of them; with false when none is open, or the signal fires. */
  readonly untilUnlocked: (seen: number, signal: AbortSignal) => Promise<boolean>
  readonly versionAtTime: (timeMs: number) => number
  /** The version a statement made; undefined when it made none. */
  readonly versionOf: (queryId: string) => number | undefined
  /** The table was dropped: its rows go too. */
  readonly forget: (relation: Relation) => void
  readonly closeSession: (session: Session) => void
  readonly close: () => Promise<void>
}

/** A change of one table in engine statements, given the version it will carry and the number of the first new row. */
export interface Change {
  readonly relation: Relation
  readonly statements: (stamp: number, firstRowId: number) => ReadonlyArray<ChangeStatement>
}

export interface ChangeStatement {
  readonly sql: string
  /** Set when the answer counts the rows this changes, or is the number this selects. */
  readonly counted?: 'changed' | 'selected'
  /** Set when the rows it adds are new ones, and not new versions of known ones. */
  readonly inserts?: boolean
}

/** Statements in, rows out. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { SyncError } from '../SyncError.ts'
import type { StatementPurpose } from './snowflakeError.ts'

/** One row, by column name as Snowflake spells it: lower case from `SHOW` and `DESCRIBE`, upper case from most `SELECT`s. */
export type Row = Readonly<Record<string, unknown>>

/** A statement and what it is for. */
export interface Statement extends StatementPurpose {
  readonly sql: string
  /** Values for the `?` of the statement. Names can't be bound; they are quoted into it. */
  readonly binds?: ReadonlyArray<string | number | boolean | null>
}

/** Options of {@link SnowflakeClient.query}. */
export interface QueryOptions {
  /** Ends the wait, and cancels the statement on the server. */
  readonly signal?: AbortSignal
  /** What the statement is for; shows in Snowflake's query history. Default: the client's own tag. */
  readonly tag?: string
}

/**
 * A way to run statements, under one role.
 *
 * **Errors**: NotFound, NotAuthorized, StatementFailed, Unavailable, LoginRefused, TimedOut, Aborted, Closed. Sessions are opened on demand, and replaced when they die. After TimedOut and Aborted, and an
 * Unavailable that is not `circuit open`, it is not known whether the statement was carried out.
 */
export interface SnowflakeClient extends AsyncDisposable {
  /** The role that statements run under, where it was chosen here. */
  readonly role: string | undefined
  readonly query: (statement: Statement, options?: QueryOptions) => TaskEither<SyncError, ReadonlyArray<Row>>
  /** Closes all sessions, within a few seconds. Statements that run are given up and answered Aborted, later ones Closed. */
  readonly close: () => Promise<void>
}

/** A column of a row as text; null and undefined as undefined. */
export const textOf = (row: Row, column: string): string | undefined => {
  const value = row[column]
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** One Snowflake stream: making it, asking it, and telling when it is lost. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describeName } from '../../Resource.ts'
import { exactPattern, qualify, quoteName, quoteText } from '../../snowflake/identifiers.ts'
import type { Row, SnowflakeClient } from '../../snowflake/SnowflakeClient.ts'
import { textOf } from '../../snowflake/SnowflakeClient.ts'
import type { SyncError } from '../../SyncError.ts'
import type { CaptureSource } from './CaptureSource.ts'

/** How a stream is. */
export type StreamState =
  | { readonly state: 'absent' }
  | { readonly state: 'readable'; readonly staleAfterMs: number | undefined }
  /** It cannot be read any more; only making it anew helps. */
  | { readonly state: 'lost'; readonly reason: string }

export interface ChangeStream {
  readonly state: () => TaskEither<SyncError, StreamState>
  /** Makes it, or makes it anew: then what it had is gone. `allRows`: it begins with every row of the table. */
  readonly create: (allRows: boolean) => TaskEither<SyncError, void>
  /** Whether there may be changes. Costs no warehouse. Asking also keeps a stream without changes from going stale. */
  readonly hasData: () => TaskEither<SyncError, boolean>
}

export const createChangeStream = (client: SnowflakeClient, { stream, table }: CaptureSource): ChangeStream => {
  const name = quoteName(stream)
  const object = describeName(stream)
  const query = (operation: string, sql: string, needs: string): TaskEither<SyncError, ReadonlyArray<Row>> =>
    client.query({ sql, operation, object, needs: [needs] })
  return {
    state: () =>
      pipe(
        query(
          'SHOW STREAMS',
          `SHOW STREAMS LIKE ${exactPattern(stream.table)} IN SCHEMA ${qualify(stream.database, stream.schema)}`,
          'USAGE on its database and schema'
        ),
        TE.map(rows => stateOf(rows.find(row => textOf(row, 'name') === stream.table)))
      ),
    create: allRows =>
      pipe(
        query(
          'CREATE STREAM',
          `CREATE OR REPLACE STREAM ${name} ON TABLE ${quoteName(table)}${allRows ? ' SHOW_INITIAL_ROWS = TRUE' : ''}`,
          'CREATE STREAM on the schema, and SELECT on the table with change tracking on'
        ),
        TE.map(() => undefined)
      ),
    hasData: () =>
      pipe(
        query(
          'SYSTEM$STREAM_HAS_DATA',
          `SELECT SYSTEM$STREAM_HAS_DATA(${quoteText(name)}) AS HAS_DATA`,
          'SELECT on the stream and on its table'
        ),
        TE.map(([row]) => row !== undefined && textOf(row, 'HAS_DATA')?.toLowerCase() === 'true')
      )
  }
}

/** `SHOW STREAMS`: `stale` is a text or a boolean, `stale_after` a time, `invalid_reason` is `N/A` where all is well (docs.snowflake.com, show-streams). */
const stateOf = (row: Row | undefined): StreamState => {
  if (row === undefined) return { state: 'absent' }
  const invalid = textOf(row, 'invalid_reason') ?? 'N/A'
  if (invalid !== 'N/A' && invalid !== '') return { state: 'lost', reason: invalid }
  if (textOf(row, 'stale')?.toLowerCase() === 'true') return { state: 'lost', reason: 'Stale' }
  const after = row['stale_after']
  const staleAfterMs = after instanceof Date ? after.getTime() : Date.parse(textOf(row, 'stale_after') ?? '')
  return { state: 'readable', staleAfterMs: Number.isNaN(staleAfterMs) ? undefined : staleAfterMs }
}

/**
 * The table between a change stream and those who are told: reading the stream into it moves the stream's offset in the same statement, so no change is lost
 * between the two, and what was told is marked afterwards, so none is forgotten.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { pipe } from 'fp-ts/lib/function.js'
import type { ResourceName } from '../../Resource.ts'
import { describeName } from '../../Resource.ts'
import { quoteIdentifier, quoteName } from '../../snowflake/identifiers.ts'
import type { Row, SnowflakeClient } from '../../snowflake/SnowflakeClient.ts'
import { textOf } from '../../snowflake/SnowflakeClient.ts'
import type { SyncError } from '../../SyncError.ts'
import type { CaptureSource } from './CaptureSource.ts'
import type { CapturedRow } from './changesOfRows.ts'

export interface Outbox {
  /** Makes the table where it is not there. */
  readonly create: () => TaskEither<SyncError, void>
  /** Whether the stream was there before: remembered, or read into the table. */
  readonly knows: (source: CaptureSource) => TaskEither<SyncError, boolean>
  /** Notes for good that the stream is there, once: rows that are told are purged some day, and a stream that is dropped after that must not pass for a new one. */
  readonly remember: (source: CaptureSource) => TaskEither<SyncError, void>
  /** Notes that a stream is being made that begins with all rows, which nobody changed. */
  readonly announce: (source: CaptureSource) => TaskEither<SyncError, void>
  /** Whether that is so, and nothing was read from the stream since. */
  readonly isBeginning: (source: CaptureSource) => TaskEither<SyncError, boolean>
  /** It is so no longer. */
  readonly begun: (source: CaptureSource) => TaskEither<SyncError, void>
  /** Moves what the stream has into the table, in one statement. Answers how many rows. */
  readonly capture: (source: CaptureSource, batch: string, initial: boolean) => TaskEither<SyncError, number>
  /** The oldest batch of a stream that is not told wholly. */
  readonly nextBatch: (source: CaptureSource) => TaskEither<SyncError, string | undefined>
  /** The rows of the first objects of a batch that are not told. An object's rows are never torn apart. */
  readonly read: (
    source: CaptureSource,
    batch: string,
    maxObjects: number
  ) => TaskEither<SyncError, ReadonlyArray<CapturedRow>>
  /** Everything of the batch up to this object is told. */
  readonly markSent: (source: CaptureSource, batch: string, lastObjectId: string) => TaskEither<SyncError, void>
  /** Drops what was told longer ago. Answers how many rows. */
  readonly purge: (source: CaptureSource, olderThanMs: number) => TaskEither<SyncError, number>
}

const columns = [
  ['STREAM', 'VARCHAR NOT NULL'],
  ['BATCH', 'VARCHAR NOT NULL'],
  ['BATCH_NUMBER', 'NUMBER(38, 0) NOT NULL'],
  ['OBJECT_ID', 'VARCHAR NOT NULL'],
  ['ROW_ID', 'VARCHAR NOT NULL'],
  ['ACTION', 'VARCHAR NOT NULL'],
  ['INITIAL', 'BOOLEAN NOT NULL'],
  ['OBJECT', 'VARIANT'],
  ['CAPTURED_AT', 'TIMESTAMP_LTZ NOT NULL'],
  ['SENT_AT', 'TIMESTAMP_LTZ']
] as const

/** Notes about a stream: that it is there, and that it begins. They are rows of no stream, so that nothing else sees them. */
type Note = 'NOTE' | 'BEGINNING'
const noted = (note: Note): string => `(STREAM = '' AND OBJECT_ID = ? AND ACTION = '${note}')`

const streamOf = ({ stream }: CaptureSource): string => describeName(stream)

export const createOutbox = (client: SnowflakeClient, table: Required<ResourceName>): Outbox => {
  const name = quoteName(table)
  const object = describeName(table)

  const query = (
    operation: string,
    sql: string,
    binds: ReadonlyArray<string | number | boolean> = []
  ): TaskEither<SyncError, ReadonlyArray<Row>> =>
    client.query({ sql, binds, operation, object, needs: ['SELECT, INSERT, UPDATE and DELETE on it'] })

  const nothing = TE.map(() => undefined)

  /** The number of the stream's newest batch. */
  const newest = `(SELECT COALESCE(MAX(BATCH_NUMBER), 0) FROM ${name} WHERE STREAM = ?)`

  /** A note carries the number of the newest batch of its time. */
  const addNote = (note: Note, source: CaptureSource): TaskEither<SyncError, void> =>
    pipe(
      query(
        'INSERT a note',
        `INSERT INTO ${name} (STREAM, BATCH, BATCH_NUMBER, OBJECT_ID, ROW_ID, ACTION, INITIAL, CAPTURED_AT, SENT_AT) SELECT '', '', ${newest}, ?, '', '${note}', FALSE, CURRENT_TIMESTAMP(), CURRENT_TIMESTAMP() WHERE NOT EXISTS (SELECT 1 FROM ${name} WHERE ${noted(note)})`,
        [streamOf(source), streamOf(source), streamOf(source)]
      ),
      nothing
    )

  const dropBeginning = (source: CaptureSource): TaskEither<SyncError, void> =>
    pipe(query('DELETE a note', `DELETE FROM ${name} WHERE ${noted('BEGINNING')}`, [streamOf(source)]), nothing)

  return {
    create: () =>
      pipe(
        query(
          'CREATE TABLE',
          `CREATE TABLE IF NOT EXISTS ${name} (${columns.map(([column, type]) => `${column} ${type}`).join(', ')})`
        ),
        TE.map(() => undefined)
      ),
    knows: source =>
      pipe(
        query('SELECT any row', `SELECT BATCH FROM ${name} WHERE STREAM = ? OR ${noted('NOTE')} LIMIT 1`, [
          streamOf(source),
          streamOf(source)
        ]),
        TE.map(rows => rows.length > 0)
      ),
    remember: source => addNote('NOTE', source),
    announce: source =>
      pipe(
        dropBeginning(source),
        TE.flatMap(() => addNote('BEGINNING', source))
      ),
    begun: dropBeginning,
    isBeginning: source =>
      pipe(
        query(
          'SELECT a note',
          `SELECT OBJECT_ID FROM ${name} WHERE ${noted('BEGINNING')} AND BATCH_NUMBER >= ${newest}`,
          [streamOf(source), streamOf(source)]
        ),
        TE.map(rows => rows.length > 0)
      ),
    capture: (source, batch, initial) => {
      const stream = streamOf(source)
      const id = `COALESCE(TO_VARCHAR(${quoteIdentifier(source.idColumn)}), '')`
      return pipe(
        query(
          'INSERT from the stream',
          `INSERT INTO ${name} (STREAM, BATCH, BATCH_NUMBER, OBJECT_ID, ROW_ID, ACTION, INITIAL, OBJECT, CAPTURED_AT) SELECT ?, ?, ${newest} + 1, ${id}, METADATA$ROW_ID, METADATA$ACTION, ?, OBJECT_CONSTRUCT_KEEP_NULL(*), CURRENT_TIMESTAMP() FROM ${quoteName(source.stream)}`,
          [stream, batch, stream, initial]
        ),
        TE.map(countOf)
      )
    },
    nextBatch: source =>
      pipe(
        query(
          'SELECT the next batch',
          `SELECT BATCH FROM ${name} WHERE STREAM = ? AND SENT_AT IS NULL GROUP BY BATCH ORDER BY MIN(BATCH_NUMBER), MIN(CAPTURED_AT) LIMIT 1`,
          [streamOf(source)]
        ),
        TE.map(([row]) => (row === undefined ? undefined : textOf(row, 'BATCH')))
      ),
    read: (source, batch, maxObjects) => {
      const unsent = 'STREAM = ? AND BATCH = ? AND SENT_AT IS NULL'
      const stream = streamOf(source)
      return pipe(
        query(
          'SELECT a batch',
          `SELECT OBJECT_ID, ROW_ID, ACTION, INITIAL, TO_JSON(OBJECT) AS OBJECT FROM ${name} WHERE ${unsent} AND OBJECT_ID IN (SELECT DISTINCT OBJECT_ID FROM ${name} WHERE ${unsent} ORDER BY OBJECT_ID LIMIT ${Math.trunc(maxObjects)}) ORDER BY OBJECT_ID, ROW_ID, ACTION`,
          [stream, batch, stream, batch]
        ),
        TE.map(rows => rows.map(readRow))
      )
    },
    markSent: (source, batch, lastObjectId) =>
      pipe(
        query(
          'UPDATE as sent',
          `UPDATE ${name} SET SENT_AT = CURRENT_TIMESTAMP() WHERE STREAM = ? AND BATCH = ? AND SENT_AT IS NULL AND OBJECT_ID <= ?`,
          [streamOf(source), batch, lastObjectId]
        ),
        TE.map(() => undefined)
      ),
    purge: (source, olderThanMs) =>
      pipe(
        query(
          'DELETE what was sent',
          `DELETE FROM ${name} WHERE STREAM = ? AND SENT_AT <= DATEADD('millisecond', ?, CURRENT_TIMESTAMP())`,
          [streamOf(source), -Math.trunc(olderThanMs)]
        ),
        TE.map(countOf)
      )
  }
}

/** `number of rows inserted` and kin: the first column of what a change answers. */
const countOf = ([row]: ReadonlyArray<Row>): number => Number(Object.values(row ?? {})[0] ?? 0)

const readRow = (row: Row): CapturedRow => ({
  objectId: textOf(row, 'OBJECT_ID') ?? '',
  rowId: textOf(row, 'ROW_ID') ?? '',
  action: textOf(row, 'ACTION') === 'DELETE' ? 'DELETE' : 'INSERT',
  initial: textOf(row, 'INITIAL') === 'true',
  object: textOf(row, 'OBJECT') ?? '{}'
})

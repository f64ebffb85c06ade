/** Audit records as rows of a Snowflake table. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { AuditRecord, AuditSink } from '../AuditSink.ts'
import { atLeast, requireOptions } from '../checkOptions.ts'
import { describeError } from '../describeError.ts'
import { createExclusive } from '../internal/exclusive.ts'
import { partitionKey } from '../Position.ts'
import type { ResourceName } from '../Resource.ts'
import { describeName } from '../Resource.ts'
import { SyncError } from '../SyncError.ts'
import { quoteName } from './identifiers.ts'
import type { SnowflakeClient } from './SnowflakeClient.ts'

/** Options of {@link createSnowflakeAuditSink}. */
export interface SnowflakeAuditSinkOptions {
  /** Its role needs INSERT and SELECT on the table, or CREATE TABLE on the schema where the table is not there yet; and a warehouse. */
  readonly client: SnowflakeClient
  /** Where the records go. Made on first use if it is not there; the database and schema must exist. */
  readonly table: Required<ResourceName>
  /** Most records per statement. Default 200, 1 to 1,000. */
  readonly maxRecordsPerStatement?: number
}

/** The defaults of {@link SnowflakeAuditSinkOptions}. */
export const defaultSnowflakeAuditSinkOptions: { readonly maxRecordsPerStatement: number } = Object.freeze({
  maxRecordsPerStatement: 200
})

/** What identifies an event: its position, and its time, for a hub that was made anew counts from the start again. */
const keyColumns = ['HUB', 'CONSUMER_GROUP', 'PARTITION_ID', 'SEQUENCE_NUMBER', 'ENQUEUED_AT']
const otherColumns = ['TASK_ID', 'STATUS', 'REASON', 'RECEIVED_AT', 'FINISHED_AT', 'RECORD']
const columns = [...keyColumns, ...otherColumns]

const valuesOf = (record: AuditRecord): ReadonlyArray<string | number | null> => {
  const { hub, consumerGroup, partitionId, sequenceNumber } = record.position
  return [
    ...[hub, consumerGroup, partitionId, sequenceNumber, record.enqueuedAt],
    ...[record.taskId ?? null, record.status, record.reason ?? null, record.receivedAt, record.finishedAt],
    JSON.stringify(record)
  ]
}

/**
 * A sink that writes to a table: one row per event, the main fields as columns and the whole record as a VARIANT.
 *
 * **Details**: records wait in memory until `flush`, which merges them by position, so that an event delivered again, or written by another host before, stays one row. (Two
 * hosts that write the same event at the same moment may leave it twice: Snowflake has no unique keys. The first five columns tell.) Writing is
 * slow beside a file: use it together with `createJsonLinesAuditSink` (`teeAuditSink`), or where events are few.
 *
 * **Errors**: AuditFailed, with the reason; what was appended waits for the next flush. A bad option throws InvalidInput.
 *
 * @example
 * ```ts no-run
 * import { createSnowflakeAuditSink, createSnowflakeClient } from 'on-demand-sync/snowflake'
 *
 * const client = createSnowflakeClient({ account: 'a', username: 'SYNC', credentials: { password: '' }, warehouse: 'SYNC_WH' })
 * const audit = createSnowflakeAuditSink({ client, table: { database: 'GOVERNANCE', schema: 'AUDIT', table: 'SYNC_EVENTS' } })
 * void audit
 * ```
 */
export const createSnowflakeAuditSink = (options: SnowflakeAuditSinkOptions): AuditSink => {
  const { client, table, maxRecordsPerStatement } = { ...defaultSnowflakeAuditSinkOptions, ...options }
  requireOptions('createSnowflakeAuditSink', [
    atLeast('maxRecordsPerStatement', maxRecordsPerStatement, 1),
    atLeast('-maxRecordsPerStatement', -maxRecordsPerStatement, -1_000)
  ])
  const inTurn = createExclusive()
  const waiting = new Map<string, AuditRecord>()
  let made = false
  let closed = false

  const run = async (
    operation: string,
    sql: string,
    binds: ReadonlyArray<string | number | null> = []
  ): Promise<E.Either<SyncError, void>> => {
    const needs = [operation === 'CREATE TABLE' ? 'CREATE TABLE on the schema' : 'INSERT and SELECT on it']
    const done = await client.query({ sql, binds, operation, object: describeName(table), needs })()
    if (E.isRight(done)) return E.right(undefined)
    return E.left(
      SyncError.AuditFailed({ sink: describeName(table), detail: describeError(done.left), cause: done.left })
    )
  }

  const write = async (): Promise<E.Either<SyncError, void>> => {
    while (waiting.size > 0) {
      if (!made) {
        const created = await run('CREATE TABLE', createTable(table))
        if (E.isLeft(created)) return created
        made = true
      }
      const some = [...waiting].slice(0, maxRecordsPerStatement)
      const written = await run(
        'MERGE',
        mergeInto(table, some.length),
        some.flatMap(([, record]) => valuesOf(record))
      )
      if (E.isLeft(written)) return written
      for (const [key] of some) waiting.delete(key)
    }
    return E.right(undefined)
  }

  const exclusively =
    (work: () => Promise<E.Either<SyncError, void>>): TaskEither<SyncError, void> =>
    () =>
      inTurn(work)

  return {
    append: records => () => {
      if (closed) return Promise.resolve(E.left(SyncError.Closed({ what: 'audit sink' })))
      for (const record of records) {
        const key = JSON.stringify([partitionKey(record.position), record.position.sequenceNumber, record.enqueuedAt])
        if (!waiting.has(key)) waiting.set(key, record)
      }
      return Promise.resolve(E.right(undefined))
    },
    flush: () => exclusively(write),
    close: () =>
      exclusively(async () => {
        if (closed) return E.right(undefined)
        const written = await write()
        if (E.isRight(written)) closed = true
        return written
      })
  }
}

const createTable = (table: Required<ResourceName>): string => `CREATE TABLE IF NOT EXISTS ${quoteName(table)} (
  HUB VARCHAR NOT NULL, CONSUMER_GROUP VARCHAR NOT NULL, PARTITION_ID VARCHAR NOT NULL, SEQUENCE_NUMBER NUMBER(38,0) NOT NULL, ENQUEUED_AT TIMESTAMP_TZ NOT NULL,
  TASK_ID VARCHAR, STATUS VARCHAR NOT NULL, REASON VARCHAR, RECEIVED_AT TIMESTAMP_TZ, FINISHED_AT TIMESTAMP_TZ, RECORD VARIANT)`

const timestamps = new Set(['ENQUEUED_AT', 'RECEIVED_AT', 'FINISHED_AT'])

const mergeInto = (table: Required<ResourceName>, rows: number): string => {
  const typed = columns.map((column, index) => {
    const value = `column${index + 1}`
    if (column === 'RECORD') return `PARSE_JSON(${value}) AS RECORD`
    return timestamps.has(column) ? `TO_TIMESTAMP_TZ(${value}) AS ${column}` : `${value} AS ${column}`
  })
  const row = `(${columns.map(() => '?').join(', ')})`
  const values = Array.from({ length: rows }, () => row).join(', ')
  return `MERGE INTO ${quoteName(table)} AS kept USING (SELECT ${typed.join(', ')} FROM VALUES ${values}) AS given
ON ${keyColumns.map(column => `kept.${column} = given.${column}`).join(' AND ')}
WHEN NOT MATCHED THEN INSERT (${columns.join(', ')}) VALUES (${columns.map(column => `given.${column}`).join(', ')})`
}

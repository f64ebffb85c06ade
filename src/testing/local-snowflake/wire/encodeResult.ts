/** Results as the driver reads them: every value a text or null, every column with its type in lower case. */
import type { Session } from '../Session.ts'
import { currentDatabase, currentSchema, currentWarehouse } from '../Session.ts'
import { textType } from '../sql/DataType.ts'
import type { DataType, TypeName } from '../sql/DataType.ts'
import { statementTypes } from '../statements/ResultSet.ts'
import type { ResultColumn, ResultSet, Row } from '../statements/ResultSet.ts'

/** A JSON body of the wire protocol. */
export interface Envelope {
  readonly data: unknown
  readonly code: string | null
  readonly message: string | null
  readonly success: boolean
}

export const success = (data: unknown): Envelope => ({ data, code: null, message: null, success: true })

export const failure = (code: string, message: string, data: unknown = null): Envelope => ({
  data,
  code,
  message,
  success: false
})

export interface EncodeOptions {
  readonly queryId: string
  readonly session: Session
  /** What the driver formats dates and numbers by. */
  readonly parameters: ReadonlyArray<{ readonly name: string; readonly value: string | number | boolean }>
  /** The base of chunk addresses. */
  readonly chunkUrl: string
  readonly chunkHeaders: Readonly<Record<string, string>>
}

/** Rows that go with the answer itself; the rest is fetched in chunks. */
export const inlineRows = 10_000
export const chunkRows = 20_000

export const encodeResult = (result: ResultSet, options: EncodeOptions): Envelope => {
  const { queryId, session, parameters } = options
  const rowset = result.rows.slice(0, inlineRows)
  return success({
    parameters,
    rowtype: result.columns.map(encodeColumn),
    rowset,
    total: result.rows.length,
    returned: result.rows.length,
    queryId,
    databaseProvider: null,
    finalDatabaseName: currentDatabase(session)?.name ?? null,
    finalSchemaName: currentSchema(session)?.name ?? null,
    finalWarehouseName: currentWarehouse(session)?.name ?? null,
    finalRoleName: session.role?.name ?? null,
    numberOfBinds: result.binds ?? 0,
    metaDataOfBinds: Array.from({ length: result.binds ?? 0 }, () => bindColumn),
    arrayBindSupported: result.arrayBinds ?? false,
    statementTypeId: statementTypes[result.statementType],
    version: 1,
    sendResultTime: 0,
    queryResultFormat: 'json',
    ...encodeChunks(result.rows, options)
  })
}

const encodeChunks = (rows: ReadonlyArray<Row>, { chunkUrl, chunkHeaders, queryId }: EncodeOptions): object => {
  if (rows.length <= inlineRows) return {}
  const count = Math.ceil((rows.length - inlineRows) / chunkRows)
  const chunks = Array.from({ length: count }, (_, i) => {
    const size = chunkText(rows, i).length
    return {
      url: `${chunkUrl}/${queryId}/${i}`,
      rowCount: chunkOf(rows, i).length,
      uncompressedSize: size,
      compressedSize: size
    }
  })
  return { chunks, chunkHeaders, qrmk: null }
}

const chunkOf = (rows: ReadonlyArray<Row>, index: number): ReadonlyArray<Row> =>
  rows.slice(inlineRows + index * chunkRows, inlineRows + (index + 1) * chunkRows)

/** A chunk is the inside of an array: rows without the brackets around them. */
export const chunkText = (rows: ReadonlyArray<Row>, index: number): string =>
  JSON.stringify(chunkOf(rows, index)).slice(1, -1)

const wireNames: Readonly<Record<TypeName, string>> = {
  NUMBER: 'fixed',
  FLOAT: 'real',
  VARCHAR: 'text',
  BINARY: 'binary',
  BOOLEAN: 'boolean',
  DATE: 'date',
  TIME: 'time',
  TIMESTAMP_NTZ: 'timestamp_ntz',
  TIMESTAMP_LTZ: 'timestamp_ltz',
  TIMESTAMP_TZ: 'timestamp_tz',
  VARIANT: 'variant',
  OBJECT: 'object',
  ARRAY: 'array',
  GEOGRAPHY: 'object',
  GEOMETRY: 'object',
  VECTOR: 'array'
}

const encodeColumn = ({ name, type, nullable }: ResultColumn): object => ({
  name,
  database: '',
  schema: '',
  table: '',
  nullable,
  type: wireNames[type.name],
  ...sizes(type),
  collation: null
})

const sizes = (type: DataType): object => ({
  length: type.length ?? null,
  byteLength: type.name === 'VARCHAR' ? (type.length ?? 0) * 4 : (type.length ?? null),
  precision: type.precision ?? (type.scale === undefined ? null : 0),
  scale: type.scale ?? null
})

/** A `?` may be given a value of any type, so it is told as a text. */
const bindColumn = encodeColumn({ name: 'bind', type: textType(), nullable: true })

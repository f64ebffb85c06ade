/** What a statement answers: columns and rows, with every value in the text form the wire uses. */
import { booleanType, numberType, textType, timestampType } from '../sql/DataType.ts'
import type { DataType } from '../sql/DataType.ts'

/** NULL, or the value as Snowflake's JSON results write it: `'1'` for TRUE, days for a date, seconds for a timestamp. */
export type Cell = string | null

export type Row = ReadonlyArray<Cell>

export interface ResultColumn {
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
}

export interface ResultSet {
  readonly columns: ReadonlyArray<ResultColumn>
  readonly rows: ReadonlyArray<Row>
  readonly statementType: StatementType
  /** How many `?` the statement has. Default none. */
  readonly binds?: number
  /** Whether each of them may be bound to many values at once. Default false. */
  readonly arrayBinds?: boolean
}

/** Numbers the drivers know statements by: they tell a query from a change with them. */
export const statementTypes = {
  select: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  session: 0x4000,
  show: 0x4400,
  transaction: 0x5000,
  ddl: 0x6000,
  multi: 0xa000
} as const

export type StatementType = keyof typeof statementTypes

export const textColumn = (name: string): ResultColumn => ({ name, type: textType(), nullable: true })
export const numberColumn = (name: string): ResultColumn => ({ name, type: numberType(), nullable: true })
export const flagColumn = (name: string): ResultColumn => ({ name, type: booleanType, nullable: true })
export const timeColumn = (name: string): ResultColumn => ({
  name,
  type: timestampType('TIMESTAMP_LTZ', 3),
  nullable: true
})

/** Milliseconds since 1970 as a timestamp cell. */
export const timeCell = (ms: number | undefined): Cell => (ms === undefined ? null : (ms / 1000).toFixed(3))
export const flagCell = (flag: boolean): Cell => (flag ? '1' : '0')
/** `true` and `false` as text: what most SHOW columns hold. */
export const wordCell = (flag: boolean): Cell => String(flag)
export const letterCell = (flag: boolean): Cell => (flag ? 'Y' : 'N')

/** The one-line answer of statements that return no rows. */
export const statusResult = (text: string, statementType: StatementType = 'ddl'): ResultSet => ({
  columns: [textColumn('status')],
  rows: [[text]],
  statementType
})

export const succeeded = (statementType: StatementType = 'ddl'): ResultSet =>
  statusResult('Statement executed successfully.', statementType)

/** How many rows a change touched, in the columns Snowflake reports them. */
export const countResult = (
  statementType: StatementType,
  counts: ReadonlyArray<readonly [string, number]>
): ResultSet => ({
  columns: counts.map(([name]) => numberColumn(`number of ${name}`)),
  rows: [counts.map(([, count]) => String(count))],
  statementType
})

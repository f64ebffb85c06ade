/** Values between the wire's text form and the engine. */
import type { DataType } from '../sql/DataType.ts'
import type { Cell, ResultColumn, Row } from '../statements/ResultSet.ts'
import { outputName, textSql } from './Compiled.ts'
import type { CompiledQuery } from './Compiled.ts'
import { engineType, isTimestamp } from './engineTypes.ts'
import type { Plan } from './Plan.ts'

/** A cell's text, held in the column `sql`, as a value of its type. */
const fromCell = (sql: string, type: DataType): string => {
  if (type.name === 'VARCHAR') return sql
  if (type.name === 'BOOLEAN') return `(${sql} = '1')`
  if (type.name === 'DATE') return `(DATE '1970-01-01' + CAST(${sql} AS INTEGER))`
  if (type.name === 'TIME') return `(TIME '00:00:00' + to_microseconds(${micros(sql)}))`
  if (type.name === 'TIMESTAMP_NTZ') return `make_timestamp(${micros(sql)})`
  // A TIMESTAMP_TZ cell carries its offset after a blank.
  if (isTimestamp(type)) return `timezone('UTC', make_timestamp(${micros(`split_part(${sql}, ' ', 1)`)}))`
  return type.name === 'BINARY' ? `unhex(${sql})` : `CAST(${sql} AS ${engineType(type)})`
}

const micros = (sql: string): string => `CAST(CAST(${sql} AS DECIMAL(26,6)) * 1000000 AS BIGINT)`

const inlineRows = 200

/** Rows that are already there, as a query: written out when they are few, laid out as a temporary table first when they are many. */
export const queryOfRows = (
  plan: Plan,
  columns: ReadonlyArray<ResultColumn>,
  rows: ReadonlyArray<Row>
): CompiledQuery => {
  const name = plan.unique('m')
  const raw = columns.map((_, i) => `c${i + 1}`)
  const selected = columns
    .map((column, i) => `${fromCell(`${name}.c${i + 1}`, column.type)} AS ${outputName(i)}`)
    .join(', ')
  if (rows.length > inlineRows) {
    plan.tables.push({ name, columns, rows })
    return { sql: `SELECT ${selected} FROM ${name}`, columns, rows: () => rows }
  }
  if (rows.length === 0) {
    const empty = columns.map((column, i) => `CAST(NULL AS ${engineType(column.type)}) AS ${outputName(i)}`)
    return { sql: `SELECT ${empty.join(', ')} WHERE FALSE`, columns, rows: () => rows }
  }
  const values = rows.map(row => `(${raw.map((_, i) => cellSql(row[i] ?? null)).join(', ')})`)
  const sql = `SELECT ${selected} FROM (VALUES ${values.join(', ')}) AS ${name}(${raw.join(', ')})`
  return { sql, columns, rows: () => rows }
}

/** The cast keeps a column of NULLs a text. */
const cellSql = (cell: Cell): string => (cell === null ? 'CAST(NULL AS VARCHAR)' : textSql(cell))

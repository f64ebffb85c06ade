/** The result of a query of constants: `SELECT CURRENT_ROLE(), 1` needs no engine and no warehouse. */
import { textType } from '../sql/DataType.ts'
import type { Literal } from '../sql/Literal.ts'
import type { Cell, ResultSet, Row } from '../statements/ResultSet.ts'
import type { Compiled, CompiledQuery } from './Compiled.ts'

export const constantRow = (query: CompiledQuery, constants: ReadonlyArray<Compiled>): ResultSet =>
  knownResult(query, [constants.map(({ literal }) => (literal === undefined ? null : constantCell(literal)))])

/** Rows that needed no engine. */
export const knownResult = ({ columns }: CompiledQuery, rows: ReadonlyArray<Row>): ResultSet => ({
  columns: columns.map(({ name, type }) => ({ name, type: type ?? textType(), nullable: true })),
  rows,
  statementType: 'select'
})

/** Whether the cell of a constant can be told without the engine; moments, bytes and JSON only it can read. */
export const isConstant = ({ literal }: Compiled): boolean =>
  literal !== undefined &&
  (plain.has(literal.type) || (literal.type === 'date' && /^\d{4}-\d\d-\d\d$/.test(literal.text)))

const plain: ReadonlySet<Literal['type']> = new Set(['null', 'boolean', 'text', 'number'])

const constantCell = ({ type, text }: Literal): Cell => {
  if (type === 'null') return null
  if (type === 'boolean') return text === 'true' ? '1' : '0'
  return type === 'date' ? String(Math.floor(Date.parse(`${text}T00:00:00Z`) / 86_400_000)) : text
}

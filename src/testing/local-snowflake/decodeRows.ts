/** Rows of a result as JavaScript values, by column name. */
import type { LocalSnowflakeRow, LocalSnowflakeValue } from './LocalSnowflake.ts'
import type { DataType } from './sql/DataType.ts'
import type { Cell, ResultSet } from './statements/ResultSet.ts'

export const decodeRows = ({ columns, rows }: ResultSet): ReadonlyArray<LocalSnowflakeRow> =>
  rows.map(row => Object.fromEntries(columns.map(({ name, type }, i) => [name, decodeCell(row[i] ?? null, type)])))

const decodeCell = (cell: Cell, type: DataType): LocalSnowflakeValue => {
  if (cell === null) return null
  if (type.name === 'BOOLEAN') return cell === '1'
  if (type.name === 'FLOAT') return Number(cell)
  if (type.name === 'NUMBER') return decodeNumber(cell)
  if (type.name === 'DATE') return new Date(Number(cell) * 86_400_000)
  if (type.name.startsWith('TIMESTAMP')) return new Date(Number(cell.split(' ')[0]) * 1000)
  return type.name === 'VARIANT' || type.name === 'OBJECT' || type.name === 'ARRAY' ? decodeJson(cell) : cell
}

const decodeNumber = (text: string): number | string => {
  const value = Number(text)
  return Number.isSafeInteger(value) || text.replaceAll(/[-.]/g, '').length <= 15 ? value : text
}

const decodeJson = (text: string): LocalSnowflakeValue => {
  try {
    return JSON.parse(text) as LocalSnowflakeValue
  } catch {
    // Geographies and the like are kept as they were written.
    return text
  }
}

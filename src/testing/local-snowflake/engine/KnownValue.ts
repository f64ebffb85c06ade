/** Values that can be told without the engine: constants, and columns of rows that are there already, such as the answer of a SHOW. */
import type { DataType } from '../sql/DataType.ts'
import type { Literal } from '../sql/Literal.ts'
import type { Cell, Row } from '../statements/ResultSet.ts'

export interface KnownValue {
  /** As a result holds it. */
  readonly cell: (row: Row) => Cell
  /** As JSON; NULL stays NULL. */
  readonly json: (row: Row) => Cell
}

/** Of the column at this place. Undefined for types whose JSON only the engine can write. */
export const knownColumn = (index: number, type: DataType | undefined, timeZone: string): KnownValue | undefined => {
  const write = jsonWriter(type, timeZone)
  if (write === undefined) return undefined
  const cell = (row: Row): Cell => row[index] ?? null
  return { cell, json: row => whenPresent(cell(row), write) }
}

export const knownLiteral = ({ type, text }: Literal): KnownValue | undefined => {
  if (type === 'null') return { cell: () => null, json: () => null }
  if (type === 'text') return { cell: () => text, json: () => JSON.stringify(text) }
  if (type === 'boolean') return { cell: () => (text === 'true' ? '1' : '0'), json: () => text }
  return type === 'number' && /^-?[1-9][0-9]*$|^0$/.test(text) ? { cell: () => text, json: () => text } : undefined
}

export const whenPresent = (cell: Cell, write: (cell: string) => string): Cell => (cell === null ? null : write(cell))

const jsonWriter = (type: DataType | undefined, timeZone: string): ((cell: string) => string) | undefined => {
  switch (type?.name) {
    case 'VARCHAR':
      return cell => JSON.stringify(cell)
    case 'BOOLEAN':
      return cell => (cell === '1' ? 'true' : 'false')
    case 'NUMBER':
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return cell => cell
    case 'TIMESTAMP_LTZ':
      return timeZone === 'UTC' ? cell => JSON.stringify(momentText(cell)) : undefined
    case 'BINARY':
    case 'DATE':
    case 'FLOAT':
    case 'GEOGRAPHY':
    case 'GEOMETRY':
    case 'TIME':
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_TZ':
    case 'VECTOR':
    case undefined:
      return undefined
  }
}

/** Seconds since 1970 as Snowflake writes a moment in UTC. */
const momentText = (seconds: string): string =>
  // The little more makes up for what floating point loses of the milliseconds.
  `${new Date(Math.floor(Number(seconds) * 1000 + 0.001)).toISOString().replace('T', ' ').replace('Z', '')} +0000`

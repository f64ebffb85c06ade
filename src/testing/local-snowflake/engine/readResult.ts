/** The engine's values as cells of a result. */
import type { DuckDBMaterializedResult, DuckDBValue } from '@duckdb/node-api'
import { textType } from '../sql/DataType.ts'
import type { DataType } from '../sql/DataType.ts'
import type { Cell, ResultSet } from '../statements/ResultSet.ts'
import type { CompiledColumn } from './Compiled.ts'
import { isSemiStructured, typeOfEngine } from './engineTypes.ts'

/** `texts` says which columns are texts that come as bytes. */
export const readResult = async (
  result: DuckDBMaterializedResult,
  compiled: ReadonlyArray<CompiledColumn>,
  texts: ReadonlyArray<boolean>
): Promise<ResultSet> => {
  const types = result.columnTypes().map((type, i) => {
    const known = compiled[i]?.type
    return texts[i] === true ? (known ?? textType()) : resultType(type.alias ?? String(type), known)
  })
  const rows = await result.getRows()
  return {
    columns: compiled.map(({ name }, i) => ({ name, type: types[i] ?? { name: 'VARCHAR' }, nullable: true })),
    rows: rows.map(row => row.map((value, i) => toCell(value, types[i]))),
    statementType: 'select'
  }
}

/** What the compiler knows is finer (lengths, semi-structured kinds), what the engine says is certain. */
const resultType = (engine: string, known: DataType | undefined): DataType => {
  const actual = typeOfEngine(engine)
  if (known === undefined) return actual
  if (known.name === 'NUMBER' && actual.name === 'NUMBER') return known.scale === actual.scale ? known : actual
  const sameForm = known.name === actual.name || (isSemiStructured(known) && isSemiStructured(actual))
  const sameInstant = known.name === 'TIMESTAMP_TZ' && actual.name === 'TIMESTAMP_LTZ'
  return sameForm || sameInstant ? known : actual
}

const toCell = (value: DuckDBValue, type: DataType | undefined): Cell => {
  if (value === null) return null
  if (type?.name === 'BOOLEAN') return value === true ? '1' : '0'
  if (typeof value !== 'object') return String(value)
  if ('micros' in value && typeof value.micros === 'bigint') {
    // The engine keeps the instant, not the offset: it is shown in UTC, offset 0 (written as 1440).
    return type?.name === 'TIMESTAMP_TZ' ? `${seconds(value.micros)} 1440` : seconds(value.micros)
  }
  if ('days' in value && type?.name === 'DATE') return String(value.days)
  if ('bytes' in value) {
    const bytes = Buffer.from(value.bytes.buffer, value.bytes.byteOffset, value.bytes.byteLength)
    return type?.name === 'BINARY' ? bytes.toString('hex').toUpperCase() : bytes.toString('utf8')
  }
  return isSemiStructured(type) ? JSON.stringify(value) : String(value)
}

/** Microseconds as seconds with nine digits after the point. */
const seconds = (micros: bigint): string => {
  const negative = micros < 0n
  const absolute = negative ? -micros : micros
  const fraction = String(absolute % 1_000_000n).padStart(6, '0')
  return `${negative ? '-' : ''}${absolute / 1_000_000n}.${fraction}000`
}

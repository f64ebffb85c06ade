/**
 * The engine's client drops a leading U+FEFF from every text it decodes, taking it for a byte order mark. To a table it is a character
 * like any other, so texts leave the engine as bytes, and are decoded here.
 */
import type { DuckDBConnection } from '@duckdb/node-api'
import { outputName } from './Compiled.ts'
import type { CompiledQuery } from './Compiled.ts'
import { typeOfEngine } from './engineTypes.ts'

/** Which columns of the query hold texts; the engine is asked only where the compiler does not know. */
export const textColumns = async (
  connection: DuckDBConnection,
  { sql, columns }: CompiledQuery
): Promise<ReadonlyArray<boolean>> => {
  if (columns.every(({ type }) => type !== undefined)) return columns.map(({ type }) => type?.name === 'VARCHAR')
  const prepared = await connection.prepare(sql)
  try {
    return columns.map((_, i) => {
      const type = prepared.columnType(i)
      return typeOfEngine(type.alias ?? String(type)).name === 'VARCHAR'
    })
  } finally {
    prepared.destroySync()
  }
}

/** The same query, its texts as bytes. */
export const asBytes = ({ sql }: CompiledQuery, texts: ReadonlyArray<boolean>): string => {
  if (!texts.includes(true)) return sql
  const items = texts.map((isText, i) => {
    const name = outputName(i)
    return isText ? `encode(CAST(${name} AS VARCHAR)) AS ${name}` : name
  })
  return `SELECT ${items.join(', ')} FROM (${sql}) AS texts(${texts.map((_, i) => outputName(i)).join(', ')})`
}

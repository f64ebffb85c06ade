/** Lays rows of the catalogue out as temporary tables before a query that reads them, and clears them away after it. */
import type { DuckDBConnection } from '@duckdb/node-api'
import type { DuckDB } from './loadDuckDB.ts'
import type { Plan, PlannedTable } from './Plan.ts'

export const withTables = async <A>(
  { api }: DuckDB,
  connection: DuckDBConnection,
  { tables }: Plan,
  work: () => Promise<A>
): Promise<A> => {
  const clear = async (): Promise<void> => {
    for (const { name } of tables) await connection.run(`DROP TABLE IF EXISTS temp.${name}`)
  }
  try {
    for (const table of tables) {
      const columns = table.columns.map((_, i) => `c${i + 1} VARCHAR`).join(', ')
      await connection.run(`CREATE TEMP TABLE ${table.name} (${columns})`)
      await append(api, connection, table)
    }
    const result = await work()
    await clear()
    return result
  } catch (error) {
    // In a transaction that failed the tables are gone already, and dropping them fails.
    await clear().catch(() => undefined)
    throw error
  }
}

const chunkRows = 2048

const append = async (
  api: DuckDB['api'],
  connection: DuckDBConnection,
  { name, columns, rows }: PlannedTable
): Promise<void> => {
  const appender = await connection.createAppender(name)
  const types = columns.map(() => api.VARCHAR)
  for (let from = 0; from < rows.length; from += chunkRows) {
    const chunk = api.DuckDBDataChunk.create(types)
    chunk.setRows(rows.slice(from, from + chunkRows).map(row => row.slice()))
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

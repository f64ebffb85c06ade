/** The embedded engine is an optional peer: found when the first query needs it, or named when it is missing. */
import type * as DuckDBModule from '@duckdb/node-api'
import type { DuckDBInstance } from '@duckdb/node-api'
import { unsupported } from '../StatementError.ts'
import { registerNativeFunctions } from './nativeFunctions.ts'

export type Api = typeof DuckDBModule

export interface DuckDB {
  readonly api: Api
  readonly instance: DuckDBInstance
}

export const loadDuckDB = async (): Promise<DuckDB> => {
  const api = await importApi()
  // No file, no network, no extension: a query reads the tables of this server and nothing else.
  const instance = await api.DuckDBInstance.create(':memory:', {
    threads: '2',
    enable_external_access: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false'
  })
  const connection = await instance.connect()
  await registerNativeFunctions(api, connection)
  connection.closeSync()
  return { api, instance }
}

const importApi = async (): Promise<Api> => {
  try {
    return await import('@duckdb/node-api')
  } catch {
    // Whatever kept it from loading, the remedy is the same.
    throw unsupported('queries without the embedded engine: install @duckdb/node-api next to on-demand-sync')
  }
}

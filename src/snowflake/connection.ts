/** The driver's callbacks as promises. Nothing else in this library calls it. */
import type { Connection, ConnectionOptions } from 'snowflake-sdk'
import { loadDriver } from './loadDriver.ts'
import type { Row } from './SnowflakeClient.ts'

/** What the driver is told beside the text of a statement. */
export interface ExecuteOptions {
  readonly binds?: ReadonlyArray<string | number | boolean | null>
  /** Ends the wait, and cancels the statement on the server. */
  readonly signal?: AbortSignal
  /** Session parameters for this statement alone. */
  readonly parameters?: { readonly [name: string]: string }
}

/** The driver says null where its types say undefined. */
const failed = <F extends Error>(error: F | undefined): error is F => error !== undefined && (error as unknown) !== null

/** Logs in. */
export const connect = async (options: ConnectionOptions): Promise<Connection> => {
  const driver = await loadDriver()
  return new Promise((resolve, reject) => {
    driver.createConnection(options).connect((error, connection) => {
      if (failed(error)) reject(error)
      else resolve(connection)
    })
  })
}

/** Runs one statement. */
export const execute = (
  connection: Connection,
  sql: string,
  { binds = [], signal, parameters }: ExecuteOptions = {}
): Promise<ReadonlyArray<Row>> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(new Error('cancelled'))
      return
    }
    const statement = connection.execute({
      sqlText: sql,
      ...(binds.length > 0 ? { binds: [...binds] } : {}),
      ...(parameters === undefined ? {} : { parameters }),
      complete: (error, _statement, rows) => {
        signal?.removeEventListener('abort', cancel)
        if (failed(error)) reject(error)
        else resolve((rows ?? []) as ReadonlyArray<Row>)
      }
    })
    const cancel = () => {
      statement.cancel(() => undefined)
      reject(new Error('cancelled'))
    }
    signal?.addEventListener('abort', cancel, { once: true })
  })

/** Logs out. What goes wrong then concerns nobody: the server ends idle sessions by itself. */
export const disconnect = (connection: Connection): Promise<void> =>
  new Promise(resolve => connection.destroy(() => resolve()))

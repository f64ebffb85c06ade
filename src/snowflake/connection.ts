/** The driver's callbacks as promises. Nothing else in this library calls it. */
import type { Connection, ConnectionOptions } from 'snowflake-sdk'
import { loadDriver } from './loadDriver.ts'
import { readRows } from './readRows.ts'
import type { Row } from './SnowflakeClient.ts'
import type { Wire } from './Wire.ts'

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

/** Logs in. The wire repeats what may be repeated: the driver would pause where nobody can call it off. */
export const connect = async (options: ConnectionOptions, { mark }: Wire): Promise<Connection> => {
  const driver = await loadDriver()
  const onWire = { ...options, sfRetryMaxLoginRetries: 0, agentClass: mark }
  return new Promise((resolve, reject) => {
    driver.createConnection(onWire).connect((error, connection) => {
      if (failed(error)) reject(error)
      else resolve(connection)
    })
  })
}

/** Runs one statement. */
export const execute = (
  connection: Connection,
  wire: Wire,
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
      streamResult: true,
      complete: (error, done) => {
        const rows = failed(error) ? Promise.reject(error) : readRows(done)
        rows.then(resolve, reject).finally(() => signal?.removeEventListener('abort', cancel))
      }
    })
    const cancel = () => {
      statement.cancel(() => undefined)
      wire.callOff(statement.getRequestId())
      reject(new Error('cancelled'))
    }
    signal?.addEventListener('abort', cancel, { once: true })
  })

/** Logs out. What goes wrong then concerns nobody: the server ends idle sessions by itself. */
export const disconnect = (connection: Connection): Promise<void> =>
  new Promise(resolve => connection.destroy(() => resolve()))

/** The unmodified driver, with promises. */
import snowflakeSdk from 'snowflake-sdk'
import type { Binds, Connection, ConnectionOptions, FileAndStageBindStatement, RowStatement } from 'snowflake-sdk'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'

snowflakeSdk.configure({ logLevel: 'OFF' })

export interface StatementFailure {
  readonly code: string
  readonly sqlState: string
  readonly message: string
}

export interface Client extends AsyncDisposable {
  readonly connection: Connection
  readonly rows: (sql: string, binds?: Binds, more?: object) => Promise<ReadonlyArray<Record<string, unknown>>>
  /** The first column of every row. */
  readonly column: (sql: string) => Promise<ReadonlyArray<unknown>>
  /** The error of a statement that must fail. */
  readonly failure: (sql: string, binds?: Binds) => Promise<StatementFailure>
  readonly run: (...statements: ReadonlyArray<string>) => Promise<void>
  readonly statement: (sql: string, more?: object) => Promise<RowStatement | FileAndStageBindStatement>
  readonly close: () => Promise<void>
}

export const connectTo = async (
  snowflake: LocalSnowflake,
  options: Partial<ConnectionOptions> & { user?: string } = {}
): Promise<Client> => {
  const { user, ...more } = options
  return open({ ...snowflake.connectionOptions(user), ...more })
}

export const open = (options: object): Promise<Client> =>
  new Promise((resolve, reject) => {
    const connection = snowflakeSdk.createConnection(options)
    connection.connect(error => {
      // The driver rejects with its own error objects.
      if (error) reject(error)
      else resolve(createClient(connection))
    })
  })

const createClient = (connection: Connection): Client => {
  const execute = (sqlText: string, binds?: Binds, more: object = {}) =>
    new Promise<{ statement: RowStatement | FileAndStageBindStatement; rows: ReadonlyArray<Record<string, unknown>> }>(
      (resolve, reject) => {
        connection.execute({
          sqlText,
          ...(binds === undefined ? {} : { binds }),
          ...more,
          complete: (error, statement, rows) => {
            if (error) reject(error)
            else resolve({ statement, rows: rows ?? [] })
          }
        })
      }
    )
  const rows: Client['rows'] = async (sql, binds, more) => (await execute(sql, binds, more)).rows
  const close = () => new Promise<void>(resolve => connection.destroy(() => resolve()))
  return {
    connection,
    rows,
    column: async sql => (await rows(sql)).map(row => Object.values(row)[0]),
    failure: async (sql, binds) => {
      const error: unknown = await rows(sql, binds).then(
        () => undefined,
        (reason: unknown) => reason
      )
      if (error === undefined) throw new Error(`succeeded: ${sql}`)
      return error as StatementFailure
    },
    run: async (...statements) => {
      for (const sql of statements) await rows(sql)
    },
    statement: async (sql, more) => (await execute(sql, undefined, more)).statement,
    close,
    [Symbol.asyncDispose]: close
  }
}

/** Runs statements in the server's own process. */
export const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    // The driver's own errors have numbers for codes.
    (error: unknown) => String((error as { readonly code: string | number }).code)
  )

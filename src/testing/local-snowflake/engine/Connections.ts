/** Connections to the engine: one per session, made when the session first needs it, used by one statement at a time. */
import type { DuckDBConnection } from '@duckdb/node-api'
import { createExclusive } from '../../../internal/exclusive.ts'
import type { Session } from '../Session.ts'
import { toStatementError } from './engineErrors.ts'
import { loadDuckDB } from './loadDuckDB.ts'
import type { DuckDB } from './loadDuckDB.ts'

export interface Connections {
  readonly duckDB: () => Promise<DuckDB>
  readonly loaded: () => boolean
  /** Runs on the session's connection. An abort interrupts the engine and becomes the reason it was aborted with. */
  readonly use: <A>(
    session: Session,
    options: UseOptions,
    work: (connection: DuckDBConnection) => Promise<A>
  ) => Promise<A>
  /** Runs on a connection of its own, outside every session. */
  readonly aside: <A>(work: (connection: DuckDBConnection) => Promise<A>) => Promise<A>
  readonly release: (session: Session) => void
  readonly close: () => Promise<void>
}

export interface UseOptions {
  readonly timeZone?: string
  readonly signal?: AbortSignal
}

interface Held {
  readonly connection: DuckDBConnection
  readonly exclusively: ReturnType<typeof createExclusive>
  timeZone: string
}

export const createConnections = (): Connections => {
  const held = new Map<Session, Promise<Held>>()
  let database: Promise<DuckDB> | undefined

  const duckDB = (): Promise<DuckDB> => {
    const loading = database ?? loadDuckDB()
    database = loading
    // A load that failed is tried again by whoever asks next.
    loading.catch(() => {
      if (database === loading) database = undefined
    })
    return loading
  }
  const connect = async (): Promise<Held> => {
    const { instance } = await duckDB()
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'")
    return { connection, exclusively: createExclusive(), timeZone: 'UTC' }
  }
  const hold = (session: Session): Promise<Held> => {
    const known = held.get(session) ?? connect()
    held.set(session, known)
    known.catch(() => held.delete(session))
    return known
  }
  const use: Connections['use'] = async (session, options, work) => {
    const state = await hold(session)
    return state.exclusively(() => run(state, options, work))
  }
  const aside: Connections['aside'] = async work => {
    const { connection } = await connect()
    try {
      return await work(connection)
    } catch (error) {
      throw toStatementError(error)
    } finally {
      connection.closeSync()
    }
  }
  const letGo = async (state: Promise<Held>): Promise<void> => {
    const { connection, exclusively } = await state
    await exclusively(async () => {
      await Promise.resolve()
      connection.closeSync()
    })
  }
  return {
    duckDB,
    loaded: () => database !== undefined,
    use,
    aside,
    release: session => {
      const state = held.get(session)
      held.delete(session)
      // A connection that never came to be has nothing to let go of.
      if (state !== undefined) letGo(state).catch(() => undefined)
    },
    close: async () => {
      await Promise.allSettled(Array.from(held.values(), letGo))
      held.clear()
      if (database !== undefined) (await database).instance.closeSync()
      database = undefined
    }
  }
}

const run = async <A>(
  state: Held,
  { signal, timeZone }: UseOptions,
  work: (connection: DuckDBConnection) => Promise<A>
): Promise<A> => {
  const interrupt = (): void => state.connection.interrupt()
  signal?.throwIfAborted()
  signal?.addEventListener('abort', interrupt)
  try {
    if (timeZone !== undefined) await setTimeZone(state, timeZone)
    return await work(state.connection)
  } catch (error) {
    signal?.throwIfAborted()
    throw toStatementError(error)
  } finally {
    signal?.removeEventListener('abort', interrupt)
  }
}

const setTimeZone = async (state: Held, zone: string): Promise<void> => {
  if (state.timeZone === zone) return
  await state.connection.run(`SET TimeZone = '${zone.replaceAll("'", "''")}'`)
  state.timeZone = zone
}

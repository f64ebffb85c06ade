/** A few sessions, shared by all statements: opened on demand, looked after when they have idled, replaced when they die. */
import type { Connection } from 'snowflake-sdk'
import type { Clock } from '../internal/Clock.ts'
import { isSessionLost } from './snowflakeError.ts'

export interface SessionPoolOptions {
  readonly open: () => Promise<Connection>
  readonly close: (connection: Connection) => Promise<void>
  readonly maxSessions: number
  /** A session that idled for longer is asked whether it still lives before it is used. */
  readonly validateAfterMs: number
  readonly clock: Clock
}

export interface SessionPool {
  /** Runs something on the session with the least to do. Rejects as `run` or the login does. */
  readonly use: <A>(run: (connection: Connection) => Promise<A>) => Promise<A>
  /** Closes all sessions; what runs on them is given up. */
  readonly close: () => Promise<void>
}

interface Session {
  readonly connection: Promise<Connection>
  /** Whether the login is still on its way. */
  opening: boolean
  running: number
  /** Undefined until it was used. */
  lastUsedAtMs: number | undefined
}

/** Statements run side by side on one session; above this many of them another one is opened. */
const shareOf = 4

export const createSessionPool = ({
  open,
  close,
  maxSessions,
  validateAfterMs,
  clock
}: SessionPoolOptions): SessionPool => {
  const sessions = new Set<Session>()

  const pick = (): Session => {
    let best: Session | undefined
    for (const session of sessions) if (best === undefined || session.running < best.running) best = session
    if (best !== undefined && (best.running < shareOf || sessions.size >= maxSessions)) return best
    const connection = open()
    const session: Session = { connection, opening: true, running: 0, lastUsedAtMs: undefined }
    sessions.add(session)
    connection.then(
      () => (session.opening = false),
      () => sessions.delete(session)
    )
    return session
  }

  /** A login can't be called off, and may take minutes: its session is closed once it is there, and nobody waits for that. A login that failed leaves nothing to close. */
  const drop = async (session: Session): Promise<void> => {
    if (!sessions.delete(session)) return
    const closed = session.connection.then(
      connection => (connection.isUp() ? close(connection) : undefined),
      () => undefined
    )
    if (!session.opening) await closed
  }

  /** A session in use is alive as far as anybody knows; one that idled may have been ended by the server, or by something on the way. */
  const lives = async ({ connection, running, lastUsedAtMs }: Session): Promise<boolean> => {
    const up = await connection
    if (!up.isUp()) return false
    const idled = running === 1 && lastUsedAtMs !== undefined && clock.now() - lastUsedAtMs >= validateAfterMs
    return !idled || up.isValidAsync()
  }

  const use = async <A>(run: (connection: Connection) => Promise<A>): Promise<A> => {
    const session = pick()
    session.running += 1
    try {
      if (await lives(session)) return await run(await session.connection)
      void drop(session)
    } catch (cause) {
      if (isSessionLost(cause)) void drop(session)
      throw cause
    } finally {
      session.running -= 1
      session.lastUsedAtMs = clock.now()
    }
    return use(run)
  }

  return {
    use,
    close: async () => {
      await Promise.all([...sessions].map(drop))
    }
  }
}

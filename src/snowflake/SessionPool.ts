/** A few sessions, shared by all statements: opened on demand, looked after when they have idled, replaced when they die or leave a statement without an answer. */
import type { Connection } from 'snowflake-sdk'
import { orAborted, withDeadline } from '../internal/abort.ts'
import type { Clock } from '../internal/Clock.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { isSessionLost } from './snowflakeError.ts'
import type { Wire } from './Wire.ts'
import { createWire } from './Wire.ts'

export interface SessionPoolOptions {
  /** Logs in, over this wire. */
  readonly open: (wire: Wire) => Promise<Connection>
  /** Logs out. */
  readonly close: (connection: Connection) => Promise<void>
  readonly maxSessions: number
  /** A session that idled for longer is asked whether it still lives before it is used. */
  readonly validateAfterMs: number
  readonly clock: Clock
}

export interface SessionPool {
  /** Runs something on the session with the least to do, until the signal fires. Rejects as `run` or the login does; once the pool is closed, with Closed. */
  readonly use: <A>(run: (connection: Connection, wire: Wire) => Promise<A>, signal: AbortSignal) => Promise<A>
  /** Logs out of all sessions; what runs on them is given up. */
  readonly close: () => Promise<void>
}

interface Session {
  readonly wire: Wire
  readonly connection: Promise<Connection>
  /** Whether the login is still on its way. */
  opening: boolean
  running: number
  /** Undefined until it was used. */
  lastUsedAtMs: number | undefined
}

/** Statements run side by side on one session; above this many of them another one is opened. */
const shareOf = 4

/** How long a login may still take, and the goodbye after it, when a session is ended. Then what is left of it is cut off, and the server ends it some day. */
const goodbyeMs = 2_000

const givenUp = () => new Error('given up')

export const createSessionPool = ({
  open,
  close,
  maxSessions,
  validateAfterMs,
  clock
}: SessionPoolOptions): SessionPool => {
  const sessions = new Set<Session>()
  /** Those that get no more statements, and end with the last one that they have. */
  const retired = new Set<Session>()
  const ending = new Set<Promise<void>>()
  let closed = false

  const pick = (): Session => {
    let best: Session | undefined
    for (const session of sessions) if (best === undefined || session.running < best.running) best = session
    if (best !== undefined && (best.running < shareOf || sessions.size >= maxSessions)) return best
    const wire = createWire(clock)
    const session: Session = { wire, connection: open(wire), opening: true, running: 0, lastUsedAtMs: undefined }
    sessions.add(session)
    session.connection.then(
      () => (session.opening = false),
      () => {
        sessions.delete(session)
        wire.cut()
      }
    )
    return session
  }

  const end = ({ connection, wire, opening }: Session): void => {
    wire.wane()
    const loggedOut = connection.then(close).catch(() => undefined)
    const ended = withDeadline(clock, goodbyeMs, undefined, signal => orAborted(loggedOut, signal, givenUp))
      .catch(() => undefined)
      .then(wire.cut)
      .finally(() => ending.delete(ended))
    // Nobody waits for a login.
    if (!opening) ending.add(ended)
  }

  const retire = (session: Session): void => {
    if (sessions.delete(session)) retired.add(session)
  }

  /** A session in use is alive as far as anybody knows; one that idled may have been ended by the server, or by something on the way. */
  const lives = async ({ connection, running, lastUsedAtMs }: Session): Promise<boolean> => {
    const up = await connection
    if (!up.isUp()) return false
    const idled = running === 1 && lastUsedAtMs !== undefined && clock.now() - lastUsedAtMs >= validateAfterMs
    return !idled || up.isValidAsync()
  }

  const use: SessionPool['use'] = async (run, signal) => {
    if (closed) throw new SyncException(SyncError.Closed({ what: 'the Snowflake client' }))
    const session = pick()
    session.running += 1
    try {
      if (await orAborted(lives(session), signal, givenUp)) return await run(await session.connection, session.wire)
      retire(session)
    } catch (cause) {
      // What had no answer in time may have to do with the session: others shall not wait for it as well.
      if (signal.aborted || isSessionLost(cause)) retire(session)
      throw cause
    } finally {
      session.running -= 1
      session.lastUsedAtMs = clock.now()
      if (session.running === 0 && retired.delete(session)) end(session)
    }
    return use(run, signal)
  }

  return {
    use,
    close: async () => {
      closed = true
      for (const session of [...sessions, ...retired]) end(session)
      sessions.clear()
      retired.clear()
      await Promise.all(ending)
    }
  }
}

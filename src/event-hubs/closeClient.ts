/** Closing a client so that it ends, and nothing of it keeps the process. */
import { sleep, systemClock } from '../internal/Clock.ts'
import type { Clock } from '../internal/Clock.ts'
import { contextOf, eachConnection } from './eachConnection.ts'
import type { LosableConnection } from './orLost.ts'
import { orLost } from './orLost.ts'

interface Timer {
  readonly unref?: () => unknown
}

/** The connection below the client's, of rhea 3: it sends and expects heartbeats by these timers. */
interface HeartbeatConnection {
  output?: () => void
  heartbeat_in?: Timer
  heartbeat_out?: Timer
  readonly socket?: { readonly destroy?: (error: Error) => unknown }
}

/** What renews the token of a link, again and again. */
interface Renewing {
  readonly authLoop?: { readonly stop?: () => void }
}

/** The insides of the client, as far as they are known. */
interface Context {
  connection?: LosableConnection & { readonly _connection?: HeartbeatConnection }
  readyToOpenLink?: () => Promise<never>
  readonly managementSession?: Renewing
  readonly senders?: Readonly<Record<string, Renewing | undefined>>
  readonly receivers?: Readonly<Record<string, Renewing | undefined>>
}

/** How long it may take, in milliseconds. The client gives the other side a minute, and that for each of its links. */
const defaultWithinMs = 5_000

/** What of that time is left for what is said to others than the hub when the connection is gone: partitions are given up in the checkpoint store. */
const graceShare = 1 / 8

/**
 * From here on its heartbeats no longer hold the process; while a connection is open its socket does. A connection that is closed while it is being opened writes its last frame after its end, which starts the timer for
 * the other side's heartbeat (120 s) once more, and nobody ends that.
 */
const releaseHeartbeats = (connection: HeartbeatConnection | undefined): void => {
  if (typeof connection?.output !== 'function') return
  const output = connection.output.bind(connection)
  const release = () => {
    connection.heartbeat_in?.unref?.()
    connection.heartbeat_out?.unref?.()
  }
  release()
  connection.output = () => {
    output()
    release()
  }
}

/** What is still on its way (a turn of the load balancing, a question for the lag) opens nothing any more: what it opened after the goodbye nobody would close, and it would keep the process. */
const shut = (context: Context): void => {
  const closed = () => Promise.reject(new Error('the client is closed'))
  if (typeof context.readyToOpenLink === 'function') context.readyToOpenLink = closed
  eachConnection(context, connection => Object.assign(connection, { open: closed }))
}

/** What a goodbye may leave standing: a connection that was being opened, or that nobody answered on, and what renews tokens. */
const letGo = ({ connection, managementSession, senders, receivers }: Context): void => {
  // Only an error has rhea call its heartbeats off, and tell whoever waits.
  connection?._connection?.socket?.destroy?.(new Error('the goodbye is over'))
  for (const each of [managementSession, ...Object.values(senders ?? {}), ...Object.values(receivers ?? {})])
    each?.authLoop?.stop?.()
}

/** Options of {@link closeClient}. */
export interface CloseClientOptions {
  readonly clock?: Clock
  /** Default 5,000. */
  readonly withinMs?: number
}

/**
 * Closes a client and its subscriptions; rejects where the client does. A goodbye that nobody answers, or whose connection is lost meanwhile, is ended from this side: the client would wait for minutes in the one case,
 * and for ever in the other.
 */
export const closeClient = async (
  client: { readonly close: (options?: { readonly flush: boolean }) => Promise<void> },
  { clock = systemClock, withinMs = defaultWithinMs }: CloseClientOptions = {}
): Promise<void> => {
  const context: Context = contextOf(client) ?? {}
  releaseHeartbeats(context.connection?._connection)
  shut(context)
  const ended = new AbortController()
  const wait = (ms: number) => sleep(clock, ms, ended.signal).then(() => false)
  // What a producer had to flush has been flushed, or was given up.
  const closed = client.close({ flush: false }).then(() => true)
  try {
    const isClosed = await Promise.race([closed, orLost(context.connection, wait(withinMs * (1 - graceShare)))])
    if (isClosed === true) return
    letGo(context)
    // What becomes of the rest is said nowhere: it was given up.
    await Promise.race([closed.catch(() => true), wait(withinMs * graceShare)])
  } finally {
    letGo(context)
    ended.abort()
  }
}

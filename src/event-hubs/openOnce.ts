/**
 * Opening a connection so that it has one socket, ever.
 *
 * The client (`@azure/event-hubs` 6.0.4) opens a connection again that the hub has closed, or whose opening was called off, while the socket from before is still there. Below it (rhea 3) both sockets then feed one connection: the end of the
 * old one passes for the end of the new one, which is forgotten while it is open and keeps the process from ending; and links of the old one lose what is known of their other end, so that a question that is called off later, or
 * times out, throws where nobody can catch it, and ends the process.
 *
 * Here a connection that was opened before is lost instead: the client hears of it, puts a new one in its place, and whoever wanted it tries again. And one opening serves all who wait for it; who calls it off only leaves.
 */
import { orAborted } from '../internal/abort.ts'
import { contextOf, eachConnection } from './eachConnection.ts'
import type { LosableConnection } from './orLost.ts'
import { connectionLost } from './orLost.ts'

/** The connection below, of rhea 3. */
interface SocketConnection {
  readonly socket?: unknown
  readonly abort_socket?: (socket: unknown) => void
  readonly dispatch?: (event: string, context: unknown) => unknown
  readonly _context?: () => unknown
}

interface OpenOptions {
  readonly abortSignal?: AbortSignal
}

/** A connection of rhea-promise 3. */
interface Connection extends Required<LosableConnection> {
  readonly _connection?: SocketConnection
  readonly isOpen: () => boolean
  open: (options?: OpenOptions) => Promise<unknown>
}

const isConnection = (u: object): u is Connection => {
  const { open, isOpen, on } = u as Partial<Connection>
  return typeof open === 'function' && typeof isOpen === 'function' && typeof on === 'function'
}

const calledOff = () => Object.assign(new Error('the opening was called off'), { name: 'AbortError' })

const openOnce = (connection: Connection): void => {
  const open = connection.open.bind(connection)
  const state = { isPending: false, isLost: false }
  let opening: Promise<unknown> | undefined
  connection.on('disconnected', () => (state.isLost = true))

  /** Takes its socket and timers from it, and says so to all who use it; it says so by itself only where it was not closed. */
  const lose = () => {
    const below = connection._connection
    below?.abort_socket?.(below.socket)
    if (!state.isLost) below?.dispatch?.('disconnected', below._context?.())
  }
  connection.open = ({ abortSignal } = {}) => {
    if (connection.isOpen()) return Promise.resolve(connection)
    if (abortSignal?.aborted === true) return Promise.reject(calledOff())
    if (opening === undefined) {
      state.isPending = true
      opening = open().finally(() => (state.isPending = false))
    } else if (!state.isPending) {
      if (!state.isLost) lose()
      return Promise.reject(connectionLost())
    }
    return orAborted(opening, abortSignal, calledOff)
  }
}

/** Has every connection of a client opened once only; for each client, before its first use. */
export const openConnectionsOnce = (client: object): void => {
  const context = contextOf(client)
  if (context !== undefined)
    eachConnection(context, connection => {
      if (isConnection(connection)) openOnce(connection)
    })
}

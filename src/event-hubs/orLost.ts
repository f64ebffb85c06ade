/** Waiting for something that the client never answers once its connection is lost. */

/** The connection of a link, of rhea-promise 3. */
export interface LosableConnection {
  readonly on?: (event: 'disconnected', listener: () => void) => unknown
}

/** For the client's own retry. */
export const connectionLost = (): Error => Object.assign(new Error('the connection was lost'), { retryable: true })

/** Whoever waits, by connection. One listener does for all of them: a client that closes many links at once would have Node warn of a leak. */
const waiting = new WeakMap<LosableConnection, Set<() => void>>()

const waitingFor = (connection: LosableConnection): Set<() => void> => {
  const known = waiting.get(connection)
  if (known !== undefined) return known
  const all = new Set<() => void>()
  waiting.set(connection, all)
  connection.on?.('disconnected', () => {
    for (const tell of [...all]) tell()
  })
  return all
}

/**
 * What was started, or undefined as soon as the connection is lost. For closing: a link, a session or a connection that is being closed while its connection is lost calls its timers off and is never settled.
 */
export const orLost = async <A>(connection: LosableConnection | undefined, run: Promise<A>): Promise<A | undefined> => {
  if (typeof connection?.on !== 'function') return run
  const all = waitingFor(connection)
  let onLost = (): void => undefined
  const lost = new Promise<undefined>(resolve => (onLost = () => resolve(undefined)))
  all.add(onLost)
  return Promise.race([run, lost]).finally(() => all.delete(onLost))
}

/** A link of rhea-promise 3. */
export interface ClosableLink {
  readonly connection?: LosableConnection
  close?: (options?: object) => Promise<unknown>
}

/** A link the closing of which ends with its connection. */
export const ending = <Link extends ClosableLink>(link: Link): Link => {
  const close = link.close?.bind(link)
  if (close !== undefined) link.close = options => orLost(link.connection, close(options))
  return link
}

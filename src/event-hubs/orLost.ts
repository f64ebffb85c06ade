/** Waiting for something that the client never answers once its connection is lost. */

/** The connection of a link, of rhea-promise 3. */
export interface LosableConnection {
  readonly once?: (event: 'disconnected', listener: () => void) => unknown
  readonly removeListener?: (event: 'disconnected', listener: () => void) => unknown
}

/**
 * What was started, or undefined as soon as the connection is lost. For closing: a link, a session or a connection that is being closed while its connection is lost calls its timers off and is never settled.
 */
export const orLost = async <A>(connection: LosableConnection | undefined, run: Promise<A>): Promise<A | undefined> => {
  if (typeof connection?.once !== 'function') return run
  let onLost = (): void => undefined
  const lost = new Promise<undefined>(resolve => (onLost = () => resolve(undefined)))
  connection.once('disconnected', onLost)
  return Promise.race([run, lost]).finally(() => connection.removeListener?.('disconnected', onLost))
}

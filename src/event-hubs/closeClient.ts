/** Closing a client so that nothing of it keeps the process. */

interface Timer {
  readonly unref?: () => unknown
}

/** The connection below the client's, of rhea 3: it sends and expects heartbeats by these timers. */
interface HeartbeatConnection {
  output?: () => void
  heartbeat_in?: Timer
  heartbeat_out?: Timer
}

/**
 * Closes a client. A connection that is closed while it is being opened writes its last frame after its end, which starts the timer for the other side's heartbeat (120 s) once more, and nobody ends that: from here on its
 * heartbeats no longer hold the process. While a connection is open its socket does.
 */
export const closeClient = async (client: { readonly close: () => Promise<void> }): Promise<void> => {
  const { _context: context } = client as {
    readonly _context?: { readonly connection?: { readonly _connection?: HeartbeatConnection } }
  }
  const connection = context?.connection?._connection
  if (typeof connection?.output === 'function') {
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
  await client.close()
}

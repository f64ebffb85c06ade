/** The listening socket and the connections that came in over it. */
import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { ConnectionOptions, Container } from 'rhea'
import rhea from 'rhea'
import type { Broker } from '../Broker.ts'
import type { FaultSwitch } from '../Faults.ts'
import { afterDelay } from '../FaultTraps.ts'
import type { AmqpConnection } from './AmqpConnection.ts'
import { serveConnection } from './AmqpConnection.ts'

export interface AmqpServer {
  /** Starts to listen, for the first time or again; answers the port. */
  readonly listen: (port: number) => Promise<number>
  /** Ends all connections without a word and stops to listen. */
  readonly close: () => Promise<void>
  readonly connections: () => ReadonlyArray<AmqpConnection>
  /** A fault was taken away: what it held back goes on. */
  readonly wake: () => void
}

export interface AmqpServerOptions {
  readonly host: string
  /** Certificate chain and private key, PEM. Without, plain TCP. */
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined
  /** Milliseconds of silence after which either side gives a connection up; clients keep it alive with empty frames. */
  readonly heartbeatMs: number
}

/** As the service says in its open frame. */
const MAX_FRAME_SIZE_BYTES = 65536
const CHANNEL_MAX = 4999
/** Deliveries a session may have under way. */
const SESSION_BUFFER = 5000

export const createAmqpServer = (broker: Broker, options: AmqpServerOptions): AmqpServer => {
  const container = createContainer()
  const sockets = new Set<Socket>()
  const connections = new Map<Socket, AmqpConnection>()
  /** Sockets that are not spoken to, and the fault that has it so. */
  const silenced = new Map<Socket, FaultSwitch>()
  let server: Server | undefined

  const serve = (socket: Socket) => {
    if (socket.destroyed) return
    const connection = container.create_connection({
      max_frame_size: MAX_FRAME_SIZE_BYTES,
      channel_max: CHANNEL_MAX,
      idle_time_out: options.heartbeatMs,
      session_buffer_size: SESSION_BUFFER,
      receiver_options: { autoaccept: false, credit_window: 0 }
    } as unknown as ConnectionOptions)
    const served = serveConnection(connection, socket, broker, () => connections.delete(socket))
    connections.set(socket, served)
  }

  const silence = (socket: Socket, fault: FaultSwitch) => {
    silenced.set(socket, fault)
    socket.once('close', () => silenced.delete(socket))
  }

  const accept = (socket: Socket) => {
    broker.counters.connections += 1
    // An error is always followed by `close`, which is where it is dealt with.
    socket.on('error', () => undefined)
    socket.setNoDelay(true)
    const fault = broker.traps.spring('accept')
    if (fault === undefined) serve(socket)
    else if (fault.do === 'silence') silence(socket, fault)
    else {
      afterDelay(broker.timers, fault, () => (fault.do === 'destroy' ? socket.destroy() : serve(socket)))
    }
  }

  return {
    listen: async port => {
      server = options.tls === undefined ? createServer(accept) : createTlsServer(options.tls, accept)
      // Under TLS this is the socket below, which is there before the handshake and may never come through it.
      server.on('connection', (socket: Socket) => {
        sockets.add(socket)
        socket.once('close', () => sockets.delete(socket))
      })
      server.listen(port, options.host)
      await once(server, 'listening')
      return (server.address() as AddressInfo).port
    },
    close: async () => {
      const closing = server
      server = undefined
      if (closing === undefined) return
      const closed = once(closing, 'close')
      closing.close()
      sockets.forEach(socket => socket.destroy())
      await closed
    },
    connections: () => Array.from(connections.values()),
    wake: () => {
      for (const [socket, fault] of silenced) {
        if (broker.traps.holds(fault)) continue
        silenced.delete(socket)
        serve(socket)
      }
      connections.forEach(({ links }) => links().forEach(link => link.wake()))
    }
  }
}

/** Lets clients in without a password, by the name they call that by: who they are they say at `$cbs`. */
const createContainer = (): Container => {
  const container = rhea.create_container({ id: 'local-event-hubs' })
  const mechanisms = container.sasl_server_mechanisms as {
    enable_anonymous: () => void
    ANONYMOUS?: unknown
    MSSBCBS?: unknown
  }
  mechanisms.enable_anonymous()
  mechanisms.MSSBCBS = mechanisms.ANONYMOUS
  return container
}

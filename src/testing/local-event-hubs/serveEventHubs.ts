import { systemClock } from '../../internal/Clock.ts'
import { randomRootKey } from './AccessKeys.ts'
import { createAmqpServer } from './amqp/AmqpServer.ts'
import type { Broker } from './Broker.ts'
import { checkOptions } from './checkOptions.ts'
import { createFaultTraps } from './FaultTraps.ts'
import type { LocalEventHubs, LocalEventHubsOptions } from './LocalEventHubs.ts'
import { defaultLocalEventHubsOptions as defaults } from './LocalEventHubs.ts'
import { createLocalNamespace } from './LocalNamespace.ts'
import { createNamespace } from './Namespace.ts'
import { createTimers } from './Timers.ts'

/** Puts the parts together. Loads the AMQP library, so it is itself loaded only when a namespace is started. */
export const serveEventHubs = async (options: LocalEventHubsOptions): Promise<LocalEventHubs> => {
  checkOptions(options)
  const { host = defaults.host, tls, control } = options
  const broker = createBroker(options, () => server.wake())
  const server = createAmqpServer(broker, { host, tls, heartbeatMs: options.heartbeatMs ?? defaults.heartbeatMs })
  const port = await server.listen(options.port ?? defaults.port)
  const namespace = createLocalNamespace({ options, broker, server, host, port })
  Object.entries(options.hubs ?? {}).forEach(([name, hub]) => namespace.createHub(name, hub))
  try {
    // Loaded only here: whoever does without the control API does without the HTTP libraries.
    const api = control && (await (await import('./ControlApi.ts')).startControlApi(namespace, host, control.port ?? 0))
    const stop = once(async () => {
      await api?.stop()
      await namespace.shutDown()
    })
    return { ...namespace, controlUrl: api?.url, stop, [Symbol.asyncDispose]: stop }
  } catch (cause) {
    await namespace.shutDown()
    throw cause
  }
}

const createBroker = (options: LocalEventHubsOptions, onRelease: () => void): Broker => {
  const { clock = systemClock, keys = [randomRootKey()], verifyJwt } = options
  return {
    namespace: createNamespace(clock),
    clock,
    timers: createTimers(clock),
    traps: createFaultTraps(onRelease),
    keys,
    verifyJwt,
    limits: {
      maxMessageSizeBytes: options.maxMessageSizeBytes ?? defaults.maxMessageSizeBytes,
      idleConnectionMs: options.idleConnectionMs ?? defaults.idleConnectionMs,
      unusedConnectionMs: options.unusedConnectionMs ?? defaults.unusedConnectionMs,
      idleProducerMs: options.idleProducerMs ?? defaults.idleProducerMs
    },
    counters: { connections: 0, eventsIn: 0, bytesIn: 0, eventsOut: 0, bytesOut: 0, rejected: 0 }
  }
}

const once = (run: () => Promise<void>): (() => Promise<void>) => {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}

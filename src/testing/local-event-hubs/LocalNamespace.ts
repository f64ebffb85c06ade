/** The namespace as its owner handles it, in process or through the control API: all of `LocalEventHubs` but its end. */
import { sleep } from '../../internal/Clock.ts'
import type { AmqpServer } from './amqp/AmqpServer.ts'
import { strike } from './amqp/strike.ts'
import type { Broker } from './Broker.ts'
import { checkHub } from './checkOptions.ts'
import { formatConnectionString } from './ConnectionString.ts'
import type { LocalEventHubs, LocalEventHubsOptions, LocalHubOptions } from './LocalEventHubs.ts'
import { defaultLocalEventHubsOptions as defaults } from './LocalEventHubs.ts'
import { createLocalHub } from './LocalHub.ts'
import { entityNotFound } from './ServiceError.ts'

export interface LocalNamespace extends Omit<LocalEventHubs, 'controlUrl' | 'stop' | typeof Symbol.asyncDispose> {
  /** Ends everything but the control API. */
  readonly shutDown: () => Promise<void>
}

export interface LocalNamespaceParts {
  readonly options: LocalEventHubsOptions
  readonly broker: Broker
  readonly server: AmqpServer
  readonly host: string
  readonly port: number
}

export const createLocalNamespace = ({ options, broker, server, host, port }: LocalNamespaceParts): LocalNamespace => {
  const { namespace, traps, clock, timers, keys, counters } = broker
  const links = () => server.connections().flatMap(connection => connection.links())
  const stopped = new AbortController()
  let restarted: Promise<void> = Promise.resolve()

  const connectionString = (hub?: string, keyName?: string) => {
    const key = keyName === undefined ? keys[0] : keys.find(({ name }) => name === keyName)
    if (key === undefined) throw new Error(`there is no key '${keyName ?? ''}'`)
    return formatConnectionString({
      host,
      port,
      tls: options.tls !== undefined,
      key,
      ...(hub === undefined ? {} : { hub })
    })
  }

  const restart = async ({
    downMs = 0,
    keepEvents = true
  }: {
    readonly downMs?: number
    readonly keepEvents?: boolean
  }) => {
    await server.close()
    if (!keepEvents) namespace.hubs().forEach(hub => hub.reset())
    const goOn = await sleep(clock, downMs, stopped.signal)
    if (goOn) await server.listen(port)
  }

  return {
    host,
    port,
    connectionString,
    hub: name => createLocalHub(namespace.get(name), clock, stopped.signal),
    hubNames: () => namespace.hubs().map(({ name }) => name),
    createHub: (name, hub = {}) => {
      checkHub(name, hub)
      return createLocalHub(namespace.create(name, settingsOf(hub, options)), clock, stopped.signal)
    },
    deleteHub: name => {
      const isThere = namespace.delete(name)
      const gone = links().filter(({ target }) => target.hub.toLowerCase() === name.toLowerCase())
      gone.forEach(({ detach }) => detach(entityNotFound(name)))
      return isThere
    },
    faults: {
      inject: traps.inject,
      strike: blow => strike(server.connections(), timers, blow),
      list: traps.list,
      clear: traps.clear
    },
    stats: () => ({
      connections: server.connections().length,
      links: links().map(link => link.stats()),
      totals: { ...counters }
    }),
    restart: (how = {}) => (restarted = restarted.catch(() => undefined).then(() => restart(how))),
    shutDown: async () => {
      stopped.abort(new Error('the server was stopped'))
      await restarted.catch(() => undefined)
      timers.close()
      await server.close()
    }
  }
}

const settingsOf = (
  { partitions = defaults.partitions, consumerGroups = [] }: LocalHubOptions,
  options: LocalEventHubsOptions
) => ({
  partitions,
  consumerGroups,
  retentionMs: options.retentionMs ?? defaults.retentionMs,
  retentionEvents: options.retentionEvents ?? Infinity,
  readersPerPartition: options.readersPerPartition ?? defaults.readersPerPartition
})

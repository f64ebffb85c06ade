import type { LocalEventHubs, LocalEventHubsOptions } from './LocalEventHubs.ts'

/**
 * Starts an Event Hubs namespace in this process: an AMQP 1.0 server to which the unmodified `@azure/event-hubs` client connects, over
 * plain TCP or TLS, with real tokens, epochs, positions and refusals, and with faults to switch on.
 *
 * **When to use**: tests, demos and benchmarks of code that talks to Event Hubs. Events live in memory only.
 *
 * **Details**: an unknown hub, consumer group or partition, a wrong or expired token, a second owner, a sixth reader, a message too
 * large are refused as the service does it, in its words. Partition keys are hashed as the service hashes them.
 *
 * **Gotchas**: AMQP over WebSockets, publisher addresses, the Kafka endpoint, geo-replication and throttling by throughput unit
 * are not there; a link that asks for such a thing is refused.
 *
 * Needs the packages `rhea`, and `hono` with `@hono/node-server` for the control API; it names the one that is missing.
 *
 * Rejects with a `TypeError` that lists every option out of range, or with the system's error where the port is taken.
 *
 * @example
 * ```ts
 * import { EventHubProducerClient } from '@azure/event-hubs'
 * import { startLocalEventHubs } from 'on-demand-sync/testing'
 *
 * await using hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 2, consumerGroups: ['sync'] } } })
 * const producer = new EventHubProducerClient(hubs.connectionString('tasks'))
 * await producer.sendBatch([{ body: { hello: 'world' } }], { partitionId: '1' })
 * await producer.close()
 * const [event] = hubs.hub('tasks').events({ partitionId: '1' })
 * if (event?.sequenceNumber !== 0) throw new Error('the event is not there')
 * ```
 */
export const startLocalEventHubs = async (options: LocalEventHubsOptions = {}): Promise<LocalEventHubs> => {
  // Loaded only here: whoever does without local servers does without their libraries.
  const { serveEventHubs } = await import('./serveEventHubs.ts').catch(nameMissing)
  return serveEventHubs(options).catch(nameMissing)
}

/** An optional peer that is not installed is named, with what to do about it. */
const nameMissing = (cause: unknown): never => {
  const name = /^Cannot find (?:package|module) '([^'./][^']*)'/.exec(cause instanceof Error ? cause.message : '')?.[1]
  if (name === undefined) throw cause
  throw new Error(`the local Event Hubs needs the package ${name}: npm install --save-dev ${name}`, { cause })
}

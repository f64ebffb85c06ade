/**
 * The control API: what `LocalEventHubs` offers in process, over HTTP and JSON, so that a server in a process of its own can be driven.
 * It asks for no credentials; it listens where the server listens, which is the loopback address unless told otherwise.
 *
 * | route | body or query | answer |
 * |---|---|---|
 * | `GET /health` | | `{ status: "ok" }` |
 * | `GET /stats` | | `LocalEventHubsStats` |
 * | `GET /hubs`, `GET /hubs/:hub` | | name, partition ids, consumer groups |
 * | `PUT /hubs/:hub` | `LocalHubOptions` | 201; 409 where it is there |
 * | `DELETE /hubs/:hub` | | 204 |
 * | `PUT`, `DELETE /hubs/:hub/consumer-groups/:group` | | 204 |
 * | `POST /hubs/:hub/events` | `{ events, partitionId?, partitionKey? }` | where they went |
 * | `GET /hubs/:hub/events` | `partitionId`, `from`, `limit` | events; a body that is not JSON comes as `bodyBase64` |
 * | `GET /hubs/:hub/wait` | `count`, `timeoutMs` | 204 once so many were stored; 408 |
 * | `GET /hubs/:hub/readers` | | receiver links attached now |
 * | `GET /hubs/:hub/partitions/:id` | | `PartitionProperties` |
 * | `POST /hubs/:hub/partitions/:id/truncate` | `{ before }` | 204 |
 * | `GET /faults`, `POST /faults` | `FaultSwitch` | `{ id, hits, fault }` |
 * | `DELETE /faults`, `DELETE /faults/:id` | | 204 |
 * | `POST /strikes` | `Strike` | `{ hit }` |
 * | `POST /restart` | `RestartOptions` | 204 once it is back |
 *
 * 400 where a body or query does not fit, 404 where the named thing is not there, each with `{ error }`.
 */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import type { Context } from 'hono'
import { Hono } from 'hono'
import * as E from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { AppendBody, FaultBody, HubBody, RestartBody, StrikeBody, TruncateBody } from './ControlBodies.ts'
import type { LocalStoredEvent } from './LocalEvent.ts'
import type { LocalHub } from './LocalHub.ts'
import type { LocalNamespace } from './LocalNamespace.ts'
import { ServiceError } from './ServiceError.ts'

/** The API while it runs. */
export interface ControlApi {
  /** `http://host:port`, without a slash at the end. */
  readonly url: string
  readonly stop: () => Promise<void>
}

/** Starts the API; rejects where the port is taken. */
export const startControlApi = async (namespace: LocalNamespace, host: string, port: number): Promise<ControlApi> => {
  const app = new Hono()
  app.onError(answerError)
  addNamespaceRoutes(app, namespace)
  addHubRoutes(app, namespace)
  addFaultRoutes(app, namespace)
  const server = serve({ fetch: app.fetch, hostname: host, port })
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`,
    stop: async () => {
      const closed = once(server, 'close')
      server.close()
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    }
  }
}

const addNamespaceRoutes = (app: Hono, namespace: LocalNamespace): void => {
  app.get('/health', c => c.json({ status: 'ok' }))
  app.get('/stats', c => c.json(namespace.stats()))
  app.get('/hubs', c => c.json(namespace.hubNames().map(name => describe(namespace.hub(name)))))
  app.get('/hubs/:hub', c => c.json(describe(namespace.hub(c.req.param('hub')))))
  app.put('/hubs/:hub', async c => {
    const name = c.req.param('hub')
    if (namespace.hubNames().some(taken => taken.toLowerCase() === name.toLowerCase())) {
      return c.json({ error: `there is a hub '${name}' already` }, 409)
    }
    return c.json(describe(namespace.createHub(name, await bodyOf(c, HubBody))), 201)
  })
  app.delete('/hubs/:hub', c => (namespace.deleteHub(c.req.param('hub')) ? c.body(null, 204) : notThere(c)))
  app.post('/restart', async c => {
    await namespace.restart(await bodyOf(c, RestartBody))
    return c.body(null, 204)
  })
}

const addHubRoutes = (app: Hono, namespace: LocalNamespace): void => {
  app.put('/hubs/:hub/consumer-groups/:group', c => {
    namespace.hub(c.req.param('hub')).createConsumerGroup(c.req.param('group'))
    return c.body(null, 204)
  })
  app.delete('/hubs/:hub/consumer-groups/:group', c =>
    namespace.hub(c.req.param('hub')).deleteConsumerGroup(c.req.param('group')) ? c.body(null, 204) : notThere(c)
  )
  app.post('/hubs/:hub/events', async c => {
    const { events, ...where } = await bodyOf(c, AppendBody)
    return c.json(namespace.hub(c.req.param('hub')).append(events, where), 201)
  })
  app.get('/hubs/:hub/events', c => {
    const { partitionId } = c.req.query()
    const [from, limit] = [numberOf(c, 'from'), numberOf(c, 'limit')]
    const query = {
      ...(partitionId && { partitionId }),
      ...(from !== undefined && { from }),
      ...(limit !== undefined && { limit })
    }
    return c.json(namespace.hub(c.req.param('hub')).events(query).map(toJson))
  })
  app.get('/hubs/:hub/wait', async c => {
    const timeoutMs = numberOf(c, 'timeoutMs')
    const wait = namespace.hub(c.req.param('hub')).waitForEvents(numberOf(c, 'count') ?? 1, {
      signal: c.req.raw.signal,
      ...(timeoutMs === undefined ? {} : { timeoutMs })
    })
    const isThere = await wait.then(() => true).catch(() => false)
    return isThere ? c.body(null, 204) : c.json({ error: 'the events did not come in time' }, 408)
  })
  app.get('/hubs/:hub/readers', c => c.json(namespace.hub(c.req.param('hub')).readers()))
  app.get('/hubs/:hub/partitions/:id', c => c.json(namespace.hub(c.req.param('hub')).partition(c.req.param('id'))))
  app.post('/hubs/:hub/partitions/:id/truncate', async c => {
    const { before } = await bodyOf(c, TruncateBody)
    namespace.hub(c.req.param('hub')).truncate(c.req.param('id'), before)
    return c.body(null, 204)
  })
}

const addFaultRoutes = (app: Hono, { faults }: LocalNamespace): void => {
  const find = (id: string) => faults.list().find(fault => String(fault.id) === id)
  const show = ({ id, fault, hits }: NonNullable<ReturnType<typeof find>>) => ({ id, hits: hits(), fault })
  app.get('/faults', c => c.json(faults.list().map(show)))
  app.post('/faults', async c => c.json(show(faults.inject(await bodyOf(c, FaultBody))), 201))
  app.delete('/faults', c => {
    faults.clear()
    return c.body(null, 204)
  })
  app.delete('/faults/:id', c => {
    const fault = find(c.req.param('id'))
    if (fault === undefined) return notThere(c)
    fault.remove()
    return c.body(null, 204)
  })
  app.post('/strikes', async c => c.json({ hit: faults.strike(await bodyOf(c, StrikeBody)) }))
}

/** A body that fits; an absent one counts as `{}`. Throws a `TypeError` that says where it does not fit. */
const bodyOf = async <A>(c: Context, codec: t.Type<A>): Promise<A> => {
  const text = await c.req.text()
  const body = text === '' ? {} : parse(text)
  const decoded = codec.decode(body)
  if (E.isRight(decoded)) return decoded.right
  const paths = decoded.left.map(({ context }) =>
    context
      .map(({ key }) => key)
      .filter(key => key !== '')
      .join('.')
  )
  throw new TypeError(
    `the body does not fit at ${Array.from(new Set(paths))
      .map(path => path || 'its root')
      .join(', ')}`
  )
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new TypeError('the body is not JSON')
  }
}

const numberOf = (c: Context, name: string): number | undefined => {
  const text = c.req.query(name)
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new TypeError(`${name} must be a whole number`)
  return Number(text)
}

const describe = ({ name, partitionIds, consumerGroups }: LocalHub): object => ({
  name,
  partitionIds,
  consumerGroups: consumerGroups()
})

const toJson = ({ bytes, body, ...event }: LocalStoredEvent): object =>
  Buffer.isBuffer(body) ? { ...event, bodyBase64: (bytes ?? body).toString('base64') } : { ...event, body }

const notThere = (c: Context): Response => c.json({ error: 'there is no such thing' }, 404)

const answerError = (error: Error, c: Context): Response => {
  if (error instanceof TypeError) return c.json({ error: error.message }, 400)
  if (error instanceof ServiceError)
    return c.json({ error: error.message }, error.condition === 'amqp:not-found' ? 404 : 400)
  return c.json({ error: 'the request could not be carried out' }, 500)
}

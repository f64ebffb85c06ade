import * as E from 'fp-ts/lib/Either.js'
import type { SyncRequest } from 'on-demand-sync'
import { createSyncRequest, isSyncException, orThrow, payloadCodec, ResourceReference, toPromise } from 'on-demand-sync'
import type { PublisherOptions } from 'on-demand-sync/event-hubs'
import { createPublisher, partitionKeyOf } from 'on-demand-sync/event-hubs'
import type { LocalEventHubs, LocalEventHubsOptions } from 'on-demand-sync/testing'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { expect, it, onTestFinished } from 'vitest'
import { createEventSender } from '../../src/event-hubs/EventSender.ts'

const { table, column, schema, database } = ResourceReference
const request = (id: string, ...resources: ReadonlyArray<ResourceReference>) => createSyncRequest({ id, resources })

const setUp = async (options: Partial<PublisherOptions> = {}, server: LocalEventHubsOptions = {}) => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 4 } }, ...server })
  onTestFinished(() => hubs.stop())
  const publisher = createPublisher({ connectionString: hubs.connectionString('tasks'), ...options })
  onTestFinished(() => publisher[Symbol.asyncDispose]())
  return { hubs, publisher }
}

const requestsIn = (hubs: LocalEventHubs, partitionId?: string): ReadonlyArray<SyncRequest> =>
  hubs
    .hub('tasks')
    .events(partitionId === undefined ? {} : { partitionId })
    .map(({ body }) => orThrow(payloadCodec.decode(body)))

it('sends what every reader accepts, and keeps the requests of one table in order in one partition', async () => {
  const { hubs, publisher } = await setUp()
  const requests = Array.from({ length: 400 }, (_, n) => request(`${n}`, table('D', 'S', `T${n % 20}`)))
  await Promise.all(requests.map(each => toPromise(publisher.publish(each))))
  expect(requestsIn(hubs)).toHaveLength(400)
  const used = hubs.hub('tasks').partitionIds.filter(id => requestsIn(hubs, id).length > 0)
  expect(used.length).toBeGreaterThan(1)
  const placeOf = new Map<string, string>()
  for (const partitionId of used) {
    const last = new Map<string, number>()
    for (const { id, requestInfo } of requestsIn(hubs, partitionId)) {
      const name = JSON.stringify(requestInfo.resources)
      expect(placeOf.get(name) ?? partitionId).toBe(partitionId)
      placeOf.set(name, partitionId)
      expect(Number(id)).toBeGreaterThan(last.get(name) ?? -1)
      last.set(name, Number(id))
    }
  }
}, 120_000)

it('orders by the smallest object that holds all that is named', () => {
  const key = (...resources: ReadonlyArray<ResourceReference>) => partitionKeyOf(request('x', ...resources))
  expect(key(column('D', 'S', 'T', 'C'))).toBe(key(table('D', 'S', 'T')))
  expect(key(table('D', 'S', 'A'), table('D', 'S', 'B'))).toBe(key(schema('D', 'S')))
  expect(key(table('D', 'S', 'A'), table('D', 'R', 'A'))).toBe(key(database('D')))
  expect(key(table('D', 'S', 'A'))).not.toBe(key(table('D', 'S', 'B')))
  expect(key(table('D'.repeat(255), 'S'.repeat(255), 'T'.repeat(255))).length).toBeLessThanOrEqual(128)
})

it('refuses what breaks a rule, and what is too large, without sending', async () => {
  const { hubs, publisher } = await setUp({}, { maxMessageSizeBytes: 20_000 })
  const broken = { ...request('a', table('D', 'S', 'T')), id: '' }
  expect(await publisher.publish(broken)()).toMatchObject({ _tag: 'Left', left: { _tag: 'InvalidInput' } })
  const large = request('b', ...Array.from({ length: 500 }, (_, n) => table('D', 'S', `T${n}`)))
  expect(await publisher.publish(large)()).toMatchObject({ _tag: 'Left', left: { _tag: 'InvalidInput' } })
  orThrow(await publisher.publish(request('c', table('D', 'S', 'T')))())
  expect(requestsIn(hubs).map(({ id }) => id)).toEqual(['c'])
}, 120_000)

it('stores each request once, though the answer to a send was lost', async () => {
  const { hubs, publisher } = await setUp()
  orThrow(await publisher.publish(request('first', table('D', 'S', 'T')))())
  // Stored, and the connection goes before the answer: the client sends again, and the hub recognises it.
  const trap = hubs.faults.inject({ on: 'send', do: 'silence', times: 1 })
  const published = publisher.publish(request('second', table('D', 'S', 'T')))()
  await expect.poll(trap.hits, { timeout: 30_000 }).toBe(1)
  hubs.faults.strike({ do: 'destroy', role: 'producer' })
  orThrow(await published)
  expect(requestsIn(hubs).map(({ id }) => id)).toEqual(['first', 'second'])
}, 120_000)

it('gets over a hub that refuses for a while', async () => {
  const { hubs, publisher } = await setUp()
  hubs.faults.inject({ on: 'send', do: 'refuse', error: 'server-busy', times: 2 })
  orThrow(await publisher.publish(request('a', table('D', 'S', 'T')))())
  expect(requestsIn(hubs)).toHaveLength(1)
}, 120_000)

it('lets nobody get ahead of a slow hub by more than its buffer', async () => {
  const { hubs, publisher } = await setUp({ bufferEvents: 10 })
  orThrow(await publisher.publish(request('warm', table('D', 'S', 'T')))())
  const trap = hubs.faults.inject({ on: 'send', do: 'delay', delayMs: 300 })
  let accepted = 0
  let offered = 0
  const publishing = (async () => {
    const all: Array<Promise<void>> = []
    for (; offered < 60; offered += 1)
      all.push(
        toPromise(publisher.publish(request(`${offered}`, table('D', 'S', 'T')))).then(() => {
          accepted += 1
        })
      )
    await Promise.all(all)
  })()
  await expect.poll(() => accepted, { timeout: 30_000, interval: 1 }).toBeGreaterThan(0)
  // Batches of at most ten: the buffer, one after another.
  expect(accepted).toBeLessThanOrEqual(20)
  trap.remove()
  await publishing
  expect(requestsIn(hubs)).toHaveLength(61)
}, 120_000)

it('flushes on close, and takes nothing after it', async () => {
  const { hubs, publisher } = await setUp({ lingerMs: 1_000 })
  const published = publisher.publish(request('a', table('D', 'S', 'T')))()
  await new Promise(resolve => setImmediate(resolve))
  orThrow(await publisher.close()())
  orThrow(await published)
  expect(requestsIn(hubs)).toHaveLength(1)
  expect(await publisher.publish(request('b', table('D', 'S', 'T')))()).toMatchObject({ left: { _tag: 'Closed' } })
  expect(E.isRight(await publisher.close()())).toBe(true)
}, 120_000)

it('says what is wrong with hub and key, and repeats no secret', async () => {
  const { hubs } = await setUp()
  const connectionString = hubs.connectionString('tasks')
  const wrongHub = createPublisher({ connectionString: connectionString.replace(/EntityPath=.+/, 'EntityPath=nope') })
  onTestFinished(() => wrongHub[Symbol.asyncDispose]())
  expect(await wrongHub.publish(request('a', table('D', 'S', 'T')))()).toMatchObject({ left: { _tag: 'NotFound' } })
  expect(() => createPublisher({ connectionString: 'Endpoint=S3CR3T', bufferEvents: 1 })).toThrow(
    /^Event Hubs connection: connectionString: must be/
  )
  expect(() => createPublisher({ connectionString, bufferEvents: 0, lingerMs: 0 })).toThrow(/bufferEvents.*lingerMs/)
}, 120_000)

it('sends again at once over a new connection where the first one was lost before the answer, and once only', async () => {
  const { hubs, publisher } = await setUp()
  const cut = hubs.faults.inject({ on: 'send', do: 'destroy', times: 1 })
  const since = Date.now()
  await toPromise(publisher.publish(request('a', table('D', 'S', 'T'))))
  expect(cut.hits()).toBe(1)
  // The answer's own time would be eight seconds.
  expect(Date.now() - since).toBeLessThan(6_000)
  expect(hubs.hub('tasks').events()).toHaveLength(1)
}, 60_000)

it('is tried on behind the time limit of its first link, where the hub is away for longer', async () => {
  const { hubs, publisher } = await setUp()
  const away = hubs.faults.inject({ on: 'attach', role: 'producer', do: 'refuse' })
  const published = toPromise(publisher.publish(request('a', table('D', 'S', 'T'))))
  await expect.poll(away.hits, { timeout: 60_000 }).toBeGreaterThan(9)
  away.remove()
  await published
  expect(hubs.hub('tasks').events()).toHaveLength(1)
}, 120_000)

it('does not wait for ever where no link can be opened: all that waits is answered, and later ones start anew', async () => {
  const { hubs } = await setUp()
  const sender = createEventSender({
    connectionString: hubs.connectionString('tasks'),
    ...{ bufferEvents: 1, lingerMs: 1, retryOptions: { maxRetries: 1, retryDelayInMs: 50, timeoutInMs: 1_000 } },
    patienceMs: 500
  })
  onTestFinished(() => sender.close())
  const send = (key: string) => sender.send({ body: Buffer.from(key), partitionKey: key })
  const failureOf = (sent: Promise<void>) =>
    sent.then(
      () => undefined,
      (cause: unknown) => (isSyncException(cause) ? cause.error._tag : cause)
    )
  const shut = hubs.faults.inject({ on: 'attach', role: 'producer', do: 'refuse' })
  // More than one fits into the buffer: those that wait for room are answered, too.
  expect(await Promise.all(['a', 'a', 'a', 'b'].map(key => failureOf(send(key))))).toEqual(Array(4).fill('Unavailable'))
  const again = failureOf(send('c'))
  await sender.flush()
  expect(await again).toBe('Unavailable')
  shut.remove()
  await send('d')
  expect(hubs.hub('tasks').events()).toHaveLength(1)
}, 60_000)

/**
 * What delivers what, and when: every cell of the matrix in docs/change-events.md, with rows in Local Snowflake, subscriptions told over SNS and notifications over
 * Event Hubs.
 */
import { SNSClient } from '@aws-sdk/client-sns'
import { EventHubProducerClient } from '@azure/event-hubs'
import type { ChangeEventsOptions, ObjectImage, TellingEvent } from 'on-demand-sync/change-events'
import {
  createChangeEvents,
  createEventHubsTopic,
  createMemoryTopic,
  createSnsTopic,
  createStreamCapture,
  readNotification
} from 'on-demand-sync/change-events'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import type { LocalEventHubs, LocalSnowflake } from 'on-demand-sync/testing'
import { startLocalEventHubs, startLocalSnowflake } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOf, outboxTable, sourceOf } from './capture/captureAccount.ts'
import type { LocalSns } from './localSns.ts'
import { startLocalSns } from './localSns.ts'

let snowflake: LocalSnowflake
let client: SnowflakeClient
let sns: LocalSns
let hubs: LocalEventHubs
beforeAll(async () => {
  snowflake = await startLocalSnowflake({ setup: 'CREATE DATABASE D; CREATE SCHEMA D.S; CREATE SCHEMA D.CAPTURE' })
  client = clientOf(snowflake)
  sns = await startLocalSns()
  hubs = await startLocalEventHubs()
}, 60_000)
afterAll(async () => {
  await client.close()
  await Promise.all([snowflake.stop(), sns.stop(), hubs.stop()])
})

type Settings = { readonly enableEvents: boolean; readonly combineRealTime?: boolean; readonly datasetId?: string }

let worlds = 0

/** A dataset over a table of its own, with both outputs, and everything that reached them. */
const setUp = async ({ datasetId = 'sales', ...location }: Settings) => {
  worlds += 1
  const table = `M${worlds}`
  await snowflake.execute(`CREATE TABLE D.S.${table} ("id" VARCHAR, "version" INT, "status" VARCHAR)`)
  const hub = hubs.createHub(`notifications-${worlds}`, { partitions: 2 })
  const broadcast = createMemoryTopic('broadcast')
  const heard: Array<TellingEvent> = []
  const options: ChangeEventsOptions = {
    definition: {
      broadcast: 'broadcast',
      locations: [{ id: 'snowflake', ...location }],
      datasets: [
        {
          id: datasetId,
          location: 'snowflake',
          subscriptions: { topic: 'subscribers', subscriptions: [{ schemas: ['Order'], filter: "status == 'NEW'" }] },
          notifications: { topic: 'dataset' }
        }
      ]
    },
    topics: {
      broadcast,
      subscribers: createSnsTopic({
        topicArn: `arn:aws:sns:eu-west-1:123456789012:subscribers-${worlds}`,
        client: new SNSClient({
          region: 'eu-west-1',
          endpoint: sns.endpoint,
          credentials: { accessKeyId: 'x', secretAccessKey: 'x' }
        })
      }),
      dataset: createEventHubsTopic({ producer: new EventHubProducerClient(hubs.connectionString(hub.name)) })
    },
    onEvent: event => void heard.push(event)
  }
  const events = createChangeEvents(options)
  const capture = createStreamCapture({
    client,
    outbox: outboxTable,
    events,
    sources: [sourceOf(table, { datasetId })]
  })
  // Streams begin with what happens from now on.
  expect(await capture.poll()()).toMatchObject({ right: { failed: [] } })
  const before = sns.messages().length

  const image = (id: string, version: number, status: string): ObjectImage => ({ id, version, status })
  const insert = (id: string, status: string) =>
    snowflake.execute(`INSERT INTO D.S.${table} VALUES ('${id}', 1, '${status}')`)

  return {
    heard,
    /** An action through an API: the row is written, then the change is told. */
    unitary: async (id: string, status: string) => {
      await insert(id, status)
      return events.changed({ datasetId, schema: 'Order', operation: 'CREATE', id, after: image(id, 1, status) })
    },
    /** A bulk update: all rows or none, told as a transaction. */
    transaction: async (id: string, ids: ReadonlyArray<string>, status: 'SUCCESS' | 'FAILURE') => {
      await events.started({ id, datasetId })
      if (status === 'SUCCESS') for (const each of ids) await insert(each, 'NEW')
      await events.completed({ id, datasetId }, status, status === 'FAILURE' ? 'a row was refused' : undefined)
    },
    /** SQL that nobody tells of. */
    outside: (id: string) => insert(id, 'NEW'),
    poll: async () => {
      expect(await capture.poll()()).toMatchObject({ right: { failed: [] } })
    },
    subscribers: () =>
      sns
        .messages()
        .slice(before)
        .map(({ body }) => JSON.parse(body) as { readonly id: string; readonly operation: string }),
    notifications: () =>
      hub.events().map(({ body, properties }) => {
        const read = readNotification(body, properties)
        if (read._tag === 'Left') return 'unreadable'
        const { right } = read
        if (right.type === 'object') return `${right.operation} ${right.schema} ${right.id}`
        return right.type === 'transaction' ? `${right.status} ${right.transactionId}` : right.event
      }),
    broadcast: () => broadcast.messages().map(({ attributes }) => attributes['event'] ?? ''),
    stop: () => events.stop()
  }
}

describe('enableEvents off', () => {
  it('unitary: subscriptions in near real time, filtered; notifications nothing', async () => {
    const world = await setUp({ enableEvents: false })
    expect(await world.unitary('1', 'NEW')).toBe('told')
    await world.unitary('2', 'OLD')
    expect(world.subscribers()).toMatchObject([{ id: '1', operation: 'CREATE' }])
    await world.poll()
    expect(world.subscribers()).toHaveLength(1)
    expect(world.notifications()).toEqual([])
    expect(world.broadcast()).toEqual([])
    await world.stop()
  })

  it('transaction: subscriptions nothing; notifications at once, of the transaction only', async () => {
    const world = await setUp({ enableEvents: false })
    await world.transaction('t1', ['1', '2'], 'SUCCESS')
    await world.transaction('t2', ['3'], 'FAILURE')
    const expected = ['STARTED t1', 'SUCCESS t1', 'STARTED t2', 'FAILURE t2']
    expect([...world.notifications()].sort()).toEqual([...expected].sort())
    await world.poll()
    expect(world.notifications()).toHaveLength(4)
    expect(world.subscribers()).toEqual([])
    expect(world.broadcast()).toEqual([
      'TransactionStartedEvent',
      'TransactionCompletedEvent',
      'TransactionStartedEvent',
      'TransactionCompletedEvent'
    ])
    await world.stop()
  })

  it('outside: nothing at all', async () => {
    const world = await setUp({ enableEvents: false })
    await world.outside('1')
    await world.poll()
    expect([world.subscribers(), world.notifications(), world.broadcast()]).toEqual([[], [], []])
    await world.stop()
  })
})

describe('enableEvents on', () => {
  it('unitary: subscriptions suppressed; notifications of rows, deferred', async () => {
    const world = await setUp({ enableEvents: true })
    expect(await world.unitary('1', 'NEW')).toBe('suppressed')
    expect([world.subscribers(), world.notifications()]).toEqual([[], []])
    expect(world.heard).toContainEqual({ type: 'suppressed', datasetId: 'sales', schema: 'Order', id: '1' })
    await world.poll()
    expect(world.subscribers()).toEqual([])
    expect(world.notifications()).toEqual(['CREATE Order 1'])
    expect(world.broadcast()).toEqual(['io.basestar.database.event.ObjectCreatedEvent'])
    await world.stop()
  })

  it('transaction: subscriptions nothing; notifications of the transaction at once, of rows deferred and unfiltered', async () => {
    const world = await setUp({ enableEvents: true })
    await world.transaction('t1', ['1', '2'], 'SUCCESS')
    expect([...world.notifications()].sort()).toEqual(['STARTED t1', 'SUCCESS t1'])
    await world.poll()
    expect([...world.notifications()].sort()).toEqual(['CREATE Order 1', 'CREATE Order 2', 'STARTED t1', 'SUCCESS t1'])
    expect(world.subscribers()).toEqual([])
    await world.stop()
  })

  it('outside: subscriptions nothing; notifications of rows, deferred', async () => {
    const world = await setUp({ enableEvents: true })
    await world.outside('1')
    expect(world.notifications()).toEqual([])
    await world.poll()
    expect(world.notifications()).toEqual(['CREATE Order 1'])
    expect(world.subscribers()).toEqual([])
    await world.stop()
  })
})

describe('the Admin dataset', () => {
  it.each([{ enableEvents: false }, { enableEvents: true }, { enableEvents: true, combineRealTime: true }])(
    'is never told to subscriptions: %j',
    async settings => {
      const world = await setUp({ ...settings, datasetId: 'Admin' })
      await world.unitary('1', 'NEW')
      await world.transaction('t1', ['2'], 'SUCCESS')
      await world.outside('3')
      await world.poll()
      expect(world.subscribers()).toEqual([])
      await world.stop()
    }
  )
})

describe('the better mode: real time and capture together', () => {
  it('tells in real time what it can and by capture the rest, each once, filtered for subscriptions', async () => {
    const world = await setUp({ enableEvents: true, combineRealTime: true })
    expect(await world.unitary('1', 'NEW')).toBe('told')
    expect(world.subscribers()).toMatchObject([{ id: '1' }])
    expect(world.notifications()).toEqual(['CREATE Order 1'])
    await world.transaction('t1', ['2'], 'SUCCESS')
    await world.outside('3')
    await world.poll()
    expect(world.subscribers().map(({ id }) => id)).toEqual(['1', '2', '3'])
    expect([...world.notifications()].sort()).toEqual([
      'CREATE Order 1',
      'CREATE Order 2',
      'CREATE Order 3',
      'STARTED t1',
      'SUCCESS t1'
    ])
    expect(world.heard).toContainEqual({ type: 'duplicate', datasetId: 'sales', schema: 'Order', id: '1' })
    await world.stop()
  })
})

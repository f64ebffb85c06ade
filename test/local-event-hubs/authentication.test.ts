import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bodies, consumerOf, failureOf, noRetry, numbered, producerOf, read, startHubs, until } from './client.ts'
import { createManualClock } from '../../src/testing/ManualClock.ts'
import { connectRaw, tokenFor } from './rawClient.ts'

const producerWith = (connectionString: string) => {
  const client = new EventHubProducerClient(connectionString, { retryOptions: noRetry })
  onTestFinished(() => client.close())
  return client
}

describe('a connection string', () => {
  test('with a wrong key is refused, for sending, receiving and reading properties', async () => {
    const hubs = await startHubs()
    const wrong = hubs.connectionString('tasks').replace(/SharedAccessKey=[^;]*/, 'SharedAccessKey=d3Jvbmc=')
    const producer = producerWith(wrong)
    for (const attempt of [producer.sendBatch(numbered(1)), producer.getEventHubProperties()]) {
      const error = await failureOf(attempt)
      expect(error.code).toBe('UnauthorizedError')
      expect(error.message).toContain('InvalidSignature: The token has an invalid signature.')
    }
    const consumer = new EventHubConsumerClient('$Default', wrong, { retryOptions: noRetry })
    onTestFinished(() => consumer.close())
    const reading = read(consumer)
    await until('the refusal', () => reading.errors.length > 0)
    expect(reading.errors[0]!.code).toBe('UnauthorizedError')
    expect(hubs.stats().links).toEqual([])
  })

  test('with a signature instead of a key works until that lapses', async () => {
    const hubs = await startHubs()
    const endpoint = `Endpoint=sb://127.0.0.1:${hubs.port};UseDevelopmentEmulator=true;EntityPath=tasks`
    const good = producerWith(
      `${endpoint};SharedAccessSignature=${tokenFor(hubs, `sb://127.0.0.1:${hubs.port}/tasks`)}`
    )
    await good.sendBatch([{ body: 'signed' }], { partitionId: '0' })
    expect(bodies(hubs.hub('tasks').events())).toEqual(['signed'])
    const lapsed = producerWith(`${endpoint};SharedAccessSignature=${tokenFor(hubs, 'sb://127.0.0.1/tasks', 1000)}`)
    const error = await failureOf(lapsed.sendBatch(numbered(1)))
    expect(error.code).toBe('UnauthorizedError')
    expect(error.message).toContain("ExpiredToken: The token is expired. Expiration time: '1970-01-01 00:00:01Z'")
    const foreign = producerWith(`${endpoint};SharedAccessSignature=${tokenFor(hubs, 'sb://127.0.0.1/other')}`)
    expect((await failureOf(foreign.sendBatch(numbered(1)))).message).toContain('InvalidAudience')
  })
})

describe('keys', () => {
  test('carry the rights they were given', async () => {
    const hubs = await startHubs({
      keys: [
        { name: 'root', key: 'cm9vdA==' },
        { name: 'listen', key: 'bGlzdGVu', rights: ['Listen'] },
        { name: 'send', key: 'c2VuZA==', rights: ['Send'] }
      ]
    })
    await producerWith(hubs.connectionString('tasks', 'send')).sendBatch(numbered(1), { partitionId: '0' })
    const error = await failureOf(producerWith(hubs.connectionString('tasks', 'listen')).sendBatch(numbered(1)))
    expect(error.code).toBe('UnauthorizedError')
    expect(error.message).toMatch(
      /^Unauthorized access\. 'Send' claim\(s\) are required to perform this operation\. Resource: 'tasks'\./
    )
    const listener = new EventHubConsumerClient('$Default', hubs.connectionString('tasks', 'listen'), {
      retryOptions: noRetry
    })
    onTestFinished(() => listener.close())
    const reading = read(listener)
    await until('the event', () => reading.events.length === 1)
  })

  test('are random unless given, and found by name', async () => {
    const [one, other] = [await startHubs(), await startHubs()]
    expect(one.connectionString('tasks')).not.toBe(
      other.connectionString('tasks').replace(String(other.port), String(one.port))
    )
    expect(() => one.connectionString('tasks', 'nobody')).toThrow("there is no key 'nobody'")
  })
})

describe('$cbs', () => {
  test('a link without a token is refused, and one for another hub does not help', async () => {
    const hubs = await startHubs()
    hubs.createHub('other')
    const client = await connectRaw(hubs, { authorize: false })
    const refusal = {
      condition: 'amqp:unauthorized-access',
      message: expect.stringContaining("'Send' claim(s) are required") as string
    }
    await expect(client.openSender({ target: 'tasks' })).rejects.toMatchObject(refusal)
    await client.putToken('sb://127.0.0.1/other', tokenFor(hubs, 'sb://127.0.0.1/other'))
    await expect(client.openSender({ target: 'tasks/Partitions/0' })).rejects.toMatchObject(refusal)
    await client.putToken('sb://127.0.0.1/tasks/Partitions/1', tokenFor(hubs))
    await expect(client.openSender({ target: 'tasks/Partitions/0' })).rejects.toMatchObject(refusal)
    const sender = await client.openSender({ target: 'tasks/Partitions/1' })
    expect(sender.is_open()).toBe(true)
  })

  test('says what is wrong with a request', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs, { authorize: false })
    expect(await client.putToken('sb://127.0.0.1/tasks', tokenFor(hubs), 'unheard:of')).toMatchObject({
      'status-code': 400,
      'status-description': expect.stringContaining(
        "Property 'type' in the 'application-properties' section is either missing"
      ) as string
    })
    expect(await client.putToken('sb://127.0.0.1/nowhere', tokenFor(hubs, 'sb://127.0.0.1/'))).toMatchObject({
      'status-code': 404,
      'error-condition': 'amqp:not-found'
    })
    expect(await client.putToken('sb://127.0.0.1/tasks', 'nonsense')).toMatchObject({ 'status-code': 401 })
    expect(await client.putToken('sb://127.0.0.1/tasks', tokenFor(hubs))).toMatchObject({ 'status-code': 202 })
  })
})

describe('a token that lapses under an open link', () => {
  test('takes the link with it; a renewed one keeps it', async () => {
    const clock = createManualClock({ startMs: Date.now() })
    const hubs = await startHubs({ clock })
    const client = await connectRaw(hubs, { authorize: false })
    const put = (hub: string, forMs: number) =>
      client.putToken(`sb://127.0.0.1/${hub}`, tokenFor(hubs, 'sb://127.0.0.1/tasks', clock.now() + forMs))
    await put('tasks', 60_000)
    const first = await client.openSender({ target: 'tasks/Partitions/0' })
    await put('tasks', 120_000)
    await clock.advance(61_000)
    await put('tasks/Partitions/1', 5_000)
    expect(first.is_open()).toBe(true)
    const detached = new Promise<unknown>(resolve => first.once('sender_error', () => resolve(first.error)))
    await clock.advance(60_000)
    expect(await detached).toMatchObject({
      condition: 'amqp:unauthorized-access',
      description: expect.stringMatching(/^ExpiredToken: The token is expired\. Expiration time: '\d{4}-/) as string
    })
    expect(hubs.stats().links).toEqual([])
    await expect(client.openSender({ target: 'tasks' })).rejects.toMatchObject({
      condition: 'amqp:unauthorized-access'
    })
  })

  test('leaves other links alone', async () => {
    const clock = createManualClock({ startMs: Date.now() })
    const hubs = await startHubs({ clock })
    const client = await connectRaw(hubs, { authorize: false })
    await client.putToken(
      'sb://127.0.0.1/tasks/Partitions/0',
      tokenFor(hubs, 'sb://127.0.0.1/tasks', clock.now() + 5_000)
    )
    await client.putToken(
      'sb://127.0.0.1/tasks/Partitions/1',
      tokenFor(hubs, 'sb://127.0.0.1/tasks', clock.now() + 50_000)
    )
    const [short, long] = [
      await client.openSender({ target: 'tasks/Partitions/0' }),
      await client.openSender({ target: 'tasks/Partitions/1' })
    ]
    await clock.advance(6_000)
    await until('the short one is gone', () => short.is_closed())
    expect(long.is_open()).toBe(true)
  })
})

test('the real client goes on over many short-lived connections', async () => {
  const hubs = await startHubs()
  for (let i = 0; i < 5; i++) {
    const producer = producerOf(hubs)
    await producer.sendBatch(numbered(1, i), { partitionId: '0' })
    await producer.close()
  }
  const reading = read(consumerOf(hubs))
  await until('five events', () => reading.events.length === 5)
  await reading.close()
  expect(hubs.stats().totals).toMatchObject({ eventsIn: 5, connections: 6 })
})

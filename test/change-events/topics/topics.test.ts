/** Every topic against the published suite, and each one's own rules. */
import { createHmac } from 'node:crypto'
import { mkdtemp, readFile, rename, rm, writeFile, appendFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventHubProducerClient } from '@azure/event-hubs'
import { SNSClient } from '@aws-sdk/client-sns'
import * as E from 'fp-ts/lib/Either.js'
import { createSecret, describeError, isRetryable } from 'on-demand-sync'
import type { ChangeTopic, SnsTopicOptions, TopicMessage } from 'on-demand-sync/change-events'
import {
  createEventHubsTopic,
  createJsonLinesDeadLetters,
  createJsonLinesTopic,
  createMemoryTopic,
  createSnsTopic,
  createWebhookTopic,
  signWebhook,
  verifyWebhook
} from 'on-demand-sync/change-events'
import type { ArrivedMessage, ContractCase, LocalEventHubs } from 'on-demand-sync/testing'
import { changeTopicContract, sampleTopicMessage, startLocalEventHubs } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LocalSns } from '../localSns.ts'
import { startLocalSns } from '../localSns.ts'

const suite = (name: string, cases: ReadonlyArray<ContractCase>) =>
  describe(name, () => {
    for (const contractCase of cases) it(contractCase.name, contractCase.run)
  })

const publishOne = async (topic: ChangeTopic, message: TopicMessage) => {
  const published = await topic.publish([message])()
  if (E.isLeft(published)) return published.left
  return published.right[0]?.error
}

suite(
  'memory',
  changeTopicContract({
    make: () => {
      const topic = createMemoryTopic()
      return Promise.resolve({ topic, read: () => Promise.resolve(topic.messages()) })
    }
  })
)

const linesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as ArrivedMessage)
const freshPath = async () => join(await mkdtemp(join(tmpdir(), 'topic-')), 'lines.jsonl')

suite(
  'JSON lines',
  changeTopicContract({
    make: async () => {
      const path = await freshPath()
      return { topic: createJsonLinesTopic({ path }), read: () => linesOf(path) }
    }
  })
)

describe('JSON lines', () => {
  it('cut off what a crash left behind', async () => {
    const path = await freshPath()
    await writeFile(path, '{"id":"whole"}\n')
    await appendFile(path, '{"id":"to')
    const topic = createJsonLinesTopic({ path })
    expect(await publishOne(topic, sampleTopicMessage(1))).toBeUndefined()
    await topic.close?.()()
    expect((await linesOf(path)).map(({ id }) => id)).toEqual(['whole', 'event-1'])
  })

  it('are found at their path, whoever moved the file away', async () => {
    const path = await freshPath()
    const topic = createJsonLinesTopic({ path })
    await publishOne(topic, sampleTopicMessage(1))
    await rename(path, `${path}.1`)
    await publishOne(topic, sampleTopicMessage(2))
    await rm(path)
    await publishOne(topic, sampleTopicMessage(3))
    await topic.close?.()()
    expect([...(await linesOf(`${path}.1`)), ...(await linesOf(path))].map(({ id }) => id)).toEqual([
      'event-1',
      'event-3'
    ])
  })

  it('that come together reach the disk together', async () => {
    const path = await freshPath()
    const letters = createJsonLinesDeadLetters({ path })
    const change = { datasetId: 'D', schema: 'S', operation: 'DELETE', id: '1', before: {} } as const
    const all = Array.from(
      { length: 5_000 },
      (_, n) => ({ type: 'change', change, reason: String(n), at: '' }) as const
    )
    const startMs = performance.now()
    const kept = await Promise.all(all.map(letter => letters.add(letter)()))
    // One by one they take some milliseconds each: a goodbye that buries what waits would not end in time.
    expect(performance.now() - startMs).toBeLessThan(5_000)
    expect(kept.every(E.isRight)).toBe(true)
    await letters.close?.()()
    expect(await linesOf(path)).toEqual(all)
  })

  it('that cannot be written are tried again', async () => {
    const error = await publishOne(createJsonLinesTopic({ path: '/nowhere/lines.jsonl' }), sampleTopicMessage(1))
    expect(error !== undefined && isRetryable(error)).toBe(true)
  })

  it('keep dead letters', async () => {
    const path = await freshPath()
    const letters = createJsonLinesDeadLetters({ path })
    const letter = {
      type: 'message',
      topic: 't',
      message: sampleTopicMessage(1),
      reason: 'r',
      attempts: 1,
      at: 'now'
    } as const
    expect(await letters.add(letter)()).toEqual(E.right(undefined))
    await letters.close?.()()
    expect(await linesOf(path)).toEqual([letter])
  })
})

interface Received {
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

const startReceiver = async (answer: () => number = () => 204, headers: Readonly<Record<string, string>> = {}) => {
  const received: Array<Received> = []
  const server = createServer((request, response) => {
    const chunks: Array<Buffer> = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') })
      response.writeHead(answer(), { location: '/elsewhere', ...headers }).end()
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const stop = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, received, stop }
}

const secret = createSecret('whsec-long-and-random')

const arrivedAt = ({ headers, body }: Received): ArrivedMessage => ({
  id: String(headers['webhook-id']),
  body: JSON.parse(body) as object,
  // Headers ignore case; those who care for an attribute know its name.
  attributes: Object.fromEntries(
    ['event', 'datasetId', 'schema', 'eventId'].map(name => [
      name,
      decodeURIComponent(String(headers[`change-${name.toLowerCase()}`]))
    ])
  )
})

suite(
  'webhook',
  changeTopicContract({
    make: async () => {
      const receiver = await startReceiver()
      return {
        topic: createWebhookTopic({ url: receiver.url, secret }),
        read: () => Promise.resolve(receiver.received.map(arrivedAt)),
        teardown: receiver.stop
      }
    }
  })
)

describe('webhook', () => {
  it('is signed, so that nobody else can send or change it', async () => {
    const receiver = await startReceiver()
    await publishOne(createWebhookTopic({ url: receiver.url, secret }), sampleTopicMessage(1))
    const [first] = receiver.received
    await receiver.stop()
    const options = { secrets: [createSecret('old'), secret] }
    expect(verifyWebhook(first!, options)).toBe(true)
    expect(verifyWebhook({ ...first!, body: first!.body.replace('Order', 'order') }, options)).toBe(false)
    expect(verifyWebhook(first!, { secrets: [createSecret('other')] })).toBe(false)
    expect(verifyWebhook(first!, { ...options, nowMs: Date.now() + 600_000 })).toBe(false)
    expect(verifyWebhook({ headers: {}, body: first!.body }, options)).toBe(false)
    expect(JSON.stringify(first)).not.toContain(secret.reveal())
  })

  it.each([
    [500, true],
    [503, true],
    [429, true],
    [408, true],
    [400, false],
    [401, false],
    [410, false],
    [302, false]
  ])('answered with %i is tried again: %s', async (status, retried) => {
    const receiver = await startReceiver(() => status)
    const error = await publishOne(createWebhookTopic({ url: receiver.url, secret }), sampleTopicMessage(1))
    await receiver.stop()
    expect(error === undefined ? undefined : isRetryable(error)).toBe(retried)
    expect(error === undefined ? '' : describeError(error)).toContain(String(status))
  })

  it.each([
    ['120', 120_000],
    ['Thu, 01 Jan 1970 00:01:05 GMT', 60_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', undefined]
  ])('says when it may come back: Retry-After %s', async (header, retryAfterMs) => {
    const receiver = await startReceiver(() => 429, { 'retry-after': header })
    const topic = createWebhookTopic({ url: receiver.url, secret, clock: { now: () => 5_000 } })
    const published = await topic.publish([sampleTopicMessage(1)])()
    await receiver.stop()
    expect(E.isRight(published) && published.right[0]?.retryAfterMs).toBe(retryAfterMs)
  })

  it('carries any event id and any attribute, and its signature holds', async () => {
    const receiver = await startReceiver()
    const odd = { id: '注文 1\r\nx: y', attributes: { eventId: '注文 1', subscription: 'dynamic \ud800' } }
    expect(await publishOne(createWebhookTopic({ url: receiver.url, secret }), sampleTopicMessage(1, odd))).toBe(
      undefined
    )
    await receiver.stop()
    const [first] = receiver.received
    expect(first?.headers['webhook-id']).toMatch(/^[0-9a-f]{32}$/)
    expect(decodeURIComponent(String(first?.headers['change-eventid']))).toBe('注文 1')
    expect(verifyWebhook(first!, { secrets: [secret] })).toBe(true)
  })

  it('takes an answer without an end for its status', async () => {
    const server = createServer((_, response) => {
      response.writeHead(200)
      const more = setInterval(() => response.write('x'.repeat(65_536)), 1)
      response.on('close', () => clearInterval(more))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    expect(await publishOne(createWebhookTopic({ url, secret }), sampleTopicMessage(1))).toBeUndefined()
    await new Promise(resolve => server.close(resolve))
  })

  it('takes no password in its address, where every error would hold it', () => {
    const make = () => createWebhookTopic({ url: 'https://user:hunter2@example.com/', secret })
    expect(make).toThrow('url: must have no user and no password')
    expect(make).not.toThrow('hunter2')
  })

  it('that nobody receives is tried again; one that is too long is not', async () => {
    const receiver = await startReceiver()
    await receiver.stop()
    const gone = await publishOne(createWebhookTopic({ url: receiver.url, secret }), sampleTopicMessage(1))
    expect(gone !== undefined && isRetryable(gone)).toBe(true)
    const long = await publishOne(
      createWebhookTopic({ url: receiver.url, secret, maxBytes: 10 }),
      sampleTopicMessage(1)
    )
    expect(long !== undefined && isRetryable(long)).toBe(false)
  })

  it('is signed as other libraries sign: a secret with the prefix is the key in base64', () => {
    // The vector of the reference libraries' own tests (github.com/standard-webhooks/standard-webhooks).
    const written = createSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    const [id, body, seconds] = ['msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', 1_614_265_330]
    const signature = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    expect(signWebhook(written, id, seconds, body)).toBe(signature)
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature }
    expect(verifyWebhook({ headers, body }, { secrets: [written], nowMs: seconds * 1_000 })).toBe(true)
  })

  it.each(['', 'whsec_', 'whsec_not base64'])('is neither sent nor believed with the secret "%s"', text => {
    const weak = createSecret(text)
    expect(() => createWebhookTopic({ url: 'https://example.com/x', secret: weak })).toThrow(
      'secret: must not be empty'
    )
    const signature = `v1,${createHmac('sha256', text).update('e1.60.{}').digest('base64')}`
    const headers = { 'webhook-id': 'e1', 'webhook-timestamp': '60', 'webhook-signature': signature }
    expect(verifyWebhook({ headers, body: '{}' }, { secrets: [weak], nowMs: 60_000 })).toBe(false)
  })

  it.each(['http://example.com/x', 'ftp://127.0.0.1/', 'nonsense'])('does not go to %s', url => {
    expect(() => createWebhookTopic({ url, secret })).toThrow('url: must be an https address')
  })
})

let hubs: LocalEventHubs
let sns: LocalSns
beforeAll(async () => {
  hubs = await startLocalEventHubs()
  sns = await startLocalSns()
})
afterAll(async () => {
  await hubs.stop()
  await sns.stop()
})

let hubsMade = 0
const makeHub = () => {
  hubsMade += 1
  const name = `changes-${hubsMade}`
  const hub = hubs.createHub(name, { partitions: 3 })
  return {
    name,
    hub,
    topic: createEventHubsTopic({ producer: new EventHubProducerClient(hubs.connectionString(name)) })
  }
}

suite(
  'Event Hubs',
  changeTopicContract({
    make: () => {
      const { hub, topic } = makeHub()
      const read = () =>
        Promise.resolve(
          hub.events().map(({ body, messageId, properties }) => ({
            id: String(messageId),
            body: body as object,
            attributes: properties as Record<string, string>
          }))
        )
      return Promise.resolve({ topic, read })
    }
  })
)

describe('Event Hubs', () => {
  it('sends the messages of a partition together, and refuses only the one that is too large', async () => {
    const { hub, topic } = makeHub()
    const messages = Array.from({ length: 60 }, (_, n) =>
      sampleTopicMessage(n, n === 7 ? { body: { text: 'x'.repeat(1_100_000) } } : {})
    )
    const published = await topic.publish(messages)()
    expect(published).toMatchObject({ right: [{ index: 7, error: { retryable: false } }] })
    expect(hub.events()).toHaveLength(59)
    await topic.close?.()()
  })
})

describe('Event Hubs that fail', () => {
  it.each([
    ['server-busy', true],
    ['unauthorized', false]
  ] as const)('with %s: tried again %s, and the next message arrives', async (error, retried) => {
    const { name, hub } = makeHub()
    const producer = new EventHubProducerClient(hubs.connectionString(name), {
      retryOptions: { maxRetries: 0, timeoutInMs: 5_000 }
    })
    const topic = createEventHubsTopic({ producer })
    hubs.faults.inject({ on: 'send', do: 'refuse', hub: name, times: 1, error })
    const refused = await publishOne(topic, sampleTopicMessage(1))
    expect(refused !== undefined && isRetryable(refused)).toBe(retried)
    expect(await publishOne(topic, sampleTopicMessage(1))).toBeUndefined()
    expect(hub.events()).toHaveLength(1)
    await topic.close?.()()
  })
})

const topicArn = 'arn:aws:sns:eu-west-1:123456789012:orders'

const snsTopic = (server: LocalSns, over: Partial<SnsTopicOptions> = {}) =>
  createSnsTopic({
    topicArn,
    client: new SNSClient({
      region: 'eu-west-1',
      endpoint: server.endpoint,
      maxAttempts: 1,
      credentials: { accessKeyId: 'OWN', secretAccessKey: 'x' }
    }),
    ...over
  })

suite(
  'SNS',
  changeTopicContract({
    make: async () => {
      const server = await startLocalSns()
      const read = () =>
        Promise.resolve(
          server.messages().map(({ body, attributes }) => ({
            id: attributes['eventId'] ?? '',
            body: JSON.parse(body) as object,
            attributes
          }))
        )
      return { topic: snsTopic(server), read, teardown: server.stop }
    }
  })
)

describe('SNS', () => {
  const own = sampleTopicMessage(1)

  it('keeps order and removes duplicates on a FIFO topic', async () => {
    const key = '["sales","Order","1"]'
    await publishOne(snsTopic(sns, { topicArn: `${topicArn}.fifo` }), sampleTopicMessage(1, { key }))
    await publishOne(snsTopic(sns, { topicArn: `${topicArn}.fifo` }), sampleTopicMessage(2, { key }))
    const [first, second] = sns.messages().slice(-2)
    expect(first?.groupId).toMatch(/^[0-9a-f]{64}$/)
    expect(second?.groupId).toBe(first?.groupId)
    expect([first?.deduplicationId, second?.deduplicationId]).toEqual(['event-1', 'event-2'])
  })

  it('splits a batch that would be too large, and leaves out empty attributes', async () => {
    const messages = Array.from({ length: 10 }, (_, n) =>
      sampleTopicMessage(n, { body: { text: 'x'.repeat(60_000) }, attributes: { eventId: String(n), empty: '' } })
    )
    const before = sns.messages().length
    expect(await snsTopic(sns).publish(messages)()).toEqual(E.right([]))
    expect(sns.messages().slice(before)).toHaveLength(10)
    expect(Object.keys(sns.messages().at(-1)?.attributes ?? {})).toEqual(['eventId'])
  })

  it('lets the fault of one message fall on no other of its batch', async () => {
    const before = sns.messages().length
    sns.failNext({ status: 400, code: 'InvalidParameter' })
    expect(await snsTopic(sns).publish([1, 2, 3].map(n => sampleTopicMessage(n)))()).toEqual(E.right([]))
    expect(sns.messages().slice(before)).toHaveLength(3)
  })

  it('refuses a message that is too large, or puts it away and sends its names', async () => {
    const large = sampleTopicMessage(1, { body: { schema: 'Order', id: '1', after: { text: 'x'.repeat(300_000) } } })
    const error = await publishOne(snsTopic(sns), large)
    expect(error).toMatchObject({ retryable: false, detail: 'the message is larger than 262144 bytes' })
    const stashed: Array<TopicMessage> = []
    const stash = (message: TopicMessage) => {
      stashed.push(message)
      return Promise.resolve('s3://bucket/1')
    }
    expect(await publishOne(snsTopic(sns, { stash }), large)).toBeUndefined()
    expect(stashed).toEqual([large])
    const sent = sns.messages().at(-1)
    expect([JSON.parse(sent?.body ?? ''), sent?.attributes['oversize']]).toEqual([
      { schema: 'Order', id: '1' },
      's3://bucket/1'
    ])
  })

  it('refuses more attributes than reach a queue', async () => {
    const attributes = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, 'x']))
    expect(await publishOne(snsTopic(sns), { ...own, attributes })).toMatchObject({ retryable: false })
  })

  it('tells what waiting may heal from what it cannot, and repeats no word of an error', async () => {
    const cases = [
      [{ status: 503, code: 'ServiceUnavailable' }, true],
      [{ status: 400, code: 'Throttled' }, true],
      [{ status: 500, code: 'InternalFailure' }, true],
      [{ status: 403, code: 'AuthorizationError' }, false],
      [{ status: 404, code: 'NotFound' }, false],
      [{ entry: 0, code: 'InternalError', senderFault: false }, true],
      [{ entry: 0, code: 'ThrottledException', senderFault: true }, true],
      [{ entry: 0, code: 'InvalidParameter', senderFault: true }, false]
    ] as const
    for (const [failure, retried] of cases) {
      sns.failNext(failure)
      const error = await publishOne(snsTopic(sns), own)
      expect([failure, error !== undefined && isRetryable(error)]).toEqual([failure, retried])
      expect(error === undefined ? '' : describeError(error)).not.toContain('S3CRET')
    }
    const gone = await startLocalSns()
    await gone.stop()
    const error = await publishOne(snsTopic(gone), own)
    expect(error !== undefined && isRetryable(error)).toBe(true)
  })

  it('publishes as the role that it assumes', async () => {
    const roleArn = 'arn:aws:iam::123456789012:role/publisher'
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'OWN', AWS_SECRET_ACCESS_KEY: 'x' })
    try {
      const topic = createSnsTopic({ topicArn, roleArn, endpoint: sns.endpoint })
      expect(await publishOne(topic, own)).toBeUndefined()
      expect(await publishOne(topic, own)).toBeUndefined()
      await topic.close?.()()
    } finally {
      for (const [name, value] of Object.entries({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY })) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
    }
    expect(sns.roles()).toEqual([roleArn])
    expect(sns.messages().at(-1)?.accessKey).toBe('ASSUMED')
  })

  it('needs the ARN of a topic', () => {
    expect(() => createSnsTopic({ topicArn: 'orders' })).toThrow('topicArn: must be the ARN of a topic')
  })
})

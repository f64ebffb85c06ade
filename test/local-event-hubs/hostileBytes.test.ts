/** Bytes that no client would send: what real clients sent, changed at random. */
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { LocalEventHubs } from '../../src/testing/local-event-hubs/index.ts'
import { numbered, producerOf, read, startHubs, until } from './client.ts'

/** What the client wrote, write by write, for each connection that goes through. */
const record = async (
  hubs: LocalEventHubs
): Promise<{ readonly connectionString: string; readonly recordings: Buffer[][] }> => {
  const recordings: Buffer[][] = []
  const proxy = createServer(socket => {
    const written: Buffer[] = []
    recordings.push(written)
    const upstream = connect(hubs.port, '127.0.0.1')
    socket.on('data', bytes => {
      written.push(bytes)
      upstream.write(bytes)
    })
    upstream.pipe(socket)
    for (const end of [socket, upstream]) end.on('error', () => undefined)
    socket.on('close', () => upstream.destroy())
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void proxy.close())
  const { port } = proxy.address() as { readonly port: number }
  return { connectionString: hubs.connectionString('tasks').replace(`:${hubs.port};`, `:${port};`), recordings }
}

const work = async (connectionString: string): Promise<void> => {
  const producer = new EventHubProducerClient(connectionString)
  await producer.getEventHubProperties()
  await producer.sendBatch(numbered(2), { partitionKey: 'k' })
  await producer.sendBatch(numbered(2), { partitionId: '0' })
  await producer.close()
  const consumer = new EventHubConsumerClient('$Default', connectionString)
  const reading = read(consumer, { maxBatchSize: 10, trackLastEnqueuedEventProperties: true })
  await until('the events', () => reading.events.length >= 2)
  await consumer.close()
}

const change = (bytes: Buffer, random: (below: number) => number): Buffer => {
  const at = random(bytes.length)
  switch (random(4)) {
    case 0:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([random(256)]), bytes.subarray(at + 1)])
    case 1:
      return bytes.subarray(0, at)
    case 2:
      return Buffer.concat([bytes, bytes])
    default:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random(4))])
  }
}

const replay = (port: number, writes: ReadonlyArray<Buffer>): Promise<void> =>
  new Promise(resolve => {
    const socket: Socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
    socket.resume()
    const write = (next: number) => {
      if (next === writes.length || socket.destroyed) socket.destroy()
      else socket.write(writes[next]!, () => setImmediate(write, next + 1))
    }
    socket.on('connect', () => write(0))
  })

test('do not bring the server down, nor its other clients', async () => {
  // rhea prints what it cannot read.
  for (const method of ['error', 'warn'] as const) vi.spyOn(console, method).mockImplementation(() => undefined)
  onTestFinished(() => void vi.restoreAllMocks())
  const hubs = await startHubs()
  const { connectionString, recordings } = await record(hubs)
  await work(connectionString)
  let state = 20_240_229
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) % below
  }
  for (let i = 0; i < 400; i++) {
    const writes = recordings[random(recordings.length)]!.slice()
    const at = random(writes.length)
    writes[at] = change(writes[at]!, random)
    await replay(hubs.port, writes)
  }
  await until('they are gone', () => hubs.stats().connections === 0)
  const before = hubs.hub('tasks').events().length
  await producerOf(hubs).sendBatch(numbered(1))
  expect(hubs.hub('tasks').events()).toHaveLength(before + 1)
  expect(hubs.hub('tasks').readers()).toEqual([])
})

/** Every dead letter sink against the published suite. */
import * as E from 'fp-ts/lib/Either.js'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeadLetter } from 'on-demand-sync'
import {
  createJsonLinesDeadLetterSink,
  createMemoryDeadLetterSink,
  DeadLetterSink,
  readDeadLetters
} from 'on-demand-sync'
import { createEventHubsDeadLetterSink } from 'on-demand-sync/event-hubs'
import type { ContractCase } from 'on-demand-sync/testing'
import { deadLetterSinkContract, startLocalEventHubs } from 'on-demand-sync/testing'

import { describe, expect, it } from 'vitest'

const suite = (name: string, cases: ReadonlyArray<ContractCase>) =>
  describe(name, () => {
    for (const { name: rule, run } of cases) it(rule, run)
  })

suite(
  'memory DeadLetterSink',
  deadLetterSinkContract({
    make: () => {
      const sink = createMemoryDeadLetterSink()
      return Promise.resolve({ sink, read: () => Promise.resolve(sink.letters()) })
    }
  })
)

suite(
  'DeadLetterSink.fromAsync',
  deadLetterSinkContract({
    make: () => {
      const kept: Array<DeadLetter> = []
      let closed = false
      const sink = DeadLetterSink.fromAsync({
        append: letters => {
          if (closed) throw new Error('closed')
          kept.push(...letters)
        },
        close: () => void (closed = true)
      })
      return Promise.resolve({ sink, read: () => Promise.resolve(kept) })
    }
  })
)

suite(
  'JSON lines DeadLetterSink',
  deadLetterSinkContract({
    make: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'dead-letters-'))
      const path = join(folder, 'letters.jsonl')
      const read = async () => {
        const letters: Array<DeadLetter> = []
        const isThere = await stat(path).then(
          () => true,
          () => false
        )
        if (isThere) for await (const letter of readDeadLetters(path)) if (letter !== undefined) letters.push(letter)
        return letters
      }
      return {
        sink: createJsonLinesDeadLetterSink({ path }),
        read,
        teardown: () => rm(folder, { recursive: true })
      }
    }
  })
)

suite(
  'Event Hubs DeadLetterSink',
  deadLetterSinkContract({
    make: async () => {
      const hubs = await startLocalEventHubs({ hubs: { dead: { partitions: 2 } } })
      const hub = hubs.hub('dead')
      const text = (value: unknown) => (typeof value === 'string' ? value : '')
      const toLetter = ({ body, properties = {} }: { body: unknown; properties?: Record<string, unknown> }) => ({
        position: {
          hub: text(properties['hub']),
          consumerGroup: text(properties['consumerGroup']),
          partitionId: text(properties['partitionId']),
          sequenceNumber: Number(properties['sequenceNumber']),
          offset: text(properties['offset'])
        },
        body: body instanceof Uint8Array ? body : new Uint8Array(),
        enqueuedAt: text(properties['enqueuedAt']),
        status: text(properties['status']) as DeadLetter['status'],
        reason: text(properties['reason']),
        attempts: Number(properties['attempts']),
        ...(properties['taskId'] === undefined ? {} : { taskId: text(properties['taskId']) })
      })
      const { EventHubConsumerClient } = await import('@azure/event-hubs')
      const read = async () => {
        const stored = hub.partitionIds.reduce((sum, id) => sum + hub.partition(id).lastEnqueuedSequenceNumber + 1, 0)
        const letters: Array<DeadLetter> = []
        if (stored === 0) return letters
        const consumer = new EventHubConsumerClient('$Default', hubs.connectionString('dead'))
        await new Promise<void>((resolve, reject) => {
          consumer.subscribe(
            {
              processEvents: events => {
                letters.push(...events.map(toLetter))
                if (letters.length >= stored) resolve()
                return Promise.resolve()
              },
              processError: error => {
                reject(error)
                return Promise.resolve()
              }
            },
            { startPosition: { sequenceNumber: -1 }, maxWaitTimeInSeconds: 1, skipParsingBodyAsJson: true }
          )
        })
        await consumer.close()
        return letters
      }
      return {
        sink: createEventHubsDeadLetterSink({ connectionString: hubs.connectionString('dead') }),
        read,
        teardown: () => hubs.stop()
      }
    }
  })
)

it('writes no letter to a file that was removed underneath', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dead-letters-'))
  const path = join(folder, 'letters.jsonl')
  const sink = createJsonLinesDeadLetterSink({ path })
  const letter = (sequenceNumber: number): DeadLetter => ({
    position: { hub: 'h', consumerGroup: 'g', partitionId: '0', sequenceNumber, offset: '0' },
    body: Buffer.from('body'),
    enqueuedAt: '2025-01-01T00:00:00.000Z',
    status: 'FAILED',
    reason: 'why',
    attempts: 1
  })
  expect(await sink.append([letter(0)])()).toEqual(E.right(undefined))
  await rm(path)
  expect(await sink.append([letter(1)])()).toEqual(E.right(undefined))
  const kept: Array<number | undefined> = []
  for await (const read of readDeadLetters(path)) kept.push(read?.position.sequenceNumber)
  expect(kept).toEqual([1])
  await sink.close()()
  await rm(folder, { recursive: true })
})

/** Everything at once: clients that come and go while faults strike, and what must hold all the same. */
import { describe, expect, test } from 'vitest'
import type { FaultSwitch, LocalEventHubs, Strike } from '../../src/testing/local-event-hubs/index.ts'
import { consumerOf, numbered, producerOf, quickRetry, read, startHubs, until } from './client.ts'
import { connectRaw } from './rawClient.ts'

/** Numbers that look random and are the same in every run. */
const sequence = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >> 8) % below
  }
}

const strikes: ReadonlyArray<Strike> = [
  { do: 'detach' },
  { do: 'detach', error: 'server-busy' },
  { do: 'detach', error: 'detach-forced', role: 'consumer' },
  { do: 'destroy', times: 1 },
  { do: 'destroy', role: 'producer' },
  { do: 'close-connection', times: 2 }
]
const traps: ReadonlyArray<FaultSwitch> = [
  { on: 'attach', do: 'refuse', error: 'internal-error', times: 2 },
  { on: 'attach', do: 'detach', error: 'timeout', delayMs: 5, times: 2 },
  { on: 'send', do: 'refuse', error: 'server-busy', times: 3 },
  { on: 'send', do: 'destroy', times: 1 },
  { on: 'deliver', do: 'destroy', skip: 3, times: 1 },
  { on: 'deliver', do: 'detach', error: 'server-busy', skip: 5, times: 2 },
  { on: 'deliver', do: 'delay', delayMs: 20, times: 3 },
  { on: 'cbs', do: 'delay', delayMs: 30, times: 2 },
  { on: 'cbs', do: 'refuse', times: 1 }
]

const makeTrouble = async (hubs: LocalEventHubs, rounds: number, seed: number): Promise<void> => {
  const pick = sequence(seed)
  for (let round = 0; round < rounds; round++) {
    if (pick(3) === 0) hubs.faults.inject(traps[pick(traps.length)]!)
    else hubs.faults.strike(strikes[pick(strikes.length)]!)
    if (pick(8) === 0) await hubs.restart({ downMs: pick(30) })
    await new Promise(resolve => setTimeout(resolve, 10 + pick(40)))
  }
  hubs.faults.clear()
}

describe('under fire', () => {
  test.each([1, 2, 3])(
    'what was acknowledged is there, in order, and every reader gets all of it (seed %i)',
    async seed => {
      const hubs = await startHubs()
      const readings = ['0', '1'].map(partition =>
        read(consumerOf(hubs, '$Default', quickRetry), { partition, maxBatchSize: 20 })
      )
      const trouble = makeTrouble(hubs, 40, seed)
      const send = async (partitionId: string) => {
        const producer = producerOf(hubs, quickRetry)
        const acknowledged: number[] = []
        for (let n = 0; n < 60; n++) {
          const sent = await producer.sendBatch(numbered(1, n), { partitionId }).then(
            () => true,
            () => false
          )
          if (sent) acknowledged.push(n)
        }
        return acknowledged
      }
      const sent = await Promise.all(['0', '1'].map(send))
      await trouble
      for (const [i, partitionId] of ['0', '1'].entries()) {
        const stored = hubs.hub('tasks').events({ partitionId })
        const found = stored.map(({ body }) => (body as { n: number }).n)
        expect(found).toEqual(expect.arrayContaining(sent[i]!))
        expect(found).toEqual([...found].sort((a, b) => a - b))
        const read = () => readings[i]!.events.map(({ sequenceNumber }) => sequenceNumber)
        await until('the reader has it all', () => new Set(read()).size === stored.length, 15_000)
        // The client begins anew where it was told to start once its tries are used up; in between it misses nothing.
        read().forEach((n, at, all) => expect([0, (all[at - 1] ?? -1) + 1]).toContain(n))
      }
    }
  )
})

describe('coming and going', () => {
  test('readers that leave in the midst of events leave nothing behind', async () => {
    const hubs = await startHubs()
    for (let i = 0; i < 25; i++) {
      hubs.hub('tasks').append(numbered(40), { partitionId: '0' })
      const client = consumerOf(hubs)
      const reading = read(client, { maxBatchSize: 1, prefetchCount: 3 })
      await until('the first event', () => reading.events.length > 0)
      await reading.close()
      await client.close()
    }
    await until('nobody is left', () => hubs.stats().connections === 0)
    expect(hubs.hub('tasks').readers()).toEqual([])
  })

  test('a stop in the midst of it all ends at once', async () => {
    const hubs = await startHubs()
    hubs.hub('tasks').append(numbered(5000), { partitionId: '0' })
    hubs.faults.inject({ on: 'deliver', do: 'delay', delayMs: 5000, skip: 100 })
    const client = await connectRaw(hubs)
    const receiver = await client.openReceiver({ source: 'tasks/ConsumerGroups/$Default/Partitions/0' })
    receiver.add_credit(5000)
    await until('some events', () => hubs.stats().totals.eventsOut === 100)
    const start = Date.now()
    await hubs.stop()
    expect(Date.now() - start).toBeLessThan(500)
    expect(await client.closed).toBeUndefined()
  })
})

import fc from 'fast-check'
import { createBatcher, createBoundedQueue } from 'on-demand-sync'
import { createManualClock } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'

interface Item {
  readonly n: number
  readonly atMs: number
}

describe('Batcher', () => {
  it('puts out what came in, in order, in batches that are neither too big nor too late', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 50 }),
        fc.array(fc.record({ waitMs: fc.nat(40), count: fc.nat(8) }), { maxLength: 15 }),
        async (maxItems, timeoutMs, arrivals) => {
          const clock = createManualClock()
          const queue = createBoundedQueue<Item>({ capacity: 1_000 })
          const seen: Array<{ readonly items: ReadonlyArray<Item>; readonly atMs: number }> = []
          const collect = async () => {
            const batcher = createBatcher<Item>({ maxItems, timeoutMs, clock, arrivedAtMs: ({ atMs }) => atMs })
            for await (const items of batcher.batches(queue)) seen.push({ items, atMs: clock.now() })
          }
          const collected = collect()
          let n = 0
          for (const { waitMs, count } of arrivals) {
            await clock.advance(waitMs)
            await queue.offer(Array.from({ length: count }, () => ({ n: n++, atMs: clock.now() })))()
            await clock.advance(0)
          }
          queue.close()
          await collected
          expect(seen.flatMap(({ items }) => items.map(item => item.n))).toEqual(Array.from({ length: n }, (_, i) => i))
          for (const { items, atMs } of seen) {
            expect(items.length).toBeGreaterThan(0)
            expect(items.length).toBeLessThanOrEqual(maxItems)
            expect(atMs - items[0]!.atMs).toBeLessThanOrEqual(timeoutMs)
          }
          expect(clock.timers()).toBe(0)
        }
      ),
      { numRuns: 300 }
    )
  })

  it('counts age from arrival, so a batch that waited behind another is due at once', async () => {
    const clock = createManualClock()
    const queue = createBoundedQueue<Item>({ capacity: 10 })
    const batches = createBatcher<Item>({ maxItems: 5, timeoutMs: 100, clock, arrivedAtMs: ({ atMs }) => atMs })
      .batches(queue)
      [Symbol.asyncIterator]()
    await queue.offer([{ n: 1, atMs: 0 }])()
    await clock.advance(500)
    expect((await batches.next()).value).toEqual([{ n: 1, atMs: 0 }])
    queue.close()
    expect((await batches.next()).done).toBe(true)
  })

  it('checks its options', () => {
    expect(() => createBatcher({ maxItems: 0, timeoutMs: -1 })).toThrow(/maxItems.*timeoutMs/)
  })
})

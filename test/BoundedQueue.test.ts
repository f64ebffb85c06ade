/** Laws of the queue under arbitrary schedules, held against the simplest model: a list. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import { createBoundedQueue } from 'on-demand-sync'
import { settled } from 'on-demand-sync/testing'
import { describe, expect, it, vi } from 'vitest'

type Command =
  | { readonly do: 'offer'; readonly count: number; readonly abort: boolean }
  | { readonly do: 'take'; readonly max: number; readonly abort: boolean }
  | { readonly do: 'close' }

const command: fc.Arbitrary<Command> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant('offer' as const), count: fc.nat(7), abort: fc.boolean() }), weight: 5 },
  {
    arbitrary: fc.record({
      do: fc.constant('take' as const),
      max: fc.integer({ min: 1, max: 5 }),
      abort: fc.boolean()
    }),
    weight: 5
  },
  { arbitrary: fc.constant({ do: 'close' as const }), weight: 1 }
)

describe('BoundedQueue', () => {
  it('keeps its laws whatever is done to it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.nat(5),
        fc.array(command, { maxLength: 30 }),
        async (capacity, low, commands) => {
          const queue = createBoundedQueue<number>({ capacity, lowWater: Math.min(low, capacity - 1) })
          const out: Array<number> = []
          const pending: Array<Promise<unknown>> = []
          let next = 0
          for (const step of commands) {
            const abort = new AbortController()
            if (step.do === 'close') queue.close()
            if (step.do === 'offer') {
              const items = Array.from({ length: step.count }, () => next++)
              pending.push(queue.offer(items, { signal: abort.signal })())
            }
            if (step.do === 'take') {
              pending.push(
                queue
                  .take(step.max, { signal: abort.signal })()
                  .then(taken => {
                    if (E.isLeft(taken)) return
                    expect(taken.right.length).toBeLessThanOrEqual(step.max)
                    out.push(...taken.right)
                  })
              )
            }
            expect(queue.size()).toBeLessThanOrEqual(capacity)
            if (step.do !== 'close' && step.abort) abort.abort()
            if (next % 3 === 0) await settled()
            expect(queue.size()).toBeLessThanOrEqual(capacity)
          }
          queue.close()
          for (;;) {
            const rest = await queue.take(3)()
            if (E.isLeft(rest) || rest.right.length === 0) break
            out.push(...rest.right)
          }
          await Promise.all(pending)
          // In order, none doubled. What is missing was never accepted: its offer was aborted or closed.
          expect(out).toEqual([...new Set(out)].sort((a, b) => a - b))
          expect(queue.size()).toBe(0)
        }
      ),
      { numRuns: 500 }
    )
  })

  it('loses nothing between producers and consumers that keep going', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 10 }),
        fc.array(fc.array(fc.nat(), { maxLength: 20 }), { maxLength: 10 }),
        async (capacity, chunks) => {
          const queue = createBoundedQueue<number>({ capacity })
          const out: Array<number> = []
          const consume = async () => {
            for (;;) {
              const taken = await queue.take(4)()
              if (E.isLeft(taken) || taken.right.length === 0) return
              out.push(...taken.right)
            }
          }
          const consumer = consume()
          for (const chunk of chunks) expect(E.isRight(await queue.offer(chunk)())).toBe(true)
          queue.close()
          await consumer
          expect(out).toEqual(chunks.flat())
        }
      ),
      { numRuns: 300 }
    )
  })

  it('leaves no listener on a signal once it has answered', async () => {
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    const queue = createBoundedQueue<number>({ capacity: 1 })
    const take = queue.take(1, { signal })()
    expect(added).toHaveBeenCalledTimes(1)
    await queue.offer([1, 2], { signal })()
    await take
    await queue.take(1, { signal })()
    expect(
      removed.mock.calls.filter(([, listener]) => added.mock.calls.some(([, own]) => own === listener))
    ).toHaveLength(added.mock.calls.length)
  })

  it('checks its options', () => {
    expect(() => createBoundedQueue({ capacity: 0, lowWater: 7 })).toThrow(
      /capacity: must be a whole number of at least 1, received 0; lowWater/
    )
  })
})

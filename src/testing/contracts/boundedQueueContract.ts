/** What every {@link BoundedQueue} does. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { BoundedQueue } from '../../BoundedQueue.ts'
import { orThrow } from '../../Promises.ts'
import { settled } from '../ManualClock.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { withSkips } from './ContractCase.ts'

/** How the suite gets a queue: empty, of the given size. */
export interface BoundedQueueHarness {
  readonly make: (options: { readonly capacity: number; readonly lowWater: number }) => BoundedQueue<number>
}

/** Watches a promise without awaiting it. */
const watch = <A>(promise: Promise<A>) => {
  const seen: { answer?: A } = {}
  void promise.then(answer => (seen.answer = answer))
  return seen
}

const tag = (result: E.Either<{ readonly _tag: string }, unknown> | undefined): string =>
  result === undefined ? 'waiting' : E.isLeft(result) ? result.left._tag : 'done'

/**
 * The contract of `BoundedQueue`.
 *
 * @example
 * ```ts
 * import { createBoundedQueue } from 'on-demand-sync'
 * import { boundedQueueContract } from 'on-demand-sync/testing'
 *
 * for (const { run } of boundedQueueContract({ make: options => createBoundedQueue(options) })) await run()
 * ```
 */
export const boundedQueueContract = (
  { make }: BoundedQueueHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> =>
  withSkips(
    [
      {
        name: 'gives items back in the order in which they came, none lost, none doubled',
        run: async () => {
          const queue = make({ capacity: 3, lowWater: 1 })
          const offers = Promise.all([queue.offer([1, 2, 3, 4, 5])(), queue.offer([6, 7])()])
          const taken: Array<number> = []
          while (taken.length < 7) {
            const got = await queue.take(2)()
            assert(E.isRight(got))
            taken.push(...got.right)
          }
          assert.deepEqual(taken, [1, 2, 3, 4, 5, 6, 7])
          assert.deepEqual((await offers).map(tag), ['done', 'done'])
        }
      },
      {
        name: 'never holds more than its capacity, and goes on at low water',
        run: async () => {
          const queue = make({ capacity: 4, lowWater: 1 })
          const offer = watch(queue.offer([1, 2, 3, 4, 5, 6])())
          await settled()
          assert.equal(queue.size(), 4)
          orThrow(await queue.take(2)())
          await settled()
          assert.equal(queue.size(), 2, 'above low water nothing more goes in')
          assert.equal(tag(offer.answer), 'waiting')
          orThrow(await queue.take(1)())
          await settled()
          assert.equal(queue.size(), 3)
          assert.equal(tag(offer.answer), 'done')
        }
      },
      {
        name: 'answers an aborted offer at once, and lets the next one in',
        run: async () => {
          const queue = make({ capacity: 2, lowWater: 0 })
          orThrow(await queue.offer([1, 2])())
          const abort = new AbortController()
          const first = watch(queue.offer([3], { signal: abort.signal })())
          const second = watch(queue.offer([4])())
          await settled()
          abort.abort()
          await settled()
          assert.equal(tag(first.answer), 'Aborted')
          assert.equal(tag(second.answer), 'waiting')
          orThrow(await queue.take(2)())
          await settled()
          assert.deepEqual(await queue.take(9)(), E.right([4]))
        }
      },
      {
        name: 'answers an aborted take at once, and gives its items to the next one',
        run: async () => {
          const queue = make({ capacity: 2, lowWater: 0 })
          const abort = new AbortController()
          const first = watch(queue.take(1, { signal: abort.signal })())
          const second = watch(queue.take(1)())
          abort.abort()
          await settled()
          assert.equal(tag(first.answer), 'Aborted')
          orThrow(await queue.offer([1])())
          await settled()
          assert.deepEqual(second.answer, E.right([1]))
          assert.equal(tag(await queue.take(1, { signal: abort.signal })()), 'Aborted')
          assert.equal(tag(await queue.offer([2], { signal: abort.signal })()), 'Aborted')
          assert.equal(queue.size(), 0)
        }
      },
      {
        name: 'drains after close: nothing goes in, all comes out, then emptiness',
        run: async () => {
          const queue = make({ capacity: 2, lowWater: 0 })
          const blocked = watch(queue.offer([1, 2, 3])())
          await settled()
          queue.close()
          await settled()
          assert.equal(tag(blocked.answer), 'Closed')
          assert.equal(tag(await queue.offer([4])()), 'Closed')
          assert.deepEqual(await queue.take(9)(), E.right([1, 2]))
          assert.deepEqual(await queue.take(9)(), E.right([]))
          assert.deepEqual(await queue.take(9)(), E.right([]))
        }
      },
      {
        name: 'wakes a waiting take when it is closed empty',
        run: async () => {
          const queue = make({ capacity: 2, lowWater: 0 })
          const takes = [watch(queue.take(1)()), watch(queue.take(1)())]
          await settled()
          queue.close()
          await settled()
          assert.deepEqual(
            takes.map(({ answer }) => answer),
            [E.right([]), E.right([])]
          )
        }
      },
      {
        name: 'tells of high and of low water',
        run: async () => {
          const queue = make({ capacity: 2, lowWater: 0 })
          const full = watch(queue.whenFull()())
          assert.equal(tag(await queue.whenLow()()), 'done')
          orThrow(await queue.offer([1])())
          await settled()
          assert.equal(tag(full.answer), 'waiting')
          orThrow(await queue.offer([2])())
          await settled()
          assert.equal(tag(full.answer), 'done')
          const low = watch(queue.whenLow()())
          orThrow(await queue.take(1)())
          await settled()
          assert.equal(tag(low.answer), 'waiting')
          orThrow(await queue.take(1)())
          await settled()
          assert.equal(tag(low.answer), 'done')
          const abort = new AbortController()
          const never = watch(queue.whenFull({ signal: abort.signal })())
          abort.abort()
          await settled()
          assert.equal(tag(never.answer), 'Aborted')
        }
      }
    ],
    options
  )

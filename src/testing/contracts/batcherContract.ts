/** What every {@link Batcher} does. */
import assert from 'node:assert/strict'
import type { Batcher } from '../../Batcher.ts'
import { createBoundedQueue } from '../../BoundedQueue.ts'
import type { Clock } from '../../internal/Clock.ts'
import { orThrow } from '../../Promises.ts'
import type { ManualClock } from '../ManualClock.ts'
import { createManualClock, settled } from '../ManualClock.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { withSkips } from './ContractCase.ts'

/** How the suite gets a batcher. Its items are their own arrival times where `arrivedAtMs` matters: see `arrived`. */
export interface BatcherHarness {
  readonly make: (options: {
    readonly maxItems: number
    readonly timeoutMs: number
    readonly clock: Clock
    readonly arrivedAtMs: (item: Arrival) => number
  }) => Batcher<Arrival>
}

/** An item of the suite: a number and when it came. */
export interface Arrival {
  readonly n: number
  readonly atMs: number
}

interface Bench {
  readonly clock: ManualClock
  readonly put: (...numbers: ReadonlyArray<number>) => Promise<void>
  readonly close: () => void
  /** Batches so far, as lists of numbers. */
  readonly seen: ReadonlyArray<ReadonlyArray<number>>
  readonly ended: () => boolean
}

/** A running batcher whose batches are collected as they come. */
const run = (
  { make }: BatcherHarness,
  options: { readonly maxItems: number; readonly timeoutMs: number; readonly signal?: AbortSignal }
): Bench => {
  const clock = createManualClock()
  const queue = createBoundedQueue<Arrival>({ capacity: 100 })
  const seen: Array<ReadonlyArray<number>> = []
  const state = { ended: false }
  const collect = async () => {
    const batcher = make({
      maxItems: options.maxItems,
      timeoutMs: options.timeoutMs,
      clock,
      arrivedAtMs: ({ atMs }) => atMs
    })
    for await (const batch of batcher.batches(queue, options.signal === undefined ? {} : { signal: options.signal }))
      seen.push(batch.map(({ n }) => n))
    state.ended = true
  }
  void collect()
  return {
    clock,
    put: async (...numbers) => {
      orThrow(await queue.offer(numbers.map(n => ({ n, atMs: clock.now() })))())
      await settled()
    },
    close: () => queue.close(),
    seen,
    ended: () => state.ended
  }
}

/**
 * The contract of `Batcher`.
 *
 * @example
 * ```ts
 * import { createBatcher } from 'on-demand-sync'
 * import { batcherContract } from 'on-demand-sync/testing'
 *
 * for (const { run } of batcherContract({ make: options => createBatcher(options) })) await run()
 * ```
 */
export const batcherContract = (harness: BatcherHarness, options?: ContractOptions): ReadonlyArray<ContractCase> =>
  withSkips(
    [
      {
        name: 'gives a full batch at once',
        run: async () => {
          const { put, seen } = run(harness, { maxItems: 3, timeoutMs: 5_000 })
          await put(1, 2, 3, 4)
          assert.deepEqual(seen, [[1, 2, 3]])
        }
      },
      {
        name: 'gives a partial batch when its first item is old enough, not when its last one is',
        run: async () => {
          const { put, seen, clock } = run(harness, { maxItems: 3, timeoutMs: 5_000 })
          await put(1)
          await clock.advance(4_000)
          await put(2)
          await clock.advance(999)
          assert.deepEqual(seen, [])
          await clock.advance(1)
          assert.deepEqual(seen, [[1, 2]])
        }
      },
      {
        name: 'wakes nobody while there is nothing',
        run: async () => {
          const { put, seen, clock } = run(harness, { maxItems: 3, timeoutMs: 5_000 })
          await settled()
          assert.equal(clock.timers(), 0)
          await clock.advance(100_000)
          await put(1)
          await clock.advance(4_999)
          assert.deepEqual(seen, [])
          await clock.advance(1)
          assert.deepEqual(seen, [[1]])
          assert.equal(clock.timers(), 0)
        }
      },
      {
        name: 'gives what is there at once when the time limit is 0',
        run: async () => {
          const { put, seen } = run(harness, { maxItems: 3, timeoutMs: 0 })
          await put(1, 2)
          assert.deepEqual(seen, [[1, 2]])
        }
      },
      {
        name: 'gives the last, partial batch at once when the queue is closed, and ends',
        run: async () => {
          const { put, close, seen, ended, clock } = run(harness, { maxItems: 3, timeoutMs: 5_000 })
          await put(1, 2, 3, 4)
          close()
          await settled()
          assert.deepEqual(seen, [[1, 2, 3], [4]])
          assert.equal(ended(), true)
          assert.equal(clock.timers(), 0)
        }
      },
      {
        name: 'ends at once when it is aborted, and leaves no timer',
        run: async () => {
          const abort = new AbortController()
          const { put, ended, clock } = run(harness, { maxItems: 3, timeoutMs: 5_000, signal: abort.signal })
          await put(1)
          abort.abort()
          await settled()
          assert.equal(ended(), true)
          assert.equal(clock.timers(), 0)
        }
      }
    ],
    options
  )

/** Stage 4: makes batches by size or age, whichever is reached first. */
import * as E from 'fp-ts/lib/Either.js'
import type { BoundedQueue } from './BoundedQueue.ts'
import { atLeast, requireOptions } from './checkOptions.ts'
import { withDeadline } from './internal/abort.ts'
import type { Clock } from './internal/Clock.ts'
import { systemClock } from './internal/Clock.ts'

/** Options of {@link Batcher.batches}. */
export interface BatchesOptions {
  /** Ends the iteration at once; what was gathered by then is left to be delivered again by the source. */
  readonly signal?: AbortSignal
}

/**
 * Port: turns a queue into batches.
 *
 * **Laws**: the batches, put end to end, are the queue's items: none lost, none doubled, none reordered; none is empty, none is larger than `maxItems`;
 * a batch is due when it is full or when its *first* item is `timeoutMs` old; an idle queue wakes nobody; when the queue is closed the last, partial batch comes at once.
 * Merging equal items and deciding their order are not the batcher's job.
 */
export interface Batcher<A> {
  readonly batches: (queue: BoundedQueue<A>, options?: BatchesOptions) => AsyncIterable<ReadonlyArray<A>>
}

/** Options of {@link createBatcher}. */
export interface BatcherOptions<A> {
  /** Most items per batch. Default 50, at least 1. */
  readonly maxItems?: number
  /** Greatest age of a batch's first item before the batch is due, in milliseconds. Default 5,000; 0 means: whatever is there, at once. */
  readonly timeoutMs?: number
  /** When an item arrived, in milliseconds since 1970; its age counts from there. Default: when the batcher took it. */
  readonly arrivedAtMs?: (item: A) => number
  /** Default: the system clock. */
  readonly clock?: Clock
}

/** The defaults of {@link BatcherOptions}, as published for the reference system. */
export const defaultBatcherOptions: { readonly maxItems: number; readonly timeoutMs: number } = Object.freeze({
  maxItems: 50,
  timeoutMs: 5_000
})

/**
 * A {@link Batcher} over a clock. Throws InvalidInput on bad options.
 *
 * @example
 * ```ts
 * import { createBatcher, createBoundedQueue, toPromise } from 'on-demand-sync'
 *
 * const queue = createBoundedQueue<number>()
 * await toPromise(queue.offer([1, 2, 3]))
 * queue.close()
 * const sizes: number[] = []
 * for await (const batch of createBatcher<number>({ maxItems: 2 }).batches(queue)) sizes.push(batch.length)
 * if (sizes.join() !== '2,1') throw new Error('unexpected')
 * ```
 */
export const createBatcher = <A>(options: BatcherOptions<A> = {}): Batcher<A> => {
  const { maxItems, timeoutMs, clock, arrivedAtMs } = { ...defaultBatcherOptions, clock: systemClock, ...options }
  requireOptions('createBatcher', [atLeast('maxItems', maxItems, 1), atLeast('timeoutMs', timeoutMs, 0)])

  /** Takes what fills the batch up, for at most `waitMs`. Nothing at all means: the time is up, or the queue is at its end. */
  const takeWithin = async (
    queue: BoundedQueue<A>,
    room: number,
    waitMs: number,
    signal: AbortSignal | undefined
  ): Promise<ReadonlyArray<A>> => {
    const taken = await withDeadline(clock, waitMs, signal, deadline => queue.take(room, { signal: deadline })())
    return E.isRight(taken) ? taken.right : []
  }

  return {
    batches: async function* (queue, { signal } = {}) {
      for (;;) {
        const first = await queue.take(maxItems, signal === undefined ? {} : { signal })()
        if (E.isLeft(first) || first.right.length === 0) return
        let batch = first.right
        const [oldest] = batch
        const dueAtMs = (oldest === undefined ? clock.now() : (arrivedAtMs?.(oldest) ?? clock.now())) + timeoutMs
        while (batch.length < maxItems && dueAtMs > clock.now()) {
          const more = await takeWithin(queue, maxItems - batch.length, dueAtMs - clock.now(), signal)
          if (more.length === 0) break
          batch = batch.concat(more)
        }
        if (signal?.aborted === true) return
        yield batch
      }
    }
  }
}

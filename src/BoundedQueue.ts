/** Stage 3: holds at most N, and makes whoever brings more wait. This is where back-pressure starts. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { atLeast, between, requireOptions } from './checkOptions.ts'
import { waitFor } from './internal/abort.ts'
import type { Aborted, Closed } from './SyncError.ts'
import { SyncError } from './SyncError.ts'

/** Options of everything that waits. */
export interface WaitOptions {
  /** Ends the wait at once, with Aborted. Default: wait as long as it takes. */
  readonly signal?: AbortSignal
}

/**
 * Port: a first-in first-out queue of bounded size, between one or several producers and one or several consumers.
 *
 * **Laws**: never more than `capacity` items; items come out in the order in which they went in; none is lost, none doubled; an aborted waiter is answered
 * at once and leaves no trace; after `close` no item is accepted, and the items inside can still be taken.
 * Making batches, and the question what an item is, are not the queue's job.
 */
export interface BoundedQueue<A> {
  readonly capacity: number
  readonly size: () => number
  /**
   * Puts items in, in order, and waits for room as often as it must. Once the queue was full, room is given again at low water.
   * On a left the items that already went in stay in: the first ones, without a gap.
   */
  readonly offer: (items: ReadonlyArray<A>, options?: WaitOptions) => TaskEither<Aborted | Closed, void>
  /** Takes from 1 to `max` items, waiting for the first; no items at all means: closed, and drained. */
  readonly take: (max: number, options?: WaitOptions) => TaskEither<Aborted, ReadonlyArray<A>>
  /** Waits until the queue is full (or closed): back-pressure begins. */
  readonly whenFull: (options?: WaitOptions) => TaskEither<Aborted, void>
  /** Waits until the queue is at or below low water (or closed): back-pressure ends. */
  readonly whenLow: (options?: WaitOptions) => TaskEither<Aborted, void>
  /** Ends intake; those waiting to offer are answered Closed. What is inside can still be taken. */
  readonly close: () => void
}

/** Options of {@link createBoundedQueue}. */
export interface BoundedQueueOptions {
  /** Most items held at any time. Default 100, at least 1. */
  readonly capacity?: number
  /** Size at which producers may go on after the queue was full. Default half the capacity, from 0 to capacity - 1. */
  readonly lowWater?: number
}

/** The default of `capacity`: the published queue threshold of the reference system. */
export const defaultQueueCapacity = 100

/**
 * A {@link BoundedQueue} in memory. Throws InvalidInput on bad options.
 *
 * @example
 * ```ts
 * import { createBoundedQueue, toPromise } from 'on-demand-sync'
 *
 * const queue = createBoundedQueue<string>({ capacity: 2 })
 * const offered = toPromise(queue.offer(['a', 'b', 'c']))
 * if ((await toPromise(queue.take(10))).join() !== 'a,b') throw new Error('unexpected')
 * await offered
 * ```
 */
export const createBoundedQueue = <A>(options: BoundedQueueOptions = {}): BoundedQueue<A> => {
  const { capacity = defaultQueueCapacity } = options
  const { lowWater = Math.floor(capacity / 2) } = options
  requireOptions('createBoundedQueue', [
    atLeast('capacity', capacity, 1),
    between('lowWater', lowWater, 0, capacity - 1)
  ])

  let items: Array<A> = []
  let filling = true
  let closed = false
  const producers = new Set<Producer<A>>()
  const consumers = new Set<Consumer<A>>()
  const watchers = new Set<Watcher>()

  const updateWater = () => {
    if (items.length >= capacity) filling = false
    else if (items.length <= lowWater) filling = true
  }

  /** Lets the first producer put in what fits; answers whether anything moved. */
  const admit = (): boolean => {
    const [producer] = producers
    if (producer === undefined || !filling || closed) return false
    const end = Math.min(producer.items.length, producer.next + capacity - items.length)
    items = items.concat(producer.items.slice(producer.next, end))
    producer.next = end
    updateWater()
    if (end === producer.items.length) {
      producers.delete(producer)
      producer.answer(E.right(undefined))
    }
    return true
  }

  /** Hands the first consumer what it may have; answers whether anything moved. */
  const serve = (): boolean => {
    const [consumer] = consumers
    if (consumer === undefined || (items.length === 0 && !closed)) return false
    consumers.delete(consumer)
    const taken = items.slice(0, consumer.max)
    items = items.slice(consumer.max)
    updateWater()
    consumer.answer(taken)
    return true
  }

  /** The one place where things move: called after whoever came, and after closing. */
  const settle = () => {
    while (serve() || admit()) continue
    for (const watcher of watchers) {
      if (!closed && !watcher.holds()) continue
      watchers.delete(watcher)
      watcher.answer()
    }
  }

  const stand = <Person>(line: Set<Person>, person: Person): (() => void) => {
    line.add(person)
    settle()
    return () => void line.delete(person)
  }

  const watch =
    (operation: string, holds: () => boolean, { signal }: WaitOptions = {}): TaskEither<Aborted, void> =>
    () =>
      waitFor<E.Either<Aborted, void>>(signal, aborted(operation), answer =>
        stand(watchers, { holds, answer: () => answer(E.right(undefined)) })
      )

  return {
    capacity,
    size: () => items.length,
    offer:
      (offered, { signal } = {}) =>
      async () => {
        if (closed) return queueClosed
        if (offered.length === 0) return E.right(undefined)
        return waitFor<E.Either<Aborted | Closed, void>>(signal, aborted('offer'), answer =>
          stand(producers, { items: offered, next: 0, answer })
        )
      },
    take:
      (max, { signal } = {}) =>
      () =>
        waitFor<E.Either<Aborted, ReadonlyArray<A>>>(signal, aborted('take'), answer =>
          stand(consumers, { max, answer: taken => answer(E.right(taken)) })
        ),
    whenFull: waiting => watch('whenFull', () => items.length >= capacity, waiting),
    whenLow: waiting => watch('whenLow', () => items.length <= lowWater, waiting),
    close: () => {
      closed = true
      for (const producer of producers) {
        producers.delete(producer)
        producer.answer(queueClosed)
      }
      settle()
    }
  }
}

interface Producer<A> {
  readonly items: ReadonlyArray<A>
  /** Index of the first item that is not in yet. */
  next: number
  readonly answer: (result: E.Either<Closed, void>) => void
}

interface Consumer<A> {
  readonly max: number
  readonly answer: (items: ReadonlyArray<A>) => void
}

interface Watcher {
  readonly holds: () => boolean
  readonly answer: () => void
}

const aborted = (operation: string) => E.left(SyncError.Aborted({ operation }))

const queueClosed = E.left(SyncError.Closed({ what: 'queue' }))

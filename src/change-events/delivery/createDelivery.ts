/** Delivers to one topic: retries, order per key, a deadline per call, dead letters. */
import * as E from 'fp-ts/lib/Either.js'
import { describeError, isRetryable } from '../../describeError.ts'
import { withDeadline } from '../../internal/abort.ts'
import { backoffMs } from '../../internal/backoff.ts'
import type { Clock } from '../../internal/Clock.ts'
import { fromPromise } from '../../Promises.ts'
import { SyncError } from '../../SyncError.ts'
import type { ChangeTopic, Refusal, TopicMessage } from '../ChangeTopic.ts'
import type { DeadLetters } from '../DeadLetter.ts'
import type { TellingListener } from '../TellingEvent.ts'
import type { DeliveryOptions } from './DeliveryOptions.ts'
import type { Lane } from './Lanes.ts'
import { createLanes } from './Lanes.ts'

/** How a message ended. `lost`: neither the topic nor the dead letters took it. */
export type Delivered = 'delivered' | 'dead letter' | 'lost'

export interface Delivery {
  /** Takes a message; the promise settles with its end, and never rejects. Whoever does not care need not wait. */
  readonly deliver: (message: TopicMessage) => Promise<Delivered>
  readonly waiting: () => number
  /** Ends when nothing waits, or when `signal` fires; what still waits then becomes dead letters. */
  readonly stop: (signal: AbortSignal) => Promise<void>
}

interface Item {
  readonly message: TopicMessage
  attempts: number
  readonly settle: (end: Delivered) => void
}

export interface DeliveryParts {
  readonly topic: ChangeTopic
  readonly deadLetters: DeadLetters
  readonly clock: Clock
  readonly emit: TellingListener
}

export const createDelivery = (
  { topic, deadLetters, clock, emit }: DeliveryParts,
  options: Required<DeliveryOptions>
): Delivery => {
  const lanes = createLanes<Item>()
  const idle = new Set<() => void>()
  const ending = new AbortController()
  const calls = new Set<Promise<void>>()
  /** Lanes that wait before they are tried again, and how to call that off. */
  const resting = new Map<Lane<Item>, () => void>()

  const bury = async (message: TopicMessage, reason: string, attempts: number): Promise<Delivered> => {
    const at = new Date(clock.now()).toISOString()
    const kept = await deadLetters.add({ type: 'message', topic: topic.name, message, reason, attempts, at })()
    emit({ type: 'dead letter', topic: topic.name, reason, lost: E.isLeft(kept) })
    return E.isLeft(kept) ? 'lost' : 'dead letter'
  }

  const finish = (lane: Lane<Item>, item: Item, end: Delivered): void => {
    lanes.advance(lane)
    item.settle(end)
  }

  const retryLater = (lane: Lane<Item>, attempts: number): number => {
    const delayMs = backoffMs(clock, attempts, options.baseDelayMs, options.maxDelayMs)
    resting.set(
      lane,
      clock.schedule(delayMs, () => {
        resting.delete(lane)
        lanes.giveBack(lane)
        pump()
      })
    )
    return delayMs
  }

  /** One call's end for one lane. */
  const settle = async (lane: Lane<Item>, item: Item, error: SyncError | undefined): Promise<number | undefined> => {
    item.attempts += 1
    if (error === undefined) finish(lane, item, 'delivered')
    else if (ending.signal.aborted)
      finish(lane, item, await bury(item.message, 'stopped before it was taken', item.attempts))
    else if (isRetryable(error) && item.attempts < options.maxAttempts) return retryLater(lane, item.attempts)
    else finish(lane, item, await bury(item.message, describeError(error), item.attempts))
    return undefined
  }

  const call = async (batch: ReadonlyArray<Lane<Item>>): Promise<void> => {
    const items = batch.flatMap(({ items: [item] }) => (item === undefined ? [] : [item]))
    const published = await publishWithin(
      topic,
      items.map(({ message }) => message),
      clock,
      options.timeoutMs,
      ending.signal
    )
    const errorOf = (index: number): SyncError | undefined =>
      E.isLeft(published) ? published.left : published.right.find(refusal => refusal.index === index)?.error
    const taken = items.filter((_, index) => errorOf(index) === undefined).length
    if (taken > 0) emit({ type: 'delivered', topic: topic.name, messages: taken })
    let delayMs: number | undefined
    for (const [index, item] of items.entries()) {
      const lane = batch[index]
      if (lane !== undefined) delayMs = (await settle(lane, item, errorOf(index))) ?? delayMs
    }
    const error = items.map((_, index) => errorOf(index)).find(each => each !== undefined)
    if (delayMs !== undefined && error !== undefined)
      emit({ type: 'retrying', topic: topic.name, messages: items.length - taken, error, delayMs })
  }

  const pump = (): void => {
    while (calls.size < options.concurrency && !ending.signal.aborted) {
      const batch = lanes.take(topic.maxBatch ?? 1)
      if (batch.length === 0) break
      const running: Promise<void> = call(batch).finally(() => {
        calls.delete(running)
        pump()
      })
      calls.add(running)
    }
    if (calls.size === 0 && lanes.size() === 0) for (const wake of idle) wake()
  }

  const clear = async (): Promise<void> => {
    for (const cancel of resting.values()) cancel()
    resting.clear()
    await Promise.all(calls)
    for (const { message, attempts, settle: end } of lanes.clear())
      end(await bury(message, 'stopped before it was taken', attempts))
  }

  return {
    waiting: lanes.size,
    deliver: message => {
      if (ending.signal.aborted) return bury(message, 'stopped before it was taken', 0)
      if (lanes.size() >= options.maxWaiting)
        return bury(message, `more than ${options.maxWaiting} messages wait for this topic`, 0)
      return new Promise(resolve => {
        lanes.push(message.key, { message, attempts: 0, settle: resolve })
        // In a later turn, so that messages that come together go together.
        queueMicrotask(pump)
      })
    },
    stop: async signal => {
      const end = (): void => ending.abort()
      if (signal.aborted) end()
      signal.addEventListener('abort', end, { once: true })
      await new Promise<void>(resolve => {
        const wake = (): void => {
          idle.delete(wake)
          ending.signal.removeEventListener('abort', wake)
          resolve()
        }
        idle.add(wake)
        ending.signal.addEventListener('abort', wake, { once: true })
        if (ending.signal.aborted) wake()
        else pump()
      })
      signal.removeEventListener('abort', end)
      end()
      await clear()
    }
  }
}

/** One call. A topic that does not mind its signal is left behind: its answer counts for nothing then. */
const publishWithin = (
  topic: ChangeTopic,
  messages: ReadonlyArray<TopicMessage>,
  clock: Clock,
  timeoutMs: number,
  ending: AbortSignal
): Promise<E.Either<SyncError, ReadonlyArray<Refusal>>> =>
  withDeadline(
    clock,
    timeoutMs,
    ending,
    signal =>
      new Promise(resolve => {
        const operation = `publishing to ${topic.name}`
        const end = (): void =>
          resolve(
            E.left(
              ending.aborted ? SyncError.Aborted({ operation }) : SyncError.TimedOut({ operation, afterMs: timeoutMs })
            )
          )
        signal.addEventListener('abort', end, { once: true })
        // A port promises not to throw; this is for the one that does.
        void fromPromise(operation, () => topic.publish(messages, { signal })())().then(result =>
          resolve(E.isLeft(result) ? result : result.right)
        )
      })
  )

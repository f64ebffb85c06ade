/** Delivers to one topic: retries, order per key, a deadline per call, dead letters. */
import * as E from 'fp-ts/lib/Either.js'
import { describeError, isRetryable } from '../../describeError.ts'
import { backoffMs } from '../../internal/backoff.ts'
import type { Clock } from '../../internal/Clock.ts'
import { SyncError } from '../../SyncError.ts'
import type { ChangeTopic, Refusal, TopicMessage } from '../ChangeTopic.ts'
import type { TellingListener } from '../TellingEvent.ts'
import { answerWithin } from './answerWithin.ts'
import type { Burial, Buried } from './createBurial.ts'
import type { Ending } from './Ending.ts'
import { createEnding } from './Ending.ts'
import type { DeliveryOptions } from './DeliveryOptions.ts'
import type { Lane } from './Lanes.ts'
import { createLanes } from './Lanes.ts'

/** How a message ended. `lost`: neither the topic nor the dead letters took it. */
export type Delivered = 'delivered' | Buried

export interface Delivery {
  /** Takes a message; the promise settles with its end, and never rejects. Whoever does not care need not wait. `isBounded`: it may be one too many. Default true. */
  readonly deliver: (message: TopicMessage, isBounded?: boolean) => Promise<Delivered>
  readonly waiting: () => number
  /** Ends when nothing waits, or at the limit; what still waits then becomes dead letters. */
  readonly stop: (limit: Ending) => Promise<void>
}

interface Item {
  readonly message: TopicMessage
  attempts: number
  readonly settle: (end: Delivered) => void
}

type Refused = Omit<Refusal, 'index'>

export interface DeliveryParts {
  readonly topic: ChangeTopic
  readonly bury: Burial
  readonly clock: Clock
  readonly emit: TellingListener
}

export const createDelivery = (
  { topic, bury: buryLetter, clock, emit }: DeliveryParts,
  options: Required<DeliveryOptions>
): Delivery => {
  const lanes = createLanes<Item>()
  const idle = new Set<() => void>()
  const ending = createEnding()
  /** How many wait that may be one too many. */
  let bounded = 0
  const calls = new Set<Promise<void>>()
  /** Lanes that wait before they are tried again, and how to call that off. */
  const resting = new Map<Lane<Item>, () => void>()

  const bury = (message: TopicMessage, reason: string, attempts: number): Promise<Delivered> =>
    buryLetter({ type: 'message', topic: topic.name, message, reason, attempts })

  const finish = (lane: Lane<Item>, item: Item, end: Delivered): void => {
    lanes.advance(lane)
    item.settle(end)
  }

  const retryLater = (lane: Lane<Item>, attempts: number, wantedMs: number): number => {
    const askedMs = Math.min(wantedMs, options.maxRetryAfterMs)
    const delayMs = Math.max(backoffMs(clock, attempts, options.baseDelayMs, options.maxDelayMs), askedMs)
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

  const publish = async (
    messages: ReadonlyArray<TopicMessage>
  ): Promise<E.Either<SyncError, ReadonlyArray<Refusal>>> => {
    const patience = { clock, timeoutMs: options.timeoutMs, ending }
    const answer = await answerWithin(`publishing to ${topic.name}`, patience, signal =>
      topic.publish(messages, { signal })
    )
    if (E.isLeft(answer) || Array.isArray(answer.right)) return answer
    // Who was taken cannot be told from that.
    return E.left(SyncError.TopicFailed({ topic: topic.name, detail: 'its answer is no list', retryable: true }))
  }

  /** One call's end for one lane. */
  const settle = async (lane: Lane<Item>, item: Item, refusal: Refused | undefined): Promise<number | undefined> => {
    const { error, retryAfterMs = 0 } = refusal ?? {}
    item.attempts += 1
    if (error === undefined) finish(lane, item, 'delivered')
    else if (ending.isOver()) finish(lane, item, await bury(item.message, 'stopped before it was taken', item.attempts))
    else if (isRetryable(error) && item.attempts < options.maxAttempts)
      return retryLater(lane, item.attempts, retryAfterMs)
    else finish(lane, item, await bury(item.message, describeError(error), item.attempts))
    return undefined
  }

  const call = async (batch: ReadonlyArray<Lane<Item>>): Promise<void> => {
    const items = batch.flatMap(({ items: [item] }) => (item === undefined ? [] : [item]))
    const published = await publish(items.map(({ message }) => message))
    const refusalOf = (index: number): Refused | undefined =>
      E.isLeft(published) ? { error: published.left } : published.right.find(refusal => refusal.index === index)
    const taken = items.filter((_, index) => refusalOf(index) === undefined).length
    if (taken > 0) emit({ type: 'delivered', topic: topic.name, messages: taken })
    let delayMs: number | undefined
    for (const [index, item] of items.entries()) {
      const lane = batch[index]
      if (lane !== undefined) delayMs = (await settle(lane, item, refusalOf(index))) ?? delayMs
    }
    const error = items.map((_, index) => refusalOf(index)).find(each => each !== undefined)?.error
    if (delayMs !== undefined && error !== undefined)
      emit({ type: 'retrying', topic: topic.name, messages: items.length - taken, error, delayMs })
  }

  const pump = (): void => {
    while (calls.size < options.concurrency && !ending.isOver()) {
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
    const left = lanes.clear()
    await Promise.all(
      left.map(async ({ message, attempts, settle: end }) =>
        end(await bury(message, 'stopped before it was taken', attempts))
      )
    )
  }

  return {
    waiting: lanes.size,
    deliver: (message, isBounded = true) => {
      if (ending.isOver()) return bury(message, 'stopped before it was taken', 0)
      if (isBounded && bounded >= options.maxWaiting)
        return bury(message, `more than ${options.maxWaiting} messages wait for this topic`, 0)
      return new Promise(resolve => {
        const share = isBounded ? 1 : 0
        bounded += share
        const settle = (end: Delivered): void => {
          bounded -= share
          resolve(end)
        }
        lanes.push(message.key, { message, attempts: 0, settle })
        // In a later turn, so that messages that come together go together.
        queueMicrotask(pump)
      })
    },
    stop: async limit => {
      const leave = limit.hear(ending.end)
      if (limit.isOver()) ending.end()
      await new Promise<void>(resolve => {
        idle.add(resolve)
        ending.hear(resolve)
        if (ending.isOver()) resolve()
        else pump()
      })
      leave()
      ending.end()
      await clear()
    }
  }
}

/** Where messages for other people go. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { fromPromise } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

/** One message on its way to a topic. */
export interface TopicMessage {
  /** The same for every delivery of this message: what a consumer removes duplicates by. Travels as the attribute `eventId`. */
  readonly id: string
  /** Messages of one key arrive in the order in which they were sent. One object's changes share one key. */
  readonly key: string
  /** JSON data. */
  readonly body: object
  /** Short texts that a consumer can filter by without reading the body. */
  readonly attributes: Readonly<Record<string, string>>
}

/** A message that a topic did not take, by its place in the list that was published. */
export interface Refusal {
  readonly index: number
  readonly error: SyncError
  /** How long the service asks to be left alone. It is tried again no sooner (`maxRetryAfterMs` in the delivery's options bounds it). */
  readonly retryAfterMs?: number
}

/** Options of {@link ChangeTopic.publish}. */
export interface PublishOptions {
  /** Ends the attempt. Messages may have arrived all the same. */
  readonly signal?: AbortSignal
}

/**
 * Port: takes messages for other people.
 *
 * **For implementers**: a message counts as taken once the service said so. A right lists those that were refused, a left means that any of them may
 * or may not have been taken. Messages of one list have different keys, so their order does not matter. Tell failures that waiting may heal from those that it can't (`isRetryable`):
 * what can't be healed becomes a dead letter at once. Retrying, order per key, deadlines and dead letters are the library's job, not yours.
 */
export interface ChangeTopic {
  /** For people: `sns orders`, `event hub changes`. */
  readonly name: string
  /** Most messages that one `publish` takes. Default 1. */
  readonly maxBatch?: number
  readonly publish: (
    messages: ReadonlyArray<TopicMessage>,
    options?: PublishOptions
  ) => TaskEither<SyncError, ReadonlyArray<Refusal>>
  /** Lets go of connections. Closing again does nothing. */
  readonly close?: () => TaskEither<SyncError, void>
}

/** The Promise-shaped {@link ChangeTopic}: `publish` rejects where the message was not taken. */
export interface AsyncChangeTopic {
  readonly name: string
  readonly publish: (message: TopicMessage, options: PublishOptions) => Promise<void> | void
  readonly close?: () => Promise<void> | void
}

/**
 * Ways to make a topic without writing an adapter. Any rejection is taken for one that waiting may heal, unless it is a `SyncException` that says otherwise.
 *
 * @example
 * ```ts
 * import { ChangeTopic } from 'on-demand-sync/change-events'
 *
 * const topic = ChangeTopic.fromAsync({ name: 'my bus', publish: async ({ body }) => void JSON.stringify(body) })
 * void topic
 * ```
 */
export const ChangeTopic: { readonly fromAsync: (topic: AsyncChangeTopic) => ChangeTopic } = {
  fromAsync: topic => {
    const { name } = topic
    const failed = (cause: unknown): SyncError =>
      SyncError.TopicFailed({ topic: name, detail: 'publish rejected', retryable: true, cause })
    return {
      name,
      maxBatch: 1,
      publish:
        (messages, options = {}) =>
        async () => {
          const refusals: Array<Refusal> = []
          for (const [index, message] of messages.entries()) {
            const sent = await fromPromise('ChangeTopic.publish', () => topic.publish(message, options), failed)()
            if (E.isLeft(sent)) refusals.push({ index, error: sent.left })
          }
          return E.right(refusals)
        },
      close: () => fromPromise('ChangeTopic.close', () => topic.close?.())
    }
  }
}

/** A {@link ChangeTopic} whose messages are open to inspection. */
export interface MemoryChangeTopic extends ChangeTopic {
  /** All messages so far, in the order in which they came. */
  readonly messages: () => ReadonlyArray<TopicMessage>
}

/**
 * A topic in memory. For tests and examples: it grows without bound, and is gone with the process.
 *
 * @example
 * ```ts
 * import { createMemoryTopic } from 'on-demand-sync/change-events'
 *
 * const topic = createMemoryTopic('orders')
 * if (topic.messages().length !== 0) throw new Error('unexpected')
 * ```
 */
export const createMemoryTopic = (name = 'memory'): MemoryChangeTopic => {
  const kept: Array<TopicMessage> = []
  return {
    name,
    maxBatch: 100,
    publish: messages =>
      TE.fromIO(() => {
        kept.push(...messages)
        return []
      }),
    close: () => TE.right(undefined),
    messages: () => [...kept]
  }
}

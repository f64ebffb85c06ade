/** Messages as events of an Azure event hub. */
import * as E from 'fp-ts/lib/Either.js'
import { createHash } from 'node:crypto'
import { fromPromise } from '../../Promises.ts'
import { SyncError } from '../../SyncError.ts'
import type { ChangeTopic, PublishOptions, Refusal, TopicMessage } from '../ChangeTopic.ts'

/** A batch of the producer, as far as it is used here. */
export interface EventHubsBatch {
  readonly tryAdd: (event: EventHubsMessage) => boolean
}

/** One event, in the words of `@azure/event-hubs`. */
export interface EventHubsMessage {
  readonly body: unknown
  readonly messageId: string
  readonly contentType: string
  readonly properties: { [name: string]: string }
}

/** An `EventHubProducerClient` of `@azure/event-hubs`, as far as it is used here. */
export interface EventHubsProducer<B extends EventHubsBatch = EventHubsBatch> {
  readonly getPartitionIds: (options?: { abortSignal?: AbortSignal }) => Promise<Array<string>>
  readonly createBatch: (options?: { partitionId?: string; abortSignal?: AbortSignal }) => Promise<B>
  readonly sendBatch: (batch: B, options?: { abortSignal?: AbortSignal }) => Promise<void>
  readonly close: () => Promise<void>
}

/** Options of {@link createEventHubsTopic}. */
export interface EventHubsTopicOptions<B extends EventHubsBatch = EventHubsBatch> {
  /** An `EventHubProducerClient` of `@azure/event-hubs`, yours to make: with whatever credential and options. It is closed with the topic. */
  readonly producer: EventHubsProducer<B>
  /** For people. Default `event hub`. */
  readonly name?: string
}

/** One partition's share of a list of messages. */
interface Share {
  readonly partitionId: string
  readonly items: Array<{ readonly index: number; readonly message: TopicMessage }>
}

/**
 * A topic over an Event Hubs producer.
 *
 * **Details**: an object's messages go to one partition, so they keep their order; those for one partition travel together. The body is JSON, attributes are application
 * properties, the event id is the message id. A message that no batch takes is refused.
 *
 * **Gotchas**: adding partitions to a hub moves objects to other partitions: let consumers catch up first.
 *
 * **Errors**: TopicFailed. What the SDK calls retryable is tried again.
 *
 * @example
 * ```ts no-run
 * import { EventHubProducerClient } from '@azure/event-hubs'
 * import { createEventHubsTopic } from 'on-demand-sync/change-events'
 *
 * const topic = createEventHubsTopic({ producer: new EventHubProducerClient('Endpoint=sb://...', 'changes') })
 * void topic
 * ```
 */
export const createEventHubsTopic = <B extends EventHubsBatch>({
  producer,
  name = 'event hub'
}: EventHubsTopicOptions<B>): ChangeTopic => {
  let partitionIds: Promise<Array<string>> | undefined
  let closed = false

  const failed = (cause: unknown): SyncError =>
    SyncError.TopicFailed({ topic: name, detail: 'the hub did not take it', retryable: isPassing(cause), cause })

  const partitions = (signal: { abortSignal?: AbortSignal }): Promise<Array<string>> => {
    partitionIds ??= producer.getPartitionIds(signal).catch((cause: unknown) => {
      partitionIds = undefined
      throw cause
    })
    return partitionIds
  }

  /** Sends a share in as many batches as it takes; answers what no batch took. */
  const send = async (
    { partitionId, items }: Share,
    signal: { abortSignal?: AbortSignal }
  ): Promise<Array<Refusal>> => {
    const refused: Array<Refusal> = []
    const tooLarge = SyncError.TopicFailed({
      topic: name,
      detail: 'the message is larger than the hub takes',
      retryable: false
    })
    let batch = await producer.createBatch({ partitionId, ...signal })
    let count = 0
    for (const { index, message } of items) {
      const event = eventOf(message)
      if (batch.tryAdd(event)) {
        count += 1
        continue
      }
      if (count > 0) await producer.sendBatch(batch, signal)
      batch = await producer.createBatch({ partitionId, ...signal })
      count = batch.tryAdd(event) ? 1 : 0
      if (count === 0) refused.push({ index, error: tooLarge })
    }
    if (count > 0) await producer.sendBatch(batch, signal)
    return refused
  }

  const publish = async (
    messages: ReadonlyArray<TopicMessage>,
    { signal }: PublishOptions
  ): Promise<ReadonlyArray<Refusal>> => {
    const abort = signal === undefined ? {} : { abortSignal: signal }
    const shares = sharesOf(messages, await partitions(abort))
    const ends = await Promise.all(
      shares.map(async share => {
        const sent = await fromPromise(name, () => send(share, abort), failed)()
        if (E.isRight(sent)) return sent.right
        return share.items.map(({ index }): Refusal => ({ index, error: sent.left }))
      })
    )
    return ends.flat()
  }

  return {
    name,
    maxBatch: 100,
    publish:
      (messages, options = {}) =>
      () =>
        fromPromise(name, () => publish(messages, options), failed)(),
    close: () =>
      fromPromise(name, async () => {
        if (!closed) await producer.close()
        closed = true
      })
  }
}

const eventOf = ({ id, body, attributes }: TopicMessage): EventHubsMessage => ({
  body,
  messageId: id,
  contentType: 'application/json',
  properties: { ...attributes }
})

const sharesOf = (messages: ReadonlyArray<TopicMessage>, partitionIds: ReadonlyArray<string>): ReadonlyArray<Share> => {
  const shares = new Map<string, Share>()
  for (const [index, message] of messages.entries()) {
    const place = createHash('sha256').update(message.key).digest().readUInt32BE() % partitionIds.length
    const partitionId = partitionIds[place] ?? '0'
    const share = shares.get(partitionId) ?? { partitionId, items: [] }
    shares.set(partitionId, share)
    share.items.push({ index, message })
  }
  return [...shares.values()]
}

/** Codes after which trying again cannot help. */
const lasting: ReadonlySet<unknown> = new Set([
  'UnauthorizedError',
  'MessagingEntityNotFoundError',
  'MessagingEntityDisabledError',
  'MessageTooLargeError',
  'ArgumentError'
])

/** The SDK marks most of its errors; where its own retries are used up, the last one tells. What is not marked is a connection's. */
const isPassing = (cause: unknown): boolean => {
  const { code, errors, retryable } = (cause ?? {}) as {
    readonly code?: unknown
    readonly errors?: ReadonlyArray<unknown>
    readonly retryable?: unknown
  }
  if (code === undefined && Array.isArray(errors) && errors.length > 0) return isPassing(errors.at(-1))
  return retryable !== false && !lasting.has(code)
}

/** The real client, driven by tests. */
import type { EventPosition, MessagingError, ReceivedEventData, SubscribeOptions } from '@azure/event-hubs'
import { earliestEventPosition, EventHubConsumerClient, EventHubProducerClient } from '@azure/event-hubs'
import { onTestFinished } from 'vitest'
import type { LocalEventHubs, LocalEventHubsOptions } from '../../src/testing/local-event-hubs/index.ts'
import { startLocalEventHubs } from '../../src/testing/local-event-hubs/index.ts'

/** One try of two seconds: a refusal shows at once. */
export const noRetry = { maxRetries: 0, timeoutInMs: 2000, retryDelayInMs: 50 }
/** Many quick tries: a client that gets over what passes. */
export const quickRetry = { maxRetries: 20, timeoutInMs: 2000, retryDelayInMs: 50, maxRetryDelayInMs: 50 }

/** A server for one test. */
export const startHubs = async (options: LocalEventHubsOptions = {}): Promise<LocalEventHubs> => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 2, consumerGroups: ['sync'] } }, ...options })
  onTestFinished(() => hubs.stop())
  return hubs
}

export const producerOf = (hubs: LocalEventHubs, retryOptions = noRetry, hub = 'tasks'): EventHubProducerClient => {
  const client = new EventHubProducerClient(hubs.connectionString(hub), { retryOptions })
  onTestFinished(() => client.close())
  return client
}

export const consumerOf = (
  hubs: LocalEventHubs,
  group = '$Default',
  retryOptions = noRetry,
  hub = 'tasks'
): EventHubConsumerClient => {
  const client = new EventHubConsumerClient(group, hubs.connectionString(hub), { retryOptions })
  onTestFinished(() => client.close())
  return client
}

/** A running subscription to one partition and what it has brought so far. */
export interface Reading {
  readonly events: ReadonlyArray<ReceivedEventData>
  readonly errors: ReadonlyArray<MessagingError>
  readonly closed: ReadonlyArray<string>
  readonly close: () => Promise<void>
}

export interface ReadOptions extends SubscribeOptions {
  readonly partition?: string
  readonly from?: EventPosition
  readonly onEvents?: (events: ReadonlyArray<ReceivedEventData>) => Promise<void> | void
}

/** Subscribes to a partition, from the beginning unless told otherwise. */
export const read = (client: EventHubConsumerClient, options: ReadOptions = {}): Reading => {
  const { partition = '0', from = earliestEventPosition, onEvents, ...rest } = options
  const reading = { events: [] as ReceivedEventData[], errors: [] as MessagingError[], closed: [] as string[] }
  const subscription = client.subscribe(
    partition,
    {
      processEvents: async found => {
        await onEvents?.(found)
        reading.events.push(...found)
      },
      processError: error => {
        reading.errors.push(error as MessagingError)
        return Promise.resolve()
      },
      processClose: reason => {
        reading.closed.push(reason)
        return Promise.resolve()
      }
    },
    { startPosition: from, maxWaitTimeInSeconds: 1, ...rest }
  )
  onTestFinished(() => subscription.close())
  return Object.assign(reading, { close: () => subscription.close() })
}

/** Waits until a condition holds. */
export const until = async (what: string, isTrue: () => boolean, timeoutMs = 10_000): Promise<void> => {
  const deadline = Date.now() + timeoutMs
  while (!isTrue()) {
    if (Date.now() > deadline) throw new Error(`never came: ${what}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** The error a promise rejects with; the last one where several were tried. */
export const failureOf = async (promise: Promise<unknown>): Promise<MessagingError> => {
  try {
    await promise
  } catch (error) {
    const errors = (error as AggregateError).errors as MessagingError[] | undefined
    return errors?.at(-1) ?? (error as MessagingError)
  }
  throw new Error('it did not fail')
}

/** The bodies of some events. */
export const bodies = (events: ReadonlyArray<{ readonly body: unknown }>): unknown[] => events.map(({ body }) => body)

/** `count` bodies: `{ n: 0 }`, `{ n: 1 }` … */
export const numbered = (count: number, from = 0): { readonly body: { readonly n: number } }[] =>
  Array.from({ length: count }, (_, i) => ({ body: { n: from + i } }))

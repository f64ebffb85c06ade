/**
 * The client's own settings. Its defaults retry every 30 seconds, notice a dropped connection after a minute, and give a dead host's partitions to another one after another; with these a broken connection is noticed
 * within a second and a dead host's partitions are with another one after about ten.
 */
import type { EventHubConsumerClientOptions, RetryOptions, SubscribeOptions } from '@azure/event-hubs'
import { earliestEventPosition, latestEventPosition, RetryMode } from '@azure/event-hubs'
import type { EventHubsSourceOptions } from './EventHubsSource.ts'

/** How long the client waits for events before it calls with none, in milliseconds: the heartbeat. */
export const heartbeatMs = 1_000

export const retryOptions: RetryOptions = {
  mode: RetryMode.Exponential,
  maxRetries: 20,
  retryDelayInMs: 500,
  maxRetryDelayInMs: 10_000,
  timeoutInMs: 15_000
}

/** For the turns of the load balancing, which come again by themselves: none may hold the next one up. */
export const balancingRetryOptions: RetryOptions = { ...retryOptions, maxRetries: 2, timeoutInMs: 5_000 }

/** For finding out whether the hub is there at all: the first error is the answer. */
export const probeRetryOptions: RetryOptions = { maxRetries: 0, timeoutInMs: 15_000 }

type Settings<K extends keyof EventHubsSourceOptions> = Required<Pick<EventHubsSourceOptions, K>>

export const clientOptions = (
  settings: Settings<'loadBalancingIntervalMs' | 'ownershipExpirationMs' | 'identifier'>
): EventHubConsumerClientOptions => ({
  retryOptions,
  identifier: settings.identifier,
  loadBalancingOptions: {
    // One partition per turn: hosts that start together do not take partitions from each other, as they do with the greedy strategy.
    strategy: 'balanced',
    updateIntervalInMs: settings.loadBalancingIntervalMs,
    partitionOwnershipExpirationIntervalInMs: settings.ownershipExpirationMs
  }
})

export const subscribeOptions = (
  settings: Settings<'startPosition' | 'maxBatchSize' | 'prefetchCount'>
): SubscribeOptions => ({
  startPosition: settings.startPosition === 'latest' ? latestEventPosition : earliestEventPosition,
  maxBatchSize: settings.maxBatchSize,
  prefetchCount: settings.prefetchCount,
  maxWaitTimeInSeconds: heartbeatMs / 1_000,
  // Reading JSON is the codec's job: it knows what to say of a body that is none.
  skipParsingBodyAsJson: true
})

/** The limits of the source's options. */
import { atLeast, requireOptions } from '../checkOptions.ts'
import type { EventHubsSourceOptions } from './EventHubsSource.ts'

const minimums = {
  maxBatchSize: 1,
  prefetchCount: 1,
  checkpointEvents: 1,
  checkpointIntervalMs: 0,
  loadBalancingIntervalMs: 1,
  ownershipExpirationMs: 1,
  silentAfterMs: 1_000,
  closeTimeoutMs: 1
} as const

/** Throws InvalidInput naming every option that is out of range. */
export const checkSettings = (settings: Required<Pick<EventHubsSourceOptions, keyof typeof minimums>>): void => {
  const names = Object.keys(minimums) as ReadonlyArray<keyof typeof minimums>
  requireOptions(
    'createEventHubsSource',
    names.map(name => atLeast(name, settings[name], minimums[name]))
  )
}

/** Options that cannot be, told all at once. */
import type { LocalEventHubsOptions, LocalHubOptions } from './LocalEventHubs.ts'

const MOST_PARTITIONS = 2000

/** Throws a `TypeError` that lists every option that is out of range. */
export const checkOptions = (options: LocalEventHubsOptions): void =>
  report([
    ...inRange('port', options.port, 0, 65535),
    ...inRange('control.port', options.control?.port, 0, 65535),
    ...inRange('maxMessageSizeBytes', options.maxMessageSizeBytes, 1024, 2 ** 31),
    ...inRange('retentionEvents', options.retentionEvents, 1, Number.MAX_SAFE_INTEGER),
    ...inRange('readersPerPartition', options.readersPerPartition, 1, 1000),
    ...(['retentionMs', 'idleConnectionMs', 'unusedConnectionMs', 'idleProducerMs', 'heartbeatMs'] as const).flatMap(
      name => inRange(name, options[name], 1, Number.MAX_SAFE_INTEGER)
    ),
    ...(options.keys?.length === 0 ? ['keys must hold at least one key'] : []),
    ...Object.entries(options.hubs ?? {}).flatMap(([name, hub]) => hubFaults(name, hub))
  ])

/** The same for one hub. */
export const checkHub = (name: string, hub: LocalHubOptions): void => report(hubFaults(name, hub))

const hubFaults = (name: string, { partitions, consumerGroups = [] }: LocalHubOptions): ReadonlyArray<string> => [
  ...(isName(name)
    ? []
    : [`hubs: the name ${JSON.stringify(name)} must be 1 to 256 letters, digits, periods, hyphens and underscores`]),
  ...inRange(`hubs.${name}.partitions`, partitions, 1, MOST_PARTITIONS),
  ...consumerGroups
    .filter(group => group.toLowerCase() !== '$default' && !isName(group))
    .map(group => `hubs.${name}.consumerGroups: ${JSON.stringify(group)} is no name for a consumer group`)
]

const isName = (name: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]{0,255}$/.test(name)

const inRange = (name: string, value: number | undefined, least: number, most: number): ReadonlyArray<string> =>
  value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)
    ? []
    : [`${name} must be a whole number from ${least} to ${most}, not ${value}`]

const report = (faults: ReadonlyArray<string>): void => {
  if (faults.length > 0) throw new TypeError(`options of startLocalEventHubs: ${faults.join('; ')}`)
}

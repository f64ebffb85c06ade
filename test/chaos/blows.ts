/** What can go wrong between hosts and the servers that they use, by name. */
import { EventHubConsumerClient } from '@azure/event-hubs'
import type { LocalSnowflake } from 'on-demand-sync/testing'
import type { Cluster } from './Cluster.ts'
import { partitions } from './Cluster.ts'
import { pick } from './randomNumbers.ts'

/** Returns at once, or when the blow is over. */
export type Blow = () => unknown

const errors = ['server-busy', 'timeout', 'internal-error', 'detach-forced'] as const

/** Another reader with the same right to a partition: its link is stolen from the owner, the ownership in the store is not. */
const steal = async (connectionString: string, random: () => number): Promise<void> => {
  const thief = new EventHubConsumerClient('$Default', connectionString, { identifier: 'thief' })
  const subscription = thief.subscribe(
    String(Math.floor(random() * partitions)),
    { processEvents: () => Promise.resolve(), processError: () => Promise.resolve() },
    { ownerLevel: 1, maxWaitTimeInSeconds: 1 }
  )
  await new Promise(resolve => setTimeout(resolve, 300 + random() * 700))
  await subscription.close()
  await thief.close()
}

export const hubBlows = ({ hubs, connectionString }: Cluster, random: () => number) => {
  const { faults } = hubs
  const role = 'consumer'
  return {
    steal: () => steal(connectionString, random),
    'cut connection': () => faults.strike({ role, do: 'destroy', times: 1 }),
    'close connection': () => faults.strike({ role, do: 'close-connection', times: 1 }),
    detach: () => faults.strike({ role, do: 'detach', error: pick(random, errors), times: 3 }),
    'refuse links': () => faults.inject({ on: 'attach', do: 'refuse', error: pick(random, errors), role, times: 2 }),
    'stop delivering': () => faults.inject({ on: 'deliver', do: 'delay', delayMs: 1_000, role, times: 3 })
  } satisfies Record<string, Blow>
}

export const snowflakeBlows = ({ faults }: LocalSnowflake) => {
  const sick = (rule: Parameters<typeof faults.add>[0]) => faults.add({ user: 'SYNC', count: 3, ...rule })
  return {
    'Snowflake 503': () => sick({ fault: { kind: 'status', status: 503 } }),
    'Snowflake hangs up': () => sick({ fault: { kind: 'reset', when: 'after' } }),
    'Snowflake loses sessions': () => sick({ path: '/queries', fault: { kind: 'session', code: '390111' } }),
    'Snowflake is slow': () => sick({ sql: 'GRANT', fault: { kind: 'slow', ms: 1_500 } })
  } satisfies Record<string, Blow>
}

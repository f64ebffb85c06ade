/** Host processes over one hub and one blob store, as the tests hold them. Everything ends with the test. */
import type { CheckpointStore } from '@azure/event-hubs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LocalEventHubs, LocalHub } from 'on-demand-sync/testing'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { onTestFinished } from 'vitest'
import { blobCheckpointStore, startAzurite } from './azurite.ts'
import type { HostOptions, HostProcess } from './HostProcess.ts'
import { startHost } from './HostProcess.ts'

/** What all hosts of a test have in common. */
export interface ClusterOptions extends Pick<HostOptions, 'seed' | 'slowShare'> {
  /** Of the blob store; each test has its own. */
  readonly container: string
  /** Without it there is nothing to do for any request. */
  readonly snowflake?: { readonly account: string; readonly accessUrl: string; readonly policies: string }
}

export interface Cluster {
  readonly hubs: LocalEventHubs
  /** The only hub there is. */
  readonly hub: LocalHub
  readonly connectionString: string
  /** Under which the hub's checkpoints are kept. */
  readonly namespace: string
  /** The audit files of all hosts, a file for each name. */
  readonly folder: string
  readonly checkpointStore: CheckpointStore
  /** Every host there ever was. */
  readonly all: ReadonlyArray<HostProcess>
  /** A host that comes back is a new one, with the audit file of the one before. */
  readonly start: (name: string) => HostProcess
}

export const partitions = 8

export const startCluster = async ({ container, seed, slowShare, snowflake }: ClusterOptions): Promise<Cluster> => {
  const folder = await mkdtemp(join(tmpdir(), `${container}-`))
  onTestFinished(() => rm(folder, { recursive: true }))
  const policyFile = join(folder, 'policies.yaml')
  if (snowflake !== undefined) await writeFile(policyFile, snowflake.policies)
  const azurite = await startAzurite()
  onTestFinished(() => azurite.stop())
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions } } })
  onTestFinished(() => hubs.stop())
  const connectionString = hubs.connectionString('tasks')
  const all: Array<HostProcess> = []
  onTestFinished(async () => {
    await Promise.all(all.map(host => host.end('SIGKILL')))
  })
  const start = (name: string): HostProcess => {
    const host = startHost({
      ...{ connectionString, container, slowShare, seed: seed + all.length },
      identifier: `${name}-${all.length + 1}`,
      auditFile: join(folder, `${name}.jsonl`),
      blobConnectionString: azurite.connectionString,
      ...(snowflake === undefined ? {} : { snowflake, policyFile })
    })
    all.push(host)
    return host
  }
  const namespace = new URL(/Endpoint=([^;]+)/.exec(connectionString)?.[1] ?? '').hostname
  const checkpointStore = await blobCheckpointStore(azurite.connectionString, container)
  return { hubs, hub: hubs.hub('tasks'), connectionString, namespace, folder, checkpointStore, all, start }
}

/** The partitions that a host reads at present. */
export const partitionsOf = ({ hub }: Cluster, { options }: HostProcess): ReadonlyArray<string> => {
  const own = hub.readers().filter(({ name }) => name === options.identifier)
  return [...new Set(own.map(({ partitionId }) => partitionId))]
}

/** The parts of a pipeline, out of a configuration: Event Hubs in, Snowflake out, policies out of a document or Apache Ranger in between, audit and checkpoints in files. */
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createJsonLinesAuditSink } from '../audit/createJsonLinesAuditSink.ts'
import type { AuditSink } from '../AuditSink.ts'
import type { Configuration, SnowflakeConfiguration } from '../configuration/Configuration.ts'
import { properties } from '../configuration/properties.ts'
import { createFileCheckpointStore } from '../event-hubs/createFileCheckpointStore.ts'
import { createEventHubsSource } from '../event-hubs/createEventHubsSource.ts'
import type { EventSource } from '../EventSource.ts'
import { compact } from '../internal/objects.ts'
import { createDocumentPolicySource } from '../policies/createDocumentPolicySource.ts'
import type { RangerSource } from '../policies/ranger/sources/RangerSource.ts'
import type { PolicySource } from '../PolicySource.ts'
import type { PolicySyncer } from '../PolicySyncer.ts'
import type { ResourceResolver } from '../ResourceResolver.ts'
import { createSnowflakeClient } from '../snowflake/createSnowflakeClient.ts'
import { createSnowflakeResolver } from '../snowflake/createSnowflakeResolver.ts'
import { createSnowflakeSyncer } from '../snowflake/createSnowflakeSyncer.ts'
import type { SnowflakeClient } from '../snowflake/SnowflakeClient.ts'
import { describeError } from '../describeError.ts'
import { composeRanger } from './composeRanger.ts'
import { describeSourceEvent } from './describeSourceEvent.ts'
import { missing } from './missing.ts'

/** What works on Snowflake. */
export interface SnowflakeParts {
  readonly client: SnowflakeClient
  readonly resolver: ResourceResolver
  readonly syncer: PolicySyncer
}

/** What works on requests. */
export interface Workers extends SnowflakeParts {
  readonly policies: PolicySource
  /** Where the policies come from, not started yet. Absent where they come from a document, which is read when it is needed. */
  readonly ranger?: RangerSource
}

/** Client, resolver and syncer. Throws InvalidInput naming what the configuration lacks for them. */
export const composeSnowflake = async ({
  snowflake,
  policySchema,
  managed
}: Configuration): Promise<SnowflakeParts> => {
  if (snowflake === undefined) throw missing(['jdbcUrl', 'username', 'password'], 'must be given')
  if (policySchema === undefined) throw missing(['policyDatabase', 'policySchema'], 'must be given')
  const client = createSnowflakeClient({
    account: snowflake.account,
    accessUrl: snowflake.accessUrl,
    username: snowflake.username,
    credentials: await credentialsOf(snowflake),
    ...compact({ role: snowflake.role, warehouse: snowflake.warehouse })
  })
  return {
    client,
    resolver: createSnowflakeResolver({ client, managed }),
    syncer: createSnowflakeSyncer({ client, policySchema })
  }
}

/** The same, and the policies. */
export const composeWorkers = async (configuration: Configuration, tell: (text: string) => void): Promise<Workers> => ({
  ...(await composePolicies(configuration, tell)),
  ...(await composeSnowflake(configuration))
})

const composePolicies = async (
  { policyFile, rangerFile, rangerPassword }: Configuration,
  tell: (text: string) => void
): Promise<Pick<Workers, 'policies' | 'ranger'>> => {
  if (rangerFile !== undefined) return await composeRanger(rangerFile, rangerPassword, tell)
  if (policyFile === undefined) throw missing(['policyFile', 'rangerFile'], 'must be given, one of the two')
  return {
    policies: createDocumentPolicySource({
      path: policyFile,
      onEvent: event =>
        tell(
          event.type === 'policies loaded'
            ? `policies ${event.version} are in force`
            : `policies refused: ${describeError(event.error)}`
        )
    })
  }
}

const credentialsOf = async ({ password, privateKeyFile, privateKeyPassphrase }: SnowflakeConfiguration) => {
  if (password !== undefined) return { password: password.reveal() }
  const privateKey = await readFile(privateKeyFile ?? '', 'utf8').catch(() => {
    // The reason is the system's; what the reader needs is which property to mend.
    throw missing(['privateKeyFile'], 'must name a file that can be read')
  })
  const passphrase = privateKeyPassphrase?.reveal()
  try {
    createPrivateKey({ key: privateKey, ...compact({ passphrase }) })
  } catch {
    // What OpenSSL says of it helps nobody; the driver would say it anew for every task.
    const rule = `must name a private key in PEM, and ${properties.privateKeyPassphrase.name} its passphrase, if it has one`
    throw missing(['privateKeyFile'], rule)
  }
  return { privateKey, ...compact({ privateKeyPassphrase: passphrase }) }
}

/** The source of events. */
export const composeSource = (
  { eventHub, checkpointFile }: Configuration,
  tell: (text: string) => void
): EventSource => {
  if (!eventHub.enabled || eventHub.connectionString === undefined)
    throw missing(['eventHubEnabled'], 'must be true: there is no other source of requests')
  return createEventHubsSource({
    connectionString: eventHub.connectionString.reveal(),
    consumerGroup: eventHub.consumerGroup,
    checkpointStore: createFileCheckpointStore({ path: checkpointFile }),
    // A checkpoint file is one host's: there is nobody to share partitions with, so they can be taken quickly.
    loadBalancingIntervalMs: 500,
    ...compact({ eventHubName: eventHub.eventHubName }),
    onEvent: event => tell(describeSourceEvent(event))
  })
}

/** The audit trail. */
export const composeAudit = ({ auditFile }: Configuration): AuditSink => createJsonLinesAuditSink({ path: auditFile })

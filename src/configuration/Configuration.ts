/** The configuration of a host, under the published names of the reference system. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '../Fault.ts'
import { fault } from '../Fault.ts'
import { compact } from '../internal/objects.ts'
import type { ManagedResources } from '../ManagedResources.ts'
import type { Secret } from '../Secret.ts'
import type { InvalidInput } from '../SyncError.ts'
import { SyncError } from '../SyncError.ts'
import { readJdbcUrl } from './jdbcUrl.ts'
import type { PropertyKey } from './properties.ts'
import type { PropertyReader, RawProperties } from './readProperties.ts'
import { createPropertyReader, unknownProperties } from './readProperties.ts'

/** Where Snowflake is, and who we are there. Absent where no JDBC URL is configured. */
export interface SnowflakeConfiguration {
  readonly account: string
  readonly accessUrl: string
  readonly username: string
  readonly password?: Secret
  readonly privateKeyFile?: string
  readonly privateKeyPassphrase?: Secret
  readonly role?: string
  readonly warehouse?: string
}

/** A whole configuration. Printing it in any way shows no secret. */
export interface Configuration {
  readonly enabled: boolean
  readonly eventHub: {
    readonly enabled: boolean
    readonly connectionString?: Secret
    readonly eventHubName?: string
    readonly consumerGroup: string
  }
  readonly batch: { readonly maxItems: number; readonly timeoutMs: number }
  readonly queue: { readonly capacity: number }
  /** The reference connector's way in over HTTP. Read, and without effect here. */
  readonly api: { readonly enabled: boolean; readonly externalAccess: boolean }
  readonly snowflake?: SnowflakeConfiguration
  readonly managed: ManagedResources
  /** A policy document; or `rangerFile`, never both. */
  readonly policyFile?: string
  /** Settings for Ranger, as `readRangerSettings` reads them. */
  readonly rangerFile?: string
  readonly rangerPassword?: Secret
  readonly policySchema?: { readonly database: string; readonly schema: string }
  readonly auditFile: string
  readonly checkpointFile: string
}

/** A configuration, and what in it looks like a mistake without being one for certain. */
export interface ReadConfiguration {
  readonly configuration: Configuration
  readonly warnings: ReadonlyArray<Fault>
}

/**
 * Reads a configuration from properties; `process.env` is such properties. All faults are reported at once, and none of them repeats a value.
 *
 * @example
 * ```ts
 * import { orThrow, readConfiguration } from 'on-demand-sync'
 *
 * const { configuration } = orThrow(
 *   readConfiguration({
 *     CONNECTOR_ON_DEMAND_V2_ENABLED: 'true',
 *     CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'true',
 *     CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: 'Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=s;EntityPath=tasks'
 *   })
 * )
 * if (configuration.batch.maxItems !== 50 || configuration.queue.capacity !== 100) throw new Error('unexpected')
 * ```
 */
export const readConfiguration = (raw: RawProperties): E.Either<InvalidInput, ReadConfiguration> => {
  const reader = createPropertyReader(raw)
  const { faults } = reader
  const required = <A>(value: A | undefined, key: PropertyKey, rule: string): A | undefined => {
    if (value === undefined && !faults.some(({ path }) => path === reader.nameOf(key)))
      faults.push(fault(reader.nameOf(key), rule))
    return value
  }
  const enabled = required(reader.boolean('enabled'), 'enabled', 'must be given: true or false') ?? false
  const eventHub = {
    enabled: required(reader.boolean('eventHubEnabled'), 'eventHubEnabled', 'must be given: true or false') ?? false,
    connectionString: reader.secret('connectionString'),
    eventHubName: reader.text('eventHubName'),
    consumerGroup: reader.text('consumerGroup') ?? ''
  }
  if (eventHub.enabled) {
    required(eventHub.connectionString, 'connectionString', 'must be given when Event Hubs is on')
    const named = eventHub.connectionString?.reveal().includes('EntityPath=') ?? true
    if (!named)
      required(eventHub.eventHubName, 'eventHubName', 'must be given, here or as EntityPath in the connection string')
  }
  const configuration = compact({
    enabled,
    eventHub: compact(eventHub),
    batch: { maxItems: reader.number('batchSize') ?? 0, timeoutMs: reader.number('batchTimeoutMs') ?? 0 },
    queue: { capacity: reader.number('queueThreshold') ?? 0 },
    api: {
      enabled: reader.boolean('apiServerEnabled') ?? false,
      externalAccess: reader.boolean('externalAccessEnabled') ?? false
    },
    snowflake: readSnowflake(reader),
    managed: readManaged(reader),
    ...readPolicies(reader),
    policySchema: readPolicySchema(reader),
    auditFile: reader.text('auditFile') ?? '',
    checkpointFile: reader.text('checkpointFile') ?? ''
  }) as Configuration
  return faults.length > 0
    ? E.left(SyncError.InvalidInput({ subject: 'configuration', faults }))
    : E.right({ configuration, warnings: [...withoutEffect(configuration, reader), ...unknownProperties(raw)] })
}

/** What is switched on and does nothing: whoever counts on it must hear of it. */
const withoutEffect = ({ api }: Configuration, { nameOf }: PropertyReader): ReadonlyArray<Fault> =>
  api.enabled
    ? [
        fault(
          nameOf('apiServerEnabled'),
          'has no effect: nothing listens for requests over HTTP, they come from Event Hubs alone'
        )
      ]
    : []

const readSnowflake = (reader: PropertyReader): SnowflakeConfiguration | undefined => {
  const { nameOf, faults } = reader
  const text = reader.text('jdbcUrl')
  if (text === undefined) return undefined
  const url = readJdbcUrl(text)
  if (E.isLeft(url)) {
    faults.push(fault(nameOf('jdbcUrl'), url.left))
    return undefined
  }
  const username = reader.text('username')
  if (username === undefined) faults.push(fault(nameOf('username'), 'must be given with a JDBC URL'))
  if ((reader.secret('password') === undefined) === (reader.text('privateKeyFile') === undefined))
    faults.push(fault(nameOf('password'), 'must be given with a JDBC URL, or a private key file instead, not both'))
  return compact({
    account: url.right.account,
    accessUrl: url.right.accessUrl,
    username: username ?? '',
    password: reader.secret('password'),
    privateKeyFile: reader.text('privateKeyFile'),
    privateKeyPassphrase: reader.secret('privateKeyPassphrase'),
    role: reader.text('role') ?? url.right.role,
    warehouse: reader.text('warehouse') ?? url.right.warehouse
  })
}

const readManaged = (reader: PropertyReader): ManagedResources => ({
  databases: { include: reader.list('manageDatabases'), exclude: reader.list('ignoreDatabases') },
  schemas: { include: reader.list('manageSchemas'), exclude: reader.list('ignoreSchemas') },
  tables: { include: reader.list('manageTables'), exclude: reader.list('ignoreTables') }
})

const readPolicies = (reader: PropertyReader): Pick<Configuration, 'policyFile' | 'rangerFile' | 'rangerPassword'> => {
  const { nameOf, faults } = reader
  const policyFile = reader.text('policyFile')
  const rangerFile = reader.text('rangerFile')
  if (policyFile !== undefined && rangerFile !== undefined)
    faults.push(fault(nameOf('rangerFile'), `must not be given together with ${nameOf('policyFile')}`))
  return compact({ policyFile, rangerFile, rangerPassword: reader.secret('rangerPassword') })
}

const readPolicySchema = (reader: PropertyReader): Configuration['policySchema'] => {
  const { nameOf, faults } = reader
  const database = reader.text('policyDatabase')
  const schema = reader.text('policySchema')
  if (database !== undefined && schema !== undefined) return { database, schema }
  if (database !== undefined)
    faults.push(fault(nameOf('policySchema'), 'must be given together with the policy database'))
  if (schema !== undefined)
    faults.push(fault(nameOf('policyDatabase'), 'must be given together with the policy schema'))
  return undefined
}

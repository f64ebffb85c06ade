/**
 * A host of its own around the library, from environment variables alone: `npm run host`. See the README beside it for the variables, the exit codes and the health page.
 */
import { readFile } from 'node:fs/promises'
import type { Configuration } from 'on-demand-sync'
import {
  createJsonLinesAuditSink,
  createOnDemandSync,
  describeError,
  describeFault,
  isSyncException,
  loadConfiguration
} from 'on-demand-sync'
import { createEventHubsSource, createFileCheckpointStore } from 'on-demand-sync/event-hubs'
import { createDocumentPolicySource } from 'on-demand-sync/policies'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { createHealth, serveHealth } from './health.ts'

const log = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

/** What the pipeline needs of a configuration; undefined where something is missing. */
const partsOf = async (configuration: Configuration) => {
  const { eventHub, snowflake, policyFile, policySchema } = configuration
  const { connectionString } = eventHub
  if (
    connectionString === undefined ||
    snowflake === undefined ||
    policyFile === undefined ||
    policySchema === undefined
  )
    return undefined
  const { password, privateKeyFile, privateKeyPassphrase, username, account, accessUrl, role, warehouse } = snowflake
  const passphrase = privateKeyPassphrase?.reveal()
  const credentials =
    password !== undefined
      ? { password: password.reveal() }
      : {
          privateKey: await readFile(privateKeyFile ?? '', 'utf8'),
          ...(passphrase === undefined ? {} : { privateKeyPassphrase: passphrase })
        }
  const client = createSnowflakeClient({
    ...{ account, accessUrl, username, credentials },
    ...(role === undefined ? {} : { role }),
    ...(warehouse === undefined ? {} : { warehouse })
  })
  return {
    source: createEventHubsSource({
      connectionString: connectionString.reveal(),
      consumerGroup: eventHub.consumerGroup,
      checkpointStore: createFileCheckpointStore({ path: configuration.checkpointFile }),
      ...(eventHub.eventHubName === undefined ? {} : { eventHubName: eventHub.eventHubName })
    }),
    resolver: createSnowflakeResolver({ client, managed: configuration.managed }),
    policies: createDocumentPolicySource({ path: policyFile }),
    syncer: createSnowflakeSyncer({ client, policySchema }),
    audit: createJsonLinesAuditSink({ path: configuration.auditFile }),
    owned: [client]
  }
}

const main = async (): Promise<number> => {
  const { configuration, warnings } = await loadConfiguration()
  for (const warning of warnings) log({ warning: describeFault(warning) })
  const parts = await partsOf(configuration)
  if (parts === undefined) {
    log({ error: 'Event Hubs, Snowflake, a policy file and a policy schema must all be configured' })
    return 2
  }
  const health = createHealth()
  const sync = createOnDemandSync({
    ...parts,
    batch: configuration.batch,
    queue: configuration.queue,
    onEvent: event => {
      health.hear(event)
      if (event.type === 'task')
        log({ task: event.record.taskId, status: event.record.status, reason: event.record.reason })
      if (event.type === 'waiting') log({ waiting: describeError(event.error), delayMs: event.delayMs })
    }
  })
  const server = await serveHealth(process.env['HEALTH_PORT'], health)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void sync.stop())
  await sync.start()
  log({ started: true, healthPort: server?.port })
  try {
    await sync.done
    return 0
  } finally {
    log(health.report())
    await server?.close()
  }
}

process.exitCode = await main().catch((cause: unknown) => {
  log({ error: isSyncException(cause) ? cause.message : 'unexpected failure' })
  return isSyncException(cause) && cause.error._tag === 'InvalidInput' ? 2 : 1
})

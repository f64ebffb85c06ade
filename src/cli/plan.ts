/** `plan`: what a sync would do, without doing it. */
import { Command } from 'commander'
import { writeFile } from 'node:fs/promises'
import { describePlan } from '../access/describePlan.ts'
import { writePlan } from '../access/planFile.ts'
import { createMemoryAuditSink } from '../AuditSink.ts'
import { loadConfiguration } from '../configuration/loadConfiguration.ts'
import { createOnDemandSync } from '../createOnDemandSync.ts'
import { createMemoryEventSource } from '../EventSource.ts'
import { createSyncRequest } from '../payload/createSyncRequest.ts'
import { toPromise } from '../Promises.ts'
import { describeName } from '../Resource.ts'
import { describeError } from '../describeError.ts'
import { action } from './commandError.ts'
import { readReference } from './readReference.ts'

interface PlanArguments {
  readonly config?: string
  readonly json: boolean
  readonly out?: string
}

const show = async (texts: ReadonlyArray<string>, { config, json, out }: PlanArguments): Promise<void> => {
  const request = createSyncRequest({ resources: texts.map(readReference) })
  const { configuration } = await loadConfiguration(config === undefined ? {} : { file: config })
  // Loaded only here: asking for help needs no vendor package.
  const { composeWorkers } = await import('./compose.ts')
  const { client, ranger, ...workers } = await composeWorkers(
    configuration,
    text => void process.stderr.write(`${text}\n`)
  )
  const sync = createOnDemandSync({
    ...workers,
    source: createMemoryEventSource([]),
    audit: createMemoryAuditSink(),
    owned: [ranger, client].filter(part => part !== undefined)
  })
  try {
    const plan = await toPromise(sync.plan([request]))
    if (out !== undefined) await writeFile(out, writePlan(plan))
    process.stdout.write(json ? writePlan(plan) : `${describePlan(plan)}\n`)
    for (const { resource, blocked, notes } of plan.resources) {
      if (blocked !== undefined)
        process.stderr.write(`blocked: ${describeName(resource.name)}: ${describeError(blocked)}\n`)
      for (const note of notes) process.stderr.write(`note: ${describeName(resource.name)}: ${note}\n`)
    }
  } finally {
    await sync.stop()
  }
}

/** The command `plan`. */
export const plan = (): Command =>
  new Command('plan')
    .description(
      'Show the statements that a sync of the named resources would run now, in their order. Changes nothing.'
    )
    .argument(
      '<reference...>',
      'database:DB, schema:DB.SCHEMA, table:DB.SCHEMA.TABLE, view:…, column:DB.SCHEMA.TABLE.COLUMN'
    )
    .option('-c, --config <file>', 'YAML file of properties; the environment wins over it')
    .option('--json', 'print the plan as JSON', false)
    .option('-o, --out <file>', 'write the plan to a file, for `apply`')
    .addHelpText(
      'after',
      '\nPolicies come from the file of ON_DEMAND_SYNC_POLICY_FILE, or from Apache Ranger by that of ON_DEMAND_SYNC_RANGER_FILE.\nEnds with 0 when there is a plan, what is blocked in it included (told of on standard error), 2 when the arguments or the configuration must be mended, 1 on any other failure.'
    )
    .action(action(show))

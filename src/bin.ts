#!/usr/bin/env node
/** The command line: `npx on-demand-sync --help`. */
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { apply } from './cli/apply.ts'
import { localEventHubs } from './cli/localEventHubs.ts'
import { localSnowflake } from './cli/localSnowflake.ts'
import { plan } from './cli/plan.ts'
import { publish } from './cli/publish.ts'
import { replay } from './cli/replay.ts'
import { run } from './cli/run.ts'
import { outliveReaders } from './cli/standardStreams.ts'
import { withUsageCode } from './cli/usage.ts'
import { validate } from './cli/validate.ts'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

outliveReaders([process.stdout, process.stderr])
const program = new Command('on-demand-sync')
  .description('Event-driven policy sync for Snowflake.')
  .version(version)
  .addCommand(run())
  .addCommand(plan())
  .addCommand(apply())
  .addCommand(validate())
  .addCommand(publish())
  .addCommand(replay())
  .addCommand(localEventHubs())
  .addCommand(localSnowflake())
  .addHelpText(
    'after',
    '\nEvery command ends with 0 when all went well, 2 when its arguments or what it reads must be mended, 1 on any other failure.'
  )

await withUsageCode(program).parseAsync()

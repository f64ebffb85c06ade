/** `run`: the whole pipeline, until it is told to stop. */
import { Command } from 'commander'
import { createJsonLinesDeadLetterSink } from '../audit/createJsonLinesDeadLetterSink.ts'
import { loadConfiguration } from '../configuration/loadConfiguration.ts'
import { createOnDemandSync } from '../createOnDemandSync.ts'
import { describeFault } from '../Fault.ts'
import { action } from './commandError.ts'
import { describeEvent } from './describeEvent.ts'

interface RunArguments {
  readonly config?: string
  readonly json: boolean
  readonly deadLetters?: string
}

const signals = ['SIGTERM', 'SIGINT'] as const

const tellPlain = (text: string): void => void process.stderr.write(`${text}\n`)

const serve = async ({ config, json, deadLetters }: RunArguments): Promise<void> => {
  const { configuration, warnings } = await loadConfiguration(config === undefined ? {} : { file: config })
  const tell = json ? (text: string) => tellPlain(JSON.stringify({ type: 'message', text })) : tellPlain
  for (const warning of warnings) tell(`warning: ${describeFault(warning)}`)
  if (!configuration.enabled) {
    tell('on-demand sync is switched off: nothing to do')
    return
  }

  // Loaded only here: checking a file, or asking for help, needs no vendor package.
  const { composeAudit, composeSource, composeWorkers } = await import('./compose.ts')
  const { checkFiles } = await import('./checkFiles.ts')
  await checkFiles(configuration, deadLetters)
  const { client, ranger, ...workers } = await composeWorkers(configuration, tell)
  const sync = createOnDemandSync({
    ...workers,
    source: composeSource(configuration, tell),
    audit: composeAudit(configuration),
    ...(deadLetters === undefined ? {} : { deadLetters: createJsonLinesDeadLetterSink({ path: deadLetters }) }),
    batch: configuration.batch,
    queue: { capacity: configuration.queue.capacity },
    owned: [ranger, client].filter(part => part !== undefined),
    onEvent: event => {
      const line = json ? JSON.stringify(event) : describeEvent(event)
      if (line !== undefined) tellPlain(line)
    }
  })
  // The second of them, whichever it is, ends the process at once.
  const stop = () => {
    for (const signal of signals) process.off(signal, stop)
    void sync.stop()
  }
  for (const signal of signals) process.on(signal, stop)
  await ranger?.start()
  // Whoever was told to stop while Ranger was asked for the first time has ended by now, or is about to.
  if (sync.health().state === 'idle') await sync.start()
  await sync.done
}

/** The command `run`. */
export const run = (): Command =>
  new Command('run')
    .description(
      'Take sync requests from Event Hubs and bring Snowflake in line with the policies, until SIGTERM or SIGINT.'
    )
    .option('-c, --config <file>', 'YAML file of properties; the environment wins over it')
    .option('--dead-letters <file>', 'keep the events of failed tasks, and broken bodies, in a file, for `replay`')
    .option('--json', 'print every event as a line of JSON', false)
    .addHelpText(
      'after',
      '\nPolicies come from the file of ON_DEMAND_SYNC_POLICY_FILE, or from Apache Ranger by that of ON_DEMAND_SYNC_RANGER_FILE.\nThe files are looked at first, and waited for later. A second SIGTERM or SIGINT ends it at once.\nEnds with 0 after a clean stop, 2 when the configuration must be mended, 1 on any other failure.'
    )
    .action(action(serve))

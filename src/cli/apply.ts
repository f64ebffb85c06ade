/** `apply`: carries out what `plan --out` wrote. */
import { Command } from 'commander'
import type { Plan } from '../access/Plan.ts'
import { readPlan } from '../access/planFile.ts'
import type { StepResult } from '../access/runPlan.ts'
import { loadConfiguration } from '../configuration/loadConfiguration.ts'
import { describeError } from '../describeError.ts'
import { orThrow, toPromise } from '../Promises.ts'
import { describeName } from '../Resource.ts'
import { action } from './commandError.ts'
import { readText } from './readText.ts'

interface ApplyArguments {
  readonly config?: string
}

const planIn = async (file: string): Promise<Plan> => orThrow(readPlan(await readText(file)))

const tell = (text: string): void => void process.stderr.write(`${text}\n`)

const carryOut = async (file: string, { config }: ApplyArguments): Promise<void> => {
  const plan = await planIn(file)
  const { configuration } = await loadConfiguration(config === undefined ? {} : { file: config })
  // Loaded only here: asking for help needs no vendor package.
  const { composeSnowflake } = await import('./compose.ts')
  const { client, syncer } = await composeSnowflake(configuration)
  const stopping = new AbortController()
  process.once('SIGINT', () => stopping.abort())
  let ran = 0
  const onStep = ({ step, error }: StepResult) => {
    ran += 1
    tell(
      `${ran}/${plan.steps.length} ${step.statement}${error === undefined ? '' : `\n  failed: ${describeError(error)}`}`
    )
  }
  try {
    const results = await toPromise(syncer.apply(plan, { signal: stopping.signal, ifUnchanged: true, onStep }))
    for (const { resource, result, error } of results)
      process.stdout.write(
        `${describeName(resource.name)}: ${result}${error === undefined ? '' : `: ${describeError(error)}`}\n`
      )
    if (results.some(({ result }) => result === 'failed')) process.exitCode = 1
  } finally {
    await client.close()
  }
}

/** The command `apply`. */
export const apply = (): Command =>
  new Command('apply')
    .description(
      'Run the statements of a plan that `plan --out` wrote, if the access of its objects is still what it was made for.'
    )
    .argument('<file>', 'the plan')
    .option('-c, --config <file>', 'YAML file of properties; the environment wins over it')
    .addHelpText(
      'after',
      '\nEnds with 0 when all of it was applied, 2 when the plan or the configuration must be mended, 1 on any other failure.\nSIGINT stops between two statements; what was done by then is a safe state.'
    )
    .action(action(carryOut))

/** Commands of the CLI with an environment of their own, in this process: starting one for each takes seconds. */
import type { Command } from 'commander'
import { vi } from 'vitest'
import { apply } from '../../src/cli/apply.ts'
import { plan } from '../../src/cli/plan.ts'
import { validate } from '../../src/cli/validate.ts'
import type { Ended } from '../event-hubs/runCommand.ts'
import { runCommand } from '../event-hubs/runCommand.ts'

const commands: Readonly<Record<string, () => Command>> = { plan, apply, validate }

/** The name of a command and its arguments. */
export type Words = readonly [name: string, ...args: ReadonlyArray<string>]

export const runWith = async (environment: NodeJS.ProcessEnv, [name, ...args]: Words): Promise<Ended> => {
  for (const [variable, value] of Object.entries(environment)) vi.stubEnv(variable, value)
  try {
    return await runCommand(commands[name]!(), ...args)
  } finally {
    vi.unstubAllEnvs()
  }
}

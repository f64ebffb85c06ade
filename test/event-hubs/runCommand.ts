/** A command of the CLI, run in this process. */
import type { Command } from 'commander'
import { vi } from 'vitest'

/** What a command printed, and the exit code that it asked for. */
export interface Ended {
  readonly code: unknown
  readonly out: string
  readonly err: string
}

export const runCommand = async (command: Command, ...args: ReadonlyArray<string>): Promise<Ended> => {
  const texts = { out: '', err: '' }
  const spies = (['out', 'err'] as const).map(name =>
    vi.spyOn(process[`std${name}`], 'write').mockImplementation(text => {
      texts[name] += String(text)
      return true
    })
  )
  process.exitCode = 0
  try {
    await command.exitOverride().parseAsync([...args], { from: 'user' })
    return { code: process.exitCode, ...texts }
  } catch (cause) {
    // What commander throws instead of exiting.
    return { code: (cause as { readonly exitCode?: unknown }).exitCode, ...texts }
  } finally {
    process.exitCode = 0
    for (const spy of spies) spy.mockRestore()
  }
}

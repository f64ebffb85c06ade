/** Arguments that a command does not take end it with the exit code of all input that must be mended. */
import type { Command } from 'commander'

/** For a command and all below it. Asking for help, or for the version, is no mistake. */
export const withUsageCode = (command: Command): Command => {
  command.commands.forEach(withUsageCode)
  return command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
}

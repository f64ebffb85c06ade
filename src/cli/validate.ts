/** `validate`: is this file right? */
import * as E from 'fp-ts/lib/Either.js'
import { Command } from 'commander'
import { loadConfiguration } from '../configuration/loadConfiguration.ts'
import { describeFault } from '../Fault.ts'
import { payloadCodec } from '../PayloadCodec.ts'
import { readRangerSettings } from '../policies/ranger/settings/readRangerSettings.ts'
import { readPolicyDocument } from '../policies/readPolicyDocument.ts'
import { orThrow, SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { action } from './commandError.ts'
import { readText } from './readText.ts'

const tell = (text: string): void => void process.stdout.write(`${text}\n`)

const checks: { readonly [kind: string]: (file: string) => Promise<void> } = {
  policies: async file => {
    const { grants = [], masks = [], rowFilters = [] } = orThrow(readPolicyDocument(await readText(file), file))
    tell(`${file}: ${grants.length} grants, ${masks.length} masks, ${rowFilters.length} row filters`)
  },
  ranger: async file => {
    const { files } = orThrow(readRangerSettings(await readText(file), file))
    tell(`${file}: settings for policies from ${files === undefined ? 'a Ranger Admin' : "Ranger's files"}`)
  },
  request: async file => {
    const decoded = payloadCodec.decode(await readText(file))
    if (E.isLeft(decoded))
      throw new SyncException(SyncError.InvalidInput({ subject: file, faults: decoded.left.faults }))
    tell(`${file}: a request for ${decoded.right.requestInfo.resources.length} resources`)
  },
  config: async file => {
    const { warnings } = await loadConfiguration({ file })
    for (const warning of warnings) tell(`warning: ${describeFault(warning)}`)
    tell(`${file}: a configuration`)
  }
}

/** The command `validate`. */
export const validate = (): Command => {
  const command = new Command('validate').description(
    'Check a file, and list everything that is wrong with it, with lines where there are lines.'
  )
  const meanings: { readonly [kind: string]: string } = {
    policies: 'a policy document (YAML or JSON)',
    ranger: 'settings for policies from Apache Ranger (YAML or JSON)',
    request: 'a sync request (JSON)',
    config: 'a file of properties (YAML), with the environment over it'
  }
  for (const [kind, check] of Object.entries(checks))
    command
      .command(`${kind} <file>`)
      .description(meanings[kind] ?? '')
      .action(action(check))
  return command.addHelpText('after', '\nEnds with 0 when the file is right, 2 when it must be mended.')
}

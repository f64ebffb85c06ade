/** What a host needs of its disk, looked at before it takes anything in: later it would wait for it, and say so only with the first event. */
import { access, constants, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Configuration } from '../configuration/Configuration.ts'
import { properties } from '../configuration/properties.ts'
import { createFileCheckpointStore } from '../event-hubs/createFileCheckpointStore.ts'
import type { Fault } from '../Fault.ts'
import { fault } from '../Fault.ts'
import { readPolicyDocument } from '../policies/readPolicyDocument.ts'
import { orThrow, SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { readText } from './readText.ts'

/** Throws InvalidInput: for the files that are written all faults at once, for the policies with their lines. */
export const checkFiles = async (
  { policyFile, auditFile, checkpointFile }: Configuration,
  deadLetters: string | undefined
): Promise<void> => {
  const found = await Promise.all([
    writableFault(properties.auditFile.name, auditFile),
    checkpointFault(checkpointFile),
    deadLetters === undefined ? undefined : writableFault('--dead-letters', deadLetters)
  ])
  const faults = found.filter(each => each !== undefined)
  if (faults.length > 0) throw new SyncException(SyncError.InvalidInput({ subject: 'configuration', faults }))
  if (policyFile !== undefined) orThrow(readPolicyDocument(await readText(policyFile), policyFile))
}

const succeeds = (asked: Promise<unknown>): Promise<boolean> =>
  asked.then(
    () => true,
    () => false
  )

const writableFault = async (name: string, file: string): Promise<Fault | undefined> => {
  const isThere = await succeeds(stat(file))
  const folder = dirname(file)
  const isWritable =
    (await succeeds(access(folder, constants.W_OK))) &&
    (!isThere || ((await succeeds(access(file, constants.R_OK | constants.W_OK))) && !(await stat(file)).isDirectory()))
  return isWritable ? undefined : fault(name, 'must name a file that can be written, in a folder that is there')
}

const checkpointFault = async (path: string): Promise<Fault | undefined> => {
  const { name } = properties.checkpointFile
  const notWritable = await writableFault(name, path)
  if (notWritable !== undefined) return notWritable
  return (await succeeds(createFileCheckpointStore({ path }).listCheckpoints('', '', '')))
    ? undefined
    : fault(name, 'must name a file of checkpoints, or none that is there')
}

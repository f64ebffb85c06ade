/** A file that a command is given. */
import { access, constants, readFile, stat } from 'node:fs/promises'
import { fault } from '../Fault.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

/** For a file that can't be read: the reason is the system's; what the reader needs is which file. */
const unreadable = (file: string): SyncException =>
  new SyncException(SyncError.InvalidInput({ subject: file, faults: [fault('', 'must be a file that can be read')] }))

/** Throws InvalidInput where the file cannot be read. */
export const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch(() => {
    throw unreadable(file)
  })

/** For a file that is read piece by piece later, and need not be a plain one: throws as above. */
export const mustBeReadable = async (file: string): Promise<void> => {
  const isReadable = await access(file, constants.R_OK).then(
    async () => !(await stat(file)).isDirectory(),
    () => false
  )
  if (!isReadable) throw unreadable(file)
}

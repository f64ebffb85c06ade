/** A file that a command is given. */
import { readFile } from 'node:fs/promises'
import { fault } from '../Fault.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'

/** Throws InvalidInput where the file cannot be read. */
export const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch(() => {
    // The reason is the system's; what the reader needs is which file.
    throw new SyncException(
      SyncError.InvalidInput({ subject: file, faults: [fault('', 'must be a file that can be read')] })
    )
  })

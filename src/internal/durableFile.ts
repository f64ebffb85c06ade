/** Files that survive a crash and a power cut. */
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'

/** A new or renamed file is there after a power cut only once its folder was written too. */
export const syncDirectoryOf = async (path: string): Promise<void> => {
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Replaces a file by way of another one, so that a crash leaves the old content or the new one. */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const temporary = `${path}.new`
  const handle = await open(temporary, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, path)
  await syncDirectoryOf(path)
}

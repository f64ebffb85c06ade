/** A file of lines that follows its path. */
import type { LinesFile } from './jsonLinesFile.ts'

export interface FollowedFile {
  /** The file, opened where it is not open yet. */
  readonly opened: () => Promise<LinesFile>
  /** The same, made anew where it was removed, moved away or cut underneath: what is written to it is found by its path. */
  readonly followed: () => Promise<LinesFile>
  /** Closes it, if it is open; it may be opened again. */
  readonly letGo: () => Promise<void>
}

/** Not for several callers at once: whoever uses it lets them take turns. */
export const createFollowedFile = (open: () => Promise<LinesFile>): FollowedFile => {
  let file: LinesFile | undefined
  const opened = async (): Promise<LinesFile> => (file ??= await open())
  const letGo = async (): Promise<void> => {
    const left = file
    file = undefined
    await left?.close()
  }
  return {
    opened,
    followed: async () => {
      if ((await file?.isThere()) === false) await letGo()
      return opened()
    },
    letGo
  }
}

/** Which state of an object was told last, so that capture does not tell it again. */
import type { ObjectChange } from './ObjectChange.ts'
import { objectKey, versionOf } from './ObjectChange.ts'

/** The last state that was told: a version, with the object's `hash` where it has one; or that it is gone. */
type State = { readonly version: number; readonly hash: unknown } | 'deleted'

interface Note {
  readonly state: State
  /** Settles when everybody was told; undefined once that is so. */
  end: Promise<void> | undefined
}

export interface ToldVersions {
  /** Takes note of a change that is being told. `isTold`: whether it was, in the end; what was not is forgotten. */
  readonly note: (change: ObjectChange, isTold: Promise<boolean>) => void
  /** Whether a captured change leads to what was told already, or to what came before that. What is still being told is waited for: a crash would lose it. */
  readonly knows: (change: ObjectChange) => Promise<boolean> | boolean
}

const stateAfter = ({ after }: ObjectChange): State | undefined => {
  if (after === undefined) return 'deleted'
  const version = versionOf(after)
  return version === undefined ? undefined : { version, hash: after['hash'] }
}

const covers = (told: State, state: State): boolean => {
  if (told === 'deleted' || state === 'deleted') return told === state
  if (state.version !== told.version) return state.version < told.version
  // The same version with another hash was written past the versions: that is news.
  return state.hash === undefined || told.hash === undefined || state.hash === told.hash
}

/** `maxObjects` of the objects told last are remembered; of others a change may be told twice. */
export const createToldVersions = (maxObjects: number): ToldVersions => {
  const notes = new Map<string, Note>()

  const knows = (change: ObjectChange): Promise<boolean> | boolean => {
    const note = notes.get(objectKey(change))
    const state = stateAfter(change)
    if (note === undefined || state === undefined || !covers(note.state, state)) return false
    return note.end === undefined ? true : note.end.then(() => knows(change))
  }

  return {
    note: (change, isTold) => {
      const key = objectKey(change)
      const state = stateAfter(change)
      notes.delete(key)
      if (state === undefined) return
      const note: Note = { state, end: undefined }
      note.end = isTold.then(told => {
        note.end = undefined
        if (!told && notes.get(key) === note) notes.delete(key)
      })
      notes.set(key, note)
      const [oldest] = notes.keys()
      if (notes.size > maxObjects && oldest !== undefined) notes.delete(oldest)
    },
    knows
  }
}

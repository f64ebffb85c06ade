/** Which state of an object was told last, so that capture does not tell it again. */
import type { ObjectChange } from './ObjectChange.ts'
import { objectKey, versionOf } from './ObjectChange.ts'

/** The last state that was told: a version, with the object's `hash` where it has one; or that it is gone. */
type Told = { readonly version: number; readonly hash: unknown } | 'deleted'

export interface ToldVersions {
  /** Takes note of a change that is being told. */
  readonly note: (change: ObjectChange) => void
  /** It could not be told after all. */
  readonly forget: (change: ObjectChange) => void
  /** Whether a captured change leads to what was told already, or to what came before that. */
  readonly knows: (change: ObjectChange) => boolean
}

const stateAfter = ({ after }: ObjectChange): Told | undefined => {
  if (after === undefined) return 'deleted'
  const version = versionOf(after)
  return version === undefined ? undefined : { version, hash: after['hash'] }
}

/** `maxObjects` of the objects told last are remembered; of others a change may be told twice. */
export const createToldVersions = (maxObjects: number): ToldVersions => {
  const told = new Map<string, Told>()
  return {
    note: change => {
      const key = objectKey(change)
      const state = stateAfter(change)
      told.delete(key)
      if (state === undefined) return
      told.set(key, state)
      const [oldest] = told.keys()
      if (told.size > maxObjects && oldest !== undefined) told.delete(oldest)
    },
    forget: change => void told.delete(objectKey(change)),
    knows: change => {
      const before = told.get(objectKey(change))
      const state = stateAfter(change)
      if (before === undefined || state === undefined) return false
      if (before === 'deleted' || state === 'deleted') return before === state
      if (state.version !== before.version) return state.version < before.version
      // The same version with another hash was written past the versions: that is news.
      return state.hash === undefined || before.hash === undefined || state.hash === before.hash
    }
  }
}

/** Four documents as one snapshot. */
import { compact } from '../../../internal/objects.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'
import type { RangerPart } from './RangerSource.ts'

const parts: ReadonlyArray<RangerPart> = ['policies', 'roles', 'tags', 'users']

/** The snapshot; `known` itself where each document is the one that it has. */
export const assembleSnapshot = (
  known: RangerSnapshot | undefined,
  documents: { readonly [Part in keyof Required<RangerSnapshot>]: RangerSnapshot[Part] | undefined } & {
    readonly policies: RangerSnapshot['policies']
  }
): RangerSnapshot => {
  const isSame = known !== undefined && parts.every(part => known[part] === documents[part])
  return isSame ? known : compact(documents)
}

/** What a change of Ranger's policies touches, as a line for people: it is synced when somebody asks for it. */
import type { SnapshotDifference } from '../policies/ranger/difference/snapshotDifference.ts'
import { describeReference } from '../Resource.ts'

/** Beyond so many names nobody reads on. */
const mostNames = 10

const named = ({ isEverything, references }: SnapshotDifference): string => {
  if (isEverything) return 'everything'
  const more = references.length - mostNames
  const first = references.slice(0, mostNames).map(describeReference).join(', ')
  return more > 0 ? `${first} and ${more} more` : first
}

export const describeDifference = (difference: SnapshotDifference): string =>
  `Ranger: ${difference.reasons.join(', ')}; to be synced: ${named(difference)}`

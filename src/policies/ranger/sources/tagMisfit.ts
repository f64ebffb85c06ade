/**
 * Whether what carries tags is of the service at all. On a level that there is not, or with one left out, a tag would be on nothing, and what is denied or masked by it would be open: Ranger's plugins pass such a
 * resource over, here the document is refused.
 */
import { fault } from '../../../Fault.ts'
import type { InvalidInput } from '../../../SyncError.ts'
import { SyncError } from '../../../SyncError.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'
import { hierarchiesOf } from '../matching/Hierarchy.ts'
import { effectRules, fitting } from '../reading/checkPolicy.ts'

/** More than these say nothing new. */
const maxFaults = 20

/** Undefined: all of it fits. */
export const tagMisfit = ({ policies, tags }: RangerSnapshot): InvalidInput | undefined => {
  if (tags === undefined) return undefined
  const fits = fitting(hierarchiesOf(policies.serviceDef.resources))
  const faults = tags.resources.flatMap(({ elements, tagIds }, index) =>
    tagIds.length === 0 || fits([...elements.keys()])
      ? []
      : [fault(`serviceResources[${index}].resourceElements`, effectRules.levels)]
  )
  return faults.length === 0
    ? undefined
    : SyncError.InvalidInput({ subject: 'tags', faults: faults.slice(0, maxFaults) })
}

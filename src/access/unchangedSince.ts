/** Whether a stored plan still fits: it was made for a certain state, and is safe in that state only. */
import * as E from 'fp-ts/lib/Either.js'
import { describeName, resourceKey } from '../Resource.ts'
import { SyncError } from '../SyncError.ts'
import type { ActualAccess } from './AccessState.ts'
import { fingerprint } from './fingerprint.ts'
import type { Plan } from './Plan.ts'

/** Right where each object of the plan has the access that the plan was made for; else StateChanged, with the first that has not. */
export const unchangedSince = (plan: Plan, now: ReadonlyArray<ActualAccess>): E.Either<SyncError, void> => {
  const marks = new Map(now.map(actual => [resourceKey(actual.resource.name), fingerprint(actual)]))
  const changed = plan.state.find(({ resource, fingerprint: mark }) => marks.get(resourceKey(resource.name)) !== mark)
  return changed === undefined
    ? E.right(undefined)
    : E.left(SyncError.StateChanged({ object: describeName(changed.resource.name) }))
}

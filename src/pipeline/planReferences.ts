/** A plan for references, without carrying it out. */
import * as E from 'fp-ts/lib/Either.js'
import type { Plan } from '../access/Plan.ts'
import type { PolicySource } from '../PolicySource.ts'
import type { PolicySyncer } from '../PolicySyncer.ts'
import type { ResourceResolver } from '../ResourceResolver.ts'
import { SyncError } from '../SyncError.ts'
import type { ResourceReference } from '../SyncRequest.ts'
import { decideAll } from './decideAll.ts'
import { guarded } from './guarded.ts'
import { resolveAll } from './resolveAll.ts'

/** Plans chunk by chunk, as a sync would. Absent references have no part in a plan; what can't be resolved is a left. */
export const planReferences = async (
  references: ReadonlyArray<ResourceReference>,
  {
    resolver,
    policies,
    syncer
  }: { readonly resolver: ResourceResolver; readonly policies: PolicySource; readonly syncer: PolicySyncer },
  signal: AbortSignal
): Promise<E.Either<SyncError, Plan>> => {
  let whole: Plan = { resources: [], steps: [], state: [] }
  for await (const resolutions of resolveAll(resolver, references, signal)) {
    if (signal.aborted) return E.left(SyncError.Aborted({ operation: 'plan' }))
    const unresolved = resolutions.find(({ _tag }) => _tag === 'Unresolved')
    if (unresolved?._tag === 'Unresolved') return E.left(unresolved.error)
    const resources = resolutions.flatMap(resolution => (resolution._tag === 'Found' ? [resolution.resource] : []))
    if (resources.length === 0) continue
    const desired = await decideAll(policies, resources, signal)
    if (E.isLeft(desired)) return desired
    const plan = await guarded('PolicySyncer.plan', () => syncer.plan(desired.right, { signal }))
    if (E.isLeft(plan)) return plan
    whole = {
      resources: [...whole.resources, ...plan.right.resources],
      steps: [...whole.steps, ...plan.right.steps],
      state: [...whole.state, ...plan.right.state]
    }
  }
  return E.right(whole)
}

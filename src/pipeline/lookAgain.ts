/** What is tried again is looked at again. */
import type { ResourceResult } from '../access/runPlan.ts'
import type { Resource, ResourceName } from '../Resource.ts'
import { describeName, isRelation, nameOf, resourceKey } from '../Resource.ts'
import type { Resolution } from '../ResourceResolver.ts'
import { SyncError } from '../SyncError.ts'
import { ResourceReference } from '../SyncRequest.ts'

/** Resources as they are by now, and what came of those that can't be tried again. */
export interface LookedAt {
  readonly there: ReadonlyArray<Resource>
  readonly lost: ReadonlyArray<ResourceResult>
}

/**
 * Asks for relations once more. While an outage was waited for, one may have been made anew, with columns of which nobody has decided who may see them. Databases and schemas have
 * nothing that a policy is decided by but their names.
 */
export const lookAgain = async (
  resources: ReadonlyArray<Resource>,
  resolve: (references: ReadonlyArray<ResourceReference>) => AsyncIterable<ReadonlyArray<Resolution>>
): Promise<LookedAt> => {
  const references = resources.filter(({ kind }) => isRelation(kind)).map(({ name }) => referenceTo(name))
  const now = new Map<string, Resolution>()
  if (references.length > 0)
    for await (const answers of resolve(references))
      for (const answer of answers)
        now.set(resourceKey(answer._tag === 'Found' ? answer.resource.name : nameOf(answer.reference)), answer)
  const there: Array<Resource> = []
  const lost: Array<ResourceResult> = []
  for (const resource of resources) {
    const answer = now.get(resourceKey(resource.name))
    if (answer === undefined) there.push(resource)
    else if (answer._tag === 'Found') there.push(answer.resource)
    else if (answer._tag === 'Unresolved') lost.push({ resource, result: 'failed', error: answer.error, notes: [] })
    else lost.push({ resource, result: 'skipped', error: gone(resource), notes: [] })
  }
  return { there, lost }
}

const referenceTo = ({ database, schema = '', table = '' }: ResourceName): ResourceReference =>
  ResourceReference.table(database, schema, table)

const gone = ({ name }: Resource): SyncError => SyncError.NotFound({ object: describeName(name) })

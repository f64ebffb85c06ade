/** A resolver promises not to throw, and to answer for every reference; this is for the one that does not. */
import { isSyncException } from '../Promises.ts'
import { nameOf, resourceKey } from '../Resource.ts'
import type { Resolution, ResourceResolver } from '../ResourceResolver.ts'
import { SyncError } from '../SyncError.ts'
import type { ResourceReference } from '../SyncRequest.ts'
import { enclosingKeys } from './mergeReferences.ts'

const where = 'ResourceResolver'

/** The resolver's answers. What it throws is the answer for all references; one that it says nothing of could not be found out: it must not pass for absent. */
export async function* resolveAll(
  resolver: ResourceResolver,
  references: ReadonlyArray<ResourceReference>,
  signal: AbortSignal
): AsyncIterable<ReadonlyArray<Resolution>> {
  const unresolved = (error: SyncError) => (reference: ResourceReference) =>
    ({ _tag: 'Unresolved', reference, error }) as const
  const open = new Map(references.map(reference => [resourceKey(nameOf(reference)), reference]))
  try {
    for await (const resolutions of resolver.resolve(references, { signal })) {
      for (const resolution of resolutions) if (open.size > 0) for (const key of answered(resolution)) open.delete(key)
      yield resolutions
    }
  } catch (cause) {
    yield references.map(unresolved(isSyncException(cause) ? cause.error : SyncError.Defect({ where, cause })))
    return
  }
  const silence = SyncError.Defect({ where, cause: new Error('a reference has no answer') })
  if (open.size > 0) yield [...open.values()].map(unresolved(silence))
}

const answered = (resolution: Resolution): ReadonlyArray<string> =>
  resolution._tag === 'Found' ? enclosingKeys(resolution.resource.name) : [resourceKey(nameOf(resolution.reference))]

/** The desired access of resources: of all of them, and of no other. */
import * as E from 'fp-ts/lib/Either.js'
import type { DesiredAccess } from '../access/DesiredAccess.ts'
import type { PolicySource } from '../PolicySource.ts'
import { resourceKey } from '../Resource.ts'
import type { Resource } from '../Resource.ts'
import { SyncError } from '../SyncError.ts'
import { guarded } from './guarded.ts'

const where = 'PolicySource.accessFor'

/** A source that answers for less would leave tables as they are, with nobody the wiser; one that answers for more would have us touch what nobody named. Nothing is done on the word of either. */
export const decideAll = async (
  policies: PolicySource,
  resources: ReadonlyArray<Resource>,
  signal: AbortSignal
): Promise<E.Either<SyncError, ReadonlyArray<DesiredAccess>>> => {
  const desired = await guarded(where, () => policies.accessFor(resources, { signal }))
  if (E.isLeft(desired) || isForAll(resources, desired.right)) return desired
  return E.left(SyncError.Defect({ where, cause: new Error('the answers are not for the resources given') }))
}

const isForAll = (resources: ReadonlyArray<Resource>, desired: ReadonlyArray<DesiredAccess>): boolean => {
  if (resources.length !== desired.length) return false
  // As a rule they come in order, and the very same.
  if (resources.every((resource, index) => desired[index]?.resource === resource)) return true
  const answered = new Set(desired.map(({ resource }) => resourceKey(resource.name)))
  return resources.every(({ name }) => answered.has(resourceKey(name)))
}

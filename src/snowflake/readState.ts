/** Reads again what a stored plan was made for: columns, grants and policies of its objects. */
import * as E from 'fp-ts/lib/Either.js'
import type { ActualAccess } from '../access/AccessState.ts'
import type { Plan } from '../access/Plan.ts'
import type { SyncError } from '../SyncError.ts'
import type { PolicySchema } from './PolicyObject.ts'
import { readAccess } from './readAccess.ts'
import type { ReadOptions } from './readMany.ts'
import type { SnowflakeClient } from './SnowflakeClient.ts'

/** The access of a plan's objects now; those that are gone are left out. */
export const readState = async (
  client: SnowflakeClient,
  home: PolicySchema,
  { state }: Plan,
  options: ReadOptions
): Promise<E.Either<SyncError, ReadonlyArray<ActualAccess>>> => {
  const resources = state.map(({ resource }) => resource)
  const found: Array<ActualAccess> = []
  for (const access of await readAccess(client, home, resources, options, true)) {
    if (E.isRight(access)) found.push(access.right)
    else if (access.left._tag !== 'NotFound') return access
  }
  return E.right(found)
}

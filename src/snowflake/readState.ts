/** Reads again what a stored plan was made for: columns, grants and policies of its objects. */
import * as E from 'fp-ts/lib/Either.js'
import type { ActualAccess } from '../access/AccessState.ts'
import type { Plan } from '../access/Plan.ts'
import type { Resource } from '../Resource.ts'
import { isRelation, resourceKey } from '../Resource.ts'
import type { SyncError } from '../SyncError.ts'
import type { PolicySchema } from './PolicyObject.ts'
import { readAccess } from './readAccess.ts'
import type { Relation } from './readCatalog.ts'
import { readCatalog } from './readCatalog.ts'
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
  const relations = resources.filter(isRelationResource)
  const [described, read] = await Promise.all([
    readCatalog(client, options).describe(relations),
    readAccess(client, home, resources, options)
  ])
  const columnsOf = new Map(
    described.flatMap(found =>
      E.isRight(found) ? [[resourceKey(found.right.name), found.right.columns] as const] : []
    )
  )
  const found: Array<ActualAccess> = []
  for (const access of read) {
    if (E.isLeft(access)) {
      if (access.left._tag === 'NotFound') continue
      return access
    }
    const { resource } = access.right
    found.push({ ...access.right, resource: { ...resource, columns: columnsOf.get(resourceKey(resource.name)) ?? [] } })
  }
  return E.right(found)
}

const isRelationResource = (resource: Resource): resource is Resource & Relation => isRelation(resource.kind)

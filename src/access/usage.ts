/** A grant on a table is worth nothing without USAGE on its database and schema, so it brings them along (DESIGN, "USAGE"). */
import type { ResourceName } from '../Resource.ts'
import { isRelation, resourceKey } from '../Resource.ts'
import type { TargetAccess } from './AccessState.ts'
import type { Principal } from './Principal.ts'
import { principalKey } from './Principal.ts'

/** USAGE that one principal needs on one database or schema, and the relations it is needed for. */
export interface ImpliedUsage {
  readonly on: ResourceName
  readonly grantee: Principal
  /** Keys of the relations. */
  readonly forResources: ReadonlyArray<string>
}

/** All USAGE that the grants on relations bring, once per database or schema and principal. */
export const impliedUsage = (targets: ReadonlyArray<TargetAccess>): ReadonlyArray<ImpliedUsage> => {
  const found = new Map<string, { on: ResourceName; grantee: Principal; forResources: Set<string> }>()
  for (const { resource, grants } of targets) {
    if (!isRelation(resource.kind)) continue
    const { database, schema = '' } = resource.name
    for (const on of [{ database }, { database, schema }])
      for (const { grantee } of grants) {
        const key = `${resourceKey(on)}\n${principalKey(grantee)}`
        const entry = found.get(key) ?? { on, grantee, forResources: new Set() }
        found.set(key, entry)
        entry.forResources.add(resourceKey(resource.name))
      }
  }
  return [...found.values()].map(({ on, grantee, forResources }) => ({ on, grantee, forResources: [...forResources] }))
}

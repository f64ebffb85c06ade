/** Ranger Admin gives each of its documents a version of its own. */
import { compact } from '../../../internal/objects.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'

/** Versions by document; -1 where the document names none. Absent: the snapshot has no such document. */
export interface SnapshotVersions {
  readonly policies: number
  readonly roles?: number
  readonly tags?: number
  readonly users?: number
}

/**
 * The versions of a snapshot: what Ranger Admin is asked against, and what events and audit records tell.
 *
 * @example
 * ```ts
 * import { orThrow } from 'on-demand-sync'
 * import { readServicePolicies, snowflakeServiceDef, versionsOf } from 'on-demand-sync/policies'
 *
 * const policies = orThrow(readServicePolicies({ serviceName: 'sf', policyVersion: 7, serviceDef: snowflakeServiceDef }))
 * if (versionsOf({ policies }).policies !== 7) throw new Error('unexpected')
 * ```
 */
export const versionsOf = ({ policies, roles, tags, users }: RangerSnapshot): SnapshotVersions =>
  compact({
    policies: policies.policyVersion,
    roles: roles?.roleVersion,
    tags: tags?.tagVersion,
    users: users?.userStoreVersion
  })

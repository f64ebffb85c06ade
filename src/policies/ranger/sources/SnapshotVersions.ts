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

/** The versions of a snapshot. */
export const versionsOf = ({ policies, roles, tags, users }: RangerSnapshot): SnapshotVersions =>
  compact({
    policies: policies.policyVersion,
    roles: roles?.roleVersion,
    tags: tags?.tagVersion,
    users: users?.userStoreVersion
  })

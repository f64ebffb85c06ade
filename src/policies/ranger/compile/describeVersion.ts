/** The version of a snapshot, in words. */
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'

/** The versions that Ranger Admin gives to each of its documents: `policies 12, roles 3`. */
export const describeVersion = ({ policies, roles, tags, users }: RangerSnapshot): string =>
  [
    `policies ${policies.policyVersion}`,
    roles && `roles ${roles.roleVersion}`,
    tags && `tags ${tags.tagVersion}`,
    users && `users ${users.userStoreVersion}`
  ]
    .filter(part => part !== undefined)
    .join(', ')

/** Where each document is, how its version is asked for, and how it is read (apache/ranger, agents-common, `RangerRESTUtils`). */
import type { Either } from 'fp-ts/lib/Either.js'
import type { InvalidInput } from '../../../../SyncError.ts'
import type { RangerRoles } from '../../model/Roles.ts'
import type { ServicePolicies } from '../../model/ServicePolicies.ts'
import type { ServiceTags } from '../../model/ServiceTags.ts'
import type { UserStore } from '../../model/UserStore.ts'
import { readRangerRoles } from '../../reading/readRangerRoles.ts'
import { readServicePolicies } from '../../reading/readServicePolicies.ts'
import { readServiceTags } from '../../reading/readServiceTags.ts'
import { readUserStore } from '../../reading/readUserStore.ts'
import type { RangerPart } from '../RangerSource.ts'

/** One kind of document. */
export interface PartDownload<A> {
  readonly part: RangerPart
  /** The service's name follows. `secure`: for those who say who they are. */
  readonly path: (secure: boolean) => string
  readonly versionParameter: string
  /** Asks for whole documents. */
  readonly always: Readonly<Record<string, string>>
  readonly read: (json: unknown) => Either<InvalidInput, A>
  readonly versionOf: (document: A) => number
  /** Undefined: the document names none. */
  readonly serviceOf: (document: A) => string | undefined
}

export const policyDownload: PartDownload<ServicePolicies> = {
  part: 'policies',
  path: secure => `/service/plugins/${secure ? 'secure/' : ''}policies/download/`,
  versionParameter: 'lastKnownVersion',
  always: {},
  read: readServicePolicies,
  versionOf: ({ policyVersion }) => policyVersion,
  serviceOf: ({ serviceName }) => serviceName
}

export const roleDownload: PartDownload<RangerRoles> = {
  part: 'roles',
  path: secure => `/service/roles/${secure ? 'secure/' : ''}download/`,
  versionParameter: 'lastKnownRoleVersion',
  always: {},
  read: readRangerRoles,
  versionOf: ({ roleVersion }) => roleVersion,
  serviceOf: () => undefined
}

export const tagDownload: PartDownload<ServiceTags> = {
  part: 'tags',
  path: secure => `/service/tags/${secure ? 'secure/' : ''}download/`,
  versionParameter: 'lastKnownVersion',
  always: { supportsTagDeltas: 'false' },
  read: readServiceTags,
  versionOf: ({ tagVersion }) => tagVersion,
  serviceOf: ({ serviceName }) => serviceName
}

export const userDownload: PartDownload<UserStore> = {
  part: 'users',
  path: secure => `/service/xusers/${secure ? 'secure/' : ''}download/`,
  versionParameter: 'lastKnownUserStoreVersion',
  always: {},
  read: readUserStore,
  versionOf: ({ userStoreVersion }) => userStoreVersion,
  serviceOf: () => undefined
}

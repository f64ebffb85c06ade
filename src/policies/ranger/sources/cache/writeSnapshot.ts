/** Ranger's documents as JSON, in the form in which Ranger Admin sends them and the readers read them: `read(write(x))` is `x`. */
import type { RangerRoles } from '../../model/Roles.ts'
import type { AccessTypeDef, RefinementDef, ServiceDef } from '../../model/ServiceDef.ts'
import type { ServicePolicies, TagPolicies } from '../../model/ServicePolicies.ts'
import type { ServiceTags } from '../../model/ServiceTags.ts'
import type { UserStore } from '../../model/UserStore.ts'

/** JSON, with maps still in it: `JSON.stringify` with {@link writeMaps} writes them as objects. */
export type Writable = Readonly<Record<string, unknown>>

/** A replacer. */
export const writeMaps = (_key: string, value: unknown): unknown =>
  value instanceof Map ? Object.fromEntries(value as Map<string, unknown>) : value

const named = (names: ReadonlyArray<string>) => names.map(name => ({ name }))

/** Implied grants and categories of types that masks and filters list are those of the main list. */
const writeRefinement = ({ resources, accessTypes }: RefinementDef): Writable => ({
  resources,
  accessTypes: named(accessTypes)
})

/** Markers that were worked out are worked out again; an empty list of them would read as none given. */
const writeMarkers = (markers: ReadonlyArray<AccessTypeDef>): Writable =>
  markers.length === 0 ? {} : { markerAccessTypes: markers }

const writeServiceDef = (serviceDef: ServiceDef): Writable => ({
  name: serviceDef.name,
  resources: serviceDef.resources,
  accessTypes: serviceDef.accessTypes,
  ...writeMarkers(serviceDef.markerAccessTypes),
  policyConditions: serviceDef.policyConditions,
  dataMaskDef: writeRefinement(serviceDef.dataMaskDef),
  rowFilterDef: writeRefinement(serviceDef.rowFilterDef),
  options: { enableDenyAndExceptionsInPolicies: serviceDef.enableDenyAndExceptions }
})

const writeTagPolicies = (tagPolicies: TagPolicies): Writable => ({
  ...tagPolicies,
  serviceDef: writeServiceDef(tagPolicies.serviceDef)
})

/** All policies; there are no changes in a snapshot. */
export const writeServicePolicies = ({ tagPolicies, serviceDef, ...rest }: ServicePolicies): Writable => ({
  ...rest,
  serviceDef: writeServiceDef(serviceDef),
  ...(tagPolicies && { tagPolicies: writeTagPolicies(tagPolicies) })
})

/** All roles. */
export const writeRangerRoles = ({ roleVersion, roles }: RangerRoles): Writable => ({
  roleVersion,
  rangerRoles: roles.map(({ name, users, groups, roles: inner }) => ({
    name,
    users: named(users),
    groups: named(groups),
    roles: named(inner)
  }))
})

/** All tags. Resources are numbered anew. */
export const writeServiceTags = ({ serviceName, tagVersion, tags, resources }: ServiceTags): Writable => ({
  serviceName,
  tagVersion,
  tags,
  serviceResources: resources.map(({ elements }, id) => ({ id, resourceElements: elements })),
  resourceToTagIds: Object.fromEntries(resources.map(({ tagIds }, id) => [id, tagIds]))
})

/** All users and groups. */
export const writeUserStore = (users: UserStore): Writable => ({
  userStoreVersion: users.userStoreVersion,
  userGroupMapping: users.groupsOfUser,
  userAttrMapping: users.attributesOfUser,
  groupAttrMapping: users.attributesOfGroup
})

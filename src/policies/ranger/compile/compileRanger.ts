/** Ranger's policies as desired access. */
import type { DesiredAccess } from '../../../access/DesiredAccess.ts'
import { isManaged } from '../../../access/diffAccess.ts'
import type { ManagedSet } from '../../../access/Principal.ts'
import { systemRoles } from '../../../access/Principal.ts'
import type { Resource } from '../../../Resource.ts'
import { isRelation } from '../../../Resource.ts'
import { itemsOf } from '../evaluation/evalOrder.ts'
import type { EngineParts, RangerEngine } from '../evaluation/RangerEngine.ts'
import type { CompileContext } from './CompileContext.ts'
import { describeDoubt } from './CompileContext.ts'
import { compileContainer } from './compileContainer.ts'
import { compileRelation } from './compileRelation.ts'
import { describeVersion } from './describeVersion.ts'
import type { PrincipalMapping, RangerPrincipal } from './PrincipalMapping.ts'
import { createPrincipalMap } from './PrincipalMapping.ts'

/** Options of {@link compileRanger}. */
export interface CompileRangerOptions {
  /** Whose grants may be made and taken away. */
  readonly managed: ManagedSet
  /** Default: groups and roles are roles, users are users, all in upper case. */
  readonly principals?: PrincipalMapping
  /** Up to so many members of a group or role are tested by name as well where masks and row filters are about it, so that nobody sees more by switching a role off. Default 200, at least 0. */
  readonly mostNames?: number
}

/** Every principal that policies or memberships name. */
const allPrincipals = (parts: EngineParts): ReadonlyArray<RangerPrincipal> => {
  const { policies, tagPolicies, securityZones } = parts.snapshot.policies
  const zoned = [...securityZones.values()].flatMap(zone => zone.policies)
  const names = {
    user: new Set(parts.membership.users),
    group: new Set(parts.membership.groups),
    role: new Set(parts.membership.roles)
  }
  for (const policy of [...policies, ...(tagPolicies?.policies ?? []), ...zoned])
    for (const { users, groups, roles } of itemsOf(policy)) {
      for (const user of users) if (!user.startsWith('{')) names.user.add(user)
      for (const group of groups) if (group !== 'public') names.group.add(group)
      for (const role of roles) names.role.add(role)
    }
  return (['user', 'group', 'role'] as const).flatMap(kind => [...names[kind]].map(name => ({ kind, name })))
}

/**
 * Makes the function that says what should hold for a resource by Ranger's policies, as of now.
 *
 * **Details**
 * - Snowflake has no denials: who may have something is decided for each user with all of their groups and roles, and a group or role is granted it only if all of its known members may have it.
 *   Where they may not, those who may are granted it by name. Where memberships are not known, nothing is granted that an unknown member might have to be denied.
 * - Snowflake grants no single columns: whoever may see some gets SELECT on the table, and NULL in the others. A policy that ends at the table is one for all of its columns, but for those of which
 *   another policy says something.
 * - Masks and row filters test roles, and known members by name, in the order in which Ranger would come to them.
 * - What Snowflake can't hold is narrowed, never widened, and named in `notes`. Policies about warehouses are read, but warehouses are no resources here.
 *
 * **When to use**: for a `PolicySource` of your own over an engine; otherwise `createRangerPolicySource`.
 *
 * @example
 * ```ts
 * import { orThrow } from 'on-demand-sync'
 * import { compileRanger, createRangerEngine, readServicePolicies, snowflakeServiceDef } from 'on-demand-sync/policies'
 *
 * const value = (name: string) => ({ values: [name] })
 * const policy = {
 *   id: 1,
 *   resources: { database: value('HR'), schema: value('*'), table: value('*'), column: value('*') },
 *   policyItems: [{ users: ['ann'], accesses: [{ type: 'select' }] }]
 * }
 * const policies = orThrow(readServicePolicies({ serviceName: 'sf', serviceDef: snowflakeServiceDef, policies: [policy] }))
 * const desired = compileRanger(createRangerEngine({ policies }), { managed: { roles: ['*'], users: ['*'] } })
 * const people = { kind: 'table' as const, name: { database: 'HR', schema: 'PUBLIC', table: 'PEOPLE' }, columns: [] }
 * if (desired(people).grants[0]?.grantee.name !== 'ANN') throw new Error('unexpected')
 * ```
 */
export const compileRanger = (
  { parts }: RangerEngine,
  { managed, principals = {}, mostNames = 200 }: CompileRangerOptions
): ((resource: Resource) => DesiredAccess) => {
  const ours = isManaged(managed)
  const map = createPrincipalMap(principals, allPrincipals(parts))
  const policyVersion = describeVersion(parts.snapshot)
  return resource => {
    const notes = new Set<string>()
    const context: CompileContext = {
      parts,
      principals: map,
      isManaged: principal => ours(principal) && !systemRoles.has(principal.name),
      mostNames,
      atMs: parts.now(),
      doubt: found => evaluator => found.add(describeDoubt(evaluator))
    }
    const access = isRelation(resource.kind)
      ? compileRelation(resource, context, notes)
      : { grants: compileContainer(resource, context, notes), masks: [] }
    return { resource, ...access, managed, notes: [...notes], policyVersion }
  }
}

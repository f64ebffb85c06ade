/** Everyone who has something on a resource. */
import { takeCensus } from './Census.ts'
import { openInquiry } from './Inquiry.ts'
import type { Asker } from './Occasion.ts'
import { itemEvaluatorsOf } from './PolicyEvaluator.ts'
import type { RangerEngine } from './RangerEngine.ts'
import type { RangerRequest } from './RangerRequest.ts'

/** Access types by name; whoever has nothing is not listed. */
export type AccessByName = ReadonlyMap<string, ReadonlyArray<string>>

/** Who has what. */
export interface ResourceAccess {
  /** Users whom the policies can tell apart from others, each with all of their groups and roles taken together. */
  readonly users: AccessByName
  /** What somebody has of whom only this group is known. */
  readonly groups: AccessByName
  /** What somebody has of whom only this role is known. */
  readonly roles: AccessByName
  /** What anyone else has. */
  readonly everyone: ReadonlyArray<string>
  /** Policies whose say could not be told. */
  readonly doubtful: ReadonlyArray<number>
}

/**
 * Everyone who has something on a resource, worked out by deciding for each: denials, exceptions, priorities, roles in roles and all groups of a user are taken together.
 *
 * **Details**: for each access type the entry of a user is what `decide` answers for them. Users of whom the policies name nothing are not listed: they have what `everyone` has. It takes as long as
 * there are policies and principals that have to do with the resource, not as there are in all.
 *
 * @example
 * ```ts
 * import { orThrow } from 'on-demand-sync'
 * import { accessOf, createRangerEngine, readServicePolicies, readUserStore, snowflakeServiceDef } from 'on-demand-sync/policies'
 *
 * const policy = {
 *   id: 1,
 *   resources: { database: { values: ['HR'] } },
 *   policyItems: [{ groups: ['hr'], accesses: [{ type: 'usedb' }] }],
 *   allowExceptions: [{ users: ['bob'], accesses: [{ type: 'usedb' }] }]
 * }
 * const policies = orThrow(readServicePolicies({ serviceName: 'sf', serviceDef: snowflakeServiceDef, policies: [policy] }))
 * const users = orThrow(readUserStore({ userGroupMapping: { ann: ['hr'], bob: ['hr'] } }))
 * const access = accessOf(createRangerEngine({ policies, users }), { resource: { elements: { database: 'HR' } } })
 * if ([...access.users.keys()].join() !== 'ann') throw new Error('unexpected')
 * ```
 */
export const accessOf = (
  { parts }: RangerEngine,
  request: Pick<RangerRequest, 'resource' | 'orInside' | 'accessTimeMs'>
): ResourceAccess => {
  const { resource, orInside = false, accessTimeMs = parts.now() } = request
  const doubtful = new Set<number>()
  const inquiry = openInquiry(parts, resource, orInside, accessTimeMs, ({ policy }) => doubtful.add(policy.id))
  const prospects = [...inquiry.access.tag, ...inquiry.access.resource]
  const census = takeCensus(prospects, parts.membership, parts.superUsers, false)
  const named = new Set<string>()
  for (const { evaluator } of prospects)
    for (const { accessTypes } of itemEvaluatorsOf(evaluator)) for (const type of accessTypes) named.add(type)
  const some = parts.accessTypes.filter(type => named.has(type))
  const accessFor = (asker: Asker): ReadonlyArray<string> =>
    (parts.superUsers.has(asker) ? parts.accessTypes : some).filter(type => inquiry.decide(asker, type).isAllowed)
  const aloneOf = (kind: 'group' | 'role'): AccessByName =>
    listed(census.alone.filter(alone => alone.kind === kind).map(({ name, asker }) => [name, accessFor(asker)]))
  const users = new Map<string, ReadonlyArray<string>>()
  for (const { asker, users: own } of census.classes) {
    const access = accessFor(asker)
    if (access.length > 0) for (const user of own) users.set(user, access)
  }
  return {
    users,
    groups: aloneOf('group'),
    roles: aloneOf('role'),
    everyone: accessFor(census.anyone),
    doubtful: [...doubtful]
  }
}

const listed = (entries: ReadonlyArray<readonly [string, ReadonlyArray<string>]>): AccessByName =>
  new Map(entries.filter(([, access]) => access.length > 0))

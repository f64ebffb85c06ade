/** From one snapshot to the next: for which resources the desired access may be another. */
import { compact } from '../../../internal/objects.ts'
import type { ResourceName } from '../../../Resource.ts'
import { describeReference } from '../../../Resource.ts'
import type { ResourceReference } from '../../../SyncRequest.ts'
import type { PrincipalMapping } from '../compile/PrincipalMapping.ts'
import type { RangerEngineOptions, RangerSnapshot } from '../evaluation/RangerEngine.ts'
import { readSuperUsers } from '../evaluation/superUsers.ts'
import type { ChangedPrincipals } from './changedPrincipals.ts'
import { changedPrincipals } from './changedPrincipals.ts'
import type { Found } from './changedRegions.ts'
import { regionsByPolicies, regionsByTagPolicies, regionsByTags, regionsByZones } from './changedRegions.ts'
import { isConcerned } from './isConcerned.ts'
import { everywhere, inAny, outermost, referenceOf } from './Region.ts'
import { isSame } from './isSame.ts'

/** Options of {@link snapshotDifference}: the same as those of the policy source that compiles the snapshots. */
export interface SnapshotDifferenceOptions extends Pick<RangerEngineOptions, 'superUsers' | 'superGroups'> {
  /** Where a new name takes another's place, those who are mapped to it lose what they have. Default: groups and roles are roles, users are users, all in upper case. */
  readonly principals?: PrincipalMapping
}

/** Where the desired access may be another than before. Whatever is not in it is as it was. */
export interface SnapshotDifference {
  /** True: it may be another for any resource there is; `references` is empty then, for an account has no name that a request could give. */
  readonly isEverything: boolean
  /** What to sync, outermost only: a database or schema stands for everything in it. Sorted. */
  readonly references: ReadonlyArray<ResourceReference>
  /** What has changed, in words, for people: `3 policies have changed, or mean others`. Names no user, group or role. */
  readonly reasons: ReadonlyArray<string>
  /** Whether something of a resource, or in it, may be touched. It follows patterns, so it is finer than `references`: for picking out of a list of databases where `isEverything` is true. */
  readonly touches: (name: ResourceName) => boolean
}

const everything = (reason: string): SnapshotDifference => ({
  isEverything: true,
  references: [],
  reasons: [reason],
  touches: everywhere.covers
})

const people = ({ users, groups, roles }: ChangedPrincipals): number => users.size + groups.size + roles.size

/** Why nothing less than everything will do; undefined where less will do. */
const sweepingReason = (
  before: RangerSnapshot,
  after: RangerSnapshot,
  changed: ChangedPrincipals,
  options: SnapshotDifferenceOptions
): string | undefined => {
  if (!isSame(before.policies.serviceDef, after.policies.serviceDef)) return 'the service definition has changed'
  if ((before.users === undefined) !== (after.users === undefined))
    return 'users and groups were not known before, or are not known any more'
  const supers = [before, after].map(({ policies }) => readSuperUsers(policies.serviceConfig, compact(options)))
  const [was, is] = supers
  if (!isSame([was?.users, was?.groups], [is?.users, is?.groups])) return 'the super users have changed'
  const isSuper = supers.some(
    ({ users, groups }) =>
      [...users].some(name => changed.users.has(name)) || [...groups].some(name => changed.groups.has(name))
  )
  return isSuper ? 'who is in the super groups, or what they are mapped to, has changed' : undefined
}

const plural = (count: number, one: string, many: string): string => (count === 1 ? `1 ${one}` : `${count} ${many}`)

const changes = (
  [byPolicies, byTagPolicies, byZones, byTags]: readonly [Found, Found, Found, Found],
  changed: ChangedPrincipals
): ReadonlyArray<string> => {
  const told: ReadonlyArray<readonly [number, string, string]> = [
    [byPolicies.count, 'policy has changed, or means others', 'policies have changed, or mean others'],
    [byTagPolicies.count, 'tag policy has changed, or means others', 'tag policies have changed, or mean others'],
    [byZones.count, 'security zone has changed', 'security zones have changed'],
    [byTags.count, 'resource carries other tags', 'resources carry other tags'],
    [people(changed), 'user, group or role has changed', 'users, groups and roles have changed']
  ]
  return told.flatMap(([count, one, many]) => (count === 0 ? [] : [plural(count, one, many)]))
}

/**
 * The resources whose desired access may be another by one snapshot than by another: so an edited policy is synced as soon as it is in force, and nothing else is.
 *
 * **When to use**: after each change of what a source has in force; `onSnapshotDifference` does that, and `toSyncRequests` makes requests of it.
 *
 * **Details**
 * - Policies, tag policies, tags, zones, roles, groups and attributes of users count, and so does what names are mapped to. A policy that is the same names nothing, unless the people it names are
 *   others than before: a group that has gained a member touches what the policies about that group are about. Policies with conditions or expressions are touched by any change of people.
 * - A policy is named down to where it is exact: `HR.PUBLIC.PAY_*` is the schema HR.PUBLIC, and a policy on databases by a pattern is everything. Levels that ignore case can't be named exactly.
 * - Never too little for tables and views: what is not in it has the access it had. Around them there may be USAGE on a schema or database that nobody needs any more; as ever, it goes when that is
 *   synced itself.
 * - Time is no change of a snapshot: what comes into force or ends by a schedule, or a tag that expires, is found by syncing from time to time.
 * - `before` undefined: everything.
 *
 * @example
 * ```ts
 * import { describeReference, orThrow } from 'on-demand-sync'
 * import { readServicePolicies, snapshotDifference, snowflakeServiceDef } from 'on-demand-sync/policies'
 *
 * const value = (name: string) => ({ values: [name] })
 * const policy = (id: number, table: string, user: string) => ({
 *   id,
 *   resources: { database: value('HR'), schema: value('PUBLIC'), table: value(table) },
 *   policyItems: [{ users: [user], accesses: [{ type: 'select' }] }]
 * })
 * const snapshot = (policies: ReadonlyArray<object>) => ({
 *   policies: orThrow(readServicePolicies({ serviceName: 'sf', serviceDef: snowflakeServiceDef, policies }))
 * })
 * const before = snapshot([policy(1, 'PEOPLE', 'ann'), policy(2, 'PAY', 'ann')])
 * const after = snapshot([policy(1, 'PEOPLE', 'ann'), policy(2, 'PAY', 'bob')])
 * const { references } = snapshotDifference(before, after)
 * if (references.map(describeReference).join() !== 'table HR.PUBLIC.PAY') throw new Error('unexpected')
 * ```
 */
export const snapshotDifference = (
  before: RangerSnapshot | undefined,
  after: RangerSnapshot,
  options: SnapshotDifferenceOptions = {}
): SnapshotDifference => {
  if (before === undefined) return everything('there was nothing before')
  const changed = changedPrincipals(before, after, options.principals ?? {})
  const sweeping = sweepingReason(before, after, changed, options)
  if (sweeping !== undefined) return everything(sweeping)
  const step = { before, after }
  const found = [
    regionsByPolicies(step, policy => isConcerned(policy, changed)),
    regionsByTagPolicies(step, policy => isConcerned(policy, changed)),
    regionsByZones(step),
    regionsByTags(step)
  ] as const
  const region = inAny(found.flatMap(({ regions }) => regions))
  const areas = outermost(region.areas)
  const isEverything = areas.some(area => area.length === 0)
  const references = isEverything ? [] : areas.flatMap(area => referenceOf(area) ?? [])
  const byText = new Map(references.map(reference => [describeReference(reference), reference]))
  return {
    isEverything,
    references: [...byText].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference),
    reasons: changes(found, changed),
    touches: region.covers
  }
}

/** Users, groups and roles for whom policies may come to mean something else, although the policies are the same. */
import type { PrincipalMap, PrincipalMapping, RangerPrincipal } from '../compile/PrincipalMapping.ts'
import { createPrincipalMap } from '../compile/PrincipalMapping.ts'
import { itemsOf } from '../evaluation/evalOrder.ts'
import type { Membership } from '../evaluation/Membership.ts'
import { createMembership } from '../evaluation/Membership.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'
import { specialPrincipals } from '../evaluation/specialNames.ts'
import type { RangerPolicy } from '../model/Policy.ts'
import type { RangerRoles } from '../model/Roles.ts'
import { isSame } from './isSame.ts'

/** By kind. */
export interface ChangedPrincipals {
  readonly users: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  /** Whether those who get something that everyone gets are others than before, or are reached in another way. */
  readonly everyone: boolean
  /** Roles that everyone is in, before or after. */
  readonly rolesOfEveryone: ReadonlySet<string>
  /** Whether anything at all is known of somebody that was not known before, or the other way round. */
  readonly anybody: boolean
}

/** No change. */
export const nobody: ChangedPrincipals = {
  users: new Set(),
  groups: new Set(),
  roles: new Set(),
  everyone: false,
  rolesOfEveryone: new Set(),
  anybody: false
}

/** All policies of a snapshot, disabled ones included. */
export const allPolicies = ({ policies }: RangerSnapshot): ReadonlyArray<RangerPolicy> => [
  ...policies.policies,
  ...(policies.tagPolicies?.policies ?? []),
  ...[...policies.securityZones.values()].flatMap(zone => zone.policies)
]

/** Every principal that policies or memberships name, in the order in which the compiler comes to them. */
const allPrincipals = (snapshot: RangerSnapshot, membership: Membership): ReadonlyArray<RangerPrincipal> => {
  const names = {
    user: new Set(membership.users),
    group: new Set(membership.groups),
    role: new Set(membership.roles)
  }
  for (const policy of allPolicies(snapshot))
    for (const { users, groups, roles } of itemsOf(policy)) {
      for (const user of users) if (!user.startsWith('{')) names.user.add(user)
      for (const group of groups) if (group !== specialPrincipals.public) names.group.add(group)
      for (const role of roles) names.role.add(role)
    }
  return (['user', 'group', 'role'] as const).flatMap(kind => [...names[kind]].map(name => ({ kind, name })))
}

const isSameSet = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  some.size === others.size && [...some].every(name => others.has(name))

/** The groups in a role, by whatever way. */
const groupsInRole = (roles: RangerRoles | undefined): ((role: string) => ReadonlySet<string>) => {
  const byName = new Map((roles?.roles ?? []).map(role => [role.name, role]))
  return name => {
    const inner = new Set([name])
    for (const role of inner) for (const further of byName.get(role)?.roles ?? []) inner.add(further)
    return new Set([...inner].flatMap(role => byName.get(role)?.groups ?? []))
  }
}

/** Those who are mapped to something else, or whose place somebody else now takes as well. */
const remapped = (
  before: { readonly all: ReadonlyArray<RangerPrincipal>; readonly map: PrincipalMap },
  after: typeof before
): ReadonlyArray<RangerPrincipal> => {
  const unique = new Map([...before.all, ...after.all].map(each => [`${each.kind} ${each.name}`, each]))
  return [...unique.values()].filter(principal => before.map.obstacle(principal) !== after.map.obstacle(principal))
}

/** Compares who is in what, and what they are mapped to. */
export const changedPrincipals = (
  before: RangerSnapshot,
  after: RangerSnapshot,
  mapping: PrincipalMapping
): ChangedPrincipals => {
  const was = createMembership(before.roles, before.users)
  const is = createMembership(after.roles, after.users)
  const either = (names: (membership: Membership) => Iterable<string>) => [...new Set([...names(was), ...names(is)])]
  const differs = (of: (membership: Membership) => ReadonlySet<string>) => !isSameSet(of(was), of(is))

  const users = new Set(either(each => each.users).filter(user => was.knowsUser(user) !== is.knowsUser(user)))
  const groups = new Set(
    either(each => each.groups).filter(group => differs(membership => membership.usersInGroup(group)))
  )
  const [groupsWere, groupsAre] = [groupsInRole(before.roles), groupsInRole(after.roles)]
  const roles = new Set(
    either(each => each.roles).filter(
      role =>
        was.roles.has(role) !== is.roles.has(role) ||
        differs(membership => membership.usersInRole(role)) ||
        differs(membership => membership.rolesAbove(role)) ||
        !isSameSet(groupsWere(role), groupsAre(role))
    )
  )
  const isOther = differs(each => each.users) || differs(each => each.groups) || users.size > 0 || groups.size > 0

  const [allBefore, allAfter] = [allPrincipals(before, was), allPrincipals(after, is)]
  const moved = remapped(
    { all: allBefore, map: createPrincipalMap(mapping, allBefore) },
    { all: allAfter, map: createPrincipalMap(mapping, allAfter) }
  )
  for (const { kind, name } of moved) {
    if (kind === 'role') roles.add(name)
    if (kind === 'group') groups.add(name)
    if (kind !== 'user') continue
    users.add(name)
    // Members of groups and roles are granted, and tested, by name as well.
    for (const membership of [was, is]) {
      const own = membership.groupsOf(name)
      for (const group of own) groups.add(group)
      for (const role of membership.rolesOf(name, own)) roles.add(role)
    }
  }
  const rolesOfEveryone = new Set(either(each => each.rolesOf(undefined, [])))
  const anybody = isOther || !isSame(known(before), known(after))
  return {
    users,
    groups,
    roles,
    rolesOfEveryone,
    everyone: isOther || moved.length > 0,
    anybody: anybody || moved.length > 0
  }
}

const known = ({ roles, users }: RangerSnapshot) => [
  roles?.roles ?? [],
  users && [users.groupsOfUser, users.attributesOfUser, users.attributesOfGroup]
]

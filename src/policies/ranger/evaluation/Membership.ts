/** Who belongs to which groups and roles. Roles hold users, groups and other roles; whoever is in an inner role is in the outer ones, too. */
import type { RangerRoles } from '../model/Roles.ts'
import type { Attributes, UserStore } from '../model/UserStore.ts'
import type { Asker } from './Occasion.ts'
import { specialPrincipals } from './specialNames.ts'

/** Memberships, both ways. */
export interface Membership {
  /** Whether groups of users are known at all, and of this one. */
  readonly knowsUser: (user: string) => boolean
  readonly users: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  readonly groupsOf: (user: string) => ReadonlySet<string>
  /** Roles of a user, of groups, and of everyone. */
  readonly rolesOf: (user: string | undefined, groups: Iterable<string>) => ReadonlySet<string>
  readonly usersInGroup: (group: string) => ReadonlySet<string>
  /** Known users in a role, by whatever way. */
  readonly usersInRole: (role: string) => ReadonlySet<string>
  /** The role and all that hold it. */
  readonly rolesAbove: (role: string) => ReadonlySet<string>
  /** Somebody with all that is known of them. */
  readonly asker: (user: string | undefined, groups?: ReadonlySet<string>, roles?: ReadonlySet<string>) => Asker
}

const none: ReadonlySet<string> = new Set()
const noAttributes: Attributes = new Map()

const inverted = (pairs: Iterable<readonly [string, Iterable<string>]>): Map<string, Set<string>> => {
  const found = new Map<string, Set<string>>()
  for (const [key, values] of pairs)
    for (const value of values) {
      const keys = found.get(value)
      if (keys === undefined) found.set(value, new Set([key]))
      else keys.add(key)
    }
  return found
}

/** Everything that can be reached, the start included. */
const reachable = (start: string, next: (name: string) => Iterable<string>): ReadonlySet<string> => {
  const found = new Set([start])
  for (const name of found) for (const further of next(name)) found.add(further)
  return found
}

/** Makes the memberships out of the roles and the user store. */
export const createMembership = (roles: RangerRoles | undefined, store: UserStore | undefined): Membership => {
  const all = roles?.roles ?? []
  const byName = new Map(all.map(role => [role.name, role]))
  const outerOf = inverted(all.map(role => [role.name, role.roles] as const))
  const above = new Map<string, ReadonlySet<string>>()
  const rolesAbove = (role: string): ReadonlySet<string> => {
    const known = above.get(role) ?? reachable(role, name => outerOf.get(name) ?? none)
    above.set(role, known)
    return known
  }
  const rolesWith = (members: (role: (typeof all)[number]) => ReadonlyArray<string>) =>
    new Map(
      [...inverted(all.map(role => [role.name, members(role)] as const))].map(([member, direct]) => [
        member,
        new Set([...direct].flatMap(role => [...rolesAbove(role)]))
      ])
    )
  const rolesOfUser = rolesWith(({ users }) => users)
  const rolesOfGroup = rolesWith(({ groups }) => groups)

  const groupsOfUser = new Map([...(store?.groupsOfUser ?? [])].map(([user, groups]) => [user, new Set(groups)]))
  const usersOfGroup = inverted(groupsOfUser)
  const usersOfRole = new Map<string, ReadonlySet<string>>()
  const everyUser = new Set([...groupsOfUser.keys(), ...all.flatMap(({ users }) => users)])
  const usersInGroup = (group: string): ReadonlySet<string> =>
    group === specialPrincipals.public ? everyUser : (usersOfGroup.get(group) ?? none)
  const usersInRole = (role: string): ReadonlySet<string> => {
    const known = usersOfRole.get(role)
    if (known !== undefined) return known
    const inner = [...reachable(role, name => byName.get(name)?.roles ?? [])].flatMap(name => byName.get(name) ?? [])
    const users = new Set(
      inner.flatMap(({ users: direct, groups }) => [...direct, ...groups.flatMap(group => [...usersInGroup(group)])])
    )
    usersOfRole.set(role, users)
    return users
  }

  const rolesOf = (user: string | undefined, groups: Iterable<string>): ReadonlySet<string> => {
    const found = new Set<string>(rolesOfGroup.get(specialPrincipals.public) ?? none)
    for (const role of (user === undefined ? undefined : rolesOfUser.get(user)) ?? none) found.add(role)
    for (const group of groups) for (const role of rolesOfGroup.get(group) ?? none) found.add(role)
    return found
  }
  const groupsOf = (user: string): ReadonlySet<string> => groupsOfUser.get(user) ?? none
  const askers = new Map<string, Asker>()
  const attributesOfGroup = (group: string): Attributes => store?.attributesOfGroup.get(group) ?? noAttributes
  return {
    knowsUser: user => groupsOfUser.has(user),
    users: everyUser,
    groups: new Set([...usersOfGroup.keys(), ...all.flatMap(({ groups }) => groups)]),
    roles: new Set(byName.keys()),
    groupsOf,
    rolesOf,
    usersInGroup,
    usersInRole,
    rolesAbove,
    asker: (user, groups, own) => {
      const isPlain = user !== undefined && groups === undefined && own === undefined && everyUser.has(user)
      const known = isPlain ? askers.get(user) : undefined
      if (known !== undefined) return known
      const inGroups = groups ?? (user === undefined ? none : groupsOf(user))
      const asker: Asker = {
        user,
        groups: inGroups,
        roles: own ?? rolesOf(user, inGroups),
        attributes: user === undefined ? undefined : (store?.attributesOfUser.get(user) ?? (store && noAttributes)),
        attributesOfGroup
      }
      if (isPlain) askers.set(user, asker)
      return asker
    }
  }
}

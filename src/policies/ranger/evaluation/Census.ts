/**
 * Everyone whom some policies can tell apart. Users of whom the policies name the same things (the same groups and roles of theirs, or none) get the same answers, so one of them is asked for all;
 * where an answer may depend on more of a user than that, each is asked.
 */
import { itemEvaluatorsOf } from './PolicyEvaluator.ts'
import type { Membership } from './Membership.ts'
import type { Asker } from './Occasion.ts'
import type { Prospect } from './PolicySet.ts'
import type { SuperUsers } from './superUsers.ts'

/** A group or role by itself: somebody of whom no more is known than that. */
export interface Alone {
  readonly kind: 'group' | 'role'
  readonly name: string
  readonly asker: Asker
  readonly members: ReadonlySet<string>
}

/** Users who get the same answers. */
export interface UserClass {
  readonly asker: Asker
  readonly users: ReadonlyArray<string>
}

/** The count. */
export interface Census {
  readonly classes: ReadonlyArray<UserClass>
  /** Those that the policies name. */
  readonly alone: ReadonlyArray<Alone>
  /** The other groups that there are: they have what everyone has. */
  readonly otherGroups: () => ReadonlyArray<Alone>
  /** Users whom the policies name themselves. */
  readonly namedUsers: ReadonlySet<string>
  /** Whether the policies say something of everyone. */
  readonly meansEveryone: boolean
  /** Somebody of whom nothing is known. */
  readonly anyone: Asker
}

const none: ReadonlySet<string> = new Set()

interface Named {
  readonly users: Set<string>
  readonly groups: Set<string>
  readonly roles: Set<string>
  meansEveryone: boolean
  isPersonal: boolean
}

const namedIn = (prospects: Iterable<Prospect>): Named => {
  const named: Named = {
    users: new Set(),
    groups: new Set(),
    roles: new Set(),
    meansEveryone: false,
    isPersonal: false
  }
  for (const { evaluator } of prospects) {
    if (evaluator.isPersonal) named.isPersonal = true
    if (evaluator.policy.isDenyAllElse) named.meansEveryone = true
    for (const item of itemEvaluatorsOf(evaluator)) {
      if (item.isForEveryone) named.meansEveryone = true
      for (const user of item.users) if (!user.startsWith('{')) named.users.add(user)
      for (const group of item.groups) if (group !== 'public') named.groups.add(group)
      for (const role of item.roles) named.roles.add(role)
    }
  }
  return named
}

/** More than there are things to name in all policies about one resource. */
const mostNamed = 2 ** 26

/** Which of the named things are whose: users with the same number have the same. */
const signatures = (named: Named, membership: Membership, everyUser: boolean): Map<string, number> => {
  const found = new Map<string, number>()
  // What comes after a signature once one more thing is somebody's; 0 is having none.
  const steps = new Map<number, number>()
  let [thing, last] = [0, 0]
  const mark = (users: Iterable<string>) => {
    thing += 1
    for (const user of users) {
      const step = (found.get(user) ?? 0) * mostNamed + thing
      let next = steps.get(step)
      if (next === undefined) {
        last += 1
        next = last
        steps.set(step, next)
      }
      found.set(user, next)
    }
  }
  for (const user of named.users) mark([user])
  for (const group of named.groups) mark(membership.usersInGroup(group))
  for (const role of named.roles) mark(membership.usersInRole(role))
  if (everyUser) for (const user of membership.users) if (!found.has(user)) found.set(user, 0)
  if (named.isPersonal) for (const user of found.keys()) mark([user])
  return found
}

/** Whether the policies allow something to everyone, by name or by a role that everyone has. */
export const allowsEveryone = (prospects: Iterable<Prospect>, membership: Membership): boolean => {
  const { roles } = membership.asker(undefined)
  for (const { evaluator } of prospects)
    if (evaluator.allow.some(item => item.isForEveryone || [...item.roles].some(role => roles.has(role)))) return true
  return false
}

/** Counts. `everyUser`: all known users, not only those whom the policies can tell apart from others. */
export const takeCensus = (
  prospects: Iterable<Prospect>,
  membership: Membership,
  superUsers: SuperUsers,
  everyUser: boolean
): Census => {
  const named = namedIn(prospects)
  for (const user of superUsers.users) named.users.add(user)
  for (const group of superUsers.groups) named.groups.add(group)
  const classes = new Map<number, { readonly asker: Asker; readonly users: Array<string> }>()
  const all = everyUser || (named.isPersonal && named.meansEveryone)
  for (const [user, signature] of signatures(named, membership, all)) {
    const own = classes.get(signature)
    if (own === undefined) classes.set(signature, { asker: membership.asker(user), users: [user] })
    else own.users.push(user)
  }
  const group = (name: string): Alone => ({
    kind: 'group',
    name,
    asker: membership.asker(undefined, new Set([name])),
    members: membership.usersInGroup(name)
  })
  const roles = [...named.roles].map((name): Alone => ({
    kind: 'role',
    name,
    asker: membership.asker(undefined, none, membership.rolesAbove(name)),
    members: membership.usersInRole(name)
  }))
  return {
    classes: [...classes.values()],
    alone: [...[...named.groups].map(group), ...roles],
    otherGroups: () => [...membership.groups].filter(name => name !== 'public' && !named.groups.has(name)).map(group),
    namedUsers: named.users,
    meansEveryone: named.meansEveryone,
    anyone: membership.asker(undefined, none)
  }
}

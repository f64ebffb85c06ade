/** Who may be granted what: every question about a resource is put to everyone who could be told apart, and the answers are turned into principals of Snowflake. */
import type { Principal } from '../../../access/Principal.ts'
import { principalKey } from '../../../access/Principal.ts'
import type { Alone, Census } from '../evaluation/Census.ts'
import type { Membership } from '../evaluation/Membership.ts'
import type { Asker } from '../evaluation/Occasion.ts'
import type { PrincipalMap, RangerPrincipal } from './PrincipalMapping.ts'
import { describeRanger } from './PrincipalMapping.ts'

/** A yes-or-no question. */
export type Question = (asker: Asker) => boolean

/** Who holds something by the answers. */
export interface Holders {
  readonly grantees: ReadonlyArray<Principal>
  /** Groups and roles that hold it as such. */
  readonly alone: ReadonlyArray<Alone>
  readonly byEveryone: boolean
  /** Users for whom the answer is yes. */
  readonly users: ReadonlySet<string>
}

/** What turning answers into principals takes. */
export interface Registry {
  readonly census: Census
  readonly membership: Membership
  readonly map: PrincipalMap
  readonly isManaged: (principal: Principal) => boolean
  readonly knowsUsers: boolean
  readonly note: (text: string) => void
}

const combined = (a: Asker, b: Asker): Asker => ({
  ...a,
  user: a.user ?? b.user,
  groups: new Set([...a.groups, ...b.groups]),
  roles: new Set([...a.roles, ...b.roles])
})

/** Groups and roles of which it is not known who is in them. */
const isOpaque = ({ kind, name }: Alone, { membership, knowsUsers }: Registry): boolean =>
  kind === 'group' ? !knowsUsers : !membership.roles.has(name) || !knowsUsers

/** Somebody who may hold a group or role without our knowing it, and for whom the answer would then be no. */
const unknownMember = (alone: Alone, question: Question, registry: Registry): string | undefined => {
  const { census, membership } = registry
  const isOpen = isOpaque(alone, registry)
  const others = census.alone.filter(other => other !== alone && (isOpen || isOpaque(other, registry)))
  const other = others.find(({ asker }) => !question(combined(alone.asker, asker)))
  if (other !== undefined) return describeRanger(other)
  const strangers = [...census.namedUsers].filter(user => !membership.knowsUser(user) && !alone.members.has(user))
  const stranger = strangers.find(user => !question(combined(membership.asker(user), alone.asker)))
  return stranger === undefined ? undefined : describeRanger({ kind: 'user', name: stranger })
}

/** Answers a question for everyone; `what` names it in notes. */
export const holdersOf = (what: string, question: Question, registry: Registry): Holders => {
  const { census, membership, map, note } = registry
  const users = new Set(census.classes.flatMap(each => (question(each.asker) ? each.users : [])))
  const grantees = new Map<string, Principal>()
  const take = (principal: RangerPrincipal): boolean => {
    const obstacle = map.obstacle(principal)
    const found = map.of(principal)
    if (obstacle !== undefined) note(`${obstacle}: ${what} is not granted`)
    else if (found !== undefined && !registry.isManaged(found))
      note(
        `${describeRanger(principal)} is mapped to ${found.type} ${found.name}, which is not managed: ${what} is not granted`
      )
    else if (found !== undefined) grantees.set(principalKey(found), found)
    return found !== undefined && grantees.has(principalKey(found))
  }

  const isForEveryone = question(census.anyone)
  const refused = isForEveryone && census.classes.some(each => each.users.some(user => !users.has(user)))
  const { everyone } = map
  const byEveryone =
    isForEveryone &&
    !refused &&
    everyone !== undefined &&
    registry.isManaged(everyone) &&
    everyoneIsKnown(question, registry)
  if (byEveryone) grantees.set(principalKey(everyone), everyone)

  const covered = new Set<string>()
  const candidates = isForEveryone && !byEveryone ? [...census.alone, ...census.otherGroups()] : census.alone
  const alone = candidates.filter(each => {
    if (!question(each.asker)) return false
    const isWhole = [...each.members].every(user => users.has(user))
    const stranger = isWhole ? unknownMember(each, question, registry) : undefined
    if (!isWhole) note(`not all of ${describeRanger(each)} may have ${what}: it is granted by name to those who may`)
    if (stranger !== undefined)
      note(
        `${describeRanger(each)} may hold ${stranger}, who may not have ${what}: it is not granted to the ${each.kind}`
      )
    if (!isWhole || stranger !== undefined || !take(each)) return false
    for (const user of each.members) covered.add(user)
    return true
  })
  for (const user of users) {
    if (byEveryone ? membership.users.has(user) : covered.has(user) && !holdsByName(user, question, registry)) continue
    take({ kind: 'user', name: user })
  }
  // Users of whom nothing is known get nothing by any of these grants.
  if (isForEveryone && !byEveryone)
    note(
      registry.knowsUsers
        ? `${what} is for everyone: it is granted to the groups, roles and users that are known`
        : `${what} is for everyone, but it is not known who there is: it is granted to those only whom policies name`
    )
  return { grantees: [...grantees.values()], alone, byEveryone, users }
}

/** Whether a user would hold it without their groups and roles, too. */
const holdsByName = (user: string, question: Question, { census, membership }: Registry): boolean =>
  census.namedUsers.has(user) && question(membership.asker(user, new Set(), new Set()))

/** Nobody whom the policies name, and of whom more is not known, may lose by being everyone. */
const everyoneIsKnown = (question: Question, { census, membership }: Registry): boolean =>
  census.alone.every(({ asker }) => question(asker)) &&
  [...census.namedUsers].every(user => membership.knowsUser(user) || question(membership.asker(user)))

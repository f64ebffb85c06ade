/** The principals that an item is for, as masks and row filters test them. */
import type { Principal, Who } from '../../../access/Principal.ts'
import { everyone, principalKey } from '../../../access/Principal.ts'
import type { ItemEvaluator } from '../evaluation/ItemEvaluator.ts'
import type { Membership } from '../evaluation/Membership.ts'
import type { PrincipalMap, RangerPrincipal } from './PrincipalMapping.ts'
import { describeRanger } from './PrincipalMapping.ts'

/** What it takes to find them. */
export interface WhoContext {
  readonly membership: Membership
  readonly map: PrincipalMap
  /** The role that owns the resource, which `{OWNER}` stands for. */
  readonly owner: string | undefined
  /** Beyond so many, members of groups and roles are not tested by name. */
  readonly mostNames: number
  readonly note: (text: string) => void
}

const unique = (principals: ReadonlyArray<Principal>): ReadonlyArray<Principal> => [
  ...new Map(principals.map(principal => [principalKey(principal), principal])).values()
]

/** A name of Snowflake for a principal. */
type Naming = (principal: RangerPrincipal) => Principal | undefined

/** Ranger takes all groups of a user into account, a session of Snowflake only the roles that are switched on: so known members are tested by name as well. */
const membersOf = (
  { kind, name }: RangerPrincipal,
  { membership, mostNames, note }: WhoContext,
  naming: Naming
): ReadonlyArray<Principal> => {
  const users =
    kind === 'group'
      ? membership.usersInGroup(name)
      : kind === 'role'
        ? membership.usersInRole(name)
        : new Set<string>()
  if (users.size > mostNames) {
    note(
      `${describeRanger({ kind, name })} has more than ${mostNames} members: masks and row filters test its role, not its members by name`
    )
    return []
  }
  return [...users].flatMap(user => naming({ kind: 'user', name: user }) ?? []).filter(({ type }) => type === 'user')
}

const named = (
  principals: ReadonlyArray<RangerPrincipal>,
  context: WhoContext,
  naming: Naming
): ReadonlyArray<Principal> =>
  unique(
    principals.flatMap(principal => [...[naming(principal) ?? []].flat(), ...membersOf(principal, context, naming)])
  )

/** Tests for several principals and their known members, also by names that are somebody else's as well: for taking away. */
export const anyOfThem = (
  principals: ReadonlyArray<RangerPrincipal>,
  context: WhoContext
): ReadonlyArray<Principal> => {
  const found = named(principals, context, context.map.anyOf)
  if (found.length > named(principals, context, context.map.of).length) noteObstacles(principals, context)
  return found
}

const noteObstacles = (principals: ReadonlyArray<RangerPrincipal>, { map, note }: WhoContext): void => {
  for (const principal of principals) {
    const obstacle = map.obstacle(principal)
    if (obstacle !== undefined) note(`${obstacle}: nothing is shown to those who are known by that name only`)
  }
}

const without = (some: ReadonlyArray<Principal>, others: ReadonlyArray<Principal>): ReadonlyArray<Principal> => {
  const keys = new Set(others.map(principalKey))
  return some.filter(principal => !keys.has(principalKey(principal)))
}

/** Whom something is for. */
export interface Audience {
  readonly who: Who
  /** Names of Snowflake that are somebody else's as well: whoever bears only one of these may be the other one, to whom it must not be shown. */
  readonly ambiguous: ReadonlyArray<Principal>
}

/** Principals as an audience. */
export const audienceOf = (
  principals: ReadonlyArray<RangerPrincipal>,
  context: WhoContext,
  noneOf: ReadonlyArray<Principal> = []
): Audience => {
  const anyOf = named(principals, context, context.map.of)
  const ambiguous = without(named(principals, context, context.map.anyOf), anyOf)
  if (ambiguous.length > 0) noteObstacles(principals, context)
  return { who: { anyOf, noneOf }, ambiguous }
}

/** Whom an item is for. */
export const whoOf = (item: ItemEvaluator, context: WhoContext, noneOf: ReadonlyArray<Principal> = []): Audience => {
  if (item.isForEveryone) return { who: { ...everyone, noneOf }, ambiguous: [] }
  const { who, ambiguous } = audienceOf(
    [
      ...[...item.groups].map((name): RangerPrincipal => ({ kind: 'group', name })),
      ...[...item.roles].map((name): RangerPrincipal => ({ kind: 'role', name })),
      ...[...item.users].filter(name => !name.startsWith('{')).map((name): RangerPrincipal => ({ kind: 'user', name }))
    ],
    context,
    noneOf
  )
  const owner: ReadonlyArray<Principal> =
    item.isForOwner && context.owner !== undefined ? [{ type: 'role', name: context.owner }] : []
  return { who: { anyOf: unique([...(who.anyOf === 'everyone' ? [] : who.anyOf), ...owner]), noneOf }, ambiguous }
}

/** Names of Snowflake for users of Ranger, also such as are somebody else's as well: for taking away. */
export const usersAs = (users: Iterable<string>, map: PrincipalMap): ReadonlyArray<Principal> =>
  unique([...users].flatMap(name => map.anyOf({ kind: 'user', name }) ?? []))

/** Names of Snowflake that are theirs alone. */
export const usersAlone = (users: Iterable<string>, map: PrincipalMap): ReadonlyArray<Principal> =>
  unique([...users].flatMap(name => map.of({ kind: 'user', name }) ?? []))

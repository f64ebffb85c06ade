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

/** Ranger takes all groups of a user into account, a session of Snowflake only the roles that are switched on: so known members are tested by name as well. */
const membersOf = (
  { kind, name }: RangerPrincipal,
  { membership, map, mostNames, note }: WhoContext
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
  return [...users].flatMap(user => map.anyOf({ kind: 'user', name: user }) ?? []).filter(({ type }) => type === 'user')
}

/** Tests for several principals and their known members. */
export const anyOfThem = (principals: ReadonlyArray<RangerPrincipal>, context: WhoContext): ReadonlyArray<Principal> =>
  unique(
    principals.flatMap(principal => [...[context.map.anyOf(principal) ?? []].flat(), ...membersOf(principal, context)])
  )

/** Whom an item is for. */
export const whoOf = (item: ItemEvaluator, context: WhoContext, noneOf: ReadonlyArray<Principal> = []): Who => {
  if (item.isForEveryone) return { ...everyone, noneOf }
  const named: ReadonlyArray<RangerPrincipal> = [
    ...[...item.groups].map((name): RangerPrincipal => ({ kind: 'group', name })),
    ...[...item.roles].map((name): RangerPrincipal => ({ kind: 'role', name })),
    ...[...item.users].filter(name => !name.startsWith('{')).map((name): RangerPrincipal => ({ kind: 'user', name }))
  ]
  const owner: ReadonlyArray<Principal> =
    item.isForOwner && context.owner !== undefined ? [{ type: 'role', name: context.owner }] : []
  return { anyOf: unique([...anyOfThem(named, context), ...owner]), noneOf }
}

/** Names of Snowflake for users of Ranger. */
export const usersAs = (users: Iterable<string>, map: PrincipalMap): ReadonlyArray<Principal> =>
  unique([...users].flatMap(name => map.anyOf({ kind: 'user', name }) ?? []))

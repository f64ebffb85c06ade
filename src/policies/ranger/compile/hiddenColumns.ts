/**
 * Columns that some who may select from a table may not see. Snowflake grants no single columns, so they get SELECT on all of it and NULL in these. A group that may not see a column hides it from those
 * only who may not see it by another of theirs; a denial hides it from all whom it is for.
 */
import type { ColumnMask } from '../../../access/DesiredAccess.ts'
import type { Principal } from '../../../access/Principal.ts'
import { principalKey } from '../../../access/Principal.ts'
import type { Alone } from '../evaluation/Census.ts'
import type { Verdict } from '../evaluation/decideAccess.ts'
import type { Asker } from '../evaluation/Occasion.ts'
import type { Holders, Registry } from './Questions.ts'
import type { WhoContext } from './whoOf.ts'
import { anyOfThem, usersAlone, usersAs } from './whoOf.ts'

/** How one column is seen: what is said of it, and of the table where nothing is. */
export type ColumnVerdict = (asker: Asker) => Verdict

/** True where the policies say no, as opposed to nothing. */
const isDenied = ({ isAllowed, policyId }: Verdict): boolean => !isAllowed && policyId !== -1

const minus = (some: ReadonlyArray<Principal>, others: ReadonlyArray<Principal>): ReadonlyArray<Principal> => {
  const keys = new Set(others.map(principalKey))
  return some.filter(principal => !keys.has(principalKey(principal)))
}

/** The rules that hide a column. */
export const hidingRules = (
  verdict: ColumnVerdict,
  holders: Holders,
  registry: Registry,
  context: WhoContext
): ColumnMask['rules'] => {
  const { census, map } = registry
  const seen = new Set<string>()
  const hidden = new Set<string>()
  for (const { asker, users } of census.classes) {
    const into = verdict(asker).isAllowed ? seen : hidden
    for (const user of users) if (holders.users.has(user)) into.add(user)
  }
  const principalsOf = (list: ReadonlyArray<Alone>): ReadonlyArray<Principal> =>
    list.flatMap(alone => map.anyOf(alone) ?? [])
  const denying = census.alone.filter(({ asker }) => isDenied(verdict(asker)))
  const showing = holders.alone.filter(({ asker }) => verdict(asker).isAllowed)
  const notShowing = holders.alone.filter(({ asker }) => !verdict(asker).isAllowed)
  const forAnyone = verdict(census.anyone)
  const everyoneSees = holders.byEveryone && forAnyone.isAllowed
  const everyoneIsBlind = holders.byEveryone && !forAnyone.isAllowed

  const has = (user: string, list: ReadonlyArray<Alone>) => list.some(({ members }) => members.has(user))
  /** What the rules by roles alone would come to for a user with all roles on. */
  const isHiddenByRoles = (user: string): boolean =>
    has(user, denying) || ((has(user, notShowing) || everyoneIsBlind) && !has(user, showing) && !everyoneSees)
  const isGrantedByName = (user: string): boolean => {
    const principal = map.anyOf({ kind: 'user', name: user })
    return (
      principal !== undefined && holders.grantees.some(grantee => principalKey(grantee) === principalKey(principal))
    )
  }
  // Hidden by name is hidden whatever roles are on.
  const isSafeByRoles = (user: string): boolean =>
    isHiddenByRoles(user) && !has(user, denying) && !has(user, showing) && !isGrantedByName(user)
  const wronglyHidden = usersAlone([...seen].filter(isHiddenByRoles), map)
  const byName = [...hidden].filter(user => !isSafeByRoles(user))
  const rules: Array<ColumnMask['rules'][number]> = []
  const hide = (anyOf: 'everyone' | ReadonlyArray<Principal>, noneOf: ReadonlyArray<Principal>) => {
    if (anyOf === 'everyone' || anyOf.length > 0) rules.push({ who: { anyOf, noneOf }, mask: { kind: 'null' } })
  }
  hide(usersAs(byName, map), [])
  hide(minus(anyOfThem(denying, context), wronglyHidden), wronglyHidden)
  if (everyoneIsBlind && map.everyone !== undefined)
    hide([map.everyone], [...principalsOf(showing), ...usersAlone(seen, map)])
  if (!everyoneSees)
    hide(principalsOf(notShowing), [
      ...principalsOf(showing),
      ...wronglyHidden,
      ...usersAlone(seenByName(seen, registry), map)
    ])
  unreachable(byName, registry)
  return rules
}

/** Users who are granted by name see by their name, whatever roles they hold besides. */
const seenByName = (seen: ReadonlySet<string>, { census }: Registry): ReadonlyArray<string> =>
  [...seen].filter(user => census.namedUsers.has(user))

const unreachable = (users: ReadonlyArray<string>, { map, note }: Registry): void => {
  for (const user of users)
    if (map.anyOf({ kind: 'user', name: user }) === undefined)
      note(`user ${user} is not mapped to anything, so columns can not be hidden from them by name`)
}

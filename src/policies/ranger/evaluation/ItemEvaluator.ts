/** One item of a policy: whom it is for, what it is about, and when it holds. */
import type { AskerScope } from '../conditions/AskerScope.ts'
import type { Condition } from '../conditions/Condition.ts'
import { allHold } from '../conditions/Condition.ts'
import { readCondition } from '../conditions/readCondition.ts'
import type { Truth } from '../conditions/Truth.ts'
import type { PolicyItem } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import type { Asker } from './Occasion.ts'
import { accessTypes } from './specialNames.ts'
import { specialPrincipals } from './specialNames.ts'

/** An item, ready to be asked. */
export interface ItemEvaluator<Item extends PolicyItem = PolicyItem> {
  readonly item: Item
  readonly users: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly roles: ReadonlySet<string>
  readonly isForEveryone: boolean
  readonly isForOwner: boolean
  /** In lower case, with what they bring along. */
  readonly accessTypes: ReadonlySet<string>
  readonly conditions: ReadonlyArray<Condition>
  /** Whether it is for this asker and this kind of access (in lower case), conditions aside. */
  readonly concerns: (accessType: string, asker: Asker, owner: string | undefined) => boolean
  /** Whether its conditions hold. */
  readonly holds: (scope: () => AskerScope) => Truth
}

/** What a grant of each access type brings along, by the type in lower case. */
export type ImpliedGrants = ReadonlyMap<string, ReadonlyArray<string>>

const withImplied = ({ accesses }: PolicyItem, impliedGrants: ImpliedGrants): ReadonlySet<string> => {
  const allowed = accesses.filter(({ isAllowed }) => isAllowed).map(({ type }) => type.toLowerCase())
  const implied = allowed.flatMap(type => impliedGrants.get(type) ?? [])
  return new Set([...allowed, ...implied.map(type => type.toLowerCase())])
}

const intersects = (some: ReadonlySet<string>, others: ReadonlySet<string>): boolean => {
  if (some.size > others.size) return intersects(others, some)
  for (const name of some) if (others.has(name)) return true
  return false
}

/** Makes the evaluator of an item. */
export const itemEvaluator = <Item extends PolicyItem>(
  item: Item,
  serviceDef: ServiceDef,
  impliedGrants: ImpliedGrants
): ItemEvaluator<Item> => {
  const [users, groups, roles] = [new Set(item.users), new Set(item.groups), new Set(item.roles)]
  const isForEveryone = groups.has(specialPrincipals.public) || users.has(specialPrincipals.anyUser)
  const isForOwner = users.has(specialPrincipals.owner)
  const types = withImplied(item, impliedGrants)
  const conditions = item.conditions.map(condition => readCondition(condition, serviceDef))
  const isFor = ({ user, groups: inGroups, roles: inRoles }: Asker, owner: string | undefined): boolean =>
    isForEveryone ||
    (user !== undefined && users.has(user)) ||
    intersects(groups, inGroups) ||
    intersects(roles, inRoles) ||
    (isForOwner && user !== undefined && user === owner)
  return {
    item,
    users,
    groups,
    roles,
    isForEveryone,
    isForOwner,
    accessTypes: types,
    conditions,
    concerns: (accessType, asker, owner) =>
      (accessType === accessTypes.admin ? item.delegateAdmin : types.has(accessType)) && isFor(asker, owner),
    holds: scope => (conditions.length === 0 ? 'yes' : allHold(conditions, scope()))
  }
}

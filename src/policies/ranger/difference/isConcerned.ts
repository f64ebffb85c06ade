/** Whether a policy that is as it was may come to mean something else, because the people are not. */
import { itemsOf } from '../evaluation/evalOrder.ts'
import { specialPrincipals } from '../evaluation/specialNames.ts'
import type { PolicyItem, RangerPolicy } from '../model/Policy.ts'
import type { ChangedPrincipals } from './changedPrincipals.ts'

const isForEveryone = ({ users, groups }: PolicyItem): boolean =>
  users.includes(specialPrincipals.anyUser) || groups.includes(specialPrincipals.public)

/** Tokens and expressions; it may say so of what is none. */
const dependsOnAsker = (value: string): boolean => /[{\\]/.test(value)

const hasExpressions = (sql = ''): boolean => sql.includes('${{')

/** Whether its answer may depend on more of somebody than which names in it are theirs. It may say so of one for which it does not. */
const isPersonal = (policy: RangerPolicy): boolean =>
  policy.conditions.length > 0 ||
  itemsOf(policy).some(({ conditions }) => conditions.length > 0) ||
  [policy.resources, ...policy.additionalResources].some(resources =>
    [...resources.values()].some(({ values }) => values.some(dependsOnAsker))
  ) ||
  policy.dataMaskPolicyItems.some(({ dataMaskInfo: { valueExpr } }) => hasExpressions(valueExpr)) ||
  policy.rowFilterPolicyItems.some(({ rowFilterInfo: { filterExpr } }) => hasExpressions(filterExpr))

/** Tells. */
export const isConcerned = (policy: RangerPolicy, changed: ChangedPrincipals): boolean => {
  if (!changed.anybody) return false
  if (isPersonal(policy)) return true
  const isEveryones = (role: string) => changed.rolesOfEveryone.has(role)
  if (changed.everyone && policy.policyItems.some(item => isForEveryone(item) || item.roles.some(isEveryones)))
    return true
  return itemsOf(policy).some(
    ({ users, groups, roles }) =>
      users.some(name => changed.users.has(name)) ||
      groups.some(name => changed.groups.has(name)) ||
      roles.some(name => changed.roles.has(name))
  )
}

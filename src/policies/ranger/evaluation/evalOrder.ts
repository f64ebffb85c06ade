/** Which of several policies of one priority is looked at first (agents-common, `RangerOptimizedPolicyEvaluator`): the lower number, that is the broader policy. */
import type { PolicyItem, PolicyResource, RangerPolicy } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import { specialPrincipals } from './specialNames.ts'

const scores = { start: 10_000, dynamic: 20, resources: 100, principals: 25, accessTypes: 25, conditions: 25 } as const

const levelDiscount = ({ values, isExcludes, isRecursive }: PolicyResource): number => {
  if (values.some(value => value === '' || value === '*')) return 25
  const wildcard = values.some(value => value.includes('*')) ? 10 : values.some(value => value.includes('?')) ? 5 : 0
  return wildcard + (isExcludes ? 5 : 0) + (isRecursive ? 5 : 0)
}

/** All items of a policy, of whatever kind. */
export const itemsOf = (policy: RangerPolicy): ReadonlyArray<PolicyItem> => [
  ...policy.policyItems,
  ...policy.denyPolicyItems,
  ...policy.allowExceptions,
  ...policy.denyExceptions,
  ...policy.dataMaskPolicyItems,
  ...policy.rowFilterPolicyItems
]

/** A policy's place among those of its priority. `isDynamic`: its resources depend on who asks. */
export const evalOrder = (policy: RangerPolicy, serviceDef: ServiceDef, isDynamic: boolean): number => {
  const items = itemsOf(policy)
  const known = new Set(serviceDef.resources.map(({ name }) => name))
  const resources = [...policy.resources]
    .filter(([name, { values }]) => known.has(name) && values.length > 0)
    .reduce((sum, [, resource]) => sum + levelDiscount(resource), 0)
  const users = new Set(items.flatMap(item => item.users))
  const groups = new Set(items.flatMap(item => item.groups))
  const isForEveryone =
    policy.isDenyAllElse || groups.has(specialPrincipals.public) || users.has(specialPrincipals.anyUser)
  const principals = isForEveryone ? scores.principals : Math.min(users.size + groups.size, scores.principals)
  const accesses = new Set(
    items.flatMap(item => item.accesses.filter(({ isAllowed }) => isAllowed).map(({ type }) => type))
  )
  const accessShare = Math.round((scores.accessTypes * accesses.size) / Math.max(1, serviceDef.accessTypes.length))
  const conditions = [policy, ...items].reduce((count, part) => count + part.conditions.length, 0)
  return (
    scores.start +
    (isDynamic ? scores.dynamic : 0) -
    Math.min(scores.resources, resources) -
    principals -
    accessShare -
    Math.max(0, scores.conditions - 5 * conditions)
  )
}

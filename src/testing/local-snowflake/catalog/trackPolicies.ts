/** Keeps the policies' own lists of where they stand in step with the relations. */
import type { Policy } from './Policy.ts'
import type { Relation } from './Relation.ts'

/** Every policy set directly on the relation. */
export const policiesOf = (relation: Relation): ReadonlySet<Policy> => {
  const policies = new Set<Policy>()
  for (const { masking } of relation.columns) if (masking !== undefined) policies.add(masking.policy)
  if (relation.rowAccess !== undefined) policies.add(relation.rowAccess.policy)
  return policies
}

/** Runs a change of the relation and brings the policies' own lists in step with it. */
export const trackPolicies = (relation: Relation, change: () => void): void => {
  const before = policiesOf(relation)
  change()
  const after = relation.dropped ? new Set<Policy>() : policiesOf(relation)
  for (const policy of before) if (!after.has(policy)) policy.relations.delete(relation)
  for (const policy of after) policy.relations.add(relation)
}

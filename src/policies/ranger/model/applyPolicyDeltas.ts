/** From one version of the policies to the next. */
import * as E from 'fp-ts/lib/Either.js'
import type { InvalidInput } from '../../../SyncError.ts'
import { SyncError } from '../../../SyncError.ts'
import { fault } from '../../../Fault.ts'
import type { RangerPolicy } from './Policy.ts'
import type { PolicyDelta, SecurityZone, ServicePolicies } from './ServicePolicies.ts'

const apply = (
  policies: ReadonlyArray<RangerPolicy>,
  deltas: ReadonlyArray<PolicyDelta>
): ReadonlyArray<RangerPolicy> => {
  const byId = new Map(policies.map(policy => [policy.id, policy]))
  for (const { policyId, policy } of deltas) {
    byId.delete(policyId)
    if (policy !== undefined) byId.set(policyId, policy)
  }
  return [...byId.values()].sort((a, b) => a.id - b.id)
}

/** A zone of the changed policies: new zones come with all of their policies, known ones with changes. */
const changedZone = (
  before: SecurityZone | undefined,
  { policyDeltas, ...zone }: SecurityZone,
  own: (delta: PolicyDelta) => boolean
): SecurityZone => ({
  ...zone,
  policies: policyDeltas === undefined ? zone.policies : apply(before?.policies ?? [], policyDeltas.filter(own))
})

/**
 * Applies what a download with `policyDeltas` says to the policies that it was asked against. Policies without changes stay the objects they are.
 *
 * **Errors**: InvalidInput where a change is of another kind of service: then a full download is needed.
 *
 * @example
 * ```ts
 * import { orThrow } from 'on-demand-sync'
 * import { applyPolicyDeltas, readServicePolicies } from 'on-demand-sync/policies'
 *
 * const header = { serviceName: 'sf', serviceDef: { name: 'snowflake', resources: [{ name: 'database' }] } }
 * const policy = { id: 1, serviceType: 'snowflake', resources: { database: { values: ['HR'] } } }
 * const before = orThrow(readServicePolicies({ ...header, policyVersion: 1, policies: [policy] }))
 * const changes = orThrow(readServicePolicies({ ...header, policyVersion: 2, policyDeltas: [{ changeType: 2, policy }] }))
 * const after = orThrow(applyPolicyDeltas(before, changes))
 * if (after.policies.length !== 0 || after.policyVersion !== 2) throw new Error('unexpected')
 * ```
 */
export const applyPolicyDeltas = (
  before: ServicePolicies,
  changes: ServicePolicies
): E.Either<InvalidInput, ServicePolicies> => {
  const deltas = changes.policyDeltas ?? []
  const all = [...deltas, ...[...changes.securityZones.values()].flatMap(({ policyDeltas = [] }) => policyDeltas)]
  const { name } = before.serviceDef
  const foreign = all.findIndex(({ serviceType }) => serviceType !== name && serviceType !== 'tag')
  if (foreign >= 0)
    return E.left(
      SyncError.InvalidInput({
        subject: 'Ranger policies',
        faults: [
          fault(`policyDeltas[${foreign}].policy.serviceType`, `must be ${name} or tag: a full download is needed`)
        ]
      })
    )
  const isOwn = ({ serviceType }: PolicyDelta): boolean => serviceType === name
  const tagDeltas = all.filter(delta => !isOwn(delta))
  return E.right({
    ...before,
    policyVersion: changes.policyVersion,
    policies: apply(before.policies, deltas.filter(isOwn)),
    ...(before.tagPolicies && {
      tagPolicies: { ...before.tagPolicies, policies: apply(before.tagPolicies.policies, tagDeltas) }
    }),
    securityZones: new Map(
      [...changes.securityZones].map(([zone, changed]) => [
        zone,
        changedZone(before.securityZones.get(zone), changed, isOwn)
      ])
    )
  })
}

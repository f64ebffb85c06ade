/** Whether changes to policies can be applied to what is known: if not, all policies are asked for instead. */
import { isDeepStrictEqual } from 'node:util'
import type { Fault } from '../../../../Fault.ts'
import { fault } from '../../../../Fault.ts'
import type { RangerPolicy } from '../../model/Policy.ts'
import type { PolicyDelta, ServicePolicies } from '../../model/ServicePolicies.ts'

/** A change that is not about a policy known in its own place (the unzoned part, a zone, the tags), or makes one that is known elsewhere: what is known is not what Ranger Admin thinks. */
const strayDelta = (before: ServicePolicies, changes: ServicePolicies): PolicyDelta | undefined => {
  const idsOf = (policies: ReadonlyArray<RangerPolicy> = []) => new Set(policies.map(({ id }) => id))
  const tagged = idsOf(before.tagPolicies?.policies)
  const zones = new Map([...before.securityZones].map(([name, { policies }]) => [name, idsOf(policies)]))
  const unzoned = idsOf(before.policies)
  const all = [unzoned, ...zones.values()]
  const isStray = (zone: string, { change, policyId, policy, serviceType }: PolicyDelta): boolean => {
    const own = serviceType === 'tag' ? tagged : zone === '' ? unzoned : zones.get(zone)
    if (change !== 'create' && own?.has(policyId) !== true) return true
    if (serviceType === 'tag' || policy === undefined) return false
    return policy.zoneName !== zone || all.some(ids => ids !== own && ids.has(policyId))
  }
  const places: ReadonlyArray<readonly [string, ReadonlyArray<PolicyDelta> | undefined]> = [
    ['', changes.policyDeltas],
    ...[...changes.securityZones].map(([name, { policyDeltas }]) => [name, policyDeltas] as const)
  ]
  for (const [zone, deltas = []] of places) {
    const found = deltas.find(delta => isStray(zone, delta))
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * What changes can not say, or say in ways in which Ranger's versions differ: then nothing is guessed, and all policies are asked for. Undefined: there is none of it. The settings and the definition
 * are sent along with every change, and so is every zone.
 */
const changedBeyond = (before: ServicePolicies, changes: ServicePolicies): string | undefined => {
  const isOther = (a: unknown, b: unknown) => !isDeepStrictEqual(a, b)
  if (isOther(before.serviceDef, changes.serviceDef)) return 'serviceDef'
  if (changes.serviceConfig.size > 0 && isOther(before.serviceConfig, changes.serviceConfig)) return 'serviceConfig'
  const isOfTags = ({ serviceType }: PolicyDelta) => serviceType === 'tag'
  if (before.tagPolicies === undefined && (changes.policyDeltas ?? []).some(isOfTags)) return 'tagPolicies'
  if ([...before.securityZones.keys()].some(name => !changes.securityZones.has(name))) return 'securityZones'
  const silent = [...changes.securityZones].find(
    ([name, { policies, policyDeltas }]) =>
      policyDeltas === undefined && policies.length < (before.securityZones.get(name)?.policies.length ?? 0)
  )
  return silent && `securityZones.${silent[0]}`
}

/** What does not fit; undefined where all does. */
export const misfitOf = (before: ServicePolicies, changes: ServicePolicies): Fault | undefined => {
  const stray = strayDelta(before, changes)
  if (stray !== undefined)
    return fault('policyDeltas', `must be about policies known in their place, ${stray.policyId} is not`)
  const path = changedBeyond(before, changes)
  return path === undefined ? undefined : fault(path, 'must be as it is known, with the changes to its policies')
}

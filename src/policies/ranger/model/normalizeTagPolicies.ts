/** Tag policies are about several types of services at once: what is for this one is kept, without its prefix; what is for others only is left out. */
import type { PolicyItem, RangerPolicy } from './Policy.ts'
import type { AccessTypeDef, ServiceDef } from './ServiceDef.ts'
import type { TagPolicies } from './ServicePolicies.ts'

/** `hive:select` as `select` for hive, undefined for others; what has no prefix is for everyone. */
const own = (name: string, prefix: string): string | undefined => {
  if (!name.includes(':')) return name
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined
}

const ownDefs = (defs: ReadonlyArray<AccessTypeDef>, prefix: string): ReadonlyArray<AccessTypeDef> =>
  defs.flatMap(({ name, impliedGrants, category }) => {
    const kept = own(name, prefix)
    if (kept === undefined) return []
    return [{ name: kept, impliedGrants: impliedGrants.flatMap(grant => own(grant, prefix) ?? []), category }]
  })

const ownItem = <Item extends PolicyItem>(item: Item, prefix: string): ReadonlyArray<Item> => {
  const accesses = item.accesses.flatMap(access => {
    const type = own(access.type, prefix)
    return type === undefined ? [] : [{ ...access, type }]
  })
  return accesses.length === 0 && !item.delegateAdmin ? [] : [{ ...item, accesses }]
}

const ownPolicy = (policy: RangerPolicy, prefix: string): RangerPolicy => {
  const ownItems = <Item extends PolicyItem>(items: ReadonlyArray<Item>) => items.flatMap(item => ownItem(item, prefix))
  return {
    ...policy,
    policyItems: ownItems(policy.policyItems),
    denyPolicyItems: ownItems(policy.denyPolicyItems),
    allowExceptions: ownItems(policy.allowExceptions),
    denyExceptions: ownItems(policy.denyExceptions),
    rowFilterPolicyItems: ownItems(policy.rowFilterPolicyItems),
    dataMaskPolicyItems: ownItems(policy.dataMaskPolicyItems).flatMap(item => {
      const dataMaskType = own(item.dataMaskInfo.dataMaskType, prefix)
      return dataMaskType === undefined ? [] : [{ ...item, dataMaskInfo: { ...item.dataMaskInfo, dataMaskType } }]
    })
  }
}

/** The tag policies as a service of a type sees them. */
export const normalizeTagPolicies = (
  { policies, serviceDef, ...rest }: TagPolicies,
  component: ServiceDef
): TagPolicies => {
  const prefix = `${component.name}:`
  return {
    ...rest,
    policies: policies.map(policy => ownPolicy(policy, prefix)),
    serviceDef: {
      ...serviceDef,
      accessTypes: ownDefs(serviceDef.accessTypes, prefix),
      markerAccessTypes: ownDefs(serviceDef.markerAccessTypes, prefix)
    }
  }
}

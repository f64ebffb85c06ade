/**
 * Whether what a policy takes away can take effect at all. A denial for nobody, of an access type that there is not, or on a level that there is not, is most likely one that lost something on the way;
 * Ranger Admin stores no such policy (security-admin, `RangerPolicyValidator`), and Ranger's plugins would pass it over.
 */
import type { Hierarchy } from '../matching/Hierarchy.ts'
import { covers, hierarchiesOf, isGapless } from '../matching/Hierarchy.ts'
import type { PolicyItem, PolicyResources, PolicyType, RangerPolicy } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import { resourceDefsOf } from '../model/ServiceDef.ts'
import type { Json } from './Json.ts'
import { element, field, refuse } from './Json.ts'
import { named } from './readPolicy.ts'

/** Checks a policy; `json` is where it stands. */
export type CheckPolicy = (json: Json, policy: RangerPolicy) => void

/** What a policy, or a part of it, must have to have an effect. */
export const effectRules = {
  principals: 'must name users, groups or roles: without any it is for nobody',
  accesses: 'must name access types: without any it is about nothing',
  accessType: 'must be an access type of the service',
  levels: 'must name levels of the service from the top down, with none left out: as it is it matches nothing',
  values: 'must name at least one value: without any it means everything',
  type: 'must be empty in a policy of this type'
} as const

/** What takes access away, by the type of policy that it belongs to. */
const restricting = [
  ['denyPolicyItems', 0],
  ['allowExceptions', 0],
  ['denyExceptions', 0],
  ['dataMaskPolicyItems', 1],
  ['rowFilterPolicyItems', 2]
] as const

const checkResources = (json: Json, resources: PolicyResources, fits: (names: ReadonlyArray<string>) => boolean) => {
  for (const [level, { values }] of resources)
    if (!values.some(value => value !== '')) refuse(field(field(json, level), 'values'), effectRules.values)
  if (!fits([...resources.keys()])) refuse(json, effectRules.levels)
}

const checkItem = (json: Json, item: PolicyItem, isAccessType: (type: string) => boolean): void => {
  const { accesses, users, groups, roles, delegateAdmin } = item
  if (![...users, ...groups, ...roles].some(name => name !== '')) refuse(json, effectRules.principals)
  if (accesses.length === 0 && !delegateAdmin) refuse(field(json, 'accesses'), effectRules.accesses)
  for (const [index, { type }] of accesses.entries())
    if (type !== '' && !isAccessType(type.toLowerCase()))
      refuse(field(element(field(json, 'accesses'), index), 'type'), effectRules.accessType)
}

/** Whether levels are those of a way down. Remembered, for of very many policies nearly all have the same levels. */
export const fitting = (hierarchies: ReadonlyArray<Hierarchy>): ((names: ReadonlyArray<string>) => boolean) => {
  const known = new Map<string, boolean>()
  return names => {
    const key = names.join('\n')
    const answer =
      known.get(key) ??
      (names.length > 0 && hierarchies.some(way => covers(way, names) && isGapless(way, new Set(names))))
    known.set(key, answer)
    return answer
  }
}

const accessTypesOf = (serviceDef: ServiceDef, component: ServiceDef | undefined): ReadonlySet<string> => {
  const names = ({ accessTypes, markerAccessTypes }: ServiceDef) =>
    [...accessTypes, ...markerAccessTypes].map(({ name }) => name.toLowerCase())
  const ofComponent = component === undefined ? [] : names(component)
  return new Set([
    ...names(serviceDef),
    ...ofComponent,
    ...ofComponent.map(type => `${component?.name.toLowerCase()}:${type}`)
  ])
}

/** Makes the check for the policies of a service; `component`: for tag policies, the service that they are put to. */
export const policyChecker = (serviceDef: ServiceDef, component?: ServiceDef): CheckPolicy => {
  const accessTypes = accessTypesOf(serviceDef, component)
  const isAccessType = (type: string) => accessTypes.has(type)
  const byType = new Map(
    ([0, 1, 2, 3] as const).map((type): [PolicyType, ReturnType<typeof fitting>] => [
      type,
      fitting(hierarchiesOf(component === undefined ? resourceDefsOf(serviceDef, type) : serviceDef.resources))
    ])
  )
  return (at, policy) => {
    const json = named(at)
    let isRestricting = policy.isDenyAllElse
    if (isRestricting && policy.policyType !== 0) refuse(field(json, 'isDenyAllElse'), effectRules.type)
    for (const [key, type] of restricting) {
      const items: ReadonlyArray<PolicyItem> = policy[key]
      if (items.length === 0) continue
      isRestricting = true
      if (policy.policyType !== type) refuse(field(json, key), effectRules.type)
      items.forEach((item, index) => {
        checkItem(element(field(json, key), index), item, isAccessType)
      })
    }
    const fits = isRestricting ? byType.get(policy.policyType) : undefined
    const all = [policy.resources, ...policy.additionalResources]
    all.forEach((resources, index) => {
      const place = index === 0 ? field(json, 'resources') : element(field(json, 'additionalResources'), index - 1)
      checkResources(place, resources, fits ?? (() => true))
    })
  }
}

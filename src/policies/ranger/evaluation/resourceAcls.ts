/**
 * Ranger's own list of who has what on a resource (agents-common, `RangerPolicyEngineImpl.getResourceACLs`). It does not put principals together, so it may say less than is so: to decide, ask
 * `decide`; to see everyone's access, `accessOf`.
 */
import { covers } from '../matching/Hierarchy.ts'
import type { Elements, MatchType } from '../matching/ResourceMatcher.ts'
import { resourceMatcher } from '../matching/ResourceMatcher.ts'
import type { DataMaskItem, PolicyItem, RowFilterItem } from '../model/Policy.ts'
import { impliedGrantsOf } from '../model/ServiceDef.ts'
import type { AclResult, AclTable } from './aclSummary.ts'
import { aclSummary } from './aclSummary.ts'
import { tagProspects } from './gatherProspects.ts'
import type { PolicyEvaluator } from './PolicyEvaluator.ts'
import { byEvalOrder, byName } from './PolicyEvaluator.ts'
import type { EvaluatedType, PolicySet, Prospect } from './PolicySet.ts'
import { evaluatedTypes } from './PolicySet.ts'
import type { EngineParts, RangerEngine } from './RangerEngine.ts'
import { elementsOf } from './RangerEngine.ts'
import type { RangerRequest } from './RangerRequest.ts'
import { specialPrincipals } from './specialNames.ts'

/** One entry: 1 allowed, -1 denied, 2 depends on more than names. */
export interface AclEntry {
  readonly result: Exclude<AclResult, 0>
  readonly isFinal: boolean
  /** The policy that last had a say. */
  readonly policyId: number
}

/** Entries by principal and access type. */
export type Acls = ReadonlyMap<string, ReadonlyMap<string, AclEntry>>

/** An item that refines what its principals see. */
export interface AclRefinement<Info> {
  readonly users: ReadonlyArray<string>
  readonly groups: ReadonlyArray<string>
  readonly roles: ReadonlyArray<string>
  readonly accessTypes: ReadonlyArray<string>
  readonly info: Info
  readonly isConditional: boolean
  readonly policyId: number
}

/** The whole list. Masks and filters are all that match, in evaluation order; which one is for whom is not worked out. */
export interface ResourceAcls {
  readonly users: Acls
  readonly groups: Acls
  readonly roles: Acls
  readonly dataMasks: ReadonlyArray<AclRefinement<DataMaskItem['dataMaskInfo']>>
  readonly rowFilters: ReadonlyArray<AclRefinement<RowFilterItem['rowFilterInfo']>>
}

interface Entry {
  result: AclEntry['result']
  isFinal: boolean
  policyId: number
}

type Entries = Map<string, Map<string, Entry>>

const set = (entries: Entries, principal: string, accessType: string, result: AclEntry['result'], policyId: number) => {
  const own = entries.get(principal) ?? new Map<string, Entry>()
  entries.set(principal, own)
  const known = own.get(accessType)
  if (known === undefined) own.set(accessType, { result, isFinal: result === -1, policyId })
  else if (result !== 2) {
    if (!known.isFinal) Object.assign(known, { result, isFinal: result === -1 })
    known.policyId = policyId
  }
}

interface Lists {
  readonly users: Entries
  readonly groups: Entries
  readonly roles: Entries
}

/** What a higher priority has left open for single users and groups is closed by what it says of everyone. */
const finalize = ({ users, groups, roles }: Lists): void => {
  for (const [accessType, { result }] of groups.get(specialPrincipals.public) ?? []) {
    if (result === 2) continue
    for (const entries of [users, groups])
      for (const [principal, own] of entries)
        if ((entries !== groups || principal !== specialPrincipals.public) && own.get(accessType)?.isFinal === false)
          own.delete(accessType)
  }
  for (const entries of [users, groups, roles])
    for (const [principal, own] of entries) {
      if (own.size === 0) entries.delete(principal)
      for (const entry of own.values()) entry.isFinal = true
    }
}

const matches = (match: MatchType, orInside: boolean): boolean =>
  match === 'SELF' || match === 'SELF_AND_ALL_DESCENDANTS' || (orInside && match === 'DESCENDANT')

/** Whether the policy would match if everything in it that depends on who asks were a wildcard. */
const mayMatch = (
  { policy, matchers }: PolicyEvaluator,
  elements: Elements,
  set: PolicySet,
  policyType: EvaluatedType,
  orInside: boolean
): boolean =>
  [policy.resources, ...policy.additionalResources].some((resources, index) => {
    if (matchers[index]?.isDynamic !== true) return false
    const open = new Map(
      [...resources].map(([level, resource]) => [
        level,
        { ...resource, values: resource.values.map(value => value.replace(/\$\{\{.*?\}\}|\{[^{}]*\}/g, '*')) }
      ])
    )
    return matches(resourceMatcher(open, set.hierarchies(policyType)).matchType(elements, undefined, true), orInside)
  })

interface Candidate {
  readonly evaluator: PolicyEvaluator
  readonly set: PolicySet
  readonly tagMatch: MatchType | undefined
  readonly isTemporal: boolean
}

/** Each policy once, with the nearest of the tags that brought it here. */
const ofTags = (prospects: ReadonlyArray<Prospect>, set: PolicySet): ReadonlyArray<Candidate> => {
  const rank: ReadonlyArray<MatchType> = ['SELF', 'SELF_AND_ALL_DESCENDANTS', 'ANCESTOR', 'DESCENDANT', 'NONE']
  const rankOf = ({ tag }: Prospect) => rank.indexOf(tag?.matchType ?? 'NONE')
  const sorted = [...prospects].sort((a, b) => rankOf(a) - rankOf(b) || byName(a.evaluator, b.evaluator))
  const temporal = new Set(
    sorted.filter(({ tag }) => (tag?.tag.validityPeriods.length ?? 0) > 0).map(({ evaluator }) => evaluator)
  )
  const first = new Map<PolicyEvaluator, Candidate>()
  for (const { evaluator, tag } of sorted) {
    if (first.has(evaluator)) continue
    const tagMatch = tag?.matchType === 'ANCESTOR' ? 'SELF' : tag?.matchType
    first.set(evaluator, { evaluator, set, tagMatch, isTemporal: temporal.has(evaluator) })
  }
  return [...first.values()]
}

const candidatesFor = (
  parts: EngineParts,
  engine: RangerEngine,
  request: AclRequest,
  policyType: EvaluatedType
): ReadonlyArray<Candidate> => {
  const elements = elementsOf(request)
  const zones = [...parts.findZones(elements)]
  const zone = zones.length === 1 ? (zones[0] ?? '') : ''
  const set = parts.zones.get(zone) ?? parts.unzoned
  const tags = engine.tagsOf({ resource: request.resource, orInside: true })
  const tagged = parts.tagged ? ofTags(tagProspects(parts, policyType, tags, zone, undefined), parts.tagged) : []
  const own = set
    .prospects(policyType, elements, true)
    .map(({ evaluator }) => ({ evaluator, set, tagMatch: undefined, isTemporal: false }))
  return [...tagged, ...own].sort((a, b) => byEvalOrder(a.evaluator, b.evaluator))
}

/** What the list is about. */
export type AclRequest = Pick<RangerRequest, 'resource' | 'orInside'>

/** `certain`, `depends`, or undefined where the policy is about something else. */
const relevance = (
  { evaluator, set, tagMatch, isTemporal }: Candidate,
  request: AclRequest,
  policyType: EvaluatedType
): 'certain' | 'depends' | undefined => {
  const elements = elementsOf(request)
  const orInside = request.orInside === true
  const isMatched =
    tagMatch === undefined
      ? evaluator.matchers.some(matcher => matches(matcher.matchType(elements, undefined, false), orInside))
      : matches(tagMatch, orInside)
  if (!isMatched)
    return tagMatch === undefined && mayMatch(evaluator, elements, set, policyType, orInside) ? 'depends' : undefined
  const { conditions, validitySchedules } = evaluator.policy
  return isTemporal || conditions.length > 0 || validitySchedules.length > 0 ? 'depends' : 'certain'
}

const refinement = <Info>(item: PolicyItem, info: Info, policyId: number, depends: boolean): AclRefinement<Info> => {
  const { anyUser, owner, public: everyone } = specialPrincipals
  const groups = item.users.includes(anyUser) ? [...item.groups, everyone] : item.groups
  return {
    users: [...new Set(item.users.filter(user => user !== anyUser))],
    groups: [...new Set(groups)],
    roles: [...new Set(item.roles)],
    accessTypes: [...new Set(item.accesses.map(({ type }) => type))],
    info,
    isConditional: depends || item.conditions.length > 0 || item.users.includes(owner),
    policyId
  }
}

/**
 * Ranger's list of who has what on a resource.
 *
 * **When to use**: to compare with what Ranger's own plugins report. Entries of single principals are not put together: somebody's access by their own name and by their groups are different
 * entries, and which outweighs the other is not said.
 *
 * @example
 * ```ts
 * import { orThrow } from 'on-demand-sync'
 * import { createRangerEngine, readServicePolicies, resourceAcls, snowflakeServiceDef } from 'on-demand-sync/policies'
 *
 * const policy = {
 *   id: 1,
 *   resources: { database: { values: ['HR'] } },
 *   policyItems: [{ groups: ['hr'], accesses: [{ type: 'usedb' }] }]
 * }
 * const policies = orThrow(readServicePolicies({ serviceName: 'sf', serviceDef: snowflakeServiceDef, policies: [policy] }))
 * const acls = resourceAcls(createRangerEngine({ policies }), { resource: { elements: { database: 'HR' } } })
 * if (acls.groups.get('hr')?.get('usedb')?.result !== 1) throw new Error('unexpected')
 * ```
 */
export const resourceAcls = (engine: RangerEngine, request: AclRequest): ResourceAcls => {
  const { parts } = engine
  const lists: Lists = { users: new Map(), groups: new Map(), roles: new Map() }
  const dataMasks: Array<AclRefinement<DataMaskItem['dataMaskInfo']>> = []
  const rowFilters: Array<AclRefinement<RowFilterItem['rowFilterInfo']>> = []
  const names = [...elementsOf(request).keys()]

  const takeAccess = ({ evaluator, set: { serviceDef } }: Candidate, depends: boolean): void => {
    const summary = aclSummary(evaluator, serviceDef, impliedGrantsOf(serviceDef))
    const take = (entries: Entries, table: AclTable) => {
      for (const [principal, own] of table)
        for (const [accessType, result] of own)
          set(entries, principal, accessType, depends ? 2 : result === 0 ? -1 : result, evaluator.policy.id)
    }
    take(lists.users, summary.users)
    take(lists.groups, summary.groups)
    take(lists.roles, summary.roles)
  }

  for (const policyType of evaluatedTypes) {
    const ways = parts.unzoned.hierarchies(policyType)
    const isAbout = ways.some(way => covers(way, names) && (policyType === 0 || way.length === names.length))
    if (!isAbout) continue
    let priority: number | undefined
    for (const candidate of candidatesFor(parts, engine, request, policyType)) {
      const { evaluator } = candidate
      if (policyType === 0 && priority !== undefined && priority !== evaluator.policy.policyPriority) finalize(lists)
      priority = evaluator.policy.policyPriority
      const found = relevance(candidate, request, policyType)
      if (found === undefined) continue
      const depends = found === 'depends'
      const { id } = evaluator.policy
      if (policyType === 0) takeAccess(candidate, depends)
      for (const { item } of policyType === 1 ? evaluator.masks : [])
        dataMasks.push(refinement(item, item.dataMaskInfo, id, depends))
      for (const { item } of policyType === 2 ? evaluator.filters : [])
        rowFilters.push(refinement(item, item.rowFilterInfo, id, depends))
    }
    finalize(lists)
  }
  return { ...lists, dataMasks, rowFilters }
}

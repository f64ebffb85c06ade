/** Ranger's policies, ready to be asked. */
import type { Clock } from '../../../internal/Clock.ts'
import { systemClock } from '../../../internal/Clock.ts'
import { spliceExpressions } from '../conditions/spliceExpressions.ts'
import type { Elements } from '../matching/ResourceMatcher.ts'
import { hierarchiesOf } from '../matching/Hierarchy.ts'
import { normalizeTagPolicies } from '../model/normalizeTagPolicies.ts'
import type { DataMaskItem, RowFilterItem } from '../model/Policy.ts'
import type { RangerRoles } from '../model/Roles.ts'
import type { ServicePolicies } from '../model/ServicePolicies.ts'
import type { ServiceTags } from '../model/ServiceTags.ts'
import type { UserStore } from '../model/UserStore.ts'
import type { Prospects, Verdict, Wanted } from './decideAccess.ts'
import { decideAccess } from './decideAccess.ts'
import type { Refined } from './decideRefinement.ts'
import { decideRefinement } from './decideRefinement.ts'
import type { Look } from './Look.ts'
import { createLook } from './Look.ts'
import type { Membership } from './Membership.ts'
import { createMembership } from './Membership.ts'
import type { FoundTag, Occasion } from './Occasion.ts'
import type { EvaluatedType, PolicySet } from './PolicySet.ts'
import { createPolicySet } from './PolicySet.ts'
import { gatherProspects } from './gatherProspects.ts'
import type { RangerRequest } from './RangerRequest.ts'
import { readSuperUsers } from './superUsers.ts'
import type { SuperUsers } from './superUsers.ts'
import { accessTypes } from './specialNames.ts'
import type { FindTags } from './TagFinder.ts'
import { createTagFinder, everyTag } from './TagFinder.ts'
import type { FindZones } from './ZoneFinder.ts'
import { createZoneFinder } from './ZoneFinder.ts'

/** Everything that Ranger Admin serves for one service. */
export interface RangerSnapshot {
  readonly policies: ServicePolicies
  readonly roles?: RangerRoles
  readonly tags?: ServiceTags
  readonly users?: UserStore
}

/** Options of {@link createRangerEngine}. */
export interface RangerEngineOptions {
  /** The zone of times that name none, the windows of schedules aside, which are then in GMT: an IANA name. Default `UTC`. */
  readonly timeZone?: string
  /** Where "now" comes from. Default the system clock. */
  readonly clock?: Pick<Clock, 'now'>
  /** Users and groups who may do everything, besides those that the service's configuration names. */
  readonly superUsers?: ReadonlyArray<string>
  readonly superGroups?: ReadonlyArray<string>
}

/** An answer. */
export interface AccessDecision {
  readonly isAllowed: boolean
  /** The policy that decided; -1: none did. */
  readonly policyId: number
  readonly priority: number
  /** The security zone whose policies were asked; empty for the unzoned part. */
  readonly zone: string
  /** Policies whose say could not be told, for want of knowledge or because it is not supported. They let nobody in. */
  readonly doubtful: ReadonlyArray<number>
}

/** Which mask or filter is for the asker. */
export interface RefinementDecision<Item> {
  readonly policyId: number
  readonly item: Item
  /** False: it can't be told whether it is; show nothing. */
  readonly isCertain: boolean
  /** An SQL text of the item with `${{ … }}` worked out for the asker; undefined where that can't be told, or would be more than a value. */
  readonly write: (sql: string) => string | undefined
}

/** What the compiler and the access lists look at. */
export interface EngineParts {
  readonly snapshot: RangerSnapshot
  readonly unzoned: PolicySet
  readonly zones: ReadonlyMap<string, PolicySet>
  readonly tagged: PolicySet | undefined
  readonly findTags: FindTags
  readonly findZones: FindZones
  readonly membership: Membership
  readonly superUsers: SuperUsers
  readonly timeZone: string
  readonly now: () => number
  /** In lower case. */
  readonly accessTypes: ReadonlyArray<string>
  /** Where tag policies of zones are their own. */
  readonly hasOwnTagPolicies: (zone: string) => boolean
}

/** The engine. */
export interface RangerEngine {
  readonly decide: (request: RangerRequest) => AccessDecision
  /** The mask of a column for the asker; undefined: none. */
  readonly maskFor: (request: RangerRequest) => RefinementDecision<DataMaskItem> | undefined
  /** The row filter of a table for the asker; undefined: none. */
  readonly filterFor: (request: RangerRequest) => RefinementDecision<RowFilterItem> | undefined
  /** The tags of a resource and of what encloses it; with `orInside` also of what is in it. */
  readonly tagsOf: (request: Pick<RangerRequest, 'resource' | 'orInside' | 'accessType'>) => ReadonlyArray<FoundTag>
  readonly parts: EngineParts
}

/** Names by level as a map. */
export const elementsOf = ({ resource }: Pick<RangerRequest, 'resource'>): Elements =>
  new Map(Object.entries(resource.elements))

const isAnyAccess = ({ accessType = '' }: RangerRequest): boolean => accessType === '' || accessType === accessTypes.any

/** Which access types to ask for. */
const wantedOf = (request: RangerRequest, all: ReadonlyArray<string>): Wanted => {
  const { accessType = accessTypes.any, accessGroups = [], denialsInside = false } = request
  if (isAnyAccess(request))
    return { accessTypes: all, groups: denialsInside ? all.map(type => [type]) : [], isAny: true }
  const groups = accessGroups.map(group => group.map(type => type.toLowerCase()))
  return {
    accessTypes: groups.length === 0 ? [accessType.toLowerCase()] : [...new Set(groups.flat())],
    groups,
    isAny: request.context?.get('ISANYACCESS') === true
  }
}

/** Builds the parts of an engine. */
const assemble = (snapshot: RangerSnapshot, options: RangerEngineOptions): EngineParts => {
  const { policies, roles, tags, users } = snapshot
  const { timeZone = 'UTC', clock = systemClock } = options
  const { serviceDef, securityZones } = policies
  const tagPolicies = policies.tagPolicies && normalizeTagPolicies(policies.tagPolicies, serviceDef)
  const hierarchies = hierarchiesOf(serviceDef.resources)
  return {
    snapshot,
    unzoned: createPolicySet(policies.policies, serviceDef, timeZone),
    zones: new Map(
      [...securityZones].map(([name, zone]) => [name, createPolicySet(zone.policies, serviceDef, timeZone)])
    ),
    tagged:
      tagPolicies && createPolicySet(tagPolicies.policies, tagPolicies.serviceDef, timeZone, def => def.resources),
    findTags: createTagFinder(tags, hierarchies),
    findZones: createZoneFinder(securityZones, hierarchies),
    membership: createMembership(roles, users),
    superUsers: readSuperUsers(policies.serviceConfig, options),
    timeZone,
    now: () => clock.now(),
    accessTypes: [...new Set(serviceDef.accessTypes.map(({ name }) => name.toLowerCase()))],
    hasOwnTagPolicies: zone => securityZones.get(zone)?.containsAssociatedTagService === true
  }
}

/**
 * Makes an engine out of what Ranger Admin serves. It decides as Ranger's own plugins do (apache/ranger, agents-common, `RangerPolicyEngineImpl`), but runs nobody's code: a condition or an
 * expression that it can't work out lets nobody in, keeps denials in force, and is named in `doubtful`.
 *
 * **When to use**: to ask Ranger's policies about single requests, or to see why the compiled access of a table is what it is. For syncing, use `createRangerPolicySource`.
 *
 * **Details**: nothing is read later; make a new engine for a new snapshot. Policies are found by resource: time and memory of a decision do not grow with policies about other things.
 * Names of users, groups and roles are compared exactly, access types regardless of case.
 *
 * @example
 * ```ts
 * import { orThrow } from 'on-demand-sync'
 * import { createRangerEngine, readServicePolicies, snowflakeServiceDef } from 'on-demand-sync/policies'
 *
 * const value = (name: string) => ({ values: [name] })
 * const policies = orThrow(readServicePolicies({
 *   serviceName: 'sf',
 *   serviceDef: snowflakeServiceDef,
 *   policies: [{
 *     id: 1,
 *     resources: { database: value('HR'), schema: value('*'), table: value('*'), column: value('*') },
 *     policyItems: [{ users: ['ann'], accesses: [{ type: 'select' }] }]
 *   }]
 * }))
 * const engine = createRangerEngine({ policies })
 * const resource = { elements: { database: 'HR', schema: 'PUBLIC', table: 'PEOPLE' } }
 * if (!engine.decide({ resource, user: 'ann', accessType: 'select' }).isAllowed) throw new Error('unexpected')
 * if (engine.decide({ resource, user: 'bob', accessType: 'select' }).isAllowed) throw new Error('unexpected')
 * ```
 */
export const createRangerEngine = (snapshot: RangerSnapshot, options: RangerEngineOptions = {}): RangerEngine => {
  const parts = assemble(snapshot, options)
  const { unzoned, zones, findZones, membership, superUsers } = parts

  /** Zones to ask, one after another until one allows. */
  const zonesFor = (elements: Elements, isAny: boolean): ReadonlyArray<string> => {
    const found = [...findZones(elements)]
    if (found.length === 0 || (found.length > 1 && !isAny)) return ['']
    return found
  }

  const tagsOf: RangerEngine['tagsOf'] = request => {
    const elements = elementsOf(request)
    if (elements.size === 0 && isAnyAccess(request)) return everyTag(snapshot.tags)
    return parts.findTags(elements, request.orInside === true || isAnyAccess(request))
  }

  const lookFor = (request: RangerRequest, zone: string, doubtful: Set<number>, isAny: boolean): Look => {
    const { resource, user, groups, roles, accessTimeMs = parts.now(), tags = [] } = request
    const inGroups = groups && new Set(groups)
    const asker = membership.asker(user, inGroups, roles && new Set(roles))
    const found = [...tagsOf(request), ...tags.map(({ matchType = 'SELF', ...tag }): FoundTag => ({ tag, matchType }))]
    const occasion: Occasion = {
      elements: elementsOf(request),
      owner: resource.owner,
      accessType: request.accessType === undefined || request.accessType === '' ? accessTypes.any : request.accessType,
      accessTimeMs,
      tags: found,
      zone,
      context: request.context,
      clientIPAddress: request.clientIPAddress,
      fields: request.fields ?? new Map()
    }
    return createLook(asker, occasion, {
      timeZone: parts.timeZone,
      countsInner: isAny || request.orInside === true,
      ignoresInnerDenials: request.denialsInside !== true,
      doubt: ({ policy }) => doubtful.add(policy.id)
    })
  }

  const setOf = (zone: string): PolicySet => zones.get(zone) ?? unzoned
  const prospectsFor = (policyType: EvaluatedType, look: Look): Prospects =>
    gatherProspects(parts, setOf(look.occasion.zone), policyType, look.occasion, look.countsInner)

  const decide = (request: RangerRequest): AccessDecision => {
    const wanted = wantedOf(request, parts.accessTypes)
    const elements = elementsOf(request)
    const isEverything = isAnyAccess(request) && elements.size === 0
    const isAny = isAnyAccess(request)
    const asked = zonesFor(elements, isAny)
    const doubtful = new Set<number>()
    const answer = (verdict: Verdict, zone: string): AccessDecision => ({ ...verdict, zone, doubtful: [...doubtful] })
    let last: AccessDecision | undefined
    for (const zone of isEverything ? new Set([...asked, ...zones.keys()]) : asked) {
      const look = lookFor(request, zone, doubtful, isAny)
      const isSuper = superUsers.has(look.asker)
      if (isSuper || request.accessType === accessTypes.superUser)
        return answer({ isAllowed: isSuper, policyId: -1, priority: Infinity }, zone)
      last = answer(decideAccess(prospectsFor(0, look), wanted, look), zone)
      if (last.isAllowed) return last
    }
    return last ?? answer({ isAllowed: false, policyId: -1, priority: 0 }, '')
  }

  const refine = <Item extends DataMaskItem | RowFilterItem>(
    request: RangerRequest,
    run: (prospects: Prospects, accessTypes: ReadonlyArray<string>, look: Look) => Refined<Item> | undefined,
    policyType: EvaluatedType
  ): RefinementDecision<Item> | undefined => {
    const { accessTypes: types } = wantedOf({ accessType: 'select', ...request }, parts.accessTypes)
    const [zone = ''] = zonesFor(elementsOf(request), false)
    const look = lookFor(request, zone, new Set(), isAnyAccess({ accessType: 'select', ...request }))
    if (superUsers.has(look.asker)) return undefined
    const found = run(prospectsFor(policyType, look), types, look)
    if (found === undefined) return undefined
    const { evaluator, item, isCertain, prospect } = found
    const write = (sql: string) => spliceExpressions(sql, look.scope(prospect.tag).script)
    return { policyId: evaluator.policy.id, item, isCertain, write }
  }

  return {
    decide,
    maskFor: request =>
      refine(request, (prospects, types, look) => decideRefinement(prospects, ({ masks }) => masks, types, look), 1),
    filterFor: request =>
      refine(
        request,
        (prospects, types, look) =>
          decideRefinement(
            prospects,
            ({ filters }) => filters,
            types,
            look,
            item => item.rowFilterInfo.filterExpr === ''
          ),
        2
      ),
    tagsOf,
    parts
  }
}

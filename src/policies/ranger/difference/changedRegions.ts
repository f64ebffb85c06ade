/** Where policies, tags and zones say something else than before. */
import { levelMatcher } from '../matching/LevelMatcher.ts'
import { normalizeTagPolicies } from '../model/normalizeTagPolicies.ts'
import type { PolicyResources, RangerPolicy } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import { resourceDefsOf } from '../model/ServiceDef.ts'
import type { SecurityZone, TagPolicies } from '../model/ServicePolicies.ts'
import type { ServiceTags, TaggedResource } from '../model/ServiceTags.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'
import { changedBy, changedPolicies } from './changedPolicies.ts'
import type { Region } from './Region.ts'
import { inAny, inBoth, regionOf } from './Region.ts'
import { isSame } from './isSame.ts'

/** Two snapshots of one service definition. */
export interface Step {
  readonly before: RangerSnapshot
  readonly after: RangerSnapshot
}

/** What has changed, and where. `count`: how many of them. */
export interface Found {
  readonly count: number
  readonly regions: ReadonlyArray<Region>
}

/** Whether a policy that is as it was has to be looked at all the same. */
export type IsConcerned = (policy: RangerPolicy) => boolean

const nothing: Found = { count: 0, regions: [] }

const join = (all: ReadonlyArray<Found>): Found => ({
  count: all.reduce((sum, { count }) => sum + count, 0),
  regions: all.flatMap(({ regions }) => regions)
})

const concernedIn = (before: ReadonlyArray<RangerPolicy>, after: ReadonlyArray<RangerPolicy>, is: IsConcerned) => [
  ...new Set([...changedPolicies(before, after), ...[...before, ...after].filter(is)])
]

const idsIn = (policies: ReadonlyArray<RangerPolicy>): number => new Set(policies.map(({ id }) => id)).size

const regionsOfPolicies = (policies: ReadonlyArray<RangerPolicy>, serviceDef: ServiceDef): ReadonlyArray<Region> =>
  policies.flatMap(({ policyType, resources, additionalResources }) =>
    [resources, ...additionalResources].flatMap(each => regionOf(each, resourceDefsOf(serviceDef, policyType)) ?? [])
  )

const zoneRegion = (zones: ReadonlyArray<SecurityZone | undefined>, serviceDef: ServiceDef): Region =>
  inAny(
    zones
      .flatMap(zone => zone?.resources ?? [])
      .flatMap(resource => {
        const plain = [...resource].map(
          ([level, values]) => [level, { values, isExcludes: false, isRecursive: false }] as const
        )
        return regionOf(new Map(plain), serviceDef.resources) ?? []
      })
  )

/** Policies about resources, in zones and outside of them. */
export const regionsByPolicies = ({ before, after }: Step, isConcerned: IsConcerned): Found => {
  const { serviceDef } = after.policies
  const [zonesBefore, zonesAfter] = [before.policies.securityZones, after.policies.securityZones]
  const unzoned = concernedIn(before.policies.policies, after.policies.policies, isConcerned)
  const zoned = [...new Set([...zonesBefore.keys(), ...zonesAfter.keys()])].map((name): Found => {
    const [was, is] = [zonesBefore.get(name), zonesAfter.get(name)]
    const found = concernedIn(was?.policies ?? [], is?.policies ?? [], isConcerned)
    if (found.length === 0) return nothing
    const zone = zoneRegion([was, is], serviceDef)
    return { count: idsIn(found), regions: regionsOfPolicies(found, serviceDef).map(region => inBoth(region, zone)) }
  })
  return join([{ count: idsIn(unzoned), regions: regionsOfPolicies(unzoned, serviceDef) }, ...zoned])
}

/** Zones that are about other resources, that are new or gone, or whose tag policies are others. */
export const regionsByZones = ({ before, after }: Step): Found => {
  const [was, is] = [before.policies.securityZones, after.policies.securityZones]
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter(name => {
    const about = (zone: SecurityZone | undefined) => zone && [zone.resources, zone.containsAssociatedTagService]
    return !isSame(about(was.get(name)), about(is.get(name)))
  })
  return {
    count: changed.length,
    regions: changed.map(name => zoneRegion([was.get(name), is.get(name)], after.policies.serviceDef))
  }
}

/** Levels come in any order, and it means nothing. */
const textOf = (elements: PolicyResources): string => JSON.stringify([...elements].sort(([a], [b]) => (a < b ? -1 : 1)))

const tagsOn = (tags: ServiceTags | undefined, { tagIds }: TaggedResource) =>
  tagIds.flatMap(id => tags?.tags.get(id) ?? [])

const regionsOfTagged = (tagged: ReadonlyArray<TaggedResource>, { after }: Step): ReadonlyArray<Region> =>
  tagged.flatMap(({ elements }) => regionOf(elements, after.policies.serviceDef.resources) ?? [])

/** Resources that carry other tags, or whose tags say something else. Of a resource's tags the first may decide, so their order counts. */
export const regionsByTags = (step: Step): Found => {
  const [was, is] = [step.before.tags, step.after.tags]
  if (was === is) return nothing
  const written = (tags: ServiceTags | undefined) =>
    (tags?.resources ?? []).map(resource => ({
      at: textOf(resource.elements),
      tags: tagsOn(tags, resource),
      elements: resource.elements,
      tagIds: []
    }))
  const [before, after] = [written(was), written(is)]
  const changed = changedBy(before, after, ({ at }) => at)
  const [first, second] = [before.map(({ at }) => at), after.map(({ at }) => at)]
  const [inFirst, inSecond] = [new Set(first), new Set(second)]
  const isInOrder = first.filter(at => inSecond.has(at)).join('\n') === second.filter(at => inFirst.has(at)).join('\n')
  return {
    count: new Set(changed.map(({ at }) => at)).size,
    regions: regionsOfTagged(isInOrder ? changed : [...before, ...after], step)
  }
}

/** Policies about tags: where the tags are that they are about. */
export const regionsByTagPolicies = (step: Step, isConcerned: IsConcerned): Found => {
  const { before, after } = step
  const { serviceDef } = after.policies
  const own = (tagPolicies: TagPolicies | undefined) => tagPolicies && normalizeTagPolicies(tagPolicies, serviceDef)
  const [was, is] = [own(before.policies.tagPolicies), own(after.policies.tagPolicies)]
  const isDefined = was === undefined || is === undefined || isSame(was.serviceDef, is.serviceDef)
  const [first, second] = [was?.policies ?? [], is?.policies ?? []]
  const found = isDefined ? concernedIn(first, second, isConcerned) : [...first, ...second]
  if (found.length === 0) return nothing
  const defs = [was, is].flatMap(each => (each === undefined ? [] : each.serviceDef.resources))
  const tests = found.flatMap(({ resources, additionalResources }) =>
    [resources, ...additionalResources].flatMap(each => {
      const tag = each.get('tag')
      if (tag === undefined) return []
      return defs.filter(({ name }) => name === 'tag').map(def => levelMatcher(def, tag))
    })
  )
  const isMeant = (type: string) =>
    tests.some(({ isDynamic, matches }) => isDynamic || matches(type, undefined) !== 'no')
  const tagged = [before.tags, after.tags].flatMap(tags =>
    tags === undefined
      ? []
      : tags.resources.filter(resource => tagsOn(tags, resource).some(({ type }) => isMeant(type)))
  )
  return { count: idsIn(found), regions: regionsOfTagged(tagged, step) }
}

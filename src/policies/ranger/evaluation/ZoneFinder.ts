/** Which security zones a resource is in (agents-common, `RangerSecurityZoneMatcher`). */
import type { Hierarchy } from '../matching/Hierarchy.ts'
import type { Elements, ResourceMatcher } from '../matching/ResourceMatcher.ts'
import { resourceMatcher } from '../matching/ResourceMatcher.ts'
import type { SecurityZone } from '../model/ServicePolicies.ts'
import { createPolicyIndex } from './PolicyIndex.ts'

/** Names of zones; an empty name stands for the unzoned part. None at all: unzoned, too. */
export type FindZones = (elements: Elements) => ReadonlySet<string>

/** Makes the finder. A resource around a zone's is in that zone and in the unzoned part; what is below one, at a level that can be recursive, is in the zone. */
export const createZoneFinder = (
  zones: ReadonlyMap<string, SecurityZone>,
  hierarchies: ReadonlyArray<Hierarchy>
): FindZones => {
  const index = createPolicyIndex<{ readonly zone: string; readonly matcher: ResourceMatcher }>()
  const recursive = new Set(hierarchies.flat().flatMap(def => (def.recursiveSupported ? def.name : [])))
  for (const [zone, { resources }] of zones)
    for (const resource of resources) {
      const values = [...resource].map(
        ([level, names]) => [level, { values: names, isExcludes: false, isRecursive: recursive.has(level) }] as const
      )
      const matcher = resourceMatcher(new Map(values), hierarchies)
      if (matcher.canMatch) index.add(matcher.levels, { zone, matcher })
    }
  return elements => {
    const found = new Set<string>()
    if (zones.size === 0) return found
    for (const { zone, matcher } of index.find(elements, true)) {
      const match = matcher.matchType(elements, undefined, false)
      if (match === 'NONE') continue
      found.add(zone)
      if (match === 'DESCENDANT') found.add('')
    }
    return found
  }
}

/** A policy's resources against a request's (agents-common, `RangerDefaultPolicyResourceMatcher`). */
import type { PolicyResources } from '../model/Policy.ts'
import type { ResourceDef } from '../model/ServiceDef.ts'
import type { Hierarchy } from './Hierarchy.ts'
import { covers, isGapless, shortestCovering } from './Hierarchy.ts'
import type { LevelMatcher, Requested } from './LevelMatcher.ts'
import { holds, levelMatcher } from './LevelMatcher.ts'
import type { ValueScope } from './ResourceText.ts'

/**
 * How a policy's resources lie to a request's.
 * - `SELF`: they are the same;
 * - `SELF_AND_ALL_DESCENDANTS`: the policy is about the request's resource and everything in it;
 * - `ANCESTOR`: the policy is about something that encloses the request's resource;
 * - `DESCENDANT`: the policy is about something in it;
 * - `NONE`: neither.
 */
export type MatchType = 'SELF' | 'SELF_AND_ALL_DESCENDANTS' | 'ANCESTOR' | 'DESCENDANT' | 'NONE'

/** Names by level, as a request has them. */
export type Elements = ReadonlyMap<string, Requested>

/** One set of resources of a policy. */
export interface ResourceMatcher {
  /** The levels that the policy names, from the top down. Empty where they fit no hierarchy, and for a policy without resources. */
  readonly levels: ReadonlyArray<LevelMatcher>
  /** Whether there is any request that it matches. */
  readonly canMatch: boolean
  /** Whether it depends on who asks. */
  readonly isDynamic: boolean
  /** `whenUnknown`: what a value counts for that can't be worked out. */
  readonly matchType: (elements: Elements, scope: ValueScope | undefined, whenUnknown: boolean) => MatchType
}

/** Makes the test. A policy whose levels fit no way down, or leave one out, matches nothing. */
export const resourceMatcher = (
  resources: PolicyResources,
  hierarchies: ReadonlyArray<Hierarchy>,
  allowWildcards = false
): ResourceMatcher => {
  const names = [...resources.keys()]
  const own = new Set(names)
  const fitting = hierarchies.filter(way => covers(way, names))
  const gapless = fitting.filter(way => isGapless(way, own))
  const isUsable = names.length > 0 && gapless.length > 0
  const only = gapless.length === 1 ? gapless[0] : undefined
  const levels = isUsable ? levelsOf(gapless[0] ?? [], resources, allowWildcards) : []
  const byName = new Map(levels.map(level => [level.name, level]))

  const onlyNames = only?.map(({ name }) => name)
  const wayFor = (elements: Elements): Hierarchy | undefined => {
    // By far the most requests name the first levels of the one way there is.
    if (onlyNames !== undefined && elements.size > 0 && elements.size <= onlyNames.length) {
      let count = 0
      while (count < elements.size && elements.has(onlyNames[count] ?? '')) count += 1
      if (count === elements.size) return only
    }
    const requested = [...elements.keys()]
    if (requested.length === 0) return only ?? shortestCovering(fitting, names)
    const way = only === undefined ? sharedWay(requested) : covers(only, requested) ? only : undefined
    return way !== undefined && isGapless(way, new Set(requested)) ? way : undefined
  }
  const sharedWay = (requested: ReadonlyArray<string>): Hierarchy | undefined => {
    if (requested.every(name => own.has(name))) return shortestCovering(fitting, names)
    return names.every(name => requested.includes(name)) ? shortestCovering(hierarchies, requested) : undefined
  }

  return {
    levels,
    canMatch: isUsable || names.length === 0,
    isDynamic: levels.some(({ isDynamic }) => isDynamic),
    matchType: (elements, scope, whenUnknown) => {
      if (names.length === 0) return elements.size === 0 ? 'SELF' : 'NONE'
      const way = isUsable ? wayFor(elements) : undefined
      return way === undefined ? 'NONE' : walk(way, byName, elements, scope, whenUnknown)
    }
  }
}

const levelsOf = (way: Hierarchy, resources: PolicyResources, allowWildcards: boolean): ReadonlyArray<LevelMatcher> =>
  way.flatMap((def: ResourceDef) => {
    const resource = resources.get(def.name)
    return resource === undefined ? [] : [levelMatcher(def, resource, allowWildcards)]
  })

const walk = (
  way: Hierarchy,
  levels: ReadonlyMap<string, LevelMatcher>,
  elements: Elements,
  scope: ValueScope | undefined,
  whenUnknown: boolean
): MatchType => {
  let lastSpecific = -1
  let result: MatchType = elements.size === 0 ? 'SELF' : 'NONE'
  for (const [index, { name }] of way.entries()) {
    const level = levels.get(name)
    const requested = elements.get(name)
    if (level === undefined) {
      if (requested !== undefined) result = 'ANCESTOR'
      break
    }
    if (!level.isAny) lastSpecific = index
    if (requested === undefined && !level.isAny) continue
    if (!holds(level.matches(requested, scope), whenUnknown)) return 'NONE'
    result = 'SELF'
  }
  if (result !== 'SELF' || elements.size >= levels.size) return result
  return elements.size > lastSpecific ? 'SELF_AND_ALL_DESCENDANTS' : 'DESCENDANT'
}

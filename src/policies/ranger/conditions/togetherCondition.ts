/** Whether a request names several of some resources at once (agents-common, `RangerHiveResourcesAccessedTogetherCondition`). What a request names besides its own resource is known at query time only. */
import { isObject, ownField } from '../../../internal/objects.ts'
import { hierarchiesOf } from '../matching/Hierarchy.ts'
import type { Elements, ResourceMatcher } from '../matching/ResourceMatcher.ts'
import { resourceMatcher } from '../matching/ResourceMatcher.ts'
import type { PolicyResource } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import type { AskerScope } from './AskerScope.ts'
import type { ReadCondition } from './Condition.ts'
import { undecidable } from './Condition.ts'
import { truthOf } from './Truth.ts'

const resource = (value: string): PolicyResource => ({ values: [value], isExcludes: false, isRecursive: false })

/** `db.table.column`, from the top down; what is left out at the end is everything. */
const matcherFor = (spec: string, serviceDef: ServiceDef): ResourceMatcher | undefined => {
  const parts = spec
    .trim()
    .split('.')
    .filter(part => part !== '')
  const hierarchies = hierarchiesOf(serviceDef.resources)
  const way = hierarchies.reduce<(typeof hierarchies)[number]>(
    (longest, next) => (next.length > longest.length ? next : longest),
    []
  )
  if (parts.length === 0 || parts.length > way.length) return undefined
  return resourceMatcher(new Map(way.map(({ name }, index) => [name, resource(parts[index] ?? '*')])), hierarchies)
}

/** What the request names, as its context has it; undefined where that isn't known, empty where it names nothing. */
const requestedIn = ({ occasion: { context } }: AskerScope): ReadonlyArray<Elements> | undefined => {
  if (context === undefined) return undefined
  const named = context.get('REQUESTED_RESOURCES')
  const list = isObject(named) ? ownField(named, 'requestedResources') : named
  if (!Array.isArray(list)) return []
  return list.map((item: unknown) => {
    const elements = isObject(item) ? ownField(item, 'elements') : undefined
    return new Map(isObject(elements) ? Object.entries(elements).map(([name, value]) => [name, String(value)]) : [])
  })
}

const isWhole = (type: string): boolean => type === 'SELF' || type === 'SELF_AND_ALL_DESCENDANTS'

/** At least two of the resources listed are named together, or not. */
export const togetherCondition =
  (together: boolean): ReadCondition =>
  (values, _, serviceDef) => {
    const matchers = values.map(value => matcherFor(value, serviceDef))
    const read = matchers.filter(matcher => matcher !== undefined)
    if (read.length === 0 || read.length < matchers.length)
      return undecidable('a condition on resources that can not be read')
    return {
      isPersonal: false,
      holds: scope => {
        const requested = requestedIn(scope)
        if (requested === undefined) return 'unknown'
        const matches = requested.flatMap(elements =>
          read.filter(matcher => isWhole(matcher.matchType(elements, scope.values, false)))
        )
        return truthOf((requested.length > 1 && matches.length > 1) === together)
      }
    }
  }

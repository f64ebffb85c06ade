/** Part of an account, as policies, zones and tagged resources name it. */
import type { ResourceName } from '../../../Resource.ts'
import { ResourceReference, ResourceReferenceCodec } from '../../../SyncRequest.ts'
import type { LevelMatcher } from '../matching/LevelMatcher.ts'
import { levelMatcher } from '../matching/LevelMatcher.ts'
import { matcherOptions } from '../matching/matcherOptions.ts'
import type { PolicyResources } from '../model/Policy.ts'
import type { ResourceDef } from '../model/ServiceDef.ts'

/** Exact names from the outside in, and everything in there; none at all: the whole account. */
export type Area = ReadonlyArray<string>

/** The areas are what can be named of it, and may be more than the region; `covers` is the region itself. */
export interface Region {
  readonly areas: ReadonlyArray<Area>
  /** Whether something of the named resource, or all of it, may be in the region. */
  readonly covers: (name: ResourceName) => boolean
}

/** Everything. */
export const everywhere: Region = { areas: [[]], covers: () => true }

const levels = ['database', 'schema', 'table', 'column'] as const

/** Beyond so many combinations of names, the lower levels are left out: what is around them is named. */
const mostAreas = 1_000

/** The names that a level stands for; undefined where they can't be told: patterns, excludes, names that depend on who asks, names regardless of case. */
const exactNames = (
  { isAny, isExcludes, isDynamic, values }: LevelMatcher,
  def: ResourceDef
): ReadonlyArray<string> | undefined => {
  if (isAny || isExcludes || isDynamic || matcherOptions(def.matcherOptions).ignoreCase) return undefined
  const names = values.map(({ shape }) => (shape.kind === 'exact' ? shape.text : undefined))
  return names.every(name => name !== undefined) ? [...new Set(names)] : undefined
}

const isPart = (area: Area, other: Area): boolean => other.every((name, index) => area[index] === name)

/** The region of one set of resources. Undefined: it is about something else, such as a warehouse. */
export const regionOf = (resources: PolicyResources, defs: ReadonlyArray<ResourceDef>): Region | undefined => {
  if (!resources.has('database')) return undefined
  const matchers = new Map<string, LevelMatcher>()
  let areas: ReadonlyArray<Area> = [[]]
  let isExact = true
  for (const level of levels) {
    const [resource, def] = [resources.get(level), defs.find(({ name }) => name === level)]
    if (resource === undefined || def === undefined) break
    const matcher = levelMatcher(def, resource)
    matchers.set(level, matcher)
    const names: ReadonlyArray<string> | undefined = isExact ? exactNames(matcher, def) : undefined
    isExact = names !== undefined && areas.length * names.length <= mostAreas
    if (names !== undefined && isExact) areas = areas.flatMap(area => names.map(name => [...area, name]))
  }
  const mayBe = (level: 'database' | 'schema' | 'table', name: string | undefined): boolean => {
    const matcher = matchers.get(level)
    return matcher === undefined || name === undefined || matcher.isDynamic || matcher.matches(name, undefined) !== 'no'
  }
  return {
    areas,
    covers: ({ database, schema, table }) =>
      mayBe('database', database) && mayBe('schema', schema) && mayBe('table', table)
  }
}

/** What is in both. */
export const inBoth = (a: Region, b: Region): Region => ({
  areas: a.areas.flatMap(area =>
    b.areas.flatMap(other => (isPart(area, other) ? [area] : isPart(other, area) ? [other] : []))
  ),
  covers: name => a.covers(name) && b.covers(name)
})

/** What is in any of them. */
export const inAny = (regions: ReadonlyArray<Region>): Region => ({
  areas: regions.flatMap(({ areas }) => areas),
  covers: name => regions.some(region => region.covers(name))
})

const keyOf = (area: Area): string => JSON.stringify(area)

/** The areas without those that lie in others. */
export const outermost = (areas: ReadonlyArray<Area>): ReadonlyArray<Area> => {
  const all = new Map(areas.map(area => [keyOf(area), area]))
  return [...all.values()].filter(area => area.every((_, length) => !all.has(keyOf(area.slice(0, length)))))
}

/** An area as a reference. Undefined for the whole account, and for names that nothing in Snowflake can have. */
export const referenceOf = ([database, schema, table, column]: Area): ResourceReference | undefined => {
  if (database === undefined) return undefined
  const reference =
    schema === undefined
      ? ResourceReference.database(database)
      : table === undefined
        ? ResourceReference.schema(database, schema)
        : column === undefined
          ? ResourceReference.table(database, schema, table)
          : ResourceReference.column(database, schema, table, column)
  return ResourceReferenceCodec.is(reference) ? reference : undefined
}

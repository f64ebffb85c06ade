/** The ways down a service's levels: `database`, `schema`, `table`, `column`, and each beginning of a way at which a policy may end. */
import type { ResourceDef } from '../model/ServiceDef.ts'

/** Levels from the top down. */
export type Hierarchy = ReadonlyArray<ResourceDef>

/** All ways. None where the levels make no forest, or where a lowest level says that policies can't end at it. */
export const hierarchiesOf = (defs: ReadonlyArray<ResourceDef>): ReadonlyArray<Hierarchy> => {
  const byName = new Map(defs.map(def => [def.name, def]))
  const parents = new Set(defs.map(({ parent }) => parent))
  const lowest = defs.filter(({ name }) => !parents.has(name))
  if (lowest.some(({ isValidLeaf }) => isValidLeaf === false)) return []
  const ways = lowest.flatMap(def => {
    const way = wayTo(def, byName)
    const ends = way.flatMap(({ isValidLeaf }, index) =>
      isValidLeaf === true && index < way.length - 1 ? [index + 1] : []
    )
    return way.length === 0 ? [] : [way, ...ends.map(end => way.slice(0, end))]
  })
  return [...new Map(ways.map(way => [JSON.stringify(way.map(({ name }) => name)), way])).values()]
}

/** Empty where a level above is missing, or is below as well. */
const wayTo = (lowest: ResourceDef, byName: ReadonlyMap<string, ResourceDef>): Hierarchy => {
  const way: Array<ResourceDef> = []
  for (let def: ResourceDef | undefined = lowest; def !== undefined; def = byName.get(def.parent)) {
    if (way.includes(def)) return []
    way.unshift(def)
    if (def.parent === '') return way
  }
  return []
}

/** Whether a way has all of these levels. */
export const covers = (way: Hierarchy, names: ReadonlyArray<string>): boolean =>
  names.every(name => way.some(def => def.name === name))

/** Whether these levels are the way's first ones, with none left out in between. */
export const isGapless = (way: Hierarchy, names: ReadonlySet<string>): boolean => {
  const missing = way.findIndex(({ name }) => !names.has(name))
  return missing < 0 || way.slice(missing).every(({ name }) => !names.has(name))
}

/** The shortest of the ways that have all of these levels. */
export const shortestCovering = (ways: ReadonlyArray<Hierarchy>, names: ReadonlyArray<string>): Hierarchy | undefined =>
  ways
    .filter(way => covers(way, names))
    .reduce<Hierarchy | undefined>(
      (shortest, way) => (shortest === undefined || way.length < shortest.length ? way : shortest),
      undefined
    )

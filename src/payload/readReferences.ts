/**
 * Reads the list of resources; a list of names in a leaf becomes one reference each.
 * Paths are put together only once a fault is found: nearly all requests have none, and this runs for every event.
 */
import { joinPath } from '../Fault.ts'
import { isObject, ownField } from '../internal/objects.ts'
import type { ResourceReference, ResourceType } from '../SyncRequest.ts'
import { fieldRules, resourceTypes } from '../SyncRequest.ts'
import type { FaultCollector } from './FaultCollector.ts'
import { storedName } from './storedName.ts'

type Level = 'database' | 'schema' | 'table' | 'column'
type Names = Partial<Record<Level, string>>

const levelsOf: { readonly [T in ResourceType]: ReadonlyArray<Level> } = {
  database: ['database'],
  schema: ['database', 'schema'],
  table: ['database', 'schema', 'table'],
  view: ['database', 'schema', 'table'],
  column: ['database', 'schema', 'table', 'column']
}

const resourcesPath = 'requestInfo.resources'

/** All references of a request, in its order, or undefined where a fault was found. */
export const readReferences = (
  resources: ReadonlyArray<unknown>,
  maxReferences: number,
  faults: FaultCollector
): ReadonlyArray<ResourceReference> | undefined => {
  const references: Array<ResourceReference> = []
  for (let index = 0; index < resources.length; index += 1) {
    const found = readResource(resources[index], index, faults)
    if (found === undefined) continue
    if (combinations(found.names) > maxReferences - references.length) {
      faults.add(
        'invalid',
        resourcesPath,
        `must name at most ${maxReferences} resources in one request: send several requests`
      )
      return undefined
    }
    for (const values of spread(levelsOf[found.type], found.names))
      references.push({ type: found.type, values } as ResourceReference)
  }
  return faults.isEmpty() ? references : undefined
}

interface NamedResource {
  readonly type: ResourceType
  /** One entry per level of the type: a name, or a list of names. */
  readonly names: ReadonlyArray<string | ReadonlyArray<string>>
}

const readResource = (resource: unknown, index: number, faults: FaultCollector): NamedResource | undefined => {
  const path = () => joinPath(resourcesPath, index)
  if (!isObject(resource)) {
    faults.add('invalid', path(), 'must be an object with type and values')
    return undefined
  }
  const type = readType(resource, path, faults)
  const values = ownField(resource, 'values')
  if (!isObject(values)) {
    faults.add('invalid', joinPath(path(), 'values'), 'must be an object of names')
    return undefined
  }
  if (type === undefined) return undefined
  const names: Array<string | ReadonlyArray<string>> = []
  for (const level of levelsOf[type]) {
    const found = readLevel(values, level, () => joinPath(path(), 'values'), faults)
    if (found !== undefined) names.push(found)
  }
  return names.length === levelsOf[type].length ? { type, names } : undefined
}

const readType = (resource: object, path: () => string, faults: FaultCollector): ResourceType | undefined => {
  const value = ownField(resource, 'type')
  const lower = typeof value === 'string' ? value.toLowerCase() : undefined
  const type = resourceTypes.find(known => known === lower)
  if (type === undefined)
    faults.add(
      lower === undefined ? 'invalid' : 'unsupported',
      joinPath(path(), 'type'),
      `must be one of ${resourceTypes.join(', ')}`
    )
  return type
}

/** One level's name or names. `view` stands for `table` where a writer has it. */
const readLevel = (
  values: object,
  level: Level,
  path: () => string,
  faults: FaultCollector
): string | ReadonlyArray<string> | undefined => {
  const own = ownField(values, level)
  const view = level === 'table' ? ownField(values, 'view') : undefined
  if (own !== undefined && view !== undefined) {
    faults.add('invalid', joinPath(path(), 'view'), 'must not stand beside table: give the name once')
    return undefined
  }
  const here = () => joinPath(path(), own === undefined && view !== undefined ? 'view' : level)
  const value = own ?? view
  if (!Array.isArray(value)) return readName(value, here, faults)
  if (value.length === 0) faults.add('invalid', here(), 'must be a name or a list of at least one name')
  const names = value
    .map((name: unknown, index) => readName(name, () => joinPath(here(), index), faults))
    .filter(name => name !== undefined)
  return names.length > 0 && names.length === value.length ? names : undefined
}

const readName = (value: unknown, path: () => string, faults: FaultCollector): string | undefined => {
  const refuse = (rule: string): string | undefined => {
    faults.add('invalid', path(), rule)
    return undefined
  }
  if (typeof value !== 'string') {
    refuse(fieldRules.name.rule)
    return
  }
  const name = storedName(value)
  if (name === undefined) {
    refuse('must double each quote inside a quoted name')
    return
  }
  return fieldRules.name.codec.is(name) ? name : refuse(fieldRules.name.rule)
}

const combinations = (names: NamedResource['names']): number =>
  names.reduce((count, name) => count * (typeof name === 'string' ? 1 : name.length), 1)

/** Every combination of the levels' names, the last level running fastest. */
const spread = (levels: ReadonlyArray<Level>, names: NamedResource['names']): ReadonlyArray<Names> => {
  let found: Array<Names> = [{}]
  for (const [index, level] of levels.entries()) {
    const here = names[index] ?? []
    if (typeof here === 'string') for (const values of found) values[level] = here
    else found = found.flatMap(values => here.map(name => ({ ...values, [level]: name })))
  }
  return found
}

/** Short forms of Ranger's documents, for tests. */
import * as E from 'fp-ts/lib/Either.js'
import { orThrow } from 'on-demand-sync'
import {
  createRangerEngine,
  readRangerRoles,
  readServicePolicies,
  readServiceTags,
  readUserStore,
  snowflakeServiceDef
} from 'on-demand-sync/policies'
import type { RangerEngine, RangerSnapshot } from 'on-demand-sync/policies'

export type Json = Readonly<Record<string, unknown>>

const levels = ['database', 'schema', 'table', 'column']

const resource = (part: string): Json => ({
  values: part.replace(/^!/, '').split('|'),
  ...(part.startsWith('!') ? { isExcludes: true } : {})
})

/** `D.S.!T|U.*` as values by level; `w:W` for a warehouse. */
export const resources = (path: string): Json =>
  path.startsWith('w:')
    ? { warehouse: resource(path.slice(2)) }
    : Object.fromEntries(path.split('.').map((part, index): [string, Json] => [levels[index] ?? '', resource(part)]))

/** `D.S.T` as a request's elements; empty for none. */
export const elements = (path: string): Readonly<Record<string, string>> =>
  path === ''
    ? {}
    : Object.fromEntries(path.split('.').map((part, index): [string, string] => [levels[index] ?? '', part]))

/** `ann select,insert`, `g:hr`, `r:steward`: principals with blanks between, then access types with commas. */
export const item = (text: string, more: Json = {}): Json => {
  const words = text.split(' ').filter(word => word !== '')
  const accesses = (words.pop() ?? '').split(',').map(type => ({ type }))
  const of = (prefix: string) => words.filter(word => word.startsWith(prefix)).map(word => word.slice(prefix.length))
  return { users: words.filter(word => !/^[gr]:/.test(word)), groups: of('g:'), roles: of('r:'), accesses, ...more }
}

let lastId = 0

/** An access policy on a path; items by their short forms. */
export const policy = (
  path: string,
  parts: {
    readonly allow?: ReadonlyArray<string | Json>
    readonly deny?: ReadonlyArray<string | Json>
    readonly allowBut?: ReadonlyArray<string | Json>
    readonly denyBut?: ReadonlyArray<string | Json>
    readonly masks?: ReadonlyArray<readonly [string, string | Json]>
    readonly filters?: ReadonlyArray<readonly [string, string]>
  },
  more: Json = {}
): Json => {
  lastId += 1
  const items = (list: ReadonlyArray<string | Json> = []) =>
    list.map(one => (typeof one === 'string' ? item(one) : one))
  return {
    id: lastId,
    name: `policy ${lastId}`,
    policyType: parts.masks ? 1 : parts.filters ? 2 : 0,
    resources: resources(path),
    policyItems: items(parts.allow),
    denyPolicyItems: items(parts.deny),
    allowExceptions: items(parts.allowBut),
    denyExceptions: items(parts.denyBut),
    dataMaskPolicyItems: (parts.masks ?? []).map(([who, mask]) =>
      item(`${who} select`, { dataMaskInfo: typeof mask === 'string' ? { dataMaskType: mask } : mask })
    ),
    rowFilterPolicyItems: (parts.filters ?? []).map(([who, filterExpr]) =>
      item(`${who} select`, { rowFilterInfo: { filterExpr } })
    ),
    ...more
  }
}

/** Everything a service has. */
export interface World {
  readonly policies?: ReadonlyArray<Json>
  readonly tagPolicies?: ReadonlyArray<Json>
  /** Tag types by the path that carries them. */
  readonly tags?: Readonly<Record<string, ReadonlyArray<string | Json>>>
  /** Groups by user. */
  readonly users?: Readonly<Record<string, ReadonlyArray<string>>>
  readonly attributes?: Readonly<Record<string, Json>>
  /** Members by role, written as principals. */
  readonly roles?: Readonly<Record<string, string>>
  readonly zones?: Readonly<Record<string, Json>>
  readonly serviceConfig?: Json
  readonly version?: number
}

const tagServiceDef = {
  name: 'tag',
  resources: [{ name: 'tag', level: 1, matcherOptions: { wildCard: true, ignoreCase: false } }],
  accessTypes: snowflakeServiceDef.accessTypes.map(({ name }) => ({ name: `snowflake:${name}` })),
  policyConditions: [
    { name: 'expression', evaluator: 'org.apache.ranger.plugin.conditionevaluator.RangerScriptConditionEvaluator' }
  ]
}

/** A policy about a tag. */
export const tagPolicy = (tag: string, parts: Parameters<typeof policy>[1], more: Json = {}): Json => {
  const made = policy('D', parts, more)
  const own = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value)
        .replace(/"type":"([a-z]+)"/g, '"type":"snowflake:$1"')
        .replace(/"dataMaskType":"/g, '"dataMaskType":"snowflake:')
    )
  return { ...(own(made) as Json), resources: { tag: { values: tag.split('|') } } }
}

export const policiesJson = ({
  policies = [],
  tagPolicies,
  zones = {},
  serviceConfig = {},
  version = 1
}: World): Json => ({
  serviceName: 'sf',
  policyVersion: version,
  serviceDef: {
    ...snowflakeServiceDef,
    policyConditions: [
      { name: 'ip', evaluator: 'org.apache.ranger.plugin.conditionevaluator.RangerIpMatcher' },
      { name: 'java', evaluator: 'com.example.Ours' },
      { name: 'expression', evaluator: 'org.apache.ranger.plugin.conditionevaluator.RangerScriptConditionEvaluator' }
    ]
  },
  policies,
  ...(tagPolicies ? { tagPolicies: { serviceName: 'tags', policies: tagPolicies, serviceDef: tagServiceDef } } : {}),
  securityZones: zones,
  serviceConfig
})

export const tagsJson = (tags: NonNullable<World['tags']>): Json => {
  const all = Object.entries(tags).flatMap(([path, types]) => types.map(type => ({ path, type })))
  return {
    tagVersion: 1,
    tags: Object.fromEntries(all.map(({ type }, index) => [index, typeof type === 'string' ? { type } : type])),
    serviceResources: all.map(({ path }, index) => ({ id: index, resourceElements: resources(path) })),
    resourceToTagIds: Object.fromEntries(all.map((_, index) => [index, [index]]))
  }
}

export const rolesJson = (roles: NonNullable<World['roles']>): Json => ({
  roleVersion: 1,
  rangerRoles: Object.entries(roles).map(([name, members]) => {
    const { users, groups, roles: inner } = item(`${members} x`)
    const named = (names: unknown) => (names as ReadonlyArray<string>).map(member => ({ name: member, isAdmin: false }))
    return { name, users: named(users), groups: named(groups), roles: named(inner) }
  })
})

export const usersJson = (users: NonNullable<World['users']>, attributes: Json = {}): Json => ({
  userStoreVersion: 1,
  userGroupMapping: users,
  userAttrMapping: attributes
})

export const snapshotOf = (world: World): RangerSnapshot => ({
  policies: orThrow(readServicePolicies(policiesJson(world))),
  ...(world.roles ? { roles: orThrow(readRangerRoles(rolesJson(world.roles))) } : {}),
  ...(world.tags ? { tags: orThrow(readServiceTags(tagsJson(world.tags))) } : {}),
  ...(world.users ? { users: orThrow(readUserStore(usersJson(world.users, world.attributes))) } : {})
})

export const engineOf = (world: World): RangerEngine =>
  createRangerEngine(snapshotOf(world), { clock: { now: () => 0 } })

/** Whether somebody may do something on a path. */
export const may = (engine: RangerEngine, user: string, accessType: string, path: string, more: object = {}): boolean =>
  engine.decide({ resource: { elements: elements(path) }, user, accessType, ...more }).isAllowed

/** The paths of the faults of a reading. */
export const faultsOf = (
  read: E.Either<{ readonly faults: ReadonlyArray<{ readonly path: string }> }, unknown>
): ReadonlyArray<string> => (E.isLeft(read) ? read.left.faults.map(({ path }) => path) : [])

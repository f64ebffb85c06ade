/**
 * Replays Apache Ranger's own suites: `npm run conformance -- FOLDER`. Finds every suite under the folder by its form (policy engine, access lists, resource matchers, tag enricher, validity
 * schedules), and the files it names next to it or anywhere under the folder. Prints per file how many cases passed, failed and were skipped, and why. A case is skipped, and never counted as
 * passed, only where it needs what is not supported: path resources, arbitrary JavaScript, or Java classes that exist in Ranger's tests only.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { describeError } from '../src/describeError.ts'
import type { Fault } from '../src/Fault.ts'
import { describeFault } from '../src/Fault.ts'
import { compact } from '../src/internal/objects.ts'
import type { InvalidInput } from '../src/SyncError.ts'
import { askerScope } from '../src/policies/ranger/conditions/AskerScope.ts'
import { readCondition } from '../src/policies/ranger/conditions/readCondition.ts'
import { accessTypes } from '../src/policies/ranger/evaluation/specialNames.ts'
import { gatherProspects } from '../src/policies/ranger/evaluation/gatherProspects.ts'
import type { Occasion } from '../src/policies/ranger/evaluation/Occasion.ts'
import type {
  RangerEngine,
  RangerSnapshot,
  RefinementDecision
} from '../src/policies/ranger/evaluation/RangerEngine.ts'
import { createRangerEngine, elementsOf } from '../src/policies/ranger/evaluation/RangerEngine.ts'
import type { RangerRequest } from '../src/policies/ranger/evaluation/RangerRequest.ts'
import type { Acls, AclRefinement } from '../src/policies/ranger/evaluation/resourceAcls.ts'
import { resourceAcls } from '../src/policies/ranger/evaluation/resourceAcls.ts'
import { createTagFinder, everyTag } from '../src/policies/ranger/evaluation/TagFinder.ts'
import { hierarchiesOf } from '../src/policies/ranger/matching/Hierarchy.ts'
import { holds, levelMatcher } from '../src/policies/ranger/matching/LevelMatcher.ts'
import type { MatchType } from '../src/policies/ranger/matching/ResourceMatcher.ts'
import { resourceMatcher } from '../src/policies/ranger/matching/ResourceMatcher.ts'
import { applyPolicyDeltas } from '../src/policies/ranger/model/applyPolicyDeltas.ts'
import type { ServiceDef } from '../src/policies/ranger/model/ServiceDef.ts'
import { resourceDefsOf } from '../src/policies/ranger/model/ServiceDef.ts'
import { effectRules } from '../src/policies/ranger/reading/checkPolicy.ts'
import { jsonOf, passedOver } from '../src/policies/ranger/reading/Json.ts'
import { readResources } from '../src/policies/ranger/reading/readPolicy.ts'
import { readRangerRoles } from '../src/policies/ranger/reading/readRangerRoles.ts'
import { readSchedule, scheduleFields } from '../src/policies/ranger/reading/readSchedule.ts'
import { readServiceDef } from '../src/policies/ranger/reading/readServiceDef.ts'
import { readServicePolicies } from '../src/policies/ranger/reading/readServicePolicies.ts'
import { readServiceTags, readTag } from '../src/policies/ranger/reading/readServiceTags.ts'
import { readUserStore } from '../src/policies/ranger/reading/readUserStore.ts'
import { checkSchedule } from '../src/policies/ranger/schedules/checkSchedule.ts'
import { inForce } from '../src/policies/ranger/schedules/isInForce.ts'

/** Ranger's suites run in this zone. */
const timeZone = 'America/Los_Angeles'

type Json = Record<string, unknown>
type Outcome = 'passed' | { readonly failed: string } | { readonly skipped: string }
interface Case {
  readonly name: string
  readonly outcome: Outcome
}

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const list = (value: unknown): ReadonlyArray<Json> => (Array.isArray(value) ? value.map(object) : [])
const texts = (value: unknown): ReadonlyArray<string> => (Array.isArray(value) ? (value as ReadonlyArray<string>) : [])
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const isTrue = (value: unknown): boolean => value === true || value === 'true'

const without = (json: Json, ...keys: ReadonlyArray<string>): Json =>
  Object.fromEntries(Object.entries(json).filter(([key]) => !keys.includes(key)))

/** Thrown where a suite needs what is not supported. */
class Unsupported extends Error {}

const unsupportedMatcher = /Path|Test|Abstract/i

const refusal = (error: InvalidInput, source: unknown): Error => {
  const matchers = [...JSON.stringify(source).matchAll(/"matcher":"([^"]*)"/g)].map(
    ([, name = '']) => name.split('.').at(-1) ?? ''
  )
  const matcher = matchers.find(name => unsupportedMatcher.test(name))
  const isMatcher = error.faults.every(({ path }) => path.endsWith('matcher'))
  if (isMatcher && matcher !== undefined)
    return new Unsupported(matcher.includes('Path') ? `path resources (${matcher})` : `test-only Java class ${matcher}`)
  return new Error(describeError(error))
}

const right = <A>(read: E.Either<InvalidInput, A>, source: unknown): A => {
  if (E.isLeft(read)) throw refusal(read.left, source)
  return read.right
}

/** `policies[0](id 7).users` as keys. */
const keysOf = (path: string): ReadonlyArray<string> =>
  [...path.replace(/\(id [^)]*\)/g, '').matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? ''
  )

const within = (value: unknown, keys: ReadonlyArray<string>): Json =>
  keys.reduce<Json>((inner, key) => object(inner[key]), object(value))

const drop = (value: unknown, keys: ReadonlyArray<string>): void => {
  const [around, key = ''] = [within(value, keys.slice(0, -1)), keys.at(-1)]
  // Holes are closed once all faults have been seen, so that the other paths stay right.
  if (Array.isArray(around)) around[Number(key)] = dropped
  else Reflect.deleteProperty(around, key)
}

const dropped = Symbol('dropped')
const closed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.filter(inner => inner !== dropped).map(closed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, closed(inner)]))
}

/**
 * What Ranger passes over and this library refuses, since no Admin would serve it: here it is passed over as Ranger does it, for suites are written by hand. True: done, for this fault.
 */
const passOver = (value: unknown, { path, rule }: Fault): boolean => {
  const keys = keysOf(path)
  const last = keys.at(-1) ?? ''
  if (rule === passedOver.unknownField || rule === passedOver.nullField || /^must be the id of one of/.test(rule))
    drop(value, keys)
  else if (rule === effectRules.principals) drop(value, keys)
  else if (rule === effectRules.accesses || rule === effectRules.accessType) drop(value, keys.slice(0, -1))
  else if (rule === effectRules.type) drop(value, keys)
  else if (rule === effectRules.values) within(value, keys.slice(0, -1))[last] = ['*']
  else if (rule === effectRules.levels) {
    if (last !== 'resources') drop(value, keys)
    else if (list(within(value, keys.slice(0, -1))['additionalResources']).length === 0)
      within(value, keys.slice(0, -1))['isEnabled'] = false
    else return false
  } else if (keys.includes('matcherOptions') && rule === 'must be true or false')
    within(value, keys.slice(0, -1))[last] = 'false'
  else return false
  return true
}

const mostRounds = 8

/** Reads; where only such things stand in the way, without them. */
const tolerantly = <A>(source: unknown, read: (json: unknown) => E.Either<InvalidInput, A>): A => {
  let json = source
  for (let round = 0; round < mostRounds; round += 1) {
    const found = read(json)
    if (E.isRight(found)) return found.right
    const copy = structuredClone(json)
    if (!found.left.faults.every(each => passOver(copy, each))) return right(found, source)
    json = closed(copy)
  }
  return right(read(json), source)
}

const withFaults = <A>(value: unknown, read: (json: ReturnType<typeof jsonOf>) => A): A =>
  tolerantly(value, json => {
    const faults: Array<Fault> = []
    const result = read(jsonOf(json, faults))
    return faults.length > 0 ? E.left({ _tag: 'InvalidInput', subject: '', faults }) : E.right(result)
  })

const run = (name: string, check: () => string | undefined): Case => {
  try {
    const wrong = check()
    return { name, outcome: wrong === undefined ? 'passed' : { failed: wrong } }
  } catch (cause) {
    if (cause instanceof Unsupported) return { name, outcome: { skipped: cause.message } }
    return { name, outcome: { failed: cause instanceof Error ? cause.message : String(cause) } }
  }
}

const root = process.argv[2]
if (root === undefined) {
  process.stderr.write('usage: npm run conformance -- FOLDER\n')
  process.exit(2)
}

const files: ReadonlyArray<string> = statSync(root).isDirectory()
  ? readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.json'))
      .sort()
      .map(file => join(root, file))
  : [root]

/** Where the files are that suites name: next to a suite that is given by itself. */
const library: ReadonlyArray<string> = statSync(root).isDirectory()
  ? files
  : readdirSync(dirname(root), { recursive: true, encoding: 'utf8' }).map(file => join(dirname(root), file))

/** Texts, and what Gson passes over between them where it is lenient: comments, and commas before an end. */
const lenient = /"(?:[^"\\]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n]*|,(?=\s*[}\]])/g

const parse = (source: string): unknown => {
  const json = source.replace(/^\uFEFF/, '')
  try {
    return JSON.parse(json) as unknown
  } catch {
    return JSON.parse(json.replace(lenient, part => (part.startsWith('"') ? part : ''))) as unknown
  }
}

/** Fields that a case may have; any other may be one that it is about, under a name that is not known here. */
const knownFields = {
  engineTest: [
    ...['name', 'request', 'result', 'dataMaskResult', 'rowFilterResult', 'resourceAccessInfo', 'acls'],
    ...['userAttributes', 'groupAttributes']
  ],
  request: [
    ...['resource', 'accessType', 'user', 'userGroups', 'userRoles', 'accessTime', 'context', 'resourceMatchingScope'],
    ...['isDescendantDenyIgnored', 'clientIPAddress', 'remoteIPAddress', 'forwardedAddresses', 'action', 'clientType'],
    ...['requestData', 'sessionId', 'clusterName', 'clusterType']
  ],
  resource: ['elements', 'ownerUser'],
  aclTest: [
    ...['name', 'resource', 'resourceMatchingScope', 'userPermissions', 'groupPermissions', 'rolePermissions'],
    ...['rowFilters', 'dataMasks']
  ]
} as const

/** What Ranger knows and is not supported here: a case with it is about it. */
const unsupportedFields: ReadonlyMap<string, string> = new Map([
  ['resourceElementMatchingScopes', 'names that are beginnings (resourceElementMatchingScopes)'],
  ['resourceElementMatchingScope', 'names that are beginnings (resourceElementMatchingScope)'],
  ['datasets', 'governed data shares (datasets)'],
  ['projects', 'governed data shares (projects)']
])

/** Remarks of those who wrote a suite. */
const remark = /^[_#/$]|comment|description|note/i

const requireKnown = (what: string, json: Json, known: ReadonlyArray<string>): void => {
  for (const key of Object.keys(json).filter(each => !known.includes(each) && !remark.test(each))) {
    const reason = unsupportedFields.get(key)
    throw reason === undefined ? new Error(`${what} has a field that is not known: ${key}`) : new Unsupported(reason)
  }
}

/** A file that a suite names, by its name: upstream's own layout may have been flattened. */
const sideFile = (named: unknown): unknown => {
  const wanted = text(named)
  const found = library.find(file => file.endsWith(wanted)) ?? library.find(file => basename(file) === basename(wanted))
  if (found === undefined) throw new Unsupported(`the file ${wanted} is not there`)
  return parse(readFileSync(found, 'utf8'))
}

const withServiceDef = (suite: Json): Json => {
  const file =
    suite['serviceDefFilename'] ?? (typeof suite['serviceDef'] === 'string' ? suite['serviceDef'] : undefined)
  return file === undefined ? suite : { ...suite, serviceDef: sideFile(file) }
}

/** What Ranger Admin serves, each in a file of its own. */
interface Served {
  readonly policies?: unknown
  readonly tags?: unknown
  readonly roles?: unknown
  readonly users?: unknown
  readonly shares?: unknown
}

const formOf = (json: Json): keyof Served | undefined => {
  if ('rangerRoles' in json) return 'roles'
  if ('userGroupMapping' in json || 'userAttrMapping' in json) return 'users'
  if ('serviceResources' in json || 'resourceToTagIds' in json) return 'tags'
  if ('serviceDef' in json && ('policies' in json || 'tagPolicies' in json)) return 'policies'
  return ['dataShares', 'datasets', 'projects', 'gdsVersion'].some(key => key in json) ? 'shares' : undefined
}

/** The files that some settings name, by their form: the names of the settings tell less. */
const servedIn = (settings: Json): Served =>
  Object.fromEntries(
    Object.values(settings).flatMap((value): ReadonlyArray<readonly [string, unknown]> => {
      if (!/\.json$/.test(text(value))) return []
      const json = sideFile(value)
      const form = formOf(object(json))
      return form === undefined ? [] : [[form, json]]
    })
  )

/** What a suite's context enrichers read from files. */
const enriched = (...serviceDefs: ReadonlyArray<unknown>): Pick<RangerSnapshot, 'tags' | 'users'> => {
  const enrichers = serviceDefs.flatMap(def => list(object(def)['contextEnrichers']))
  const { tags, users } = servedIn(
    Object.assign({}, ...enrichers.map(({ enricherOptions }) => object(enricherOptions))) as Json
  )
  return {
    ...(tags === undefined ? {} : { tags: tolerantly(tags, readServiceTags) }),
    ...(users === undefined ? {} : { users: tolerantly(users, readUserStore) })
  }
}

const rolesOf = ({ userRoles, groupRoles, roleRoles }: Json): RangerSnapshot['roles'] => {
  const roles = new Map<
    string,
    { readonly name: string; readonly users: Array<Json>; readonly groups: Array<Json>; readonly roles: Array<Json> }
  >()
  const add = (members: unknown, kind: 'users' | 'groups' | 'roles') => {
    for (const [member, names] of Object.entries(object(members)))
      for (const name of texts(names)) {
        const role = roles.get(name) ?? { name, users: [], groups: [], roles: [] }
        roles.set(name, role)
        role[kind].push({ name: member, isAdmin: false })
      }
  }
  add(userRoles, 'users')
  add(groupRoles, 'groups')
  add(roleRoles, 'roles')
  return tolerantly({ rangerRoles: [...roles.values()] }, readRangerRoles)
}

/** Attributes of users and groups, either by name or of the one who asks. */
const usersOf = (test: Json, user: string, groups: ReadonlyArray<string>): RangerSnapshot['users'] => {
  const { userAttributes, groupAttributes } = test
  if (userAttributes === undefined && groupAttributes === undefined) return undefined
  const isNested = (value: unknown) => Object.values(object(value)).some(inner => typeof inner === 'object')
  const store = {
    userGroupMapping: { [user]: groups },
    userAttrMapping: isNested(userAttributes) ? userAttributes : { [user]: object(userAttributes) },
    groupAttrMapping: object(groupAttributes)
  }
  return tolerantly(store, readUserStore)
}

const accessTimeMs = (time: unknown): number | undefined => {
  if (time === undefined || time === null) return undefined
  const parts = /^(\d{4})(\d{2})(\d{2})-(\d{2}:\d{2}:\d{2}(?:\.\d+)?)-?([+-]\d{2})(\d{2})$/.exec(text(time))
  if (parts === null) throw new Error(`a time that can't be read: ${JSON.stringify(time)}`)
  const [, year, month, day, clock, hours, minutes] = parts
  return Date.parse(`${year}-${month}-${day}T${clock}${hours}:${minutes}`)
}

const requestOf = (request: Json): RangerRequest => {
  requireKnown('the request', request, knownFields.request)
  requireKnown('the resource', object(request['resource']), knownFields.resource)
  const { elements, ownerUser } = object(request['resource'])
  const context = object(request['context'])
  const tags = typeof context['TAGS'] === 'string' && context['TAGS'] !== '' ? parse(context['TAGS']) : context['TAGS']
  const groupsOfTypes =
    context['ALLACCESSTYPEGROUPS'] ??
    (context['ALLACCESSTYPES'] === undefined ? undefined : [context['ALLACCESSTYPES']])
  const atMs = accessTimeMs(request['accessTime'])
  const address = request['clientIPAddress'] ?? request['remoteIPAddress']
  const fields = ['action', 'clientType', 'requestData', 'sessionId', 'clusterName', 'clusterType', 'remoteIPAddress']
  return {
    resource: {
      elements: object(elements) as RangerRequest['resource']['elements'],
      ...(ownerUser === undefined ? {} : { owner: text(ownerUser) })
    },
    accessType: text(request['accessType']),
    user: text(request['user']),
    groups: texts(request['userGroups']),
    ...(request['userRoles'] === undefined ? {} : { roles: texts(request['userRoles']) }),
    ...(atMs === undefined ? {} : { accessTimeMs: atMs }),
    orInside: request['resourceMatchingScope'] === 'SELF_OR_DESCENDANTS',
    denialsInside: request['isDescendantDenyIgnored'] === false,
    ...(groupsOfTypes === undefined ? {} : { accessGroups: groupsOfTypes as ReadonlyArray<ReadonlyArray<string>> }),
    tags: list(tags).map(tag => ({
      ...withFaults(tag, readTag),
      ...(tag['matchType'] === undefined ? {} : { matchType: tag['matchType'] as MatchType })
    })),
    context: new Map(
      Object.entries(context).map(([key, value]) => [
        key,
        key === 'REQUESTED_RESOURCES' && typeof value === 'string' ? (JSON.parse(value) as unknown) : value
      ])
    ),
    ...(address === undefined ? {} : { clientIPAddress: text(address) }),
    fields: new Map(fields.flatMap(name => (typeof request[name] === 'string' ? [[name, request[name]]] : [])))
  }
}

/** Why a policy of the suite can't be decided here: the reasons for which a wrong answer is no failure. */
const unsupportedIn = (snapshot: RangerSnapshot, ids: ReadonlyArray<number>): string | undefined => {
  const { policies, serviceDef, tagPolicies, securityZones } = snapshot.policies
  const all = [
    ...policies.map(policy => ({ policy, serviceDef })),
    ...[...securityZones.values()].flatMap(zone => zone.policies.map(policy => ({ policy, serviceDef }))),
    ...(tagPolicies?.policies ?? []).map(policy => ({ policy, serviceDef: tagPolicies?.serviceDef ?? serviceDef }))
  ]
  for (const { policy, serviceDef: def } of all) {
    if (!ids.includes(policy.id)) continue
    const items = [
      ...policy.policyItems,
      ...policy.denyPolicyItems,
      ...policy.allowExceptions,
      ...policy.denyExceptions,
      ...policy.dataMaskPolicyItems,
      ...policy.rowFilterPolicyItems
    ]
    for (const condition of [...policy.conditions, ...items.flatMap(item => item.conditions)]) {
      const { unsupported } = readCondition(condition, def)
      const evaluator =
        def.policyConditions
          .find(({ name }) => name === condition.type)
          ?.evaluator.split('.')
          .at(-1) ?? ''
      if (unsupported !== undefined)
        return /Script/.test(evaluator) || condition.type === '_expression'
          ? `arbitrary JavaScript (${unsupported})`
          : `test-only Java class ${evaluator}`
    }
  }
  return undefined
}

const snapshotOf = (suite: Json): RangerSnapshot => {
  const { tagPolicyInfo, serviceDef, policies, securityZones, serviceConfig, serviceName } = suite
  const info = object(tagPolicyInfo)
  const tagPolicies =
    tagPolicyInfo === undefined
      ? undefined
      : { ...without(info, 'tagPolicies'), policies: info['tagPolicies'] ?? info['policies'] }
  const json = {
    serviceName,
    serviceDef,
    policies: policies ?? [],
    ...(tagPolicies === undefined ? {} : { tagPolicies }),
    ...(securityZones === undefined ? {} : { securityZones }),
    ...(serviceConfig === undefined ? {} : { serviceConfig })
  }
  const roles = rolesOf(suite)
  return {
    policies: tolerantly(json, readServicePolicies),
    ...enriched(serviceDef, info['serviceDef']),
    ...(roles && { roles })
  }
}

const checkRefinement = (
  kind: string,
  expected: Json,
  found: RefinementDecision<unknown> | undefined,
  shown: Json
): string | undefined => {
  const info = object(expected['additionalInfo'])
  const wanted = Object.keys(shown).map(key => [key, info[key] ?? undefined] as const)
  const wrong = wanted.find(([key, value]) => shown[key] !== value)
  if (wrong !== undefined)
    return `${kind}: expected ${wrong[0]} ${JSON.stringify(wrong[1])}, got ${JSON.stringify(shown[wrong[0]])}`
  const isNone = wanted.every(([, value]) => value === undefined)
  if (isNone && found !== undefined) return `${kind}: expected none, got policy ${found.policyId}`
  const policyId = expected['policyId']
  if (typeof policyId === 'number' && policyId !== (found?.policyId ?? -1))
    return `${kind}: expected policy ${policyId}, got ${found?.policyId ?? -1}`
  return undefined
}

const isAnyAccess = ({ accessType = '' }: RangerRequest): boolean => accessType === '' || accessType === accessTypes.any

const checkAccessInfo = (expected: Json, engine: RangerEngine, request: RangerRequest): string | undefined => {
  const { parts } = engine
  const occasion: Occasion = {
    elements: elementsOf(request),
    owner: request.resource.owner,
    accessType: request.accessType ?? '',
    accessTimeMs: request.accessTimeMs ?? Date.now(),
    tags: engine.tagsOf(request),
    zone: '',
    context: request.context,
    clientIPAddress: request.clientIPAddress,
    fields: new Map()
  }
  const scope = askerScope(parts.membership.asker(request.user), occasion, timeZone)
  const isAny = isAnyAccess(request)
  const { tag, resource } = gatherProspects(parts, parts.unzoned, 0, occasion, true)
  const found = {
    allowedUsers: new Set<string>(),
    allowedGroups: new Set<string>(),
    deniedUsers: new Set<string>(),
    deniedGroups: new Set<string>()
  }
  for (const { evaluator, matches, tag: via } of [...tag, ...resource]) {
    const named = (items: typeof evaluator.allow, kind: 'users' | 'groups') =>
      items
        .filter(item =>
          isAny ? item.accessTypes.size > 0 : item.accessTypes.has((request.accessType ?? '').toLowerCase())
        )
        .filter(item => item.holds(() => scope) === 'yes')
        .flatMap(item => item.item[kind])
    const but = (items: typeof evaluator.allow, exceptions: typeof evaluator.allow, kind: 'users' | 'groups') => {
      const without = new Set(named(exceptions, kind))
      return named(items, kind).filter(name => !without.has(name))
    }
    for (const name of but(evaluator.allow, evaluator.allowExceptions, 'users')) found.allowedUsers.add(name)
    for (const name of but(evaluator.allow, evaluator.allowExceptions, 'groups')) found.allowedGroups.add(name)
    if ((via?.matchType ?? matches[0]) === 'DESCENDANT') continue
    for (const name of but(evaluator.deny, evaluator.denyExceptions, 'users')) found.deniedUsers.add(name)
    for (const name of but(evaluator.deny, evaluator.denyExceptions, 'groups')) found.deniedGroups.add(name)
  }
  for (const name of found.deniedUsers) found.allowedUsers.delete(name)
  for (const name of found.deniedGroups) found.allowedGroups.delete(name)
  const sorted = (names: Iterable<string>) => JSON.stringify([...names].sort())
  for (const [key, names] of Object.entries(found))
    if (sorted(texts(expected[key])) !== sorted(names))
      return `${key}: expected ${sorted(texts(expected[key]))}, got ${sorted(names)}`
  return undefined
}

/** Enrichers other than these put into a request what is not to be had here. */
const knownEnrichers = /^(?:RangerTagEnricher|RangerUserStoreEnricher|RangerFileBasedTagProvider|RangerTagProvider)?$/

const unknownEnricher = (suite: Json): string | undefined =>
  [suite['serviceDef'], object(suite['tagPolicyInfo'])['serviceDef']]
    .flatMap(def => list(object(def)['contextEnrichers']))
    .map(({ enricher }) => text(enricher).split('.').at(-1) ?? '')
    .find(name => !knownEnrichers.test(name))

const expectations = ['result', 'dataMaskResult', 'rowFilterResult', 'resourceAccessInfo', 'acls']

const checkEngineTest = (snapshot: RangerSnapshot, suite: Json, test: Json): string | undefined => {
  requireKnown('the case', test, knownFields.engineTest)
  if (!expectations.some(key => key in test)) return 'the case expects nothing'
  const request = requestOf(object(test['request']))
  const users = usersOf(test, request.user ?? '', request.groups ?? [])
  const engine = createRangerEngine(users === undefined ? snapshot : { ...snapshot, users }, {
    timeZone,
    superUsers: texts(suite['superUsers']),
    superGroups: texts(suite['superGroups'])
  })
  const { result, dataMaskResult, rowFilterResult, resourceAccessInfo, acls } = test
  if (acls !== undefined) return checkAcls(object(acls), engine, request)
  if (resourceAccessInfo !== undefined) return checkAccessInfo(object(resourceAccessInfo), engine, request)
  if (result !== undefined) {
    const { isAllowed, doubtful } = engine.decide(request)
    if (isAllowed !== isTrue(object(result)['isAllowed'])) {
      const enricher = unknownEnricher(suite)
      const reason =
        unsupportedIn(snapshot, doubtful) ?? (enricher === undefined ? undefined : `test-only Java class ${enricher}`)
      if (reason !== undefined) throw new Unsupported(reason)
      return `expected ${isAllowed ? 'denied' : 'allowed'}, got ${isAllowed ? 'allowed' : 'denied'}`
    }
  }
  if (dataMaskResult !== undefined) {
    const mask = engine.maskFor(request)
    const { dataMaskType, valueExpr, conditionExpr } = mask?.item.dataMaskInfo ?? {}
    const write = (sql: string | undefined) => (sql === undefined ? undefined : mask?.write(sql))
    const shown = { maskType: dataMaskType, maskedValue: write(valueExpr), maskCondition: write(conditionExpr) }
    const wrong = checkRefinement('mask', object(dataMaskResult), mask, shown)
    if (wrong !== undefined) return wrong
  }
  if (rowFilterResult === undefined) return undefined
  const filter = engine.filterFor(request)
  const filterExpr = filter === undefined ? undefined : filter.write(filter.item.rowFilterInfo.filterExpr)
  return checkRefinement('row filter', object(rowFilterResult), filter, { filterExpr })
}

const engineSuite = (raw: Json): ReadonlyArray<Case> => {
  const suite = withServiceDef(raw)
  const snapshot = snapshotOf(suite)
  const cases = list(suite['tests']).map(test => run(text(test['name']), () => checkEngineTest(snapshot, suite, test)))
  const { updatedPolicies, updatedTests } = suite
  if (updatedPolicies === undefined) return cases
  const json = { serviceName: suite['serviceName'], serviceDef: suite['serviceDef'], ...object(updatedPolicies) }
  const updated = (): RangerSnapshot => ({
    ...snapshot,
    policies: right(applyPolicyDeltas(snapshot.policies, tolerantly(json, readServicePolicies)), json)
  })
  return [
    ...cases,
    ...list(updatedTests).map(test => run(text(test['name']), () => checkEngineTest(updated(), suite, test)))
  ]
}

const aclRows = (permissions: unknown): ReadonlyArray<string> =>
  Object.entries(object(permissions)).flatMap(([principal, accesses]) =>
    Object.entries(object(accesses)).map(([accessType, entry]) => {
      if (typeof entry === 'string') throw new Unsupported('access lists of an older form, with words for results')
      const { result, isFinal, policy } = object(entry)
      return [principal, accessType, result, isTrue(isFinal), object(policy)['id'] ?? ''].join(' | ')
    })
  )

const foundRows = (acls: Acls): ReadonlyArray<string> =>
  [...acls].flatMap(([principal, own]) =>
    [...own].map(([accessType, { result, isFinal, policyId }]) =>
      [principal, accessType, result, isFinal, policyId].join(' | ')
    )
  )

const compareRows = (
  what: string,
  expected: ReadonlyArray<string>,
  found: ReadonlyArray<string>
): string | undefined => {
  const missing = expected.filter(row => !found.includes(row))
  const extra = found.filter(row => !expected.includes(row))
  return missing.length + extra.length === 0
    ? undefined
    : `${what}: missing [${missing.join('; ')}], not expected [${extra.join('; ')}]`
}

const sorted = (names: Iterable<string>): ReadonlyArray<string> => [...names].sort()
const refinementRow = (entry: Json, infoKey: string): string =>
  JSON.stringify([
    sorted(texts(entry['users'])),
    sorted(texts(entry['groups'])),
    sorted(texts(entry['roles'])),
    sorted(texts(entry['accessTypes'])),
    Object.entries(object(entry[infoKey])).sort(),
    isTrue(entry['isConditional'])
  ])
const foundRow = (entry: AclRefinement<object>): string => refinementRow({ ...entry, info: entry.info }, 'info')

/** Masks and filters are listed in the order in which they are looked at. */
const compareOrdered = (
  what: string,
  expected: ReadonlyArray<Json>,
  infoKey: string,
  found: ReadonlyArray<AclRefinement<object>>
): string | undefined => {
  const [wanted, got] = [expected.map(entry => refinementRow(entry, infoKey)), found.map(foundRow)]
  return JSON.stringify(wanted) === JSON.stringify(got)
    ? undefined
    : `${what}: expected ${wanted.join('; ')}, got ${got.join('; ')}`
}

const checkAcls = (expected: Json, engine: RangerEngine, request: RangerRequest): string | undefined => {
  const acls = resourceAcls(engine, request)
  return (
    compareRows('users', aclRows(expected['userACLs']), foundRows(acls.users)) ??
    compareRows('groups', aclRows(expected['groupACLs']), foundRows(acls.groups)) ??
    compareRows('roles', aclRows(expected['roleACLs']), foundRows(acls.roles)) ??
    compareOrdered('masks', list(expected['dataMasks']), 'maskInfo', acls.dataMasks) ??
    compareOrdered('filters', list(expected['rowFilters']), 'filterInfo', acls.rowFilters)
  )
}

const aclSuite = (raw: Json): ReadonlyArray<Case> =>
  list(raw['testCases']).flatMap(testCase => {
    const prefix = text(testCase['name'])
    const engine = () => {
      const json = withServiceDef(object(testCase['servicePolicies']))
      const policies = tolerantly(json, readServicePolicies)
      return createRangerEngine(
        { policies, ...enriched(json['serviceDef'], object(json['tagPolicies'])['serviceDef']) },
        { timeZone }
      )
    }
    return list(testCase['tests']).map(test =>
      run(`${prefix}: ${text(test['name'])}`, () => {
        requireKnown('the case', test, knownFields.aclTest)
        const { resource, resourceMatchingScope, userPermissions, groupPermissions, rolePermissions, ...refined } = test
        const expected = {
          ...refined,
          userACLs: userPermissions,
          groupACLs: groupPermissions,
          roleACLs: rolePermissions
        }
        return checkAcls(expected, engine(), requestOf(compact({ resource, resourceMatchingScope })))
      })
    )
  })

/** What tokens and expressions of a matcher case stand for. */
const scopeOf = (evalContext: unknown) => {
  const context = new Map(Object.entries(object(evalContext)))
  const [token, owner] = [context.get('token:USER'), context.get('token:OWNER')]
  const occasion: Occasion = {
    elements: new Map(),
    owner: typeof owner === 'string' ? owner : undefined,
    accessType: '',
    accessTimeMs: 0,
    tags: [],
    zone: '',
    context,
    clientIPAddress: undefined,
    fields: new Map()
  }
  const asker = {
    user: typeof token === 'string' ? token : undefined,
    groups: new Set<string>(),
    roles: new Set<string>(),
    attributes: undefined,
    attributesOfGroup: () => new Map<string, string>()
  }
  return askerScope(asker, occasion, timeZone).values
}

const levelSuite = (suite: Json): ReadonlyArray<Case> =>
  list(suite['testCases']).flatMap(group => {
    const defJson = { name: 'level', resources: [{ ...object(group['resourceDef']), name: 'level' }] }
    return list(group['tests']).map(test =>
      run(`${text(group['name'])}: ${text(test['name'])}`, () => {
        const [def] = withFaults(defJson, readServiceDef).resources
        const resource = withFaults({ level: group['policyResource'] }, readResources).get('level')
        if (def === undefined || resource === undefined) return 'the case has no resource'
        const input = test['input'] as string | ReadonlyArray<string> | undefined
        const found = holds(levelMatcher(def, resource).matches(input, scopeOf(test['evalContext'])), false)
        return found === isTrue(test['result']) ? undefined : `expected ${String(test['result'])}`
      })
    )
  })

const accepted: { readonly [type: string]: ReadonlyArray<MatchType> } = {
  exactMatch: ['SELF', 'SELF_AND_ALL_DESCENDANTS'],
  descendantMatch: ['DESCENDANT'],
  ancestorMatch: ['ANCESTOR'],
  selfOrDescendantMatch: ['SELF', 'SELF_AND_ALL_DESCENDANTS', 'DESCENDANT'],
  selfOrAncestorMatch: ['SELF', 'SELF_AND_ALL_DESCENDANTS', 'ANCESTOR'],
  anyMatch: ['SELF', 'SELF_AND_ALL_DESCENDANTS', 'DESCENDANT', 'ANCESTOR'],
  selfAndAllDescendants: ['SELF', 'SELF_AND_ALL_DESCENDANTS', 'DESCENDANT', 'ANCESTOR']
}

const matcherSuite = (raw: Json): ReadonlyArray<Case> => {
  const suite = withServiceDef(raw)
  const serviceDef: ServiceDef = withFaults(suite['serviceDef'], readServiceDef)
  const hierarchies = hierarchiesOf(resourceDefsOf(serviceDef, 0))
  return list(suite['testCases']).flatMap(group =>
    list(group['tests']).map(test =>
      run(`${text(group['name'])}: ${text(test['name'])}`, () => {
        const matcher = resourceMatcher(withFaults(group['policyResources'], readResources), hierarchies)
        const types = accepted[text(test['type'])]
        if (types === undefined) return `a type that is not known: ${text(test['type'])}`
        if (test['policy'] !== undefined) {
          if (text(test['type']) === 'selfAndAllDescendants')
            throw new Unsupported('a case that Ranger itself leaves out')
          return comparePolicies(matcher, test, types)
        }
        const elements = elementsOf(requestOf(compact({ resource: test['resource'] })))
        const found = matcher.matchType(elements, scopeOf(test['evalContext']), false)
        return types.includes(found) === isTrue(test['result'])
          ? undefined
          : `expected ${String(test['result'])}, got ${found}`
      })
    )
  )
}

/** A policy instead of a resource: each of its first values is asked for. */
const comparePolicies = (
  matcher: ReturnType<typeof resourceMatcher>,
  test: Json,
  types: ReadonlyArray<MatchType>
): string | undefined => {
  const { resources } = object(test['policy'])
  const values = Object.entries(object(resources)).map(([level, resource]): [string, ReadonlyArray<string>] => [
    level,
    texts(object(resource)['values'])
  ])
  const found = matcher.matchType(new Map(values), scopeOf(test['evalContext']), false)
  return types.includes(found) === isTrue(test['result'])
    ? undefined
    : `expected ${String(test['result'])}, got ${found}`
}

const tagSuite = (raw: Json): ReadonlyArray<Case> => {
  const suite = withServiceDef(raw)
  const tags = tolerantly(suite, readServiceTags)
  const findTags = createTagFinder(tags, hierarchiesOf(withFaults(suite['serviceDef'], readServiceDef).resources))
  return list(suite['tests']).map(test =>
    run(text(test['name']), () => {
      const request = requestOf(without(test, 'name', 'result'))
      const [elements, isAny] = [elementsOf(request), isAnyAccess(request)]
      const found =
        elements.size === 0 && isAny ? everyTag(tags) : findTags(elements, request.orInside === true || isAny)
      const show = (types: ReadonlyArray<string>) => sorted(types).join(', ')
      const expected = show(list(test['result']).map(({ type }) => text(type)))
      const got = show(found.map(({ tag }) => tag.type))
      return expected === got ? undefined : `expected ${expected}, got ${got}`
    })
  )
}

/** Null is absent to the library that Ranger reads its suites with. */
const withoutNulls = (json: unknown): unknown =>
  JSON.parse(JSON.stringify(json), (_, value: unknown) => (value === null ? undefined : value)) as unknown

const scheduleSuite = (suite: ReadonlyArray<Json>): ReadonlyArray<Case> =>
  suite.map(test =>
    run(text(test['name']), () => {
      const schedules = list(withoutNulls(list(test['validitySchedules'])))
      const checks = schedules.map(schedule => checkSchedule(withFaults(schedule, scheduleFields), Date.now()))
      const { isValid, isApplicable, validationFailureCount } = object(test['result'])
      const valid = checks.every(check => check.isValid)
      const count = checks.reduce((sum, { faults }) => sum + faults.length, 0)
      const atMs = accessTimeMs(test['accessTime'])
      const applies =
        valid &&
        atMs !== undefined &&
        inForce(
          schedules.map(schedule => withFaults(schedule, readSchedule)),
          timeZone
        )(atMs)
      if (valid !== isTrue(isValid))
        return `expected ${isTrue(isValid) ? 'valid' : 'not valid'}: ${checks.flatMap(({ faults }) => faults.map(describeFault)).join('; ')}`
      if (valid && applies !== isTrue(isApplicable)) return `expected ${isTrue(isApplicable) ? '' : 'not '}to apply`
      return count === Number(validationFailureCount)
        ? undefined
        : `expected ${String(validationFailureCount)} faults, got ${count}`
    })
  )

/** A suite over the files that Ranger Admin serves. What governed data shares allow is not known here. */
const pluginSuite = (suite: Json, { policies, tags, roles, users, shares }: Served): ReadonlyArray<Case> => {
  const snapshot: RangerSnapshot = {
    policies: tolerantly(policies, readServicePolicies),
    ...(tags === undefined ? {} : { tags: tolerantly(tags, readServiceTags) }),
    ...(roles === undefined ? {} : { roles: tolerantly(roles, readRangerRoles) }),
    ...(users === undefined ? {} : { users: tolerantly(users, readUserStore) })
  }
  return list(suite['tests']).map(test => {
    const found = run(text(test['name']), () => checkEngineTest(snapshot, suite, test))
    const isWrong = found.outcome !== 'passed' && 'failed' in found.outcome
    return isWrong && shares !== undefined ? { ...found, outcome: { skipped: 'governed data shares' } } : found
  })
}

/** A suite that is none of the kinds here is not passed over in silence. */
const unknownSuite = (suite: Json): never => {
  if (Object.keys(suite).some(key => /^gds/i.test(key))) throw new Unsupported('governed data shares')
  throw new Error('a suite of a form that is not known')
}

/** The kind of a suite by its form; undefined: no suite. */
const suiteOf = (json: unknown): (() => ReadonlyArray<Case>) | undefined => {
  if (Array.isArray(json)) {
    const tests = list(json)
    if (tests.some(test => 'validitySchedules' in test)) return () => scheduleSuite(tests)
    return tests.some(test => 'request' in test) ? () => unknownSuite({}) : undefined
  }
  const suite = object(json)
  const [first] = list(suite['testCases'])
  if (first !== undefined) {
    if ('servicePolicies' in first) return () => aclSuite(suite)
    if ('policyResource' in first) return () => levelSuite(suite)
    return 'policyResources' in first ? () => matcherSuite(suite) : () => unknownSuite(suite)
  }
  if (!Array.isArray(suite['tests']) || suite['tests'].length === 0) return undefined
  if ('serviceResources' in suite) return () => tagSuite(suite)
  if ('policies' in suite || 'tagPolicyInfo' in suite) return () => engineSuite(suite)
  const served = servedIn(suite)
  return served.policies === undefined ? () => unknownSuite(suite) : () => pluginSuite(suite, served)
}

const countOf = (json: unknown): number => {
  const suite = object(json)
  const groups = list(suite['testCases'])
  return (
    groups.reduce((sum, group) => sum + list(group['tests']).length, 0) +
    list(suite['tests']).length +
    list(suite['updatedTests']).length
  )
}

/** A suite that can't even be read is skipped whole or fails whole, by the reason. */
const casesOf = (file: string): ReadonlyArray<Case> => {
  let json: unknown
  try {
    json = parse(readFileSync(file, 'utf8'))
  } catch {
    return [{ name: basename(file), outcome: { failed: 'no JSON' } }]
  }
  try {
    return suiteOf(json)?.() ?? []
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause)
    const outcome: Outcome = cause instanceof Unsupported ? { skipped: message } : { failed: message }
    return Array.from({ length: Math.max(1, countOf(json)) }, () => ({ name: 'the whole file', outcome }))
  }
}

const total = { passed: 0, failed: 0, skipped: 0 }
for (const file of files) {
  const cases = casesOf(file)
  if (cases.length === 0) continue
  const reasons = new Map<string, number>()
  const own = { passed: 0, failed: 0, skipped: 0 }
  for (const { name, outcome } of cases) {
    const kind = outcome === 'passed' ? 'passed' : 'failed' in outcome ? 'failed' : 'skipped'
    own[kind] += 1
    total[kind] += 1
    if (outcome === 'passed') continue
    const reason = 'failed' in outcome ? `failed: ${name}: ${outcome.failed}` : `skipped: ${outcome.skipped}`
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  process.stdout.write(
    `${relative(root, file) || basename(file)}: ${own.passed} passed, ${own.failed} failed, ${own.skipped} skipped\n`
  )
  for (const [reason, count] of reasons) process.stdout.write(`  ${count === 1 ? '' : `${count} × `}${reason}\n`)
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`)
if (total.failed > 0 || total.passed + total.skipped === 0) process.exitCode = 1

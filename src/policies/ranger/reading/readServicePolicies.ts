/** The policies of a service, as Ranger Admin serves them. */
import type { Either } from 'fp-ts/lib/Either.js'
import { compact } from '../../../internal/objects.ts'
import type { InvalidInput } from '../../../SyncError.ts'
import { hierarchiesOf } from '../matching/Hierarchy.ts'
import type { RangerPolicy } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import type { PolicyDelta, SecurityZone, ServicePolicies, TagPolicies } from '../model/ServicePolicies.ts'
import type { Json } from './Json.ts'
import type { CheckPolicy } from './checkPolicy.ts'
import { effectRules, fitting, policyChecker } from './checkPolicy.ts'
import {
  entries,
  field,
  flag,
  isRecord,
  list,
  refuse,
  requireFields,
  requiredText,
  settings,
  text,
  texts,
  whole
} from './Json.ts'
import { readDocument } from './readDocument.ts'
import { readPolicy } from './readPolicy.ts'
import { readServiceDef } from './readServiceDef.ts'

const changes = ['create', 'update', 'delete'] as const

const names = (...all: ReadonlyArray<string>): ReadonlySet<string> => new Set(all)

/** The fields of `ServicePolicies` and what is in it, and those that have no bearing on access. */
const known = {
  root: names(
    ...['serviceName', 'policyVersion', 'policies', 'serviceDef', 'tagPolicies', 'securityZones', 'policyDeltas'],
    'serviceConfig'
  ),
  tagPolicies: names('serviceName', 'policyVersion', 'policies', 'serviceDef'),
  besides: names('serviceId', 'policyUpdateTime', 'auditMode', 'serviceConfig'),
  zone: names('resources', 'policies', 'policyDeltas', 'containsAssociatedTagService'),
  ofZoneBesides: names('zoneName'),
  delta: names('changeType', 'policy'),
  ofDeltaBesides: names('id', 'policiesVersion')
} as const

type Checkers = readonly [own: CheckPolicy, tag: CheckPolicy]

const readChecked =
  (check: CheckPolicy) =>
  (json: Json): RangerPolicy => {
    const before = json.faults.length
    const policy = readPolicy(json)
    if (json.faults.length === before) check(json, policy)
    return policy
  }

const readDelta = (json: Json, [own, tag]: Checkers): PolicyDelta => {
  if (isRecord(json)) requireFields(json, known.delta, known.ofDeltaBesides)
  const type = field(json, 'changeType')
  const change = changes[whole(type, -1)]
  if (change === undefined)
    refuse(type, 'must be 0 (create), 1 (update) or 2 (delete): anything else asks for a full download')
  const policy = field(json, 'policy')
  isRecord(policy)
  const id = field(policy, 'id')
  const policyId = whole(id, -1)
  if (policyId < 0) refuse(id, 'must be the id of a policy')
  const serviceType = requiredText(field(policy, 'serviceType'))
  if (change === 'delete') return { change, policyId, serviceType }
  return {
    change: change ?? 'update',
    policyId,
    serviceType,
    policy: readChecked(serviceType === 'tag' ? tag : own)(policy)
  }
}

/** Undefined where there is no such list; an empty one is still a list of changes. */
const readDeltas = (json: Json, checkers: Checkers): ReadonlyArray<PolicyDelta> | undefined =>
  json.value === undefined ? undefined : list(json, delta => readDelta(delta, checkers))

const readZone = (json: Json, checkers: Checkers, fits: (levels: ReadonlyArray<string>) => boolean): SecurityZone => {
  if (isRecord(json)) requireFields(json, known.zone, known.ofZoneBesides)
  return compact({
    resources: list(field(json, 'resources'), resource => {
      isRecord(resource)
      const read = entries(resource, values => {
        const read = texts(values)
        if (!read.some(value => value !== '')) refuse(values, effectRules.values)
        return read
      })
      // A zone that lies nowhere leaves its resources to the policies of the unzoned part.
      if (!fits([...read.keys()])) refuse(resource, effectRules.levels)
      return read
    }),
    policies: list(field(json, 'policies'), readChecked(checkers[0])),
    policyDeltas: readDeltas(field(json, 'policyDeltas'), checkers),
    containsAssociatedTagService: flag(field(json, 'containsAssociatedTagService'), false)
  })
}

const readTagPolicies = (json: Json, serviceDef: ServiceDef, check: CheckPolicy): TagPolicies | undefined => {
  if (json.value === undefined || !isRecord(json)) return undefined
  requireFields(json, known.tagPolicies, known.besides)
  return {
    serviceName: text(field(json, 'serviceName')),
    policyVersion: whole(field(json, 'policyVersion'), -1),
    policies: list(field(json, 'policies'), readChecked(check)),
    serviceDef
  }
}

/**
 * Reads the body of a policy download, or a cache file of it.
 *
 * **When to use**: before `createRangerEngine`, and for the changes given to `applyPolicyDeltas`.
 *
 * **Details**: text or parsed JSON. Everything is read or refused: a file in which an item, an exception, a condition, a mask, a filter, a schedule or a level can't be read is refused whole,
 * with every fault named by policy id and field. So is one with a field in a policy that Ranger does not have, or that is null: it may be one under a wrong name; and one in which a denial, an exception, a
 * mask or a filter is for nobody, about no access type of the service, or on no level of it, for it would have no effect. Nothing is loaded in part, and nothing throws.
 *
 * **Errors**: InvalidInput.
 *
 * @example
 * ```ts
 * import { isLeft } from 'fp-ts/lib/Either.js'
 * import { readServicePolicies } from 'on-demand-sync/policies'
 *
 * const policy = { id: 7, resources: {}, denyPolicyItems: 'bob' }
 * const read = readServicePolicies({ serviceName: 'sf', serviceDef: { name: 'snowflake' }, policies: [policy] })
 * if (!isLeft(read)) throw new Error('a deny was passed over')
 * if (read.left.faults[0]?.path !== 'policies[0](id 7).denyPolicyItems') throw new Error('unexpected')
 * ```
 */
export const readServicePolicies = (json: unknown): Either<InvalidInput, ServicePolicies> =>
  readDocument('Ranger policies', json, root => {
    requireFields(root, known.root, known.besides)
    const serviceDef = readServiceDef(field(root, 'serviceDef'))
    const tagPolicies = field(root, 'tagPolicies')
    const tagServiceDef =
      tagPolicies.value === undefined ? serviceDef : readServiceDef(field(tagPolicies, 'serviceDef'))
    const checkers: Checkers = [policyChecker(serviceDef), policyChecker(tagServiceDef, serviceDef)]
    const fits = fitting(hierarchiesOf(serviceDef.resources))
    return compact({
      serviceName: text(field(root, 'serviceName')),
      policyVersion: whole(field(root, 'policyVersion'), -1),
      serviceDef,
      policies: list(field(root, 'policies'), readChecked(checkers[0])),
      policyDeltas: readDeltas(field(root, 'policyDeltas'), checkers),
      tagPolicies: readTagPolicies(tagPolicies, tagServiceDef, checkers[1]),
      securityZones: entries(field(root, 'securityZones'), zone => readZone(zone, checkers, fits)),
      serviceConfig: settings(field(root, 'serviceConfig'))
    })
  })

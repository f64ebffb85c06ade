/** The policies of a service, as Ranger Admin serves them. */
import type { Either } from 'fp-ts/lib/Either.js'
import { compact } from '../../../internal/objects.ts'
import type { InvalidInput } from '../../../SyncError.ts'
import type { PolicyDelta, SecurityZone, ServicePolicies, TagPolicies } from '../model/ServicePolicies.ts'
import type { Json } from './Json.ts'
import { entries, field, flag, isRecord, list, refuse, requiredText, settings, text, texts, whole } from './Json.ts'
import { readDocument } from './readDocument.ts'
import { readPolicy } from './readPolicy.ts'
import { readServiceDef } from './readServiceDef.ts'

const changes = ['create', 'update', 'delete'] as const

const readDelta = (json: Json): PolicyDelta => {
  isRecord(json)
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
  return { change: change ?? 'update', policyId, serviceType, policy: readPolicy(policy) }
}

/** Undefined where there is no such list; an empty one is still a list of changes. */
const readDeltas = (json: Json): ReadonlyArray<PolicyDelta> | undefined =>
  json.value === undefined ? undefined : list(json, readDelta)

const readZone = (json: Json): SecurityZone => {
  isRecord(json)
  return compact({
    resources: list(field(json, 'resources'), resource => {
      isRecord(resource)
      return entries(resource, texts)
    }),
    policies: list(field(json, 'policies'), readPolicy),
    policyDeltas: readDeltas(field(json, 'policyDeltas')),
    containsAssociatedTagService: flag(field(json, 'containsAssociatedTagService'), false)
  })
}

const readTagPolicies = (json: Json): TagPolicies | undefined => {
  if (json.value === undefined || !isRecord(json)) return undefined
  return {
    serviceName: text(field(json, 'serviceName')),
    policyVersion: whole(field(json, 'policyVersion'), -1),
    policies: list(field(json, 'policies'), readPolicy),
    serviceDef: readServiceDef(field(json, 'serviceDef'))
  }
}

/**
 * Reads the body of a policy download, or a cache file of it.
 *
 * **When to use**: before `createRangerEngine`, and for the changes given to `applyPolicyDeltas`.
 *
 * **Details**: text or parsed JSON. Fields that Ranger does not have are ignored. Everything else is read or refused: a file in which an item, an exception, a condition, a mask, a filter, a
 * schedule or a level can't be read is refused whole, with every fault named by policy id and field. Nothing is loaded in part, and nothing throws.
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
  readDocument(
    'Ranger policies',
    json,
    root =>
      compact({
        serviceName: text(field(root, 'serviceName')),
        policyVersion: whole(field(root, 'policyVersion'), -1),
        serviceDef: readServiceDef(field(root, 'serviceDef')),
        policies: list(field(root, 'policies'), readPolicy),
        policyDeltas: readDeltas(field(root, 'policyDeltas')),
        tagPolicies: readTagPolicies(field(root, 'tagPolicies')),
        securityZones: entries(field(root, 'securityZones'), readZone),
        serviceConfig: settings(field(root, 'serviceConfig'))
      }) as ServicePolicies
  )

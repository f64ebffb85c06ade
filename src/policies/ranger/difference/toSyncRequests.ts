/** What has changed in the policies, as work to do. */
import { between, requireOptions } from '../../../checkOptions.ts'
import { fault } from '../../../Fault.ts'
import type { Clock } from '../../../internal/Clock.ts'
import { systemClock } from '../../../internal/Clock.ts'
import { fieldRules, ResourceReference } from '../../../SyncRequest.ts'
import type { SyncRequest } from '../../../SyncRequest.ts'
import type { SnapshotDifference } from './snapshotDifference.ts'

/** Options of {@link toSyncRequests}. */
export interface ToSyncRequestsOptions {
  /** Exact stored names of all databases that are synced: where a difference is everything, those that it touches are named one by one. */
  readonly databases: ReadonlyArray<string>
  /** Origin of the requests. 1 to 1,024 characters. Default `Ranger`. */
  readonly source?: string
  /** Most references in one request. Default 100, from 1 to 10,000. */
  readonly mostResources?: number
  /** Unique ids. Default random UUIDs. */
  readonly newId?: () => string
  readonly clock?: Pick<Clock, 'now'>
}

/** The defaults of {@link ToSyncRequestsOptions}. */
export const defaultToSyncRequestsOptions: Required<Pick<ToSyncRequestsOptions, 'source' | 'mostResources'>> =
  Object.freeze({ source: 'Ranger', mostResources: 100 })

/**
 * Makes sync requests of a difference, to be published like any others, or given to `createMemoryEventSource`.
 *
 * **Errors**: a bad option throws InvalidInput. No request where nothing has changed.
 *
 * @example
 * ```ts
 * import { orThrow } from 'on-demand-sync'
 * import { readServicePolicies, snapshotDifference, snowflakeServiceDef, toSyncRequests } from 'on-demand-sync/policies'
 *
 * const policies = orThrow(readServicePolicies({ serviceName: 'sf', serviceDef: snowflakeServiceDef }))
 * const [request] = toSyncRequests(snapshotDifference(undefined, { policies }), { databases: ['HR', 'SALES'] })
 * if (request?.requestInfo.resources.length !== 2) throw new Error('unexpected')
 * ```
 */
export const toSyncRequests = (
  difference: SnapshotDifference,
  options: ToSyncRequestsOptions
): ReadonlyArray<SyncRequest> => {
  const { source, mostResources } = { ...defaultToSyncRequestsOptions, ...options }
  const { databases, newId = () => globalThis.crypto.randomUUID(), clock = systemClock } = options
  requireOptions('toSyncRequests', [
    between('mostResources', mostResources, 1, 10_000),
    fieldRules.text.codec.is(source) ? undefined : fault('source', fieldRules.text.rule),
    ...databases.map((name, index) =>
      fieldRules.name.codec.is(name) ? undefined : fault(`databases[${index}]`, fieldRules.name.rule)
    )
  ])
  const references = difference.isEverything
    ? databases.filter(database => difference.touches({ database })).map(ResourceReference.database)
    : difference.references
  const createTime = new Date(clock.now()).toISOString()
  return Array.from({ length: Math.ceil(references.length / mostResources) }, (_, index): SyncRequest => ({
    id: newId(),
    type: 'RESOURCE_SYNC',
    appType: 'PS_CONNECTOR',
    appSubType: 'SNOWFLAKE',
    source,
    createTime,
    requestInfo: { resources: references.slice(index * mostResources, (index + 1) * mostResources) }
  }))
}

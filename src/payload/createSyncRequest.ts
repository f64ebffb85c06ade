/** For producers: the way to write a request that every reader accepts. */
import * as E from 'fp-ts/lib/Either.js'
import type { Clock } from '../internal/Clock.ts'
import { systemClock } from '../internal/Clock.ts'
import { compact } from '../internal/objects.ts'
import { orThrow } from '../Promises.ts'
import type { InvalidInput } from '../SyncError.ts'
import { SyncError } from '../SyncError.ts'
import type { ResourceReference, SyncRequest } from '../SyncRequest.ts'
import { strictFaults } from './strictFaults.ts'

/** What a producer says; the fixed fields are filled in. */
export interface SyncRequestInput {
  /** At least one. Build them with `ResourceReference.table(…)` and its like. */
  readonly resources: ReadonlyArray<ResourceReference>
  /** Unique id; default a random UUID. */
  readonly id?: string
  /** Origin in your own words, such as `API`. Default: left out. */
  readonly source?: string
  /** ISO 8601 with a zone; default now. */
  readonly createTime?: string
  /** Where "now" comes from. Default the system clock. */
  readonly clock?: Pick<Clock, 'now'>
}

/** Like {@link createSyncRequest}, with the faults as a value. */
export const makeSyncRequest = (input: SyncRequestInput): E.Either<InvalidInput, SyncRequest> => {
  const { resources, id = globalThis.crypto.randomUUID(), source, clock = systemClock } = input
  const createTime = input.createTime ?? new Date(clock.now()).toISOString()
  const request = compact({
    id,
    type: 'RESOURCE_SYNC' as const,
    appType: 'PS_CONNECTOR' as const,
    appSubType: 'SNOWFLAKE' as const,
    source,
    createTime,
    requestInfo: { resources }
  }) as SyncRequest
  const faults = strictFaults(request)
  return faults.length === 0 ? E.right(request) : E.left(SyncError.InvalidInput({ subject: 'sync request', faults }))
}

/**
 * Builds a request and checks it against every rule of the format. Throws `SyncException` with InvalidInput naming all faults.
 *
 * @example
 * ```ts
 * import { createSyncRequest, ResourceReference } from 'on-demand-sync/payload'
 *
 * const request = createSyncRequest({ resources: [ResourceReference.table('SALES', 'PUBLIC', 'ORDERS')], source: 'API' })
 * if (request.appSubType !== 'SNOWFLAKE') throw new Error('unexpected')
 * ```
 */
export const createSyncRequest = (input: SyncRequestInput): SyncRequest => orThrow(makeSyncRequest(input))

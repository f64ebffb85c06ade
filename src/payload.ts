/**
 * `on-demand-sync/payload`: the payload schema alone. Loads neither Azure nor Snowflake packages, only fp-ts and io-ts.
 *
 * @packageDocumentation
 */
export type { Fault } from './Fault.ts'
export { describeFault } from './Fault.ts'
export type { InvalidInput, PayloadRejected, SyncError } from './SyncError.ts'
export { describeError } from './describeError.ts'
export { isSyncException, orThrow, SyncException } from './Promises.ts'
export type { ResourceType, SyncRequest } from './SyncRequest.ts'
export {
  maxNameLength,
  maxTextLength,
  ResourceReference,
  ResourceReferenceCodec,
  resourceTypes,
  SyncRequestCodec,
  syncRequestSchema
} from './SyncRequest.ts'
export type { PayloadCodec, PayloadCodecOptions } from './PayloadCodec.ts'
export { createPayloadCodec, defaultPayloadCodecOptions, payloadCodec } from './PayloadCodec.ts'
export type { Clock } from './internal/Clock.ts'
export type { JsonSchema } from './internal/jsonSchema.ts'
export type { SyncRequestInput } from './payload/createSyncRequest.ts'
export { createSyncRequest, makeSyncRequest } from './payload/createSyncRequest.ts'

/** A local Event Hubs namespace: start it, look into it, break it. */
export { startLocalEventHubs } from './startLocalEventHubs.ts'
export { defaultLocalEventHubsOptions } from './LocalEventHubs.ts'
export type {
  LocalEventHubs,
  LocalEventHubsOptions,
  LocalEventHubsStats,
  LocalHubOptions,
  RestartOptions
} from './LocalEventHubs.ts'
export type { AttachedReader, EventQuery, LocalHub, WaitOptions } from './LocalHub.ts'
export type { LocalEvent, LocalStoredEvent } from './LocalEvent.ts'
export type { PartitionProperties } from './PartitionLog.ts'
export type { LinkStats } from './amqp/EventLink.ts'
export type {
  FaultSwitch,
  FaultAction,
  FaultError,
  FaultPoint,
  Faults,
  FaultTarget,
  InjectedFault,
  Strike
} from './Faults.ts'
export type { NamedError } from './ServiceError.ts'
export type { AccessRight, SharedAccessKey } from './AccessKeys.ts'
export { createSasToken } from './SasToken.ts'
export type { Grant } from './SasToken.ts'
export { createJwtVerifier } from './JwtVerifier.ts'
export type { JwtVerifier, JwtVerifierOptions } from './JwtVerifier.ts'
export { partitionForKey } from './partitionForKey.ts'

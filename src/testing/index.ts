/**
 * `on-demand-sync/testing`: what you need to test your own parts and hosts: contract suites as data, a clock in your hand, and local servers that speak the
 * real protocols.
 *
 * @packageDocumentation
 */
export type { ManualClock, ManualClockOptions } from './ManualClock.ts'
export { createManualClock, settled } from './ManualClock.ts'
export type { ContractCase, ContractOptions, ContractSkip } from './contracts/ContractCase.ts'
export { hostileNames } from './contracts/hostileNames.ts'
export type { EventSourceHarness, EventSourceSubject } from './contracts/eventSourceContract.ts'
export { eventSourceContract } from './contracts/eventSourceContract.ts'
export type { PayloadCodecHarness } from './contracts/payloadCodecContract.ts'
export { payloadCodecContract } from './contracts/payloadCodecContract.ts'
export type { BoundedQueueHarness } from './contracts/boundedQueueContract.ts'
export { boundedQueueContract } from './contracts/boundedQueueContract.ts'
export type { Arrival, BatcherHarness } from './contracts/batcherContract.ts'
export { batcherContract } from './contracts/batcherContract.ts'
export type { ResourceResolverHarness, ResourceResolverSubject } from './contracts/resourceResolverContract.ts'
export { catalogueOf, resourceResolverContract } from './contracts/resourceResolverContract.ts'
export type { PolicySourceHarness } from './contracts/policySourceContract.ts'
export { policySourceContract } from './contracts/policySourceContract.ts'
export type { PolicySyncerHarness, PolicySyncerSubject } from './contracts/policySyncerContract.ts'
export { policySyncerContract } from './contracts/policySyncerContract.ts'
export type { AuditSinkHarness, AuditSinkSubject } from './contracts/auditSinkContract.ts'
export { auditSinkContract, sampleAuditRecord } from './contracts/auditSinkContract.ts'
export type { DeadLetterSinkHarness, DeadLetterSinkSubject } from './contracts/deadLetterSinkContract.ts'
export { deadLetterSinkContract, sampleDeadLetter } from './contracts/deadLetterSinkContract.ts'
export type { ArrivedMessage, ChangeTopicHarness, ChangeTopicSubject } from './contracts/changeTopicContract.ts'
export { changeTopicContract, sampleTopicMessage } from './contracts/changeTopicContract.ts'
export type {
  AccessRight,
  AttachedReader,
  EventQuery,
  FaultAction,
  FaultError,
  FaultPoint,
  Faults,
  FaultSwitch,
  FaultTarget,
  Grant,
  InjectedFault,
  JwtVerifier,
  JwtVerifierOptions,
  LinkStats,
  LocalEvent,
  LocalEventHubs,
  LocalEventHubsOptions,
  LocalEventHubsStats,
  LocalHub,
  LocalHubOptions,
  LocalStoredEvent,
  NamedError,
  PartitionProperties,
  RestartOptions,
  SharedAccessKey,
  Strike,
  WaitOptions
} from './local-event-hubs/index.ts'
export {
  createJwtVerifier,
  createSasToken,
  defaultLocalEventHubsOptions,
  partitionForKey,
  startLocalEventHubs
} from './local-event-hubs/index.ts'
export type {
  ActiveSnowflakeFault,
  ExecuteOptions,
  LocalConnectionOptions,
  GeneratedDatabase,
  LocalSnowflake,
  LocalSnowflakeOptions,
  LocalSnowflakeRow,
  LocalSnowflakeUser,
  LocalSnowflakeValue,
  LoggedStatement,
  OAuthTokenOptions,
  SnowflakeFault,
  SnowflakeFaultRule,
  SnowflakeFaults,
  StatementErrorData,
  StatementKind,
  StatementLog
} from './local-snowflake/index.ts'
export { defaultLocalSnowflakeOptions, startLocalSnowflake, StatementError } from './local-snowflake/index.ts'

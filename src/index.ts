/**
 * `on-demand-sync`: the pipeline and its parts, in the order in which the data flows. Loads no vendor package; those stand behind
 * `on-demand-sync/event-hubs` and `on-demand-sync/snowflake`.
 *
 * @packageDocumentation
 */

// The whole
export type { OnDemandSyncOptions } from './createOnDemandSync.ts'
export { createOnDemandSync, defaultStopTimeoutMs } from './createOnDemandSync.ts'
export type { OnDemandSync, PipelineHealth, RunOptions, StopOptions, TaskReport } from './OnDemandSync.ts'
export type { LifecycleEvent, LifecycleListener, TraceContext } from './LifecycleEvent.ts'
export type { RetryOptions } from './Retry.ts'
export { defaultRetryOptions } from './Retry.ts'

// The nouns that travel
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
export type { JsonSchema } from './internal/jsonSchema.ts'
export type { Position } from './Position.ts'
export { describePosition, positionKey } from './Position.ts'
export type { Column, RelationKind, Resource, ResourceKind, ResourceName } from './Resource.ts'
export { describeName, describeReference, isRelation, nameOf, resourceKey } from './Resource.ts'
export type { Outcome, OutcomeCounts, OutcomeResult, Status } from './Outcome.ts'
export { statusOf } from './Outcome.ts'

// What can go wrong
export type { Blame } from './describeError.ts'
export type {
  Aborted,
  AuditFailed,
  CheckpointFailed,
  Closed,
  Conflict,
  Defect,
  HeldBack,
  InvalidInput,
  LoginRefused,
  NotAuthorized,
  NotFound,
  NotTaken,
  PayloadRejected,
  PolicySourceFailed,
  SourceFailed,
  StateChanged,
  StatementFailed,
  TimedOut,
  TopicFailed,
  Unavailable
} from './SyncError.ts'
export { blameOf, describeError, isOutage, isRetryable } from './describeError.ts'
export { SyncError } from './SyncError.ts'
export type { Fault } from './Fault.ts'
export { describeFault } from './Fault.ts'
export { fromPromise, isSyncException, orThrow, SyncException, toPromise } from './Promises.ts'

// 1 to 8
export type {
  AsyncEventSource,
  EventsOptions,
  MemoryEventSource,
  MemoryEventSourceOptions,
  PartitionHealth,
  ReceivedEvent,
  SourceHealth
} from './EventSource.ts'
export { createMemoryEventSource, EventSource } from './EventSource.ts'
export type { PayloadCodec, PayloadCodecOptions } from './PayloadCodec.ts'
export { createPayloadCodec, defaultPayloadCodecOptions, payloadCodec } from './PayloadCodec.ts'
export type { SyncRequestInput } from './payload/createSyncRequest.ts'
export { createSyncRequest, makeSyncRequest } from './payload/createSyncRequest.ts'
export type { BoundedQueue, BoundedQueueOptions, WaitOptions } from './BoundedQueue.ts'
export { createBoundedQueue, defaultQueueCapacity } from './BoundedQueue.ts'
export type { Batcher, BatcherOptions, BatchesOptions } from './Batcher.ts'
export { createBatcher, defaultBatcherOptions } from './Batcher.ts'
export type { Task } from './pipeline/Task.ts'
export type { AsyncResourceResolver, Resolution, ResolveOptions } from './ResourceResolver.ts'
export { createMemoryResourceResolver, doesNotExist, ResourceResolver } from './ResourceResolver.ts'
export type { AccessOptions, AsyncPolicySource } from './PolicySource.ts'
export { createMemoryPolicySource, PolicySource } from './PolicySource.ts'
export type { ApplyOptions, AsyncPolicySyncer, PlanOptions } from './PolicySyncer.ts'
export { PolicySyncer } from './PolicySyncer.ts'
export type { MemoryPolicySyncer, MemoryPolicySyncerOptions } from './createMemoryPolicySyncer.ts'
export { createMemoryPolicySyncer } from './createMemoryPolicySyncer.ts'
export type { AsyncAuditSink, AuditRecord, MemoryAuditSink } from './AuditSink.ts'
export { AuditSink, createMemoryAuditSink, teeAuditSink } from './AuditSink.ts'
export type { JsonLinesAuditSinkOptions } from './audit/createJsonLinesAuditSink.ts'
export { createJsonLinesAuditSink, defaultJsonLinesAuditSinkOptions } from './audit/createJsonLinesAuditSink.ts'
export type { AsyncDeadLetterSink, DeadLetter, MemoryDeadLetterSink } from './DeadLetterSink.ts'
export { createMemoryDeadLetterSink, DeadLetterSink } from './DeadLetterSink.ts'
export type { JsonLinesDeadLetterSinkOptions } from './audit/createJsonLinesDeadLetterSink.ts'
export { createJsonLinesDeadLetterSink, readDeadLetters } from './audit/createJsonLinesDeadLetterSink.ts'

// Access: what should hold, what holds, and the safe way from one to the other
export type { ManagedSet, Principal, Who } from './access/Principal.ts'
export { describePrincipal, everyone, systemRoles } from './access/Principal.ts'
export type { ColumnMask, DesiredAccess, DesiredGrant, Mask, RowFilter } from './access/DesiredAccess.ts'
export type { ActualAccess, ActualGrant, AttachedPolicy, TargetAccess } from './access/AccessState.ts'
export type { Change, Direction, FilterChange, GrantChange, MaskChange } from './access/Change.ts'
export { describeChange } from './access/Change.ts'
export type { AccessDiff } from './access/diffAccess.ts'
export { diffAccess } from './access/diffAccess.ts'
export type { MeetOfPolicies, OrderedChanges, PolicySwap } from './access/orderChanges.ts'
export { orderChanges, swapsThroughMeet } from './access/orderChanges.ts'
export type { ChangeStatement, Container, Dialect, PlanInput } from './access/planAccess.ts'
export { planAccess } from './access/planAccess.ts'
export type { Phase, Plan, PlannedState, ResourcePlan, Step } from './access/Plan.ts'
export { phases } from './access/Plan.ts'
export { describePlan } from './access/describePlan.ts'
export { readPlan, writePlan } from './access/planFile.ts'
export { isTaken, lastChanges } from './access/isTaken.ts'
export type { ResourceResult, RunPlanOptions, StepResult, StepRunner } from './access/runPlan.ts'
export { runPlan } from './access/runPlan.ts'

// Time
export type { Clock } from './internal/Clock.ts'
export { systemClock } from './internal/Clock.ts'

// Configuration
export type { Configuration, ReadConfiguration, SnowflakeConfiguration } from './configuration/Configuration.ts'
export { readConfiguration } from './configuration/Configuration.ts'
export type { ConfigurationSources } from './configuration/loadConfiguration.ts'
export { loadConfiguration } from './configuration/loadConfiguration.ts'
export type { RawProperties } from './configuration/readProperties.ts'
export type { ManagedResources, NameLists } from './ManagedResources.ts'
export { everythingManaged, isManagedResource } from './ManagedResources.ts'
export type { Secret } from './Secret.ts'
export { createSecret } from './Secret.ts'

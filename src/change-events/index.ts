/**
 * `on-demand-sync/change-events`: tells the outside world what changed. Subscriptions, notifications, change capture, and the filter expression language.
 *
 * @packageDocumentation
 */
export type { IdentifiedChange, ObjectChange, ObjectImage, Operation } from './ObjectChange.ts'
export type { Subscription, SubscriptionMessage } from './subscriptions/Subscription.ts'
export type {
  ChangeEventsDefinition,
  Dataset,
  DatasetNotifications,
  DatasetSubscriptions,
  Location
} from './ChangeEventsDefinition.ts'
export { readChangeEventsDefinition } from './readChangeEventsDefinition.ts'
export type { ChangeEvents, StopTellingOptions, Told } from './ChangeEvents.ts'
export type { ChangeEventsOptions } from './createChangeEvents.ts'
export { createChangeEvents, defaultChangeEventsOptions } from './createChangeEvents.ts'
export type { TellingEvent, TellingListener } from './TellingEvent.ts'
export { adminDataset } from './routesOf.ts'

export type { ObjectNotification, Transaction, TransactionNotification } from './notifications/Notification.ts'
export { objectEventNames, transactionEventNames } from './notifications/Notification.ts'
export type { CaptureSource } from './capture/CaptureSource.ts'
export type { PollReport, StreamCapture, StreamCaptureOptions } from './capture/createStreamCapture.ts'
export { createStreamCapture, defaultStreamCaptureOptions } from './capture/createStreamCapture.ts'
export { catalogueSchemas } from './loop/CatalogueChange.ts'
export type { CatalogueMemory, CatalogueSnapshot, SeenObject } from './loop/CatalogueMemory.ts'
export { createFileCatalogueMemory } from './loop/CatalogueMemory.ts'
export type { CatalogueWatch, CatalogueWatchOptions } from './loop/createCatalogueWatch.ts'
export { createCatalogueWatch } from './loop/createCatalogueWatch.ts'
export type { SyncRequestTopicOptions } from './loop/createSyncRequestTopic.ts'
export { createSyncRequestTopic, referencesOfMessage } from './loop/createSyncRequestTopic.ts'
export type { FollowSyncOptions } from './loop/followSync.ts'
export { followSync } from './loop/followSync.ts'
export { changeEventsAsyncApi } from './messages/asyncApi.ts'
export { SubscriptionMessageCodec } from './messages/messageCodecs.ts'
export { readSubscriptionMessage } from './subscriptions/readSubscriptionMessage.ts'
export type { ReceivedNotification } from './notifications/readNotification.ts'
export { readNotification } from './notifications/readNotification.ts'

export type { AsyncChangeTopic, MemoryChangeTopic, PublishOptions, Refusal, TopicMessage } from './ChangeTopic.ts'
export { ChangeTopic, createMemoryTopic } from './ChangeTopic.ts'
export type { DeadLetter, DeadLetters, MemoryDeadLetters, MemoryDeadLettersOptions } from './DeadLetter.ts'
export { createMemoryDeadLetters } from './DeadLetter.ts'
export type { FileJournalOptions } from './journal/createFileJournal.ts'
export { createFileJournal } from './journal/createFileJournal.ts'
export type { JournalEntry, TellingJournal } from './journal/TellingJournal.ts'
export type { JsonLinesOptions } from './topics/createJsonLinesTopic.ts'
export { createJsonLinesDeadLetters, createJsonLinesTopic } from './topics/createJsonLinesTopic.ts'
export type { WebhookTopicOptions } from './topics/createWebhookTopic.ts'
export { createWebhookTopic } from './topics/createWebhookTopic.ts'
export type { ReceivedWebhook, VerifyWebhookOptions } from './topics/webhookSignature.ts'
export { signWebhook, verifyWebhook } from './topics/webhookSignature.ts'
export type {
  EventHubsBatch,
  EventHubsMessage,
  EventHubsProducer,
  EventHubsTopicOptions
} from './topics/createEventHubsTopic.ts'
export { createEventHubsTopic } from './topics/createEventHubsTopic.ts'
export type { SnsClient, SnsEntry, SnsTopicOptions } from './topics/SnsTopicOptions.ts'
export { createSnsTopic } from './topics/createSnsTopic.ts'
export type { DeliveryOptions } from './delivery/DeliveryOptions.ts'
export { defaultDeliveryOptions } from './delivery/DeliveryOptions.ts'

export type { Filter } from './expression/compileFilter.ts'
export { compileFilter } from './expression/compileFilter.ts'

export type { ExpressionLimits } from './expression/ExpressionLimits.ts'
export { defaultExpressionLimits } from './expression/ExpressionLimits.ts'
export type {
  EvaluationFault,
  EvaluationFaultKind,
  ExpressionFault,
  LimitExceeded,
  ParseFault
} from './expression/ExpressionFault.ts'
export { describeExpressionFault } from './expression/ExpressionFault.ts'

export type {
  Aggregate,
  AggregateFunction,
  ArrayLiteral,
  Binary,
  BinaryOperator,
  Call,
  Case,
  Cast,
  Comprehension,
  Conditional,
  Constant,
  Expression,
  Index,
  Iteration,
  Lambda,
  Logical,
  Member,
  MethodCall,
  Name,
  ObjectComprehension,
  ObjectLiteral,
  Quantifier,
  Select,
  SetLiteral,
  Source,
  Unary,
  With
} from './expression/Expression.ts'
export { parseExpression } from './expression/parse/parseExpression.ts'
export { printExpression } from './expression/printExpression.ts'

export type {
  Bytes,
  Closure,
  Decimal,
  Float,
  Instant,
  Kind,
  LocalDate,
  Value,
  ValueObject,
  ValueSet
} from './expression/values/Value.ts'
export { kindOf } from './expression/values/Value.ts'
export type { MakeValue } from './expression/values/makeValue.ts'
export { makeValue } from './expression/values/makeValue.ts'

export type { ExpressionContext } from './expression/evaluate/Run.ts'
export type { CompiledExpression } from './expression/compileExpression.ts'
export { compileExpression } from './expression/compileExpression.ts'
export { interpretExpression } from './expression/interpretExpression.ts'

export type { BindOptions } from './expression/bindExpression.ts'
export { bindExpression } from './expression/bindExpression.ts'
export type { Path } from './expression/renameExpression.ts'
export { freePaths, renameExpression } from './expression/renameExpression.ts'
export { toConjunction, toDisjunction } from './expression/normalForms.ts'
export type { Bound, PathRange } from './expression/rangesOf.ts'
export { fixedValue, indexKey, rangesOf, valueAtPath } from './expression/rangesOf.ts'

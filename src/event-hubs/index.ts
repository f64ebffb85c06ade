/**
 * `on-demand-sync/event-hubs`: events from and checkpoints for Azure Event Hubs. Needs `@azure/event-hubs`.
 *
 * @packageDocumentation
 */
export type { EventHubsConnection } from './connect.ts'
export type { EventHubsSource, EventHubsSourceEvent, EventHubsSourceOptions } from './EventHubsSource.ts'
export { defaultEventHubsSourceOptions } from './EventHubsSource.ts'
export { createEventHubsSource } from './createEventHubsSource.ts'
export type { Untamed } from './tameClient.ts'
export type { CheckpointStore } from './CheckpointStore.ts'
export { createMemoryCheckpointStore } from './createMemoryCheckpointStore.ts'
export type { FileCheckpointStoreOptions } from './createFileCheckpointStore.ts'
export { createFileCheckpointStore } from './createFileCheckpointStore.ts'
export type { Publisher, PublisherOptions } from './createPublisher.ts'
export { createPublisher, defaultPublisherOptions, partitionKeyOf } from './createPublisher.ts'
export type { EventHubsDeadLetterSinkOptions } from './createEventHubsDeadLetterSink.ts'
export { createEventHubsDeadLetterSink } from './createEventHubsDeadLetterSink.ts'

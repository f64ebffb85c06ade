/** What a change of the policies touches, and what is to do about it. */
export type { SnapshotDifference, SnapshotDifferenceOptions } from './snapshotDifference.ts'
export { snapshotDifference } from './snapshotDifference.ts'
export type { ToSyncRequestsOptions } from './toSyncRequests.ts'
export { defaultToSyncRequestsOptions, toSyncRequests } from './toSyncRequests.ts'
export { onSnapshotDifference } from './onSnapshotDifference.ts'

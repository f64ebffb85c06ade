/** Where Ranger's documents come from, and what a change of them means. */
export type {
  HeldSnapshot,
  LookOptions,
  RangerPart,
  RangerSource,
  RangerSourceEvent,
  SnapshotChange
} from './RangerSource.ts'
export type { SnapshotVersions } from './SnapshotVersions.ts'
export { versionsOf } from './SnapshotVersions.ts'
export type { DoubtOptions, SnapshotDoubt } from './doubtsOf.ts'
export { defaultDoubtOptions, describeDoubt } from './doubtsOf.ts'
export type { RangerAuth } from './admin/RangerAuth.ts'
export type { RangerAdminSourceOptions } from './admin/createRangerAdminSource.ts'
export { createRangerAdminSource, defaultRangerAdminSourceOptions } from './admin/createRangerAdminSource.ts'
export type { RangerFileSourceOptions } from './createRangerFileSource.ts'
export { createRangerFileSource, defaultRangerFileSourceOptions } from './createRangerFileSource.ts'
export { withHeldNotes } from './withHeldNotes.ts'

/** The way from what there is to what there should be, as ordered statements. */
import type { Resource, ResourceName } from '../Resource.ts'
import type { SyncError } from '../SyncError.ts'
import type { Change, FilterChange, MaskChange } from './Change.ts'

/**
 * The phases of a plan, in their order: policies are made (without effect yet), everything is narrowed, swapped, widened, and policies that nothing
 * refers to any more are dropped.
 */
export type Phase = 'prepare' | 'narrow' | 'swap' | 'widen' | 'tidy'

/** All {@link Phase}s in order. */
export const phases: ReadonlyArray<Phase> = ['prepare', 'narrow', 'swap', 'widen', 'tidy']

/** One statement of a plan. */
export interface Step {
  readonly phase: Phase
  /** The statement, complete. Holds names, never a secret or a row value. */
  readonly statement: string
  /** The object it changes. */
  readonly on: ResourceName
  /** What it does, in the plan's terms. Empty for `prepare` and `tidy`. */
  readonly changes: ReadonlyArray<Change>
  /** Keys (`resourceKey`) of the resources it is done for. When it fails, their later steps are held back. */
  readonly resources: ReadonlyArray<string>
  /** True where a failure of *any* narrowing in the plan must hold it back: it could show other objects' rows. */
  readonly needsAllNarrowed: boolean
}

/** One resource's part in a plan. */
export interface ResourcePlan {
  readonly resource: Resource
  /** Why it can't be brought (wholly) in line. Its narrowing steps run all the same; nothing is widened for it. */
  readonly blocked?: SyncError
  /** See `DesiredAccess.notes`. */
  readonly notes: ReadonlyArray<string>
}

/** A mark of the access that an object had when the plan was made. */
export interface PlannedState {
  readonly resource: Resource
  readonly fingerprint: string
  /** Masks and filter that stood already, as they should. What the plan grants is safe as long as they stand: they must still be there after it. Absent for none. */
  readonly reliesOn?: ReadonlyArray<MaskChange | FilterChange>
}

/** A whole plan. Empty `steps` means: all of it agrees already. */
export interface Plan {
  readonly resources: ReadonlyArray<ResourcePlan>
  /** In the order in which they run, phase by phase. */
  readonly steps: ReadonlyArray<Step>
  /** What the plan was made for, so that a stored plan is applied to nothing else. Databases and schemas that its relations lie in included. */
  readonly state: ReadonlyArray<PlannedState>
}

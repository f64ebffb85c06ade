/** Stage 7: what there is and what there should be become a plan, and the plan is carried out. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DesiredAccess } from './access/DesiredAccess.ts'
import type { Plan } from './access/Plan.ts'
import type { ResourceResult, StepResult } from './access/runPlan.ts'
import { fromPromise } from './Promises.ts'
import type { SyncError } from './SyncError.ts'

/** Options of {@link PolicySyncer.plan}. */
export interface PlanOptions {
  readonly signal: AbortSignal
  /** What it is done for, such as the tasks' ids: left in the vendor's own log of statements, where it has one. */
  readonly tag?: string
}

/** Options of {@link PolicySyncer.apply}. */
export interface ApplyOptions extends PlanOptions {
  /** True for a plan that was stored: it is applied only where the access of its objects is still what it was made for, else the answer is StateChanged. Default false. */
  readonly ifUnchanged?: boolean
  /** Told of every statement that was tried, as it ends: for progress, and so that nothing done is lost from the audit trail. */
  readonly onStep?: (result: StepResult) => void
}

/**
 * Port: reads what there is, plans, applies.
 *
 * **For implementers**: keep to the promises. The order of a plan's steps is safe after any prefix (`orderChanges` gives it); what is not ours is never
 * touched; a plan for what agrees already is empty. A left of `apply` means an outage or the caller's signal, in between resources; what failed for one resource is that
 * resource's result. Applying the same plan twice does no harm. Deciding who may see what, retrying after an outage and auditing are not your job.
 */
export interface PolicySyncer {
  /** Reads the actual access of the resources and works out what to change. Changes nothing. */
  readonly plan: (desired: ReadonlyArray<DesiredAccess>, options: PlanOptions) => TaskEither<SyncError, Plan>
  /** Carries a plan out; answers for every resource of it. */
  readonly apply: (plan: Plan, options: ApplyOptions) => TaskEither<SyncError, ReadonlyArray<ResourceResult>>
}

/** The Promise-shaped {@link PolicySyncer}. */
export interface AsyncPolicySyncer {
  readonly plan: (desired: ReadonlyArray<DesiredAccess>, options: PlanOptions) => Promise<Plan>
  readonly apply: (plan: Plan, options: ApplyOptions) => Promise<ReadonlyArray<ResourceResult>>
}

/**
 * Ways to make a syncer.
 *
 * @example
 * ```ts
 * import { PolicySyncer } from 'on-demand-sync'
 *
 * const dryRun = PolicySyncer.fromAsync({
 *   plan: async desired => ({ resources: desired.map(({ resource, notes }) => ({ resource, notes })), steps: [], state: [] }),
 *   apply: async plan => plan.resources.map(({ resource, notes }) => ({ resource, notes, result: 'unchanged' as const }))
 * })
 * void dryRun
 * ```
 */
export const PolicySyncer: { readonly fromAsync: (syncer: AsyncPolicySyncer) => PolicySyncer } = {
  fromAsync: syncer => ({
    plan: (desired, options) => fromPromise('PolicySyncer.plan', () => syncer.plan(desired, options)),
    apply: (plan, options) => fromPromise('PolicySyncer.apply', () => syncer.apply(plan, options))
  })
}

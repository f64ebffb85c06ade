/** Runs a plan: phase by phase, different objects side by side, one object's statements one after another. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { Clock } from '../internal/Clock.ts'
import { systemClock } from '../internal/Clock.ts'
import { forEachLimited } from '../internal/forEachLimited.ts'
import { groupBy } from '../internal/groupBy.ts'
import type { Resource, ResourceName } from '../Resource.ts'
import { describeName, resourceKey } from '../Resource.ts'
import { describeError, isOutage } from '../describeError.ts'
import { SyncError } from '../SyncError.ts'
import type { Plan, Step } from './Plan.ts'
import { phases } from './Plan.ts'

/** What came of one resource of a plan. */
export interface ResourceResult {
  readonly resource: Resource
  /** `skipped`: it was gone before or while the plan ran. */
  readonly result: 'applied' | 'unchanged' | 'skipped' | 'failed'
  /** For failed and skipped. */
  readonly error?: SyncError
  readonly notes: ReadonlyArray<string>
}

/** What came of one step. */
export interface StepResult {
  readonly step: Step
  /** Absent where the step took effect. */
  readonly error?: SyncError
  /** How long its statement took, in milliseconds; of statements that went together, all of them. Absent where the syncer does not say. */
  readonly durationMs?: number
}

/** How a vendor runs the steps of a plan. */
export interface StepRunner {
  readonly run: (step: Step) => TaskEither<SyncError, void>
  /** Runs several steps in one round trip, all of them grants or revokes, which may be run again. Its left means: some may have run, some not. Optional: without it each step is run by itself. */
  readonly runTogether?: (steps: ReadonlyArray<Step>) => TaskEither<SyncError, void>
  /** Most steps to run together. Default: no limit. */
  readonly maxTogether?: number
}

/** Options of {@link runPlan}. */
export interface RunPlanOptions {
  readonly signal: AbortSignal
  /** Most statements, or bundles of statements, on their way at the same time. */
  readonly concurrency: number
  /** Told of every step that was tried, as it ends. */
  readonly onStep?: (result: StepResult) => void
  /** Default: the system clock. */
  readonly clock?: Pick<Clock, 'now'>
}

/**
 * Runs a plan's steps, phase by phase. A failed step fails its resources and holds their later steps back; revoking goes on, it can only take away.
 * An outage, or the signal, ends the run with a left; what was done until then is a safe state.
 */
export const runPlan =
  (plan: Plan, runner: StepRunner, options: RunPlanOptions): TaskEither<SyncError, ReadonlyArray<ResourceResult>> =>
  async () => {
    const run: Run = {
      failed: new Map(),
      unprepared: new Set(),
      changed: new Set(),
      notNarrowed: undefined,
      openContainers: [],
      ended: undefined
    }
    for (const { resource, blocked } of plan.resources) {
      if (blocked === undefined) continue
      run.failed.set(resourceKey(resource.name), blocked)
      // What is gone has no rows to show.
      if (blocked._tag !== 'NotFound') leaveOpen(resource.name, blocked, run)
    }
    for (const phase of phases) {
      const steps = plan.steps.filter(step => step.phase === phase)
      await forEachLimited(bundles(steps, runner, options.concurrency), options.concurrency, bundle =>
        runBundle(bundle, run, runner, options)
      )
    }
    if (run.ended !== undefined) return E.left(run.ended)
    return E.right(plan.resources.map(({ resource, notes }) => ({ resource, notes, ...resultOf(resource, run) })))
  }

/** What a run knows so far. */
interface Run {
  readonly failed: Map<string, SyncError>
  /** Resources whose policies could not be made. */
  readonly unprepared: Set<string>
  readonly changed: Set<string>
  /** Why some object shows more than it should after the narrowing phases. */
  notNarrowed: SyncError | undefined
  /** Databases and schemas among them: all that lies in them shows to somebody more. */
  readonly openContainers: Array<{ readonly name: ResourceName; readonly error: SyncError }>
  /** Why the run stops: an outage, or the caller's signal. */
  ended: SyncError | undefined
}

/**
 * Grants and revokes may go together, in as many bundles as may be on their way at once; all else goes by itself. Within a phase the order matters only among those of one object: what
 * was passed on is revoked before what it was passed on from. They stay in one bundle.
 */
const bundles = (
  steps: ReadonlyArray<Step>,
  { runTogether }: StepRunner,
  concurrency: number
): ReadonlyArray<ReadonlyArray<Step>> => {
  const isOfGrants = ({ changes }: Step) => changes.length > 0 && changes.every(change => 'grantee' in change)
  const ofGrants = steps.filter(isOfGrants)
  const size = runTogether === undefined ? 1 : Math.ceil(ofGrants.length / concurrency)
  const bundled: Array<Array<Step>> = []
  for (const ofObject of groupBy(ofGrants, ({ on }) => resourceKey(on)).values()) {
    const last = bundled[bundled.length - 1]
    if (last === undefined || last.length >= size) bundled.push([...ofObject])
    else last.push(...ofObject)
  }
  return [...steps.filter(step => !isOfGrants(step)).map(step => [step]), ...bundled]
}

const runBundle = async (
  bundle: ReadonlyArray<Step>,
  run: Run,
  runner: StepRunner,
  options: RunPlanOptions
): Promise<void> => {
  const { maxTogether = bundle.length } = runner
  for (let at = 0; at < bundle.length; at += maxTogether)
    await runChunk(bundle.slice(at, at + maxTogether), run, runner, options)
}

const runChunk = async (
  bundle: ReadonlyArray<Step>,
  run: Run,
  runner: StepRunner,
  options: RunPlanOptions
): Promise<void> => {
  const { clock = systemClock, onStep } = options
  const succeed = (step: Step, startedAtMs: number): void => {
    for (const key of step.resources) run.changed.add(key)
    onStep?.({ step, durationMs: clock.now() - startedAtMs })
  }
  const startedAtMs = clock.now()
  const steps = bundle.filter(step => mayRun(step, run, options))
  if (steps.length > 1 && runner.runTogether !== undefined) {
    const done = await runner.runTogether(steps)()
    if (E.isRight(done)) {
      for (const step of steps) succeed(step, startedAtMs)
      return
    }
    // Which of them failed shows when they are run one by one; to those that had run that does no harm.
    if (endsRun(done.left)) run.ended ??= done.left
  }
  for (const step of steps) {
    if (!mayRun(step, run, options)) continue
    const startedAtMs = clock.now()
    const done = await runner.run(step)()
    if (E.isRight(done)) succeed(step, startedAtMs)
    else {
      if (endsRun(done.left)) run.ended ??= done.left
      onStep?.({ step, error: done.left, durationMs: clock.now() - startedAtMs })
      fail(step, done.left, run)
    }
  }
}

const endsRun = (error: SyncError): boolean => isOutage(error) || error._tag === 'Aborted'

/** Whether a step's turn has come; one that is held back fails its resources. */
const mayRun = (step: Step, run: Run, { signal }: RunPlanOptions): boolean => {
  if (signal.aborted) run.ended ??= SyncError.Aborted({ operation: 'apply' })
  if (run.ended !== undefined) return false
  const obstacle = obstacleTo(step, run)
  if (obstacle !== undefined) fail(step, obstacle, run)
  return obstacle === undefined
}

/** What forbids a step. A step done for several resources goes ahead for the sake of those that have not failed. */
const obstacleTo = (step: Step, { failed, unprepared, notNarrowed, openContainers }: Run): SyncError | undefined => {
  if (step.phase === 'prepare') return undefined
  if (step.phase === 'narrow') {
    const key = step.resources.find(candidate => unprepared.has(candidate))
    const needsPolicy = step.changes.some(({ kind }) => kind === 'set mask' || kind === 'set filter')
    return needsPolicy && key !== undefined ? failed.get(key) : undefined
  }
  const around = openContainers.find(({ name }) => liesIn(step.on, name))?.error
  const because = step.needsAllNarrowed ? notNarrowed : around
  if (because !== undefined && step.phase !== 'tidy')
    return SyncError.HeldBack({ object: describeName(step.on), because: describeError(because) })
  const errors = step.resources.map(key => failed.get(key))
  return errors.every(error => error !== undefined) ? errors[0] : undefined
}

const fail = (step: Step, error: SyncError, run: Run): void => {
  // A policy that could not be dropped is garbage, not a failure of the resource that no longer uses it.
  if (step.phase === 'tidy') return
  if (step.phase !== 'widen') leaveOpen(step.on, error, run)
  for (const key of step.resources) {
    if (step.phase === 'prepare') run.unprepared.add(key)
    if (!run.failed.has(key)) run.failed.set(key, error)
  }
}

const leaveOpen = (name: ResourceName, error: SyncError, run: Run): void => {
  run.notNarrowed ??= error
  if (name.table === undefined) run.openContainers.push({ name, error })
}

const liesIn = (name: ResourceName, container: ResourceName): boolean =>
  name.table !== undefined &&
  name.database === container.database &&
  (container.schema === undefined || container.schema === name.schema)

const resultOf = ({ name }: Resource, { failed, changed }: Run): Pick<ResourceResult, 'result' | 'error'> => {
  const error = failed.get(resourceKey(name))
  if (error === undefined) return { result: changed.has(resourceKey(name)) ? 'applied' : 'unchanged' }
  const isGone = error._tag === 'NotFound' && error.object === describeName(name)
  return { result: isGone ? 'skipped' : 'failed', error }
}

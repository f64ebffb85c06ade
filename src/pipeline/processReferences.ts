/** One round of work: references in, a ledger of what came of them out. */
import * as E from 'fp-ts/lib/Either.js'
import type { ResourceResult, StepResult } from '../access/runPlan.ts'
import { compact } from '../internal/objects.ts'
import type { PolicySource } from '../PolicySource.ts'
import type { PolicySyncer } from '../PolicySyncer.ts'
import type { Resource } from '../Resource.ts'
import { resourceKey } from '../Resource.ts'
import type { Resolution, ResourceResolver } from '../ResourceResolver.ts'
import type { WaitToRetry } from '../Retry.ts'
import { isOutage, isRetryable } from '../describeError.ts'
import { SyncError } from '../SyncError.ts'
import type { ResourceReference } from '../SyncRequest.ts'
import { decideAll } from './decideAll.ts'
import { guarded } from './guarded.ts'
import type { Ledger } from './Ledger.ts'
import { lookAgain } from './lookAgain.ts'
import { resolveAll } from './resolveAll.ts'

/** What a round of work needs. */
export interface Workshop {
  readonly resolver: ResourceResolver
  readonly policies: PolicySource
  readonly syncer: PolicySyncer
  readonly waitToRetry: WaitToRetry
  /** See `PlanOptions.tag`. */
  readonly tag?: string
}

/** What a round of work reports while it runs. */
export interface WorkReport {
  readonly onStep: (result: StepResult) => void
  readonly onResources: (count: number) => void
  readonly onPolicyVersion: (version: string) => void
}

/**
 * Works on references none of which covers another, until each has an answer in the ledger. What is passing is waited for and tried again: an outage by
 * everything not answered yet, a failed resource by itself. The only left is Aborted.
 */
export const processReferences = async (
  references: ReadonlyArray<ResourceReference>,
  ledger: Ledger,
  workshop: Workshop,
  report: WorkReport,
  signal: AbortSignal
): Promise<E.Either<SyncError, void>> => {
  let open = references
  for (let attempt = 1; ; attempt += 1) {
    const round = await resolveOnce(open, ledger, workshop, report, signal)
    if (E.isLeft(round)) return round
    const { unresolved } = round.right
    const passing = unresolved.filter(({ error }) => isRetryable(error))
    const [first] = passing
    const again = first !== undefined && (await workshop.waitToRetry(worst(passing.map(({ error }) => error)), attempt))
    if (signal.aborted) return E.left(SyncError.Aborted({ operation: 'sync' }))
    const final = again ? unresolved.filter(({ error }) => !isRetryable(error)) : unresolved
    for (const { reference, error } of final) ledger.unresolved(reference, error)
    if (!again) return E.right(undefined)
    open = passing.map(({ reference }) => reference)
    for (const reference of open) ledger.reset(reference)
  }
}

/** An outage outranks a passing failure: it decides how long to go on trying. */
const worst = (errors: ReadonlyArray<SyncError>): SyncError =>
  errors.find(isOutage) ?? errors[0] ?? SyncError.Defect({ where: 'retry', cause: undefined })

type Unresolved = Extract<Resolution, { readonly _tag: 'Unresolved' }>

const resolveOnce = async (
  references: ReadonlyArray<ResourceReference>,
  ledger: Ledger,
  workshop: Workshop,
  report: WorkReport,
  signal: AbortSignal
): Promise<E.Either<SyncError, { readonly unresolved: ReadonlyArray<Unresolved> }>> => {
  const unresolved: Array<Unresolved> = []
  for await (const resolutions of resolveAll(workshop.resolver, references, signal)) {
    const found: Array<Resource> = []
    for (const resolution of resolutions) {
      if (resolution._tag === 'Found') {
        ledger.found(resolution.resource)
        found.push(resolution.resource)
      } else if (resolution._tag === 'Absent') ledger.absent(resolution.reference, resolution.reason)
      else unresolved.push(resolution)
    }
    if (found.length === 0) continue
    const synced = await syncResources(found, ledger, workshop, report, signal)
    if (E.isLeft(synced)) return synced
    report.onResources(found.length)
  }
  return E.right({ unresolved })
}

/** Decides, plans and applies for one chunk of resources; results go to the ledger. A left is Aborted. */
const syncResources = async (
  resources: ReadonlyArray<Resource>,
  ledger: Ledger,
  workshop: Workshop,
  report: WorkReport,
  signal: AbortSignal
): Promise<E.Either<SyncError, void>> => {
  let open = resources
  const resolve = (references: ReadonlyArray<ResourceReference>) => resolveAll(workshop.resolver, references, signal)
  const touched = new Set<string>()
  const onStep = (result: StepResult) => {
    report.onStep(result)
    if (result.error !== undefined) return
    ledger.ran(result.step)
    for (const key of result.step.resources) touched.add(key)
  }
  for (let attempt = 1; ; attempt += 1) {
    const { there, lost } = attempt === 1 ? { there: open, lost: [] } : await lookAgain(open, resolve)
    const tried = await syncOnce(there, workshop, onStep, report, signal)
    const results = [...lost, ...(E.isRight(tried) ? forAll(there, tried.right) : there.map(failedBy(tried.left)))]
    const passing = results.filter(({ error }) => error !== undefined && isRetryable(error))
    const again = await goOn(passing, attempt, workshop.waitToRetry)
    if (signal.aborted) return E.left(SyncError.Aborted({ operation: 'sync' }))
    const stillOpen = again === 'all' ? passing : again === 'held back' ? passing.filter(isHeldBack) : []
    for (const result of results.filter(each => !stillOpen.includes(each))) ledger.result(afterAll(result, touched))
    if (stillOpen.length === 0) return E.right(undefined)
    open = stillOpen.map(({ resource }) => resource)
  }
}

const isHeldBack = ({ error }: ResourceResult): boolean => error?._tag === 'HeldBack'

/**
 * Which of the passing failures are tried once more. What was held back only because of others goes on without them once they are given up: an object must not fail because
 * another one happened to be in its batch.
 */
const goOn = async (
  passing: ReadonlyArray<ResourceResult>,
  attempt: number,
  waitToRetry: WaitToRetry
): Promise<'all' | 'held back' | 'none'> => {
  const own = passing.filter(result => !isHeldBack(result)).flatMap(({ error }) => error ?? [])
  if (own.length > 0 && (await waitToRetry(worst(own), attempt))) return 'all'
  return passing.some(isHeldBack) ? 'held back' : 'none'
}

const failedBy =
  (error: SyncError) =>
  (resource: Resource): ResourceResult => ({ resource, result: 'failed', error, notes: [] })

/** A syncer answers for every resource; of one that it says nothing of nobody knows what became. */
const forAll = (
  resources: ReadonlyArray<Resource>,
  results: ReadonlyArray<ResourceResult>
): ReadonlyArray<ResourceResult> => {
  const answered = new Set(results.map(({ resource }) => resourceKey(resource.name)))
  const silence = SyncError.Defect({ where: 'PolicySyncer.apply', cause: new Error('a resource has no answer') })
  return results.concat(resources.filter(({ name }) => !answered.has(resourceKey(name))).map(failedBy(silence)))
}

/** What an earlier attempt changed is applied, even where the last one found nothing left to do. */
const afterAll = (result: ResourceResult, touched: ReadonlySet<string>): ResourceResult =>
  touched.size > 0 && result.result === 'unchanged' && touched.has(resourceKey(result.resource.name))
    ? { ...result, result: 'applied' }
    : result

const syncOnce = async (
  resources: ReadonlyArray<Resource>,
  { policies, syncer, tag }: Workshop,
  onStep: (result: StepResult) => void,
  report: WorkReport,
  signal: AbortSignal
) => {
  const desired = await decideAll(policies, resources, signal)
  if (E.isLeft(desired)) return desired
  for (const { policyVersion } of desired.right) if (policyVersion !== undefined) report.onPolicyVersion(policyVersion)
  const how = { signal, ...compact({ tag }) }
  const plan = await guarded('PolicySyncer.plan', () => syncer.plan(desired.right, how))
  if (E.isLeft(plan)) return plan
  return guarded('PolicySyncer.apply', () => syncer.apply(plan.right, { ...how, onStep }))
}

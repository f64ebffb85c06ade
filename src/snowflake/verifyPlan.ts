/** The second look: Snowflake accepts revokes that revoke nothing, and grants that it makes in part; only what is read again is certain. */
import * as E from 'fp-ts/lib/Either.js'
import type { ActualAccess } from '../access/AccessState.ts'
import { describeChange } from '../access/Change.ts'
import type { Change } from '../access/Change.ts'
import { isTaken, lastChanges, stillFits, subjectOf } from '../access/isTaken.ts'
import type { Plan, PlannedState, Step } from '../access/Plan.ts'
import type { ResourceResult, StepResult } from '../access/runPlan.ts'
import { isOutage, isRetryable } from '../describeError.ts'
import type { Resource } from '../Resource.ts'
import { describeName, resourceKey } from '../Resource.ts'
import { SyncError } from '../SyncError.ts'
import type { PolicySchema } from './PolicyObject.ts'
import { readAccess } from './readAccess.ts'
import type { ReadOptions } from './readMany.ts'
import type { SnowflakeClient } from './SnowflakeClient.ts'

/**
 * The results, corrected by what is there now: of a resource for which a step ran without effect, or that has lost a policy which the plan relied on, the result is NotTaken; of one that has
 * new columns, StateChanged. A left is an outage, or Aborted.
 */
export const verifyPlan = async (
  client: SnowflakeClient,
  home: PolicySchema,
  { state }: Plan,
  tried: ReadonlyArray<StepResult>,
  results: ReadonlyArray<ResourceResult>,
  options: ReadOptions
): Promise<E.Either<SyncError, ReadonlyArray<ResourceResult>>> => {
  const ran = tried.filter(({ error }) => error === undefined).map(({ step }) => step)
  const last = new Set(lastChanges(ran.flatMap(({ changes }) => changes)))
  const touched = new Set(tried.flatMap(({ step }) => step.changes.map(({ on }) => resourceKey(on))))
  const planned = state.filter(({ resource }) => touched.has(resourceKey(resource.name)))
  const objects = planned.map(({ resource }) => resource)
  const answers = await readAccess(client, home, objects, options, options.warehouse)
  const errors = new Map<string, SyncError>()
  const outdated = new Map<string, SyncError>()
  const note = (keys: ReadonlyArray<string>, error: SyncError) => {
    for (const key of keys) errors.set(key, errors.get(key) ?? error)
  }
  for (const [index, answer] of answers.entries()) {
    const object = planned[index]
    if (object === undefined) continue
    const done = stepsOn(object.resource, ran, last)
    if (E.isLeft(answer)) {
      if (isOutage(answer.left) || answer.left._tag === 'Aborted') return answer
      for (const [{ resources: keys }] of done) note(keys, answer.left)
      continue
    }
    const outstanding = done.filter(([, change]) => !isTaken(change, answer.right))
    const lost = lostSince(object, answer.right, last)
    const error = notTaken(object.resource, [...outstanding.map(([, change]) => change), ...lost])
    for (const [{ resources: keys }] of outstanding) note(keys, error)
    const own = resourceKey(object.resource.name)
    const changed = SyncError.StateChanged({ object: describeName(object.resource.name) })
    if (lost.length > 0) note([own], error)
    if (hasNewColumns(object.resource, answer.right)) note([own], changed)
    if (tried.some(result => isOutdated(result, answer.right))) outdated.set(own, changed)
  }
  return E.right(
    results.map(result => {
      const key = resourceKey(result.resource.name)
      return corrected(result, errors.get(key), outdated.get(key))
    })
  )
}

/** A step that failed because its object is not what it was, or was away for a moment. */
const isOutdated = ({ step: { on, changes }, error }: StepResult, now: ActualAccess): boolean => {
  if (error === undefined || resourceKey(on) !== resourceKey(now.resource.name)) return false
  const wasAway = error._tag === 'NotFound' && error.object === describeName(on)
  return wasAway || !changes.every(change => stillFits(change, now))
}

/** Masks and filters that the plan left as they were, and that are gone: with the table that they were on, or because somebody took them off. */
const lostSince = (
  { reliesOn = [] }: PlannedState,
  now: ActualAccess,
  last: ReadonlySet<Change>
): ReadonlyArray<Change> => {
  const changed = new Set([...last].map(subjectOf))
  return reliesOn.filter(change => !changed.has(subjectOf(change)) && !isTaken(change, now))
}

/** Columns that came in between: nobody has decided who may see them. */
const hasNewColumns = ({ columns }: Resource, now: ActualAccess): boolean => {
  const known = new Set(columns.map(({ name }) => name))
  return known.size > 0 && now.resource.columns.some(({ name }) => !known.has(name))
}

/** The changes that ran on an object and were the last word on what they changed, each with its step. */
const stepsOn = (
  { name }: Resource,
  ran: ReadonlyArray<Step>,
  last: ReadonlySet<Change>
): ReadonlyArray<readonly [Step, Change]> =>
  ran.flatMap(step =>
    step.changes
      .filter(change => last.has(change) && resourceKey(change.on) === resourceKey(name))
      .map(change => [step, change] as const)
  )

const notTaken = ({ name }: Resource, changes: ReadonlyArray<Change>): SyncError =>
  SyncError.NotTaken({ object: describeName(name), outstanding: changes.map(describeChange) })

/** A failure that was known before says more than a second look, unless all it says is that the plan was made for something else. */
const corrected = (
  result: ResourceResult,
  error: SyncError | undefined,
  outdated: SyncError | undefined
): ResourceResult => {
  if (result.error !== undefined)
    return outdated === undefined || isRetryable(result.error)
      ? result
      : { ...result, result: 'failed', error: outdated }
  if (error === undefined) return result
  const isGone = error._tag === 'NotFound' && error.object === describeName(result.resource.name)
  return { ...result, result: isGone ? 'skipped' : 'failed', error }
}

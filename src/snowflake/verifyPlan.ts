/** The second look: Snowflake accepts revokes that revoke nothing, and grants that it makes in part; only what is read again is certain. */
import * as E from 'fp-ts/lib/Either.js'
import { describeChange } from '../access/Change.ts'
import type { Change } from '../access/Change.ts'
import { isTaken, lastChanges } from '../access/isTaken.ts'
import type { Plan, Step } from '../access/Plan.ts'
import type { ResourceResult } from '../access/runPlan.ts'
import { isOutage } from '../describeError.ts'
import type { Resource } from '../Resource.ts'
import { describeName, resourceKey } from '../Resource.ts'
import { SyncError } from '../SyncError.ts'
import type { PolicySchema } from './PolicyObject.ts'
import { readAccess } from './readAccess.ts'
import type { ReadOptions } from './readMany.ts'
import type { SnowflakeClient } from './SnowflakeClient.ts'

/** The results, corrected by what is there now: of a resource for which a step ran without effect, the result is NotTaken. A left is an outage, or Aborted. */
export const verifyPlan = async (
  client: SnowflakeClient,
  home: PolicySchema,
  { state }: Plan,
  ran: ReadonlyArray<Step>,
  results: ReadonlyArray<ResourceResult>,
  options: ReadOptions
): Promise<E.Either<SyncError, ReadonlyArray<ResourceResult>>> => {
  const last = new Set(lastChanges(ran.flatMap(({ changes }) => changes)))
  const touched = new Set([...last].map(({ on }) => resourceKey(on)))
  const objects = state.map(({ resource }) => resource).filter(({ name }) => touched.has(resourceKey(name)))
  const answers = await readAccess(client, home, objects, options)
  const errors = new Map<string, SyncError>()
  for (const [index, object] of objects.entries()) {
    const answer = answers[index]
    if (answer === undefined) continue
    if (E.isLeft(answer) && (isOutage(answer.left) || answer.left._tag === 'Aborted')) return answer
    const outstanding = E.isLeft(answer)
      ? undefined
      : stepsOn(object, ran, last).filter(([, change]) => !isTaken(change, answer.right))
    const concerned = outstanding ?? stepsOn(object, ran, last)
    const error = E.isLeft(answer)
      ? answer.left
      : notTaken(
          object,
          (outstanding ?? []).map(([, change]) => change)
        )
    for (const [{ resources }] of concerned) for (const key of resources) errors.set(key, errors.get(key) ?? error)
  }
  return E.right(results.map(result => corrected(result, errors.get(resourceKey(result.resource.name)))))
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

/** A failure that was known before says more than a second look. */
const corrected = (result: ResourceResult, error: SyncError | undefined): ResourceResult => {
  if (error === undefined || result.error !== undefined) return result
  const isGone = error._tag === 'NotFound' && error.object === describeName(result.resource.name)
  return { ...result, result: isGone ? 'skipped' : 'failed', error }
}

/**
 * Promise 3, on a model: after every prefix of a plan, everyone sees at most what the state before or the state after shows. SAFE_ORDER_MODEL_RUNS sets the number of random
 * (before, after) pairs.
 */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import type { DesiredAccess, Plan } from 'on-demand-sync'
import { createMemoryPolicySyncer, orThrow, SyncError } from 'on-demand-sync'
import { expect, it } from 'vitest'
import { containers, snapshot, state, table, view, within } from '../arbitrary/accessWorld.ts'

const numRuns = Number(process.env['SAFE_ORDER_MODEL_RUNS'] ?? 2_500)
const signal = new AbortController().signal
type Syncer = ReturnType<typeof createMemoryPolicySyncer>

const planFor = async (syncer: Syncer, desired: ReadonlyArray<DesiredAccess>): Promise<Plan> =>
  orThrow(await syncer.plan(desired, { signal })())

const applyAll = async (syncer: Syncer, plan: Plan) => {
  const result = await syncer.apply(plan, { signal })()
  if (E.isLeft(result)) throw new Error(result.left._tag)
}

const copyOf = (syncer: Syncer) =>
  createMemoryPolicySyncer({ initial: [table, view, ...containers].map(resource => syncer.accessOf(resource)) })

it('is safe after every prefix, ends where it should, and then has nothing to do', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(state, state, async (before, after) => {
      const syncer = createMemoryPolicySyncer()
      await applyAll(syncer, await planFor(syncer, before))
      const plan = await planFor(syncer, after)
      const end = copyOf(syncer)
      await applyAll(end, plan)
      const [seenBefore, seenAfter] = [snapshot(syncer.accessOf), snapshot(end.accessOf)]

      for (const step of plan.steps) {
        await applyAll(syncer, { ...plan, steps: [step] })
        for (const [key, now] of snapshot(syncer.accessOf))
          expect(
            within(now, seenBefore.get(key), seenAfter.get(key)),
            `${key} after ${step.statement} of ${plan.steps.map(s => s.statement).join('\n')}`
          ).toBe(true)
        // A crash here, then a fresh sync: it ends in the same state.
        const again = copyOf(syncer)
        await applyAll(again, await planFor(again, after))
        expect(snapshot(again.accessOf)).toEqual(seenAfter)
      }
      expect((await planFor(syncer, after)).steps).toEqual([])
    }),
    { numRuns }
  )
})

/** Some statements are refused, as often as the dice say. */
const refusals = fc.infiniteStream(fc.integer({ min: 0, max: 3 }).map(dice => dice === 0))
const refused = SyncError.NotAuthorized({ operation: 'do it', object: 'it', needs: [] })

it('is safe whichever statements are refused', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(state, state, refusals, async (before, after, isRefused) => {
      const start = createMemoryPolicySyncer()
      await applyAll(start, await planFor(start, before))
      const end = copyOf(start)
      await applyAll(end, await planFor(end, after))
      const [seenBefore, seenAfter] = [snapshot(start.accessOf), snapshot(end.accessOf)]
      const tried: Array<string> = []
      const look = () => {
        for (const [key, now] of snapshot(syncer.accessOf))
          expect(within(now, seenBefore.get(key), seenAfter.get(key)), `${key} after ${tried.join('\n')}`).toBe(true)
      }
      const syncer = createMemoryPolicySyncer({
        initial: [table, view, ...containers].map(resource => start.accessOf(resource)),
        refuse: ({ statement }) => {
          look()
          const error = isRefused.next().value === true ? refused : undefined
          tried.push(error === undefined ? statement : `refused: ${statement}`)
          return error
        }
      })
      await applyAll(syncer, await planFor(syncer, after))
      look()
    }),
    { numRuns }
  )
})

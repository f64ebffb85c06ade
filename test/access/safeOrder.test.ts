/**
 * Promise 3, on a model: after every prefix of a plan, everyone sees at most what the state before or the state after shows. SAFE_ORDER_MODEL_RUNS sets the number of random
 * (before, after) pairs.
 */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import type { DesiredAccess, Plan } from 'on-demand-sync'
import { createMemoryPolicySyncer, orThrow, SyncError } from 'on-demand-sync'
import { expect, it } from 'vitest'
import { asked, containers, meddling, snapshot, state, table, usages, view, within } from '../arbitrary/accessWorld.ts'

const numRuns = Number(process.env['SAFE_ORDER_MODEL_RUNS'] ?? 2_500)
const signal = new AbortController().signal
type Syncer = ReturnType<typeof createMemoryPolicySyncer>

const planFor = async (syncer: Syncer, desired: ReadonlyArray<DesiredAccess>): Promise<Plan> =>
  orThrow(await syncer.plan(desired, { signal })())

const applyAll = async (syncer: Syncer, plan: Plan) => {
  const result = await syncer.apply(plan, { signal })()
  if (E.isLeft(result)) throw new Error(result.left._tag)
}

const everything = [table, view, ...containers]
const copyOf = (syncer: Syncer) =>
  createMemoryPolicySyncer({ initial: everything.map(resource => syncer.accessOf(resource)) })

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

it('is safe whatever is asked for, stands in the way, or is refused', { timeout: 600_000 }, async () => {
  const worlds = fc.tuple(state, usages, meddling, state, usages, asked)
  await fc.assert(
    fc.asyncProperty(worlds, refusals, async ([before, usageBefore, meddle, after, usageAfter, ask], isRefused) => {
      const ours = createMemoryPolicySyncer()
      await applyAll(ours, await planFor(ours, [...usageBefore, ...before]))
      const start = createMemoryPolicySyncer({ initial: everything.map(each => meddle(ours.accessOf(each))) })
      const wanted = ask([...usageAfter, ...after])
      const end = copyOf(start)
      await applyAll(end, await planFor(end, wanted))
      const [seenBefore, seenAfter] = [snapshot(start.accessOf), snapshot(end.accessOf)]
      const tried: Array<string> = []
      const look = () => {
        for (const [key, now] of snapshot(syncer.accessOf))
          expect(within(now, seenBefore.get(key), seenAfter.get(key)), `${key} after ${tried.join('\n')}`).toBe(true)
      }
      const syncer = createMemoryPolicySyncer({
        initial: everything.map(resource => start.accessOf(resource)),
        refuse: ({ statement }) => {
          look()
          const error = isRefused.next().value === true ? refused : undefined
          tried.push(error === undefined ? statement : `refused: ${statement}`)
          return error
        }
      })
      await applyAll(syncer, await planFor(syncer, wanted))
      look()

      const finished = copyOf(syncer)
      for (let round = 0; round < 2; round += 1) await applyAll(finished, await planFor(finished, wanted))
      expect(snapshot(finished.accessOf)).toEqual(seenAfter)
      const again = await planFor(finished, wanted)
      if (again.resources.every(({ blocked }) => blocked === undefined)) expect(again.steps).toEqual([])
      const managed = new Set(wanted.flatMap(desired => desired.managed.roles))
      const others = ({ accessOf }: Syncer) =>
        everything.map(each => accessOf(each).grants.filter(({ grantee }) => !managed.has(grantee.name)))
      expect(others(finished)).toEqual(others(start))
    }),
    { numRuns }
  )
})

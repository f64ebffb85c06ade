/**
 * Promise 3, measured: a plan is run statement by statement on a server that enforces, and after each of them every role looks at everything. SAFE_ORDER_RUNS sets the
 * number of random (before, after) pairs.
 */
import fc from 'fast-check'
import type { DesiredAccess, Plan } from 'on-demand-sync'
import { orThrow } from 'on-demand-sync'
import { createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { state, within } from '../arbitrary/accessWorld.ts'
import type { ConnectorAccount } from './connectorAccount.ts'
import { policySchema } from './connectorAccount.ts'
import { expected, look, startWorldAccount } from './worldAccount.ts'

const numRuns = Number(process.env['SAFE_ORDER_RUNS'] ?? 12)
const signal = new AbortController().signal

let account: ConnectorAccount
beforeAll(async () => {
  account = await startWorldAccount()
})
afterAll(async () => {
  await account.stop()
})
const snapshot = () => look(account)

it(
  'is safe after every statement, whatever it crashes at, and ends where it should',
  { timeout: 3_600_000 },
  async () => {
    const syncer = createSnowflakeSyncer({ client: account.client, policySchema })
    const planFor = async (desired: ReadonlyArray<DesiredAccess>): Promise<Plan> =>
      orThrow(await syncer.plan(desired, { signal })())
    const apply = async (plan: Plan): Promise<void> => {
      for (const { error } of orThrow(await syncer.apply(plan, { signal })())) expect(error).toBeUndefined()
    }
    let statements = 0
    await fc.assert(
      fc.asyncProperty(state, state, fc.nat(40), async (before, after, crashAt) => {
        await apply(await planFor(after))
        const seenAfter = await snapshot()
        await apply(await planFor(before))
        const seenBefore = await snapshot()
        const plan = await planFor(after)
        for (const step of plan.steps.slice(0, crashAt)) {
          await apply({ ...plan, steps: [step] })
          statements += 1
          for (const [key, now] of await snapshot())
            expect(within(now, seenBefore.get(key), seenAfter.get(key)), `${key} after ${step.statement}`).toBe(true)
        }
        // The process ends here, or the plan does; a fresh sync finishes what there is to finish.
        await apply(await planFor(after))
        expect(await snapshot()).toEqual(seenAfter)
        expect((await planFor(after)).steps).toEqual([])
        const model = await expected(after)
        for (const [key, now] of seenAfter) {
          // Through the view values pass two masks, and two of them may show less than the model, which only knows what each of them tells.
          if (key.includes('"V"')) expect([...now].filter(fact => !model.get(key)?.has(fact))).toEqual([])
          else expect(now).toEqual(model.get(key))
        }
      }),
      { numRuns }
    )
    expect(statements).toBeGreaterThan(numRuns)
  }
)

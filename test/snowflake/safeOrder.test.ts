/**
 * Promise 3, measured: a plan is run statement by statement on a server that enforces, and after each of them every role looks at everything. SAFE_ORDER_RUNS sets the
 * number of random (before, after) pairs.
 */
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { DesiredAccess, Plan } from 'on-demand-sync'
import { createMemoryPolicySyncer, orThrow, resourceKey } from 'on-demand-sync'
import { createSnowflakeSyncer, quoteName } from 'on-demand-sync/snowflake'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Snapshot } from '../arbitrary/accessWorld.ts'
import {
  columns,
  roles,
  rows,
  snapshot as modelSnapshot,
  state,
  table,
  view,
  within
} from '../arbitrary/accessWorld.ts'
import type { ConnectorAccount } from './connectorAccount.ts'
import { policySchema, startConnectorAccount } from './connectorAccount.ts'

const numRuns = Number(process.env['SAFE_ORDER_RUNS'] ?? 12)
const signal = new AbortController().signal
const clear = (row: number, column: string) => `${column} of row ${row}`
const hashed = (text: string) => createHash('sha256').update(text).digest('hex')

const setup = `
${roles.map(role => `CREATE ROLE ${role};`).join('\n')}
CREATE DATABASE D; CREATE SCHEMA D.S;
CREATE TABLE D.S.T (ID NUMBER(38,0), X VARCHAR, Y VARCHAR);
INSERT INTO D.S.T VALUES ${rows.map(row => `(${row}, '${clear(row, 'X')}', '${clear(row, 'Y')}')`).join(', ')};
CREATE VIEW D.S.V AS SELECT ID, X, Y FROM D.S.T;
`
let account: ConnectorAccount
beforeAll(async () => {
  account = await startConnectorAccount(setup)
  await account.openTo('D', 'S')
})
afterAll(async () => {
  await account.stop()
})

/** What a value that somebody was shown tells of the stored one, in the model's terms. */
const factsIn = (shown: unknown, stored: string): ReadonlyArray<string> => {
  if (shown === stored) return ['hash', 'ends', 'clear']
  if (shown === hashed(stored)) return ['hash']
  return shown === `${'*'.repeat(stored.length - 4)}${stored.slice(-4)}` ? ['ends'] : []
}

const learns = async (role: string, relation: typeof table): Promise<ReadonlySet<string>> => {
  const selected = await account.snowflake
    .execute(`SELECT ID, X, Y FROM ${quoteName(relation.name)}`, { role })
    .catch((error: unknown) => {
      if ((error as { readonly code?: string }).code !== '002003') throw error
      return []
    })
  const learnt = new Set<string>()
  for (const row of selected) {
    const id = Number(row['ID'])
    learnt.add(`${id}`)
    for (const column of columns)
      for (const fact of factsIn(row[column], clear(id, column))) learnt.add(`${id}.${column} ${fact}`)
  }
  return learnt
}

const snapshot = async (): Promise<Snapshot> => {
  const seen = new Map<string, ReadonlySet<string>>()
  for (const on of [table, view])
    for (const role of roles) seen.set(`${role} on ${resourceKey(on.name)}`, await learns(role, on))
  return seen
}

/** What the model says that everybody learns in a state. */
const expected = async (desired: ReadonlyArray<DesiredAccess>): Promise<Snapshot> => {
  const model = createMemoryPolicySyncer()
  orThrow(await model.apply(orThrow(await model.plan(desired, { signal })()), { signal })())
  return modelSnapshot(model.accessOf)
}

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

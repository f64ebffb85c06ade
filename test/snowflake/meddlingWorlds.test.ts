/**
 * Random worlds, in which somebody changes something at a random statement and another statement is refused: planning again ends where the policies say, for everybody who looks.
 * MEDDLING_RUNS sets the number of worlds.
 */
import fc from 'fast-check'
import type { DesiredAccess } from 'on-demand-sync'
import { describeError, isRetryable, orThrow } from 'on-demand-sync'
import { createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { state } from '../arbitrary/accessWorld.ts'
import type { ConnectorAccount } from './connectorAccount.ts'
import { policySchema } from './connectorAccount.ts'
import { expected, fill, look, startWorldAccount, tableColumns } from './worldAccount.ts'

const numRuns = Number(process.env['MEDDLING_RUNS'] ?? 15)
const signal = new AbortController().signal
let account: ConnectorAccount
beforeAll(async () => {
  account = await startWorldAccount()
  await account.admin('CREATE SCHEMA D.OTHERS')
})
afterAll(async () => {
  await account.stop()
})

const replace = (what: string, copy = '') =>
  what === 'V'
    ? `CREATE OR REPLACE VIEW D.S.V ${copy} AS SELECT ID, X, Y FROM D.S.T`
    : `CREATE OR REPLACE TABLE ${what} ${tableColumns} ${copy}; ${fill(what)}`
const meddling = fc.constantFrom(
  replace('D.S.T'),
  replace('D.S.T', 'COPY GRANTS'),
  `DROP TABLE D.S.T; ${replace('D.S.T')}`,
  `${replace('D.OTHERS.T')}; ALTER TABLE D.S.T SWAP WITH D.OTHERS.T`,
  replace('V'),
  replace('V', 'COPY GRANTS'),
  'ALTER TABLE D.S.T MODIFY COLUMN X UNSET MASKING POLICY',
  'ALTER VIEW D.S.V MODIFY COLUMN Y UNSET MASKING POLICY',
  'ALTER TABLE D.S.T DROP ALL ROW ACCESS POLICIES',
  'ALTER VIEW D.S.V DROP ALL ROW ACCESS POLICIES',
  'GRANT SELECT ON TABLE D.S.T TO ROLE A WITH GRANT OPTION',
  'GRANT SELECT ON VIEW D.S.V TO ROLE B',
  'REVOKE SELECT ON TABLE D.S.T FROM ROLE C',
  'REVOKE USAGE ON SCHEMA D.S FROM ROLE A',
  'DROP ROLE A; CREATE ROLE A'
)
const moment = fc.record({
  sql: fc.constantFrom(/^ALTER/, /GRANT/, /REVOKE/, /^CREATE/, /^DROP/, /ROW ACCESS/, /MASKING/),
  skip: fc.nat(3),
  refused: fc.boolean()
})

it('ends where the policies say, whatever came in between', { timeout: 3_600_000 }, async () => {
  const syncer = createSnowflakeSyncer({ client: account.client, policySchema })
  const planFor = async (wanted: ReadonlyArray<DesiredAccess>) => orThrow(await syncer.plan(wanted, { signal })())
  /** As the pipeline does it: what is passing is tried again. The refusals of this test pass as well. */
  const settle = async (wanted: ReadonlyArray<DesiredAccess>): Promise<void> => {
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const results = orThrow(await syncer.apply(await planFor(wanted), { signal })())
      const errors = results.flatMap(({ error }) => error ?? [])
      if (errors.length === 0) return
      const final = errors.filter(error => !isRetryable(error) && error._tag !== 'NotAuthorized')
      expect(final.map(describeError)).toEqual([])
    }
    throw new Error('it never settles')
  }
  await fc.assert(
    fc.asyncProperty(state, state, meddling, moment, async (before, after, meddle, { sql, skip, refused }) => {
      account.snowflake.faults.clear()
      await settle(before)
      account.snowflake.faults.add({ sql, skip, count: 1, fault: { kind: 'run', sql: meddle } })
      if (refused)
        account.snowflake.faults.add({ sql, skip: skip + 1, count: 1, fault: { kind: 'error', code: '003001' } })
      await settle(after)
      account.snowflake.faults.clear()
      // What was changed beside the plan's own objects shows at the next sync.
      await settle(after)
      const model = await expected(after)
      for (const [key, now] of await look(account)) {
        expect(
          [...now].filter(fact => !model.get(key)?.has(fact)),
          `${key} after ${meddle}`
        ).toEqual([])
        if (!key.includes('"V"')) expect(now).toEqual(model.get(key))
      }
      expect((await planFor(after)).steps).toEqual([])
    }),
    { numRuns }
  )
})

/** The role of `docs/snowflake.md` is enough, and each of its privileges is needed: without it the error names it. */
import { readFileSync } from 'node:fs'
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createOnDemandSync,
  createSyncRequest,
  describeError,
  everyone,
  ResourceReference
} from 'on-demand-sync'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'

const docs = readFileSync('docs/snowflake.md', 'utf8')
const [account = '', database = ''] = [...docs.matchAll(/```sql\n([^`]*)```/g)].map(([, sql = '']) => sql)
const script = `${account}${database}`
const statements = script
  .replace(/--.*\n/g, '')
  .split(';')
  .map(statement => statement.trim())
  .filter(statement => statement !== '')
const things = `CREATE DATABASE SALES; CREATE TABLE SALES.PUBLIC.ORDERS (ID NUMBER, EMAIL VARCHAR); CREATE ROLE ANALYST;
INSERT INTO SALES.PUBLIC.ORDERS VALUES (1, 'a@b');`

/** Syncs one table with a grant, a mask and a filter under the role, as far as it goes. */
const syncUnder = async (setup: ReadonlyArray<string>) => {
  await using snowflake = await startLocalSnowflake({
    users: [
      { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' },
      { name: 'SYNC', password: 'pw', defaultRole: 'POLICY_SYNC' }
    ],
    setup: `${things} ${setup.join('; ')}`
  })
  await using client = createSnowflakeClient({
    account: snowflake.account,
    accessUrl: snowflake.accessUrl,
    username: 'SYNC',
    credentials: { password: 'pw' },
    role: 'POLICY_SYNC',
    warehouse: 'POLICY_SYNC_WH'
  })
  // What is waited for without limit is reported while it is.
  const waitsFor = new AbortController()
  const sync = createOnDemandSync({
    source: createMemoryEventSource([]),
    audit: createMemoryAuditSink(),
    resolver: createSnowflakeResolver({ client }),
    policies: createMemoryPolicySource(resource => ({
      resource,
      grants: [{ privilege: 'SELECT', grantee: { type: 'role', name: 'ANALYST' }, grantOption: false }],
      masks: [{ column: 'EMAIL', rules: [], otherwise: { kind: 'null' } }],
      rowFilter: { rules: [{ who: everyone, where: 'ID > 0' }], otherwise: 'no rows' },
      managed: { roles: ['ANALYST'], users: [] },
      notes: []
    })),
    syncer: createSnowflakeSyncer({ client, policySchema: { database: 'GOVERNANCE', schema: 'ON_DEMAND_SYNC' } }),
    retry: { maxAttempts: 1, baseDelayMs: 1, maxDelayMs: 1 },
    onEvent: event => {
      if (event.type === 'waiting') waitsFor.abort(describeError(event.error))
    }
  })
  const request = createSyncRequest({ resources: [ResourceReference.table('SALES', 'PUBLIC', 'ORDERS')] })
  const ended = await sync.run([request], { signal: waitsFor.signal })()
  const report = ended._tag === 'Right' ? ended.right[0] : { status: 'waiting', reason: String(waitsFor.signal.reason) }
  const rows = await snowflake
    .execute('SELECT ID, EMAIL FROM SALES.PUBLIC.ORDERS', { role: 'ANALYST' })
    .catch(() => 'nothing')
  const own = await snowflake
    .execute('SELECT * FROM SALES.PUBLIC.ORDERS', { role: 'POLICY_SYNC' })
    .catch(() => 'nothing')
  return { status: report?.status, reason: report?.reason, rows, own }
}

/** For each grant of the script: what the error says in its place. */
const named: ReadonlyArray<readonly [RegExp, string]> = [
  [/USAGE ON DATABASE GOVERNANCE/, 'policy schema GOVERNANCE.ON_DEMAND_SYNC to exist, with USAGE on its database'],
  [/CREATE MASKING POLICY/, 'CREATE MASKING POLICY on schema GOVERNANCE.ON_DEMAND_SYNC'],
  [/CREATE ROW ACCESS POLICY/, 'CREATE ROW ACCESS POLICY on schema GOVERNANCE.ON_DEMAND_SYNC'],
  [/MANAGE GRANTS/, 'MANAGE GRANTS on the account'],
  [/APPLY MASKING POLICY/, 'APPLY MASKING POLICY'],
  [/APPLY ROW ACCESS POLICY/, 'APPLY ROW ACCESS POLICY'],
  [/GRANT USAGE ON WAREHOUSE/, 'needs a warehouse that our role has USAGE on'],
  [/USAGE ON DATABASE SALES/, 'needs USAGE on database SALES and on schema SALES.PUBLIC'],
  [/USAGE ON ALL SCHEMAS/, 'needs USAGE on database SALES and on schema SALES.PUBLIC']
]

describe('the role of docs/snowflake.md', () => {
  it('is enough, and reads no row itself', async () => {
    const { status, reason, rows, own } = await syncUnder(statements)
    expect({ status, reason }).toEqual({ status: 'SUCCESS', reason: undefined })
    expect(rows).toEqual([{ ID: 1, EMAIL: null }])
    expect(own).toBe('nothing')
  })

  const grants = statements.filter(statement => statement.startsWith('GRANT') && !statement.includes('FUTURE'))
  it('has no grant that this test forgets', () => {
    expect(grants).toHaveLength(named.length)
  })

  it.each(named)('needs %s', async (grant, words) => {
    const without = statements.filter(statement => !grant.test(statement) || statement.startsWith('CREATE'))
    expect(without).toHaveLength(statements.length - 1)
    const { status, reason, rows } = await syncUnder(without)
    expect(status).not.toBe('SUCCESS')
    expect(reason).toContain(words)
    expect(rows).toBe('nothing')
  })
})

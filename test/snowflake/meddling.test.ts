/** Somebody changes things between the moment at which access is read and the one at which it is written: the pipeline notices, and ends where the policies say. */
import type { AuditRecord, DesiredAccess, Resource } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createMemoryPolicySource,
  createOnDemandSync,
  createSyncRequest,
  everyone,
  orThrow,
  payloadCodec,
  ResourceReference
} from 'on-demand-sync'
import { createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { ConnectorAccount } from './connectorAccount.ts'
import { policySchema, startConnectorAccount } from './connectorAccount.ts'

let account: ConnectorAccount
beforeAll(async () => {
  account = await startConnectorAccount(`
CREATE ROLE ANALYST; CREATE ROLE INTERN; CREATE DATABASE D; CREATE SCHEMA D.OTHERS;
GRANT USAGE ON DATABASE D TO ROLE ANALYST; GRANT USAGE ON SCHEMA D.PUBLIC TO ROLE ANALYST;`)
  await account.openTo('D', 'PUBLIC', 'OTHERS')
})
afterAll(async () => {
  await account.stop()
})

const rows = `VALUES ('clear', 1), ('clear', 2)`
const fresh = `TABLE D.PUBLIC.T (C VARCHAR, N NUMBER); INSERT INTO D.PUBLIC.T ${rows}`
const again = `CREATE OR REPLACE ${fresh}`
const wider = `CREATE OR REPLACE TABLE D.PUBLIC.T (C VARCHAR, N NUMBER, SALARY VARCHAR); INSERT INTO D.PUBLIC.T VALUES ('clear', 1, 'clear'), ('clear', 2, 'clear')`
beforeEach(async () => {
  account.snowflake.faults.clear()
  await account.admin(`${again}; CREATE OR REPLACE TABLE D.OTHERS.T (C VARCHAR, N NUMBER); INSERT INTO D.OTHERS.T ${rows};
    CREATE ROLE IF NOT EXISTS INTERN`)
})

/** What the policies say of a table: every column of text is masked for all, and only one row is shown. */
interface State {
  readonly roles: ReadonlyArray<string>
  readonly mask?: 'null' | 'hash'
  readonly row?: number
}
const desired =
  ({ roles, mask, row }: State) =>
  (resource: Resource): DesiredAccess => ({
    resource,
    grants: (resource.kind === 'table' ? roles : []).map(name => ({
      ...{ privilege: 'SELECT', grantOption: false },
      grantee: { type: 'role', name }
    })),
    masks: resource.columns.flatMap(({ name, dataType }) =>
      mask !== undefined && dataType.startsWith('VARCHAR')
        ? [{ column: name, rules: [], otherwise: { kind: mask } }]
        : []
    ),
    ...(row === undefined
      ? {}
      : { rowFilter: { rules: [{ who: everyone, where: `N = ${row}` }], otherwise: 'no rows' } }),
    managed: { roles: ['ANALYST', 'INTERN'], users: [] },
    notes: []
  })

/** One event for the table through the whole pipeline. */
const sync = async (state: State): Promise<AuditRecord | undefined> => {
  const audit = createMemoryAuditSink()
  const pipeline = createOnDemandSync({
    source: createMemoryEventSource([
      orThrow(payloadCodec.encode(createSyncRequest({ resources: [ResourceReference.table('D', 'PUBLIC', 'T')] })))
    ]),
    audit,
    resolver: createSnowflakeResolver({ client: account.client }),
    policies: createMemoryPolicySource(desired(state)),
    syncer: createSnowflakeSyncer({ client: account.client, policySchema }),
    batch: { timeoutMs: 0 },
    retry: { baseDelayMs: 1, maxDelayMs: 5 }
  })
  await pipeline.start()
  await pipeline.done
  return audit.records()[0]
}

const seenBy = (role: string) =>
  account.snowflake.execute('SELECT * FROM D.PUBLIC.T ORDER BY N', { role }).then(
    found => found.map(row => JSON.stringify(row)),
    () => 'denied'
  )

const shut: State = { roles: [], mask: 'null', row: 1 }
const open: State = { roles: ['ANALYST'], mask: 'null', row: 1 }
const hashed: State = { roles: ['ANALYST'], mask: 'hash', row: 1 }
const otherRow: State = { roles: ['ANALYST'], mask: 'null', row: 2 }
const both: State = { roles: ['ANALYST'], mask: 'hash', row: 2 }
const bare: State = { roles: ['ANALYST'] }
const one = '{"C":null,"N":1}'

/** Before, after, at which statement what happens, and what the analyst must see in the end. */
const cases: ReadonlyArray<readonly [string, State, State, RegExp, string, ReadonlyArray<string>]> = [
  ['made anew before the grant', shut, open, /GRANT SELECT/, again, [one]],
  ['made anew, with a column more', shut, open, /GRANT SELECT/, wider, ['{"C":null,"N":1,"SALARY":null}']],
  [
    'given a column more',
    shut,
    open,
    /GRANT SELECT/,
    'ALTER TABLE D.PUBLIC.T ADD COLUMN SALARY VARCHAR',
    ['{"C":null,"N":1,"SALARY":null}']
  ],
  [
    'stripped of its mask',
    shut,
    open,
    /GRANT SELECT/,
    'ALTER TABLE D.PUBLIC.T MODIFY COLUMN C UNSET MASKING POLICY',
    [one]
  ],
  ['stripped of its filter', shut, open, /GRANT SELECT/, 'ALTER TABLE D.PUBLIC.T DROP ALL ROW ACCESS POLICIES', [one]],
  ['swapped with another', shut, open, /GRANT SELECT/, 'ALTER TABLE D.PUBLIC.T SWAP WITH D.OTHERS.T', [one]],
  [
    'renamed, and another under its name',
    shut,
    open,
    /GRANT SELECT/,
    `DROP TABLE IF EXISTS D.OTHERS.GONE; ALTER TABLE D.PUBLIC.T RENAME TO D.OTHERS.GONE; CREATE ${fresh}`,
    [one]
  ],
  [
    'made anew before a mask is swapped',
    open,
    hashed,
    /FORCE/,
    again,
    [expect.stringMatching(/"C":"[0-9a-f]{64}","N":1/) as string]
  ],
  ['made anew before a filter is swapped', open, otherRow, /DROP ROW ACCESS POLICY "/, again, ['{"C":null,"N":2}']],
  [
    'made anew before both are swapped',
    open,
    both,
    /FORCE/,
    again,
    [expect.stringMatching(/"C":"[0-9a-f]{64}","N":2/) as string]
  ],
  [
    'made anew before a mask comes off',
    open,
    bare,
    /UNSET MASKING/,
    again,
    ['{"C":"clear","N":1}', '{"C":"clear","N":2}']
  ],
  [
    'made anew before a filter comes off',
    open,
    bare,
    /DROP ROW ACCESS POLICY "/,
    again,
    ['{"C":"clear","N":1}', '{"C":"clear","N":2}']
  ],
  ['made anew before a revoke', { ...open, roles: ['ANALYST', 'INTERN'] }, open, /REVOKE/, again, [one]],
  [
    'there, but a role is not any more',
    { ...open, roles: ['ANALYST', 'INTERN'] },
    open,
    /REVOKE/,
    'DROP ROLE INTERN',
    [one]
  ]
]

describe('a table that is', () => {
  it.each(cases)('%s', async (_, before, after, at, meddling, expected) => {
    expect((await sync(before))?.status).toBe('SUCCESS')
    account.snowflake.faults.add({ sql: at, count: 1, fault: { kind: 'run', sql: meddling } })
    const record = await sync(after)
    expect(await seenBy('ANALYST')).toEqual(expected)
    expect(await seenBy('INTERN')).toBe('denied')
    expect({ status: record?.status, reason: record?.reason }).toMatchObject({ status: 'SUCCESS' })
    account.snowflake.statements.clear()
    await sync(after)
    expect(
      account.snowflake.statements.all().filter(({ sql }) => /^(ALTER|GRANT|REVOKE|CREATE|DROP|BEGIN)/.test(sql))
    ).toEqual([])
  })
})

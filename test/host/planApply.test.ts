/** `plan`, a look at it, `apply`: the commands, against a local Snowflake. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import { expect, it } from 'vitest'
import type { Words } from './commands.ts'
import { runWith } from './commands.ts'

const document = `version: 1
managed: { roles: ANALYST }
grants: [{ to: ANALYST, on: SALES.PUBLIC.ORDERS, privileges: select }]
masks: [{ columns: SALES.PUBLIC.*.EMAIL, for: everyone, as: null }]
`

it('plans into a file, applies it once, and refuses it where things have changed', { timeout: 120_000 }, async () => {
  await using snowflake = await startLocalSnowflake({
    users: [{ name: 'ADMIN', password: 'pass-word', defaultRole: 'ACCOUNTADMIN' }],
    setup:
      'CREATE ROLE ANALYST; CREATE DATABASE SALES; CREATE TABLE SALES.PUBLIC.ORDERS (ID NUMBER, EMAIL VARCHAR); CREATE DATABASE GOV; CREATE SCHEMA GOV.ODS'
  })
  const folder = await mkdtemp(join(tmpdir(), 'plan-'))
  const file = join(folder, 'plan.json')
  await writeFile(join(folder, 'policies.yaml'), document)
  const environment = {
    CONNECTOR_ON_DEMAND_V2_ENABLED: 'true',
    CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'false',
    CONNECTOR_SNOWFLAKE_JDBC_URL: `jdbc:snowflake://${snowflake.accessUrl.replace(/^https?:\/\//, '')}/?ssl=off&account=${snowflake.account}`,
    CONNECTOR_SNOWFLAKE_JDBC_USERNAME: 'ADMIN',
    CONNECTOR_SNOWFLAKE_JDBC_PASSWORD: 'pass-word',
    CONNECTOR_SNOWFLAKE_ROLE_TO_USE: 'ACCOUNTADMIN',
    CONNECTOR_SNOWFLAKE_WAREHOUSE_TO_USE: 'COMPUTE_WH',
    ON_DEMAND_SYNC_POLICY_FILE: join(folder, 'policies.yaml'),
    ON_DEMAND_SYNC_POLICY_DATABASE: 'GOV',
    ON_DEMAND_SYNC_POLICY_SCHEMA: 'ODS'
  }
  const cli = (...words: Words) => runWith(environment, words)

  const planned = await cli('plan', 'table:SALES.PUBLIC.ORDERS', '--out', file)
  expect(planned.err).not.toContain('blocked')
  expect(planned.code).toBe(0)
  expect(planned.out).toContain('+ grant SELECT on SALES.PUBLIC.ORDERS to role ANALYST')
  expect(planned.out).toContain('+ mask column EMAIL of SALES.PUBLIC.ORDERS')
  expect(await snowflake.execute('SHOW GRANTS TO ROLE ANALYST')).toEqual([])

  const applied = await cli('apply', file)
  expect({ code: applied.code, out: applied.out }).toEqual({ code: 0, out: 'SALES.PUBLIC.ORDERS: applied\n' })
  expect(applied.err).toContain('GRANT SELECT')
  await snowflake.execute("INSERT INTO SALES.PUBLIC.ORDERS VALUES (1, 'a@b')")
  expect(await snowflake.execute('SELECT EMAIL FROM SALES.PUBLIC.ORDERS', { role: 'ANALYST' })).toEqual([
    { EMAIL: null }
  ])

  const twice = await cli('apply', file)
  expect(twice.code).toBe(1)
  expect(twice.err).toContain('has changed since the plan was made: plan again')

  await writeFile(file, (await readFile(file, 'utf8')).replace('ANALYST', 'PUBLIC'))
  const edited = await cli('apply', file)
  expect({ code: edited.code, err: edited.err }).toEqual({
    code: 2,
    err: expect.stringContaining('it was edited') as string
  })
  expect((await cli('apply', join(folder, 'none.json'))).code).toBe(2)
  expect((await cli('apply', '--help')).out).toContain('Ends with 0')
})

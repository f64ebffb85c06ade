/** The errors a client must tell apart: code and SQLSTATE as the driver hands them on. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { connectTo } from './client.ts'
import type { Client } from './client.ts'

let snowflake: LocalSnowflake
let admin: Client
let bob: Client

beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    users: [
      { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' },
      { name: 'BOB', defaultRole: 'BOBS' }
    ],
    setup: `
      CREATE ROLE BOBS; CREATE ROLE OTHER; CREATE DATABASE D; CREATE SCHEMA D.S; CREATE TABLE D.S.T (A INT, B VARCHAR);
      CREATE MASKING POLICY D.S.M1 AS (V VARCHAR) RETURNS VARCHAR -> V; CREATE MASKING POLICY D.S.M2 AS (V VARCHAR) RETURNS VARCHAR -> V;
      ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.S.M1;
      GRANT USAGE ON DATABASE D TO ROLE BOBS; GRANT USAGE ON SCHEMA D.S TO ROLE BOBS; GRANT INSERT ON TABLE D.S.T TO ROLE BOBS;
      GRANT SELECT ON TABLE D.S.T TO ROLE BOBS WITH GRANT OPTION`
  })
  admin = await connectTo(snowflake)
  bob = await connectTo(snowflake, { user: 'BOB' })
})
afterAll(async () => {
  await admin.close()
  await bob.close()
  await snowflake.stop()
})

test.each([
  ['syntax', 'SELECT FROM WHERE', '001003', '42000'],
  ['no such table', 'SELECT * FROM D.S.NOWHERE', '002003', '42S02'],
  ['no such schema', 'DESCRIBE SCHEMA D.NOWHERE', '002003', '02000'],
  ['no such object to SHOW in', 'SHOW TABLES IN SCHEMA D.NOWHERE', '002043', '02000'],
  ['already there', 'CREATE TABLE D.S.T (A INT)', '002002', '42710'],
  ['policy in use', 'DROP MASKING POLICY D.S.M1', '001492', '42601'],
  ['column masked already', 'ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.S.M2', '003529', '42601'],
  [
    'filter that is no condition',
    'CREATE ROW ACCESS POLICY D.S.P AS (A NUMBER) RETURNS NUMBER -> 1',
    '003551',
    '42601'
  ],
  ['privilege of another kind', 'GRANT INSERT ON SCHEMA D.S TO ROLE OTHER', '003042', '42601'],
  ['unsupported', 'GRANT APPLY ON ALL ROW ACCESS POLICIES IN SCHEMA D.S TO ROLE OTHER', '000002', '0A000'],
  ['unknown column', 'SELECT NOPE FROM D.S.T', '000904', '42000'],
  ['unknown function', 'SELECT NOPE(1)', '002140', '42601'],
  ['no current database', 'CREATE SCHEMA X', '090105', '22000'],
  ['no such result', `SELECT * FROM TABLE(RESULT_SCAN('01b0-x'))`, '000709', '02000'],
  ['not a number', `SELECT 'x'::NUMBER FROM D.S.T RIGHT JOIN (SELECT 1 AS N) ON TRUE`, '100038', '22018'],
  ['division by zero', 'SELECT N / 0 FROM (SELECT 1 AS N) WHERE N = 1', '100051', '22012'],
  ['too many statements', 'SELECT 1; SELECT 2', '000008', '0A000']
])('%s: %s', async (_, sql, code, sqlState) => {
  expect(await admin.failure(sql)).toMatchObject({ code, sqlState })
})

test.each([
  ['no privilege', 'DELETE FROM D.S.T', '003001', '42501'],
  ['no privilege to create', 'CREATE TABLE D.S.OWN (A INT)', '003001', '42501'],
  ['nothing may be granted', 'GRANT INSERT ON TABLE D.S.T TO ROLE OTHER', '003102', '42501'],
  ['some may be granted', 'GRANT SELECT, INSERT ON TABLE D.S.T TO ROLE OTHER', '003011', '42501'],
  ['what cannot be seen does not exist', 'DESCRIBE MASKING POLICY D.S.M1', '002003', '02000'],
  ['a role of others', 'USE ROLE ACCOUNTADMIN', '003013', '42501']
])('to a role of little: %s: %s', async (_, sql, code, sqlState) => {
  expect(await bob.failure(sql)).toMatchObject({ code, sqlState })
})

test('without a warehouse a query fails with 000606, and metadata is still told', async () => {
  await using dry = await startLocalSnowflake({
    warehouse: false,
    setup: 'CREATE DATABASE D; CREATE SCHEMA D.S; CREATE TABLE D.S.T (A INT)'
  })
  await using client = await connectTo(dry)
  expect(await client.failure('SELECT * FROM D.S.T')).toMatchObject({ code: '000606', sqlState: '57P03' })
  expect(await client.failure('SHOW ROLES ->> SELECT * FROM $1')).toMatchObject({ code: '000606' })
  expect(await client.rows('SHOW GRANTS ON TABLE D.S.T')).toHaveLength(1)
  expect(await client.rows('DESCRIBE TABLE D.S.T')).toHaveLength(1)
  expect(await client.column('SELECT CURRENT_ROLE()')).toEqual(['ACCOUNTADMIN'])
})

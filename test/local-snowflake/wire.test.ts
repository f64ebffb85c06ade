/** What the drivers for Go, Java and Python do that the JavaScript one does not. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { connectRaw } from './rawClient.ts'
import type { RawClient } from './rawClient.ts'

let snowflake: LocalSnowflake
let client: RawClient

beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    setup:
      'CREATE DATABASE D; CREATE SCHEMA D.S; CREATE TABLE D.S.T (A NUMBER(10,0), B VARCHAR(20)); CREATE ROLE READER'
  })
  client = await connectRaw(snowflake)
})
afterAll(() => snowflake.stop())

const bind = (type: string, value: string) => ({ bindings: { '1': { type, value } } })

describe('requests', () => {
  test('may be compressed', async () => {
    const compressing = await connectRaw(snowflake, { encoding: 'gzip' })
    expect(compressing.loggedIn.success).toBe(true)
    const answer = await compressing.query('SELECT 7', {}, { encoding: 'gzip' })
    expect(answer.data.rowset).toEqual([['7']])
  })

  test('in an encoding that is not known, or not in the one they claim, are refused and not taken for empty', async () => {
    expect(await client.query('SELECT 7', {}, { encoding: 'zstd' })).toMatchObject({ success: false, code: '415' })
    const lie = await fetch(`${snowflake.accessUrl}/queries/v1/query-request`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip', 'content-type': 'application/json' },
      body: '{"sqlText":"SELECT 7"}'
    })
    expect([lie.status, await lie.json()]).toMatchObject([400, { success: false, code: '400' }])
  })

  test('may have a slash too many in their address', async () => {
    const { data } = await client.query('SELECT 7', { asyncExec: true })
    const id = String(data['queryId'])
    const status = await client.send('GET', `/monitoring/queries//${id}?requestId=1`)
    expect(status.data['queries']).toMatchObject([{ id }])
  })
})

test('a time limit told with a request holds for that one alone', async () => {
  const fault = snowflake.faults.add({ sql: 'SELECT 777', fault: { kind: 'slow', ms: 600_000 } })
  const limited = { parameters: { STATEMENT_TIMEOUT_IN_SECONDS: 1 } }
  expect(await client.query('SELECT 777', limited)).toMatchObject({ success: false, code: '000630' })
  fault.remove()
  const { data } = await client.query("SHOW PARAMETERS LIKE 'STATEMENT_TIMEOUT_IN_SECONDS'")
  expect(data.rowset?.[0]?.[1]).toBe('172800')
})

describe('binds', () => {
  test.each([
    ['TIMESTAMP_NTZ', '1704164645123456000', 'timestamp_ntz', '1704164645.123456000'],
    ['TIMESTAMP_LTZ', '1704164645000000000', 'timestamp_ltz', '1704164645.000000000'],
    ['TIMESTAMP_TZ', '1704164645000000000 1560', 'timestamp_tz', '1704164645.000000000 1440'],
    ['TIMESTAMP_NTZ', '-1500000000', 'timestamp_ntz', '-1.500000000'],
    ['DATE', '1704153600000', 'date', '19724'],
    ['TIME', '3723000000000', 'time', '3723.000000000'],
    ['BINARY', '0aff', 'binary', '0AFF'],
    ['REAL', '1.5', 'real', '1.5'],
    ['FIXED', '12', 'fixed', '12']
  ])('of type %s (%s) are %s values', async (type, value, wireType, cell) => {
    const { data } = await client.query('SELECT ?', bind(type, value))
    expect(data.rowtype).toMatchObject([{ type: wireType }])
    expect(data.rowset).toEqual([[cell]])
  })

  test('that are no moment at all are an error', async () => {
    const refused = { success: false, code: '100035' }
    expect(await client.query('SELECT ?', bind('TIMESTAMP_NTZ', 'soon'))).toMatchObject(refused)
    expect(await client.query('SELECT ?', bind('TIMESTAMP_NTZ', '9'.repeat(60)))).toMatchObject(refused)
  })
})

describe('values', () => {
  const cell = async (sql: string) => {
    const { data, message } = await client.query(`SELECT ${sql}`)
    return data.rowset?.[0]?.[0] ?? message
  }

  test.each([
    ["TIMESTAMP '2024-01-02 03:04:05.5'", '1704164645.500000000'],
    ["TIME '01:02:03'", '3723.000000000'],
    ["DATE '2024-01-02'", '19724'],
    ["'2024-01-02 03:04:05 +0200'::TIMESTAMP_TZ", '1704157445.000000000 1440'],
    ["'2024-01-02 03:04:05.25 -02:30'::TIMESTAMP_LTZ", '1704173645.250000000'],
    ["'2024-01-02'::TIMESTAMP_LTZ", '1704153600.000000000'],
    ["X'0aFF'", '0AFF'],
    ["x''", ''],
    ["'a'::VARIANT::ARRAY", '["a"]'],
    ['1::ARRAY', '[1]']
  ])('%s is %s', async (sql, expected) => {
    expect(await cell(sql)).toBe(expected)
  })

  test('NULL is NULL, as an array too', async () => {
    await client.query('CREATE OR REPLACE TABLE D.S.ARRAYS (A INT, B ARRAY)')
    await client.query('INSERT INTO D.S.ARRAYS (A) VALUES (1)')
    const { data } = await client.query('SELECT B, NULL::ARRAY, TO_ARRAY(NULL) FROM D.S.ARRAYS')
    expect(data.rowset).toEqual([[null, null, null]])
  })

  test('bytes are written in pairs of hexadecimal digits', async () => {
    expect(await client.query("SELECT X'0a1'")).toMatchObject({ success: false, code: '100115' })
  })
})

describe('describing', () => {
  const describeOnly = { describeOnly: true }

  test('needs no values for the binds, and counts them', async () => {
    const { data } = await client.query('SELECT A, B FROM D.S.T WHERE A = ? AND B = ?', describeOnly)
    expect(data).toMatchObject({ rowset: [], numberOfBinds: 2, arrayBindSupported: false, statementTypeId: 0x1000 })
    expect(data.rowtype).toMatchObject([
      { name: 'A', type: 'fixed' },
      { name: 'B', type: 'text' }
    ])
    expect(data['metaDataOfBinds']).toMatchObject([
      { name: 'bind', type: 'text', nullable: true },
      { name: 'bind', type: 'text', nullable: true }
    ])
  })

  test('running needs them', async () => {
    expect(await client.query('SELECT A FROM D.S.T WHERE A = ?')).toMatchObject({ success: false, code: '002049' })
  })

  test.each([
    ['INSERT INTO D.S.T VALUES (?, ?)', 0x3100, ['number of rows inserted'], 2, true],
    ['INSERT INTO D.S.T SELECT ?, ? ORDER BY 1', 0x3100, ['number of rows inserted'], 2, false],
    [
      'UPDATE D.S.T SET B = ? WHERE A = ?',
      0x3200,
      ['number of rows updated', 'number of multi-joined rows updated'],
      2,
      false
    ],
    ['DELETE FROM D.S.T WHERE A = ?', 0x3300, ['number of rows deleted'], 1, false],
    [
      'MERGE INTO D.S.T USING D.S.T AS U ON T.A = U.A WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (1, ?)',
      0x3400,
      ['number of rows inserted', 'number of rows deleted'],
      1,
      false
    ],
    ['CREATE TABLE D.S.NEVER (A INT)', 0x6000, ['status'], 0, false],
    ['USE ROLE READER', 0x4000, ['status'], 0, false]
  ])('%s tells what it would answer, and does nothing', async (sql, statementTypeId, names, binds, arrays) => {
    const { data } = await client.query(sql, describeOnly)
    expect(data).toMatchObject({ rowset: [], statementTypeId, numberOfBinds: binds, arrayBindSupported: arrays })
    expect(data.rowtype?.map(({ name }) => name)).toEqual(names)
    const left = await client.query(
      "SELECT COUNT(*), CURRENT_ROLE() FROM D.INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'NEVER'"
    )
    expect(left.data.rowset).toEqual([['0', 'ACCOUNTADMIN']])
  })

  test('SHOW tells its columns', async () => {
    const described = await client.query('SHOW GRANTS TO ROLE READER', describeOnly)
    const run = await client.query('SHOW GRANTS TO ROLE READER')
    expect(described.data.rowtype).toEqual(run.data.rowtype)
  })

  test('finds what a run would not find, and refuses what cannot be told', async () => {
    const nowhere = await client.query('INSERT INTO D.S.NOWHERE VALUES (?)', describeOnly)
    expect(nowhere).toMatchObject({ success: false, code: '002003' })
    expect(await client.query("EXECUTE IMMEDIATE 'SELECT 1'", describeOnly)).toMatchObject({ code: '000002' })
  })
})

describe('answers', () => {
  test('carry the figures that clients size their downloads by', async () => {
    const { data } = await client.query('SELECT 1')
    expect(data['parameters']).toEqual(
      expect.arrayContaining([
        { name: 'CLIENT_MEMORY_LIMIT', value: 1536 },
        { name: 'CLIENT_PREFETCH_THREADS', value: 4 },
        { name: 'CLIENT_RESULT_CHUNK_SIZE', value: 160 }
      ])
    )
    expect(client.loggedIn.data['parameters']).toEqual(
      expect.arrayContaining([{ name: 'CLIENT_STAGE_ARRAY_BINDING_THRESHOLD', value: 2147483647 }])
    )
  })

  test('of the status of a failed query say why it failed', async () => {
    const { data } = await client.query('SELECT * FROM D.S.NOWHERE', { asyncExec: true })
    const status = async () => {
      const answer = await client.send('GET', `/monitoring/queries/${String(data['queryId'])}`)
      return (answer.data['queries'] as ReadonlyArray<unknown>)[0]
    }
    await vi.waitFor(async () =>
      expect(await status()).toMatchObject({
        status: 'FAILED_WITH_ERROR',
        errorCode: '002003',
        errorMessage: "SQL compilation error:\nObject 'D.S.NOWHERE' does not exist or not authorized."
      })
    )
  })
})

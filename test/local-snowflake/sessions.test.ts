/** Logins, tokens, and the many ways a statement can be sent and its result fetched. */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createManualClock } from '../../src/testing/ManualClock.ts'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { codeOf, connectTo, open } from './client.ts'
import type { Client } from './client.ts'

const pair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' }
  })
const keys = pair()

let snowflake: LocalSnowflake
let client: Client

beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    users: [
      { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' },
      { name: 'BOB', password: 'secret', publicKey: keys.publicKey, defaultRole: 'ANALYST', roles: ['LOADER'] }
    ],
    setup: 'CREATE ROLE ANALYST; CREATE ROLE LOADER; CREATE ROLE STRANGER; CREATE DATABASE D; CREATE SCHEMA D.S'
  })
  client = await connectTo(snowflake)
})
afterAll(async () => {
  await client.close()
  await snowflake.stop()
})

const as = (options: object) => open({ accessUrl: snowflake.accessUrl, account: snowflake.account, ...options })
const whoIs = async (options: object) => {
  await using one = await as(options)
  return (await one.rows('SELECT CURRENT_USER() AS U, CURRENT_ROLE() AS R'))[0]
}
const refusal = (options: object) => codeOf(as(options))

describe('a login', () => {
  test('by password', async () => {
    expect(await whoIs({ username: 'bob', password: 'secret' })).toEqual({ U: 'BOB', R: 'ANALYST' })
    expect(await whoIs({ username: 'BOB', password: 'secret', role: 'LOADER' })).toEqual({ U: 'BOB', R: 'LOADER' })
    expect(await refusal({ username: 'BOB', password: 'wrong' })).toBe('390100')
    expect(await refusal({ username: 'NOBODY', password: 'secret' })).toBe('390100')
    expect(await refusal({ username: 'BOB', password: 'secret', role: 'STRANGER' })).toBe('390189')
  })

  test('by key pair', async () => {
    const jwt = { username: 'BOB', authenticator: 'SNOWFLAKE_JWT' }
    expect(await whoIs({ ...jwt, privateKey: keys.privateKey })).toEqual({ U: 'BOB', R: 'ANALYST' })
    expect(await refusal({ ...jwt, privateKey: pair().privateKey })).toBe('390144')
  })

  test('by OAuth token, bound to a role or not', async () => {
    const oauth = (token: string) => ({ authenticator: 'OAUTH', token })
    expect(await whoIs(oauth(snowflake.issueOAuthToken('BOB')))).toEqual({ U: 'BOB', R: 'ANALYST' })
    const bound = snowflake.issueOAuthToken('BOB', { role: 'LOADER' })
    expect(await whoIs(oauth(bound))).toEqual({ U: 'BOB', R: 'LOADER' })
    expect(await refusal(oauth('made up'))).toBe('390303')
  })

  test('by programmatic access token, until it is removed', async () => {
    const [row] = await client.rows(`ALTER USER BOB ADD PROGRAMMATIC ACCESS TOKEN NIGHTLY ROLE_RESTRICTION = 'LOADER'`)
    const token = { username: 'BOB', authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: String(row?.['token_secret']) }
    expect(await whoIs(token)).toEqual({ U: 'BOB', R: 'LOADER' })
    await client.run('ALTER USER BOB REMOVE PROGRAMMATIC ACCESS TOKEN NIGHTLY')
    expect(await refusal(token)).not.toBe('none')
  })

  test('puts database, schema and warehouse to use', async () => {
    await using one = await as({
      ...snowflake.connectionOptions(),
      database: 'D',
      schema: 'S',
      warehouse: 'COMPUTE_WH'
    })
    expect(await one.rows('SELECT CURRENT_DATABASE() AS D, CURRENT_SCHEMA() AS S, CURRENT_WAREHOUSE() AS W')).toEqual([
      { D: 'D', S: 'S', W: 'COMPUTE_WH' }
    ])
  })
})

describe('tokens', () => {
  test('are renewed when they expire; when the master token expires too, the connection ends', async () => {
    const clock = createManualClock({ startMs: Date.UTC(2026, 0, 1) })
    await using timed = await startLocalSnowflake({ clock, sessionTokenSeconds: 60, masterTokenSeconds: 600 })
    await using one = await connectTo(timed)
    expect(await one.column('SELECT 1')).toEqual([1])
    await clock.advance(61_000)
    expect(await one.column('SELECT 2')).toEqual([2])
    expect(timed.statements.requests()['/session/token-request']).toBe(1)
    await clock.advance(601_000)
    expect(await codeOf(one.rows('SELECT 3'))).toBe('407002')
  })

  test('keep the session: its role, its variables, its temporary tables', async () => {
    const clock = createManualClock({ startMs: Date.UTC(2026, 0, 1) })
    await using timed = await startLocalSnowflake({ clock, setup: 'CREATE DATABASE D', sessionTokenSeconds: 60 })
    await using one = await connectTo(timed)
    await one.run('USE ROLE SYSADMIN', 'SET X = 5')
    await clock.advance(61_000)
    expect(await one.rows('SELECT CURRENT_ROLE() AS R, $X AS X')).toEqual([{ R: 'SYSADMIN', X: 5 }])
  })

  test('answer a heartbeat until the connection is closed', async () => {
    const one = await connectTo(snowflake)
    expect(await one.connection.isValidAsync()).toBe(true)
    await one.close()
    expect(await one.connection.isValidAsync()).toBe(false)
  })

  test('takes along what runs in it, but for what nobody waits for', async () => {
    snowflake.faults.add({ sql: /SLOW_ONE/, fault: { kind: 'slow', ms: 60_000 } })
    const one = await connectTo(snowflake)
    const ended = codeOf(one.rows('SELECT 1 AS SLOW_ONE'))
    await one.statement('SELECT 2 AS SLOW_ONE', { asyncExec: true })
    const started = () => snowflake.statements.all().filter(({ sql }) => sql.endsWith('AS SLOW_ONE'))
    await vi.waitFor(() => expect(started()).toHaveLength(2))
    await one.close()
    await vi.waitFor(() =>
      expect(
        started()
          .map(({ status }) => status)
          .sort()
      ).toEqual(['failed', 'running'])
    )
    await ended
    snowflake.faults.clear()
  })
})

describe('results', () => {
  test('of many rows come in chunks', async () => {
    for (const count of [10_000, 10_001, 45_000]) {
      const rows = await client.rows(
        `SELECT SEQ4() AS N, 'x' || SEQ4() AS T FROM TABLE(GENERATOR(ROWCOUNT => ${count}))`
      )
      expect([rows.length, rows[0], rows.at(-1)]).toEqual([
        count,
        { N: 0, T: 'x0' },
        { N: count - 1, T: `x${count - 1}` }
      ])
    }
  })

  test('stream row by row', async () => {
    const statement = await client.statement(`SELECT SEQ4() AS N FROM TABLE(GENERATOR(ROWCOUNT => 12000))`, {
      streamResult: true
    })
    let sum = 0
    for await (const row of statement.streamRows()) sum += (row as { N: number }).N
    expect(sum).toBe((11_999 * 12_000) / 2)
  })

  test('of an asynchronous query are fetched by its id, by its user only', async () => {
    const statement = await client.statement('SELECT 7 AS N', { asyncExec: true })
    const id = statement.getQueryId()
    const { connection } = client
    const status = await connection.getQueryStatusThrowIfError(id)
    expect(['RUNNING', 'SUCCESS']).toContain(status)
    const rows = await new Promise<unknown>((resolve, reject) => {
      void connection.getResultsFromQueryId({
        queryId: id,
        sqlText: '',
        complete: (error, _, found) => (error ? reject(error) : resolve(found))
      })
    })
    expect(rows).toEqual([{ N: 7 }])
    await using other = await connectTo(snowflake, { user: 'BOB' })
    expect(await codeOf(other.rows(`SELECT * FROM TABLE(RESULT_SCAN('${id}'))`))).toBe('000709')
  })

  test('that take long are asked for again', async () => {
    const clock = createManualClock({ startMs: Date.UTC(2026, 0, 1) })
    await using patient = await startLocalSnowflake({
      clock,
      inProgressAfterMs: 1000,
      faults: [{ sql: 'SELECT 5', fault: { kind: 'slow', ms: 2500 } }]
    })
    await using one = await connectTo(patient)
    const answer = one.column('SELECT 5')
    const fetches = () => patient.statements.requests()['/queries/<id>/result'] ?? 0
    await vi.waitFor(() => expect(patient.statements.all()).toHaveLength(1))
    await clock.advance(1000)
    await vi.waitFor(() => expect(fetches()).toBe(1))
    await clock.advance(1000)
    await vi.waitFor(() => expect(fetches()).toBe(2))
    await clock.advance(1000)
    expect(await answer).toEqual([5])
  })

  test('can be described without running', async () => {
    await client.run('CREATE OR REPLACE TABLE D.S.T (A NUMBER(10,2), B VARCHAR(5))')
    const statement = await client.statement('SELECT A, B, A + 1 AS C FROM D.S.T', { describeOnly: true })
    expect((statement.getColumns() ?? []).map(column => [column.getName(), column.getType()])).toEqual([
      ['A', 'fixed'],
      ['B', 'text'],
      ['C', 'fixed']
    ])
  })
})

describe('many statements in one request', () => {
  const many = { parameters: { MULTI_STATEMENT_COUNT: 0 } }

  test('answer one after the other', async () => {
    const sql = `CREATE OR REPLACE TABLE D.S.M (A INT); INSERT INTO D.S.M VALUES (1), (2); SELECT SUM(A) AS S FROM D.S.M`
    const answers = await new Promise<ReadonlyArray<unknown>>((resolve, reject) => {
      const found: unknown[] = []
      client.connection.execute({
        sqlText: sql,
        ...many,
        complete: (error, statement, rows) => {
          if (error) {
            reject(error)
            return
          }
          found.push(rows?.[0])
          const each = statement as unknown as { hasNext: () => boolean; NextResult: () => void }
          if (each.hasNext()) {
            each.NextResult()
            return
          }
          resolve(found)
        }
      })
    })
    expect(answers).toEqual([{ status: 'Table M successfully created.' }, { 'number of rows inserted': 2 }, { S: 3 }])
  })

  test('stop at the first that fails, keeping what was done', async () => {
    await client.run('CREATE OR REPLACE TABLE D.S.M (A INT)')
    const sql = 'INSERT INTO D.S.M VALUES (1); SELECT * FROM D.S.NOWHERE; INSERT INTO D.S.M VALUES (2)'
    expect(await codeOf(client.rows(sql, undefined, many))).toBe('002003')
    expect(await client.column('SELECT COUNT(*) FROM D.S.M')).toEqual([1])
  })

  test('must be as many as were announced', async () => {
    expect(await client.failure('SELECT 1; SELECT 2')).toMatchObject({ code: '000008', sqlState: '0A000' })
    expect(
      await codeOf(client.rows('SELECT 1; SELECT 2', undefined, { parameters: { MULTI_STATEMENT_COUNT: 3 } }))
    ).toBe('000008')
  })
})

describe('binds', () => {
  test('arrive as what they were', async () => {
    const [row] = await client.rows('SELECT ? AS A, ? AS B, ? AS C, ? AS D, ? AS E', ["it's", 1, 1.5, true, null])
    expect(row).toEqual({ A: "it's", B: 1, C: 1.5, D: true, E: null })
  })

  test('of many rows are one INSERT', async () => {
    await client.run('CREATE OR REPLACE TABLE D.S.B (A INT, B VARCHAR)')
    await client.rows('INSERT INTO D.S.B VALUES (?, ?)', [
      [1, 'a'],
      [2, 'b'],
      [3, null]
    ])
    expect(await client.rows('SELECT * FROM D.S.B ORDER BY A')).toEqual([
      { A: 1, B: 'a' },
      { A: 2, B: 'b' },
      { A: 3, B: null }
    ])
  })
})

test('a cancelled statement fails with 000604', async () => {
  const fault = snowflake.faults.add({ sql: 'SELECT 9', fault: { kind: 'slow', ms: 600_000 } })
  const outcome = new Promise<string>(resolve => {
    const statement = client.connection.execute({
      sqlText: 'SELECT 9',
      complete: error => resolve(String((error as { code?: unknown } | undefined)?.code))
    })
    void vi.waitFor(() => expect(fault.hits()).toBe(1)).then(() => statement.cancel(() => undefined))
  })
  expect(await outcome).toBe('000604')
  fault.remove()
})

/** The client against everything that goes wrong between it and the server. */
import { describeError, orThrow } from 'on-demand-sync'
import type { SnowflakeClient, SnowflakeClientOptions } from 'on-demand-sync/snowflake'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'
import type { LocalSnowflake, SnowflakeFault } from 'on-demand-sync/testing'
import { createManualClock, startLocalSnowflake } from 'on-demand-sync/testing'
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' }
})
const bodyOf = (pem: string) => pem.split('\n').slice(1, -2).join('')

let snowflake: LocalSnowflake
const open: Array<SnowflakeClient> = []
beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    users: [
      { name: 'ADMIN', password: 'pw', defaultRole: 'ACCOUNTADMIN' },
      { name: 'SYNC', password: 'sync-pass', defaultRole: 'PUBLIC' }
    ],
    setup: `ALTER USER SYNC SET RSA_PUBLIC_KEY = '${bodyOf(publicKey)}'`
  })
})
afterEach(async () => {
  snowflake.faults.clear()
  snowflake.statements.clear()
  for (const client of open.splice(0)) await client.close()
})
afterAll(async () => {
  await snowflake.stop()
})

const clientOf = (over: Partial<SnowflakeClientOptions> = {}): SnowflakeClient => {
  const client = createSnowflakeClient({
    account: snowflake.account,
    accessUrl: snowflake.accessUrl,
    username: 'SYNC',
    credentials: { password: 'sync-pass' },
    ...over
  })
  open.push(client)
  return client
}
const statement = (sql: string) => ({ sql, operation: 'SELECT', object: 'nothing', needs: [] })
const select = statement('SELECT 1 AS V')
const ask = (client: SnowflakeClient, sql = 'SELECT 1 AS V', signal?: AbortSignal) =>
  client.query(statement(sql), signal === undefined ? {} : { signal })()
const logins = () => snowflake.statements.requests()['/session/v1/login-request'] ?? 0
const queryPath = '/queries/v1/query-request'

describe('logging in', () => {
  it.each([
    ['a password', () => ({ password: 'sync-pass' })],
    ['a key pair', () => ({ privateKey })],
    ['an OAuth token', () => ({ oauthToken: snowflake.issueOAuthToken('SYNC') })]
  ])('works with %s', async (_, credentials) => {
    expect(orThrow(await ask(clientOf({ credentials: credentials() })))).toEqual([{ V: 1 }])
  })

  it('says whose fault a refusal is, and keeps the password to itself', async () => {
    const answer = await ask(clientOf({ credentials: { password: 'wrong-secret' } }))
    expect(answer).toMatchObject({ _tag: 'Left', left: { _tag: 'LoginRefused', code: '390100' } })
    if (answer._tag === 'Left') expect(describeError(answer.left)).not.toContain('wrong-secret')
  })

  it('sets what its statements rely on, whatever the account says', async () => {
    await snowflake.execute('ALTER ACCOUNT SET QUOTED_IDENTIFIERS_IGNORE_CASE = TRUE').catch(() => undefined)
    const client = clientOf()
    const rows = orThrow(await ask(client, "SHOW PARAMETERS LIKE 'QUOTED_IDENTIFIERS_IGNORE_CASE' IN SESSION"))
    expect(rows[0]?.['value']).toBe('false')
  })

  it('marks statements with what they are for', async () => {
    const client = clientOf()
    orThrow(await client.query(select)())
    orThrow(await client.query(select, { tag: 'task t-1' })())
    orThrow(await client.query(select)())
    const tags = snowflake.statements.all().filter(({ sql }) => sql === select.sql)
    expect(tags.map(({ queryTag }) => queryTag)).toEqual(['on-demand-sync', 'task t-1', 'on-demand-sync'])
  })
})

describe('a session that dies', () => {
  const faults: ReadonlyArray<readonly [string, SnowflakeFault]> = [
    ['is gone (390111)', { kind: 'session', code: '390111' }],
    ['is refused (390104)', { kind: 'session', code: '390104' }]
  ]
  it.each(faults)('that %s is replaced, and the statement tried again', async (_, fault) => {
    const client = clientOf()
    orThrow(await ask(client))
    snowflake.faults.add({ path: queryPath, count: 1, fault })
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
    expect(logins()).toBe(2)
  })

  it('that has run out with its master token (390114) is replaced', async () => {
    const client = clientOf()
    orThrow(await ask(client))
    snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'session', code: '390112' } })
    snowflake.faults.add({ path: '/session/token-request', fault: { kind: 'session', code: '390114' } })
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
    expect(logins()).toBe(2)
  })

  it('whose token has run out is renewed without a new login', async () => {
    const client = clientOf()
    orThrow(await ask(client))
    snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'session', code: '390112' } })
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
    expect(logins()).toBe(1)
  })

  it('while it idled is noticed before it is used', async () => {
    const client = clientOf({ validateAfterMs: 0 })
    orThrow(await ask(client))
    snowflake.faults.add({ path: '/session/heartbeat', fault: { kind: 'session', code: '390111' } })
    snowflake.statements.clear()
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
    expect(logins()).toBe(1)
    expect(snowflake.statements.requests()[queryPath]).toBe(2) // the session's settings, and the statement once
  })
})

describe('a session that gives no answer', () => {
  it.each([
    ['to the login', '/session/v1/login-request', []],
    ['to a renewal', '/session/token-request', ['390112']]
  ] as const)('%s does not hold up later statements', async (_, path, codes) => {
    const client = clientOf({ statementTimeoutMs: 500, maxSessions: 1 })
    if (codes.length > 0) orThrow(await ask(client))
    for (const code of codes) snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'session', code } })
    snowflake.faults.add({ path, count: 1, fault: { kind: 'hang' } })
    expect(await ask(client)).toMatchObject({ left: { _tag: 'TimedOut' } })
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
  })
})

describe('a service that is away', () => {
  it('is met again by the driver after a cut connection', async () => {
    const client = clientOf()
    orThrow(await ask(client))
    snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'reset', when: 'after' } })
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
  }, 120_000)

  it('is waited for no longer than the deadline', async () => {
    const client = clientOf({ statementTimeoutMs: 300 })
    orThrow(await ask(client))
    snowflake.faults.add({ path: queryPath, fault: { kind: 'hang' } })
    expect(await ask(client)).toMatchObject({ left: { _tag: 'TimedOut', afterMs: 300 } })
  })

  it('is left alone after some failures in a row, and tried by one statement later', async () => {
    const clock = createManualClock()
    const client = clientOf({ clock, maxAttempts: 1, breakerFailures: 2, breakerOpenMs: 1_000 })
    orThrow(await ask(client))
    snowflake.faults.add({ path: queryPath, fault: { kind: 'status', status: 403 } })
    expect(await ask(client)).toMatchObject({ left: { _tag: 'Unavailable', code: '401002' } })
    expect(await ask(client)).toMatchObject({ left: { _tag: 'Unavailable', code: '401002' } })
    snowflake.statements.clear()
    expect(await ask(client)).toMatchObject({ left: { _tag: 'Unavailable', code: 'circuit open' } })
    expect(snowflake.statements.requests()).toEqual({})
    await clock.advance(1_000)
    const [trial, meanwhile] = await Promise.all([ask(client), ask(client)])
    expect(trial).toMatchObject({ left: { code: '401002' } })
    expect(meanwhile).toMatchObject({ left: { code: 'circuit open' } })
    snowflake.faults.clear()
    await clock.advance(1_000)
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
  })

  it('is not taken for away because a statement was wrong', async () => {
    const client = clientOf({ breakerFailures: 1 })
    expect(await ask(client, 'SELECT nonsense FROM')).toMatchObject({ left: { _tag: 'StatementFailed' } })
    expect(orThrow(await ask(client))).toEqual([{ V: 1 }])
  })
})

describe('an abort', () => {
  it('cancels the running statement on the server', async () => {
    const client = clientOf()
    orThrow(await ask(client))
    snowflake.faults.add({ sql: 'SLOW_ONE', fault: { kind: 'slow', ms: 60_000 } })
    const abort = new AbortController()
    const answer = ask(client, 'SELECT 2 AS SLOW_ONE', abort.signal)
    await expect.poll(() => snowflake.statements.all().some(({ sql }) => sql.includes('SLOW_ONE'))).toBe(true)
    abort.abort()
    expect(await answer).toMatchObject({ left: { _tag: 'Aborted' } })
    await expect.poll(() => snowflake.statements.all().find(({ sql }) => sql.includes('SLOW_ONE'))?.code).toBe('000604')
  })

  it('before the statement lets nothing go over the wire', async () => {
    const client = clientOf()
    expect(await ask(client, 'SELECT 1', AbortSignal.abort())).toMatchObject({ left: { _tag: 'Aborted' } })
    expect(logins()).toBe(0)
  })
})

describe('sessions', () => {
  it('are shared by statements, and as many as allowed', async () => {
    const client = clientOf({ maxSessions: 2 })
    await Promise.all(Array.from({ length: 30 }, () => client.query(select)()))
    expect(logins()).toBe(2)
  })

  it('are none after closing, and closing does not wait for a login', async () => {
    snowflake.faults.add({ path: '/session/v1/login-request', fault: { kind: 'hang' } })
    const client = clientOf({ statementTimeoutMs: 60_000 })
    const abort = new AbortController()
    const waiting = ask(client, 'SELECT 1', abort.signal)
    await expect.poll(() => snowflake.statements.requests()['/session/v1/login-request']).toBe(1)
    await client.close()
    abort.abort()
    expect(await waiting).toMatchObject({ left: { _tag: 'Aborted' } })
  })

  it('that cannot be set up are logged out of', async () => {
    const client = clientOf({ maxAttempts: 1 })
    snowflake.statements.clear()
    snowflake.faults.add({ sql: 'ALTER SESSION', count: 3, fault: { kind: 'error', code: '000625' } })
    for (let n = 0; n < 3; n += 1) expect(await ask(client)).toMatchObject({ left: { _tag: 'StatementFailed' } })
    expect(logins()).toBe(3)
    expect(snowflake.statements.requests()['/session']).toBe(3)
  })

  it('are logged out of, though the first goodbye is lost', async () => {
    const client = clientOf()
    orThrow(await ask(client))
    snowflake.statements.clear()
    snowflake.faults.add({ path: '/session', count: 1, fault: { kind: 'reset' } })
    await client.close()
    expect(snowflake.statements.requests()).toEqual({ '/session': 2 })
  })

  it('are opened no more after closing', async () => {
    const client = clientOf()
    orThrow(await ask(client))
    await client.close()
    snowflake.statements.clear()
    expect(await ask(client)).toMatchObject({ left: { _tag: 'Closed' } })
    expect(snowflake.statements.requests()).toEqual({})
  })

  it('are closed in time where nothing is answered, and so are those who wait', async () => {
    const client = clientOf()
    orThrow(await ask(client))
    snowflake.statements.clear()
    snowflake.faults.add({ fault: { kind: 'hang' } })
    const waiting = ask(client, 'SELECT 2')
    await expect.poll(() => snowflake.statements.requests()[queryPath]).toBe(1)
    const since = Date.now()
    await client.close()
    expect(await waiting).toMatchObject({ left: { _tag: 'Aborted' } })
    expect(Date.now() - since).toBeLessThan(4_000)
  })
})

/** Every fault switch, as the unmodified driver meets it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createManualClock } from '../../src/testing/ManualClock.ts'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { codeOf, connectTo } from './client.ts'
import type { Client } from './client.ts'

let snowflake: LocalSnowflake
let client: Client
const clock = createManualClock({ startMs: Date.UTC(2026, 0, 1) })

const queryPath = '/queries/v1/query-request'

beforeAll(async () => {
  snowflake = await startLocalSnowflake({ clock, setup: 'CREATE DATABASE D; CREATE SCHEMA D.S; CREATE ROLE READER' })
  client = await connectTo(snowflake)
})
afterAll(async () => {
  await client.close()
  await snowflake.stop()
})
beforeEach(async () => {
  snowflake.faults.clear()
  await snowflake.execute('CREATE OR REPLACE TABLE D.S.T (A INT); INSERT INTO D.S.T VALUES (1), (2)')
  snowflake.statements.clear()
})

const rowsOfT = async () => (await snowflake.execute('SELECT COUNT(*) AS C FROM D.S.T'))[0]?.['C']

describe('requests', () => {
  test.each([503, 429, 500])('answered with %i are sent again, and the statement runs once', async status => {
    const fault = snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'status', status } })
    await client.run('INSERT INTO D.S.T VALUES (3)')
    expect(fault.hits()).toBe(1)
    expect(snowflake.statements.requests()[queryPath]).toBe(2)
    expect(snowflake.statements.ofKind('write')).toHaveLength(1)
    expect(await rowsOfT()).toBe(3)
  })

  test('refused for good fail', async () => {
    snowflake.faults.add({ path: queryPath, fault: { kind: 'status', status: 403 } })
    expect(await codeOf(client.rows('SELECT 1'))).toBe('401002')
  })

  test.each(['before', 'after'] as const)(
    'cut %s they are carried out are sent again, and the statement runs once',
    async when => {
      const fault = snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'reset', when } })
      await client.run('INSERT INTO D.S.T VALUES (3)')
      expect(fault.hits()).toBe(1)
      expect(snowflake.statements.requests()[queryPath]).toBe(2)
      expect(await rowsOfT()).toBe(3)
    }
  )

  test('cut halfway through their answer are sent again, and the statement runs once', async () => {
    const fault = snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'reset', when: 'halfway' } })
    await client.run('INSERT INTO D.S.T VALUES (3)')
    expect(fault.hits()).toBe(1)
    expect(snowflake.statements.requests()[queryPath]).toBe(2)
    expect(await rowsOfT()).toBe(3)
  })

  test('may be answered by something else than Snowflake', async () => {
    const url = `${snowflake.accessUrl}/queries/v1/query-request`
    const ask = async () => {
      const answer = await fetch(url, { method: 'POST', body: '{"sqlText":"SELECT 1"}' })
      return [answer.status, answer.headers.get('content-type'), await answer.text()]
    }
    const json = snowflake.faults.add({ path: queryPath, fault: { kind: 'answer', body: '{"data":' } })
    expect(await ask()).toEqual([200, 'application/json', '{"data":'])
    json.remove()
    const page = { kind: 'answer', body: '<p>Away</p>', status: 502, contentType: 'text/html' } as const
    snowflake.faults.add({ path: queryPath, fault: page })
    expect(await ask()).toEqual([502, 'text/html', '<p>Away</p>'])
    expect(snowflake.statements.all()).toEqual([])
  })

  test('hang until the switch is removed', async () => {
    const fault = snowflake.faults.add({ sql: 'SELECT 41', count: 1, fault: { kind: 'hang' } })
    const answer = client.column('SELECT 41 + 1')
    await vi.waitFor(() => expect(fault.hits()).toBe(1))
    expect(snowflake.statements.all()).toEqual([])
    fault.remove()
    expect(await answer).toEqual([42])
  })

  test('are answered late by as much as is asked for', async () => {
    snowflake.faults.add({ path: queryPath, fault: { kind: 'latency', ms: 250 } })
    const answered = vi.fn()
    const answer = client.column('SELECT 1').then(answered)
    await vi.waitFor(() => expect(snowflake.statements.requests()[queryPath]).toBe(1))
    await clock.advance(249)
    expect(snowflake.statements.all()).toEqual([])
    await clock.advance(1)
    await answer
    expect(answered).toHaveBeenCalledWith([1])
  })
})

describe('sessions', () => {
  test('390112 makes the driver renew its token and repeat the statement, once', async () => {
    snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'session', code: '390112' } })
    await client.run('INSERT INTO D.S.T VALUES (3)')
    expect(snowflake.statements.requests()).toMatchObject({ [queryPath]: 2, '/session/token-request': 1 })
    expect(await rowsOfT()).toBe(3)
  })

  test.each(['390111', '390104'] as const)('%s ends the connection for good', async code => {
    const lost = await connectTo(snowflake)
    const fault = snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'session', code } })
    expect(await codeOf(lost.rows('SELECT 1'))).toBe('407002')
    expect(await codeOf(lost.rows('SELECT 1'))).toMatch(/^40[67]/)
    expect(fault.hits()).toBe(1)
  })

  test('390114 on the renewal ends it too', async () => {
    const lost = await connectTo(snowflake)
    snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'session', code: '390112' } })
    snowflake.faults.add({ path: '/session/token-request', count: 1, fault: { kind: 'session', code: '390114' } })
    expect(await codeOf(lost.rows('SELECT 1'))).toBe('407002')
  })
})

describe('statements', () => {
  test('fail with the code and state asked for, and are not carried out', async () => {
    snowflake.faults.add({
      sql: /^insert/i,
      count: 1,
      fault: {
        kind: 'error',
        code: '000606',
        sqlState: '57P03',
        message: 'No active warehouse selected in the current session.'
      }
    })
    expect(await client.failure('INSERT INTO D.S.T VALUES (3)')).toMatchObject({ code: '000606', sqlState: '57P03' })
    expect(await rowsOfT()).toBe(2)
    await client.run('INSERT INTO D.S.T VALUES (3)')
    expect(await rowsOfT()).toBe(3)
  })

  test('are slow, can be cancelled meanwhile, and run out of time', async () => {
    snowflake.faults.add({ sql: 'D.S.T', fault: { kind: 'slow', ms: 10_000 } })
    const slow = client.column('SELECT COUNT(*) FROM D.S.T')
    await vi.waitFor(() => expect(snowflake.statements.all()).toHaveLength(1))
    await clock.advance(10_000)
    expect(await slow).toEqual([2])

    await client.run('ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 5')
    snowflake.statements.clear()
    const late = codeOf(client.rows('SELECT COUNT(*) FROM D.S.T'))
    await vi.waitFor(() => expect(snowflake.statements.all()).toHaveLength(1))
    await clock.advance(5000)
    expect(await late).toBe('000630')
    await client.run('ALTER SESSION UNSET STATEMENT_TIMEOUT_IN_SECONDS')
  })

  test('grant only in part, or nothing at all', async () => {
    snowflake.faults.add({ sql: 'GRANT', fault: { kind: 'withhold', privileges: ['INSERT'] } })
    expect(await client.failure('GRANT SELECT, INSERT ON TABLE D.S.T TO ROLE READER')).toMatchObject({
      code: '003011',
      sqlState: '42501',
      message: expect.stringContaining('INSERT') as string
    })
    expect((await client.rows('SHOW GRANTS ON TABLE D.S.T')).map(row => row['privilege'])).toEqual([
      'OWNERSHIP',
      'SELECT'
    ])
    expect(await codeOf(client.rows('GRANT INSERT ON TABLE D.S.T TO ROLE READER'))).toBe('003102')
  })

  test('find their object dropped, or anything else done, under their feet', async () => {
    snowflake.faults.add({ sql: /^GRANT/, skip: 1, count: 1, fault: { kind: 'run', sql: 'DROP TABLE D.S.T' } })
    await client.run('GRANT SELECT ON TABLE D.S.T TO ROLE READER')
    expect(await codeOf(client.rows('GRANT INSERT ON TABLE D.S.T TO ROLE READER'))).toBe('002003')
  })

  test('of one user only, after some have passed, so many times', async () => {
    await snowflake.execute('CREATE USER IF NOT EXISTS OTHER')
    const fault = snowflake.faults.add({ user: 'OTHER', skip: 1, count: 2, fault: { kind: 'error', code: '002140' } })
    const codes: string[] = []
    for (let i = 0; i < 4; i += 1) codes.push(await codeOf(snowflake.execute('SHOW ROLES', { user: 'OTHER' })))
    expect(codes).toEqual(['none', '002140', '002140', 'none'])
    expect(await codeOf(client.rows('SHOW ROLES'))).toBe('none')
    expect(fault.hits()).toBe(2)
  })
})

describe('the control API', () => {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${snowflake.controlUrl}/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })
    })
    return response.json()
  }

  test('sets, lists and removes switches, and is out of their reach', async () => {
    const { id } = (await call('POST', 'faults', {
      sqlPattern: '^show\\s+roles',
      count: 5,
      fault: { kind: 'error', code: '000606', sqlState: '57P03' }
    })) as { id: number }
    await call('POST', 'faults', { path: '/nowhere', fault: { kind: 'status', status: 503 } })
    expect(await codeOf(client.rows('SHOW ROLES'))).toBe('000606')
    expect(await call('GET', 'faults')).toMatchObject([{ id, hits: 1 }, { hits: 0 }])
    await call('DELETE', `faults/${id}`)
    expect(await codeOf(client.rows('SHOW ROLES'))).toBe('none')
    await call('DELETE', 'faults')
    expect(await call('GET', 'faults')).toEqual([])
  })

  test.each<readonly [string, string, object, string]>([
    ['no fault', 'faults', { fault: 'x' }, 'fault must be an object; known fields are kind'],
    ['an unknown kind', 'faults', { fault: { kind: 'flood' } }, 'fault.kind must be one of status, answer, reset'],
    ['a misspelt count', 'faults', { times: 1, fault: { kind: 'hang' } }, 'times is not a known field'],
    ['half a hit', 'faults', { count: 0.5, fault: { kind: 'hang' } }, 'count must be a whole number, 0 or more'],
    ['a pattern that is none', 'faults', { sqlPattern: '(', fault: { kind: 'hang' } }, 'sqlPattern must be a regular'],
    ['a fault without its number', 'faults', { fault: { kind: 'latency' } }, 'fault.ms must be number'],
    ['a number as text', 'faults', { fault: { kind: 'status', status: '503' } }, 'fault.status must be'],
    ['a field of another fault', 'faults', { fault: { kind: 'hang', ms: 1 } }, 'fault.ms is not a known field'],
    ['no SQL', 'execute', {}, 'sql must be text'],
    ['no user', 'oauth-tokens', { role: 'R' }, 'user must be text']
  ])('refuses %s', async (_, path, body, message) => {
    expect(await call('POST', path, body)).toEqual({
      error: { message: expect.stringContaining(message) as string }
    })
    expect(await call('GET', 'faults')).toEqual([])
  })

  test('runs SQL, and counts requests by path and statements by kind', async () => {
    expect(await call('POST', 'execute', { sql: 'SELECT COUNT(*) AS C FROM D.S.T' })).toEqual({ rows: [{ C: 2 }] })
    expect(await call('POST', 'execute', { sql: 'SELECT' })).toMatchObject({
      error: { code: '001003', sqlState: '42000' }
    })
    await call('DELETE', 'statements')
    await client.run('SHOW ROLES', 'USE SCHEMA D.S', 'INSERT INTO T VALUES (3)')
    expect(await codeOf(client.rows('SELECT * FROM NOWHERE'))).toBe('002003')
    expect(await call('GET', 'requests')).toEqual({ [queryPath]: 4 })
    const kinds = ((await call('GET', 'statements')) as ReadonlyArray<{ kind: string; status: string }>).map(
      ({ kind, status }) => [kind, status]
    )
    expect(kinds).toEqual([
      ['read', 'success'],
      ['session', 'success'],
      ['write', 'success'],
      ['read', 'failed']
    ])
    expect(await call('GET', 'statements?kind=write')).toHaveLength(1)
  })

  test('is not there when it is not wanted', async () => {
    await using closed = await startLocalSnowflake({ control: false })
    expect(closed.controlUrl).toBeUndefined()
    expect((await fetch(`${closed.accessUrl}/control/faults`)).status).toBe(404)
  })
})

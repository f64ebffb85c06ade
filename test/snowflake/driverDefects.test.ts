/**
 * What a plain use of the driver does, and what the client makes of it: each defect is shown on the driver first, so that it is seen when a later version no longer has it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { orThrow } from 'on-demand-sync'
import type { SnowflakeClientOptions } from 'on-demand-sync/snowflake'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'
import type { LocalSnowflake } from 'on-demand-sync/testing'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { codeOf, connectTo } from '../local-snowflake/client.ts'

let snowflake: LocalSnowflake
beforeAll(async () => {
  snowflake = await startLocalSnowflake({ setup: 'CREATE DATABASE D; CREATE TABLE D.PUBLIC.T (N INT)' })
})
afterEach(async () => {
  snowflake.faults.clear()
  snowflake.statements.clear()
  await snowflake.execute('DELETE FROM D.PUBLIC.T')
})
afterAll(async () => {
  await snowflake.stop()
})

const queryPath = '/queries/v1/query-request'
const requests = (path: string) => snowflake.statements.requests()[path] ?? 0
const rows = async () => (await snowflake.execute('SELECT N FROM D.PUBLIC.T ORDER BY N')).map(({ N }) => N)

const ours = async (options: Partial<SnowflakeClientOptions> = {}) => {
  const { account, accessUrl } = snowflake
  const { username, password } = snowflake.connectionOptions()
  const client = createSnowflakeClient({ account, accessUrl, username, credentials: { password }, ...options })
  onTestFinished(client.close)
  const ask = (sql: string) => client.query({ sql, operation: 'statement', object: 'T', needs: [] })()
  orThrow(await ask('SELECT 1'))
  return ask
}
const plain = async () => {
  const client = await connectTo(snowflake)
  onTestFinished(client.close)
  return client
}

/** A good answer with one value of this type. */
const answerWith = (type: string, value: string): string => {
  const data = { queryId: 'q', rowtype: [{ name: 'V', type }], rowset: [[value]], total: 1, returned: 1 }
  return JSON.stringify({ success: true, code: null, message: null, data })
}

it('1: carries a statement out that was cancelled, seconds later; ours never does', { timeout: 60_000 }, async () => {
  const lose = (sql: string) => snowflake.faults.add({ sql, count: 1, fault: { kind: 'reset' } })
  const theirs = await plain()
  const lost = lose('VALUES (1)')
  const failing = new Promise(resolve => {
    const statement = theirs.connection.execute({ sqlText: 'INSERT INTO D.PUBLIC.T VALUES (1)', complete: resolve })
    void expect
      .poll(lost.hits)
      .toBe(1)
      .then(() => statement.cancel(() => undefined))
  })
  const ask = await ours({ statementTimeoutMs: 300, maxAttempts: 1 })
  lose('VALUES (2)')
  expect(await ask('INSERT INTO D.PUBLIC.T VALUES (2)')).toMatchObject({ left: { _tag: 'TimedOut' } })
  await failing
  await expect.poll(rows, { timeout: 20_000 }).toEqual([1])
  // Everything that may yet come from a driver that was told to give up has come by now: its first pause is three seconds at most.
  await new Promise(resolve => setTimeout(resolve, 4_000))
  expect(await rows()).toEqual([1])
})

it('2: runs a value that is no JSON as a program; ours gives it as text', async () => {
  const seen = globalThis as { ran?: string }
  const answer = (who: string) =>
    snowflake.faults.add({
      path: queryPath,
      fault: { kind: 'answer', body: answerWith('variant', `(globalThis.ran = '${who}', {})`) }
    })
  const [theirs, ask] = [await plain(), await ours()]
  const first = answer('theirs')
  await theirs.rows('SELECT V FROM T')
  expect(seen.ran).toBe('theirs')
  first.remove()
  delete seen.ran
  const second = answer('ours')
  expect(orThrow(await ask('SELECT V FROM T'))).toEqual([{ V: "(globalThis.ran = 'ours', {})" }])
  expect(seen.ran).toBe(undefined)
  second.remove()
  const well = `{ "a": [1, null] }`
  snowflake.faults.add({ path: queryPath, fault: { kind: 'answer', body: answerWith('object', well) } })
  expect(orThrow(await ask('SELECT V FROM T'))).toEqual([{ V: { a: [1, null] } }])
})

it(
  '3: ends the process over a value that it cannot read; ours says that the statement failed',
  { timeout: 60_000 },
  async () => {
    snowflake.faults.add({
      sql: 'UNREADABLE',
      fault: { kind: 'answer', body: answerWith('boolean', 'neither') }
    })
    const { accessUrl, username, password } = snowflake.connectionOptions()
    const host = async (use: string) => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'test/snowflake/unreadable.ts'], {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: {
          ...process.env,
          TSX_TSCONFIG_PATH: 'tsconfig.json',
          USE: use,
          URL: accessUrl,
          USERNAME: username,
          PASSWORD: password
        }
      })
      let said = ''
      child.stdout.on('data', (data: Buffer) => (said += data.toString()))
      await once(child, 'exit')
      return [said.trim(), child.exitCode]
    }
    expect(await host('plain')).toEqual(['', 1])
    expect(await host('ours')).toEqual(['Unavailable', 0])
  }
)

it(
  '4: leaves a statement without an answer where a part of its result is spoilt; ours asks for the part again',
  { timeout: 60_000 },
  async () => {
    const spoil = () =>
      snowflake.faults.add({
        path: '/chunks',
        count: 1,
        fault: { kind: 'answer', body: '<p>Away</p>', contentType: 'text/html' }
      })
    const many = 'SELECT SEQ8() AS N FROM TABLE(GENERATOR(ROWCOUNT => 45000))'
    const [theirs, ask] = [await plain(), await ours()]
    spoil()
    const given = new Promise(resolve => setTimeout(resolve, 5_000, 'no answer'))
    expect(await Promise.race([theirs.rows(many), given])).toBe('no answer')
    const fault = spoil()
    expect(orThrow(await ask(many))).toHaveLength(45_000)
    expect(fault.hits()).toBe(1)
  }
)

it(
  '5: asks without a pause or an end for a token that it cannot have; ours logs in anew',
  { timeout: 60_000 },
  async () => {
    const expire = () => {
      snowflake.faults.add({ path: '/session/token-request', count: 100, fault: { kind: 'reset' } })
      snowflake.faults.add({ path: queryPath, count: 100, fault: { kind: 'session', code: '390112' } })
    }
    const theirs = await plain()
    expire()
    const since = Date.now()
    expect(await codeOf(theirs.rows('SELECT 1'))).toBe('none')
    expect(requests('/session/token-request')).toBeGreaterThan(90)
    expect(Date.now() - since).toBeLessThan(5_000)

    snowflake.faults.clear()
    const ask = await ours()
    snowflake.statements.clear()
    snowflake.faults.add({ path: queryPath, count: 1, fault: { kind: 'session', code: '390112' } })
    snowflake.faults.add({ path: '/session/token-request', fault: { kind: 'reset' } })
    expect(orThrow(await ask('SELECT 1'))).toHaveLength(1)
    expect(requests('/session/token-request')).toBe(8)
    expect(requests('/session/v1/login-request')).toBe(1)

    // A token that is refused though it was renewed.
    snowflake.faults.clear()
    snowflake.statements.clear()
    snowflake.faults.add({ path: queryPath, count: 100, fault: { kind: 'session', code: '390112' } })
    expect(await ask('SELECT 1')).toMatchObject({ left: { _tag: 'Unavailable' } })
    expect(requests('/session/token-request')).toBeLessThan(20)
  }
)

/**
 * Clients among faults of every kind, a blow every 400 ms, called off and closed at all moments: every statement is answered, in time and by a value or an error of ours; what was told as done is done; what was told
 * as not sent, or failed, is not; none is carried out twice, and none is sent after its answer; when all is well again, so are they; after the goodbye nothing runs, and no connection is open. An error that nobody catches fails the run.
 *
 * `CLIENT_STORM_SECONDS` (default 10) is how long it goes on; `CLIENT_STORM_SEED` plays a run again.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import type { SyncError } from 'on-demand-sync'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'
import type { LocalSnowflake, SnowflakeFault } from 'on-demand-sync/testing'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import { expect, it, onTestFinished } from 'vitest'
import { pick, randomNumbers } from '../chaos/randomNumbers.ts'
import type { Way } from './way.ts'
import { startWay } from './way.ts'

const seconds = Number(process.env['CLIENT_STORM_SECONDS'] ?? 10)
const seed = Number(process.env['CLIENT_STORM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const everyMs = 400
const statementTimeoutMs = 2_500

const password = 'a-secret-of-the-storm'
const value = 'a-value-of-a-row'

const garbage = ['', '{"data":{"rowset":[["1"', 'null', '[]', '{"success":true}', '{"success":true,"data":null}']
const unknown = [
  '{"success":true,"data":{"rowtype":[{"name":"A","type":"text"}],"rowset":[null],"returned":1}}',
  '{"success":true,"data":{"rowtype":[{"name":"A","type":"text"}],"rowset":[["1"]]}}',
  '{"success":false}'
]

/** What can go wrong, and where. */
const blowsAt = (snowflake: LocalSnowflake, way: Way, random: () => number): ReadonlyArray<() => unknown> => {
  const times = () => 1 + Math.floor(random() * 4)
  const at = (path: string, fault: SnowflakeFault) => () => snowflake.faults.add({ path, count: times(), fault })
  const anywhere = [
    'login-request',
    'query-request',
    'query-request',
    '/result',
    'token-request',
    '/session',
    'abort',
    '/chunks'
  ]
  const everywhere = (fault: () => SnowflakeFault) => () => at(pick(random, anywhere), fault())()
  return [
    everywhere(() => ({ kind: 'status', status: pick(random, [400, 403, 404, 408, 429, 500, 502, 503]) })),
    everywhere(() => ({ kind: 'reset', when: pick(random, ['before', 'halfway', 'after'] as const) })),
    everywhere(() => ({ kind: 'reset', when: pick(random, ['before', 'halfway', 'after'] as const) })),
    everywhere(() => ({ kind: 'latency', ms: Math.floor(random() * 300) })),
    everywhere(() => ({ kind: 'answer', body: pick(random, garbage) })),
    everywhere(() => ({
      kind: 'answer',
      body: '<p>Away</p>',
      contentType: 'text/html',
      status: pick(random, [200, 502])
    })),
    at('query-request', { kind: 'answer', body: pick(random, unknown) }),
    at('query-request', { kind: 'session', code: pick(random, ['390112', '390111', '390104'] as const) }),
    at('token-request', { kind: 'session', code: '390114' }),
    () => snowflake.faults.add({ sql: 'LOG', count: times(), fault: { kind: 'slow', ms: random() * 4_000 } }),
    () => snowflake.faults.add({ sql: 'LOG', count: times(), fault: { kind: 'error', code: '000625' } }),
    () => {
      const hanging = everywhere(() => ({ kind: 'hang' }))() as { readonly remove: () => void }
      setTimeout(hanging.remove, random() * 2_000)
    },
    () => {
      way.close()
      setTimeout(() => void way.reopen(), random() * 500)
    }
  ]
}

interface Told {
  readonly n: number
  readonly done: boolean
  readonly error: SyncError | undefined
  readonly tookMs: number
  readonly atMs: number
}

it(
  `answers for every statement in ${seconds} s of faults (CLIENT_STORM_SEED=${seed})`,
  { timeout: (seconds + 120) * 1_000 },
  async () => {
    const random = randomNumbers(seed)
    const snowflake = await startLocalSnowflake({
      users: [{ name: 'ADMIN', password, defaultRole: 'ACCOUNTADMIN' }],
      setup: 'CREATE DATABASE D; CREATE TABLE D.PUBLIC.LOG (N INT, V VARCHAR)',
      inProgressAfterMs: 200
    })
    onTestFinished(() => snowflake.stop())
    const way = await startWay(snowflake)
    onTestFinished(way.close)
    const { account } = snowflake
    const open = (): SnowflakeClient =>
      createSnowflakeClient({
        ...{ account, accessUrl: way.accessUrl, username: 'ADMIN', credentials: { password } },
        // One attempt: a second one, on another session, may carry a statement out again.
        ...{ statementTimeoutMs, maxAttempts: 1, maxSessions: 3, validateAfterMs: 50, breakerOpenMs: 50 }
      })

    /** When a statement was last sent, by its request id. */
    const sentAtMs = new Map<string, number>()
    const onSend = (message: unknown) => {
      const { path } = (message as { readonly request: ClientRequest }).request
      const requestId = new URL(path, way.accessUrl).searchParams.get('requestId')
      if (requestId !== null) sentAtMs.set(requestId, Date.now())
    }
    subscribe('http.client.request.start', onSend)
    onTestFinished(() => void unsubscribe('http.client.request.start', onSend))

    let client = open()
    const goodbyes: Array<Promise<unknown>> = []
    const goodbye = (leaving: SnowflakeClient) => {
      const since = Date.now()
      goodbyes.push(leaving.close().then(() => Date.now() - since))
    }
    const told: Array<Told> = []
    const tell = async (n: number): Promise<void> => {
      const sql =
        random() < 0.05
          ? `SELECT SEQ8() AS N, ${n} AS LOG FROM TABLE(GENERATOR(ROWCOUNT => 31000))`
          : random() < 0.3
            ? `BEGIN\nINSERT INTO D.PUBLIC.LOG VALUES (${n}, '${value}');\nEND`
            : `INSERT INTO D.PUBLIC.LOG VALUES (${n}, '${value}')`
      const abort = new AbortController()
      if (random() < 0.15) setTimeout(() => abort.abort(), random() * 800)
      const since = Date.now()
      const answer = await client.query(
        { sql, operation: 'INSERT', object: 'LOG', needs: [] },
        { signal: abort.signal }
      )()
      const atMs = Date.now()
      const error = answer._tag === 'Left' ? answer.left : undefined
      if (sql.startsWith('SELECT')) {
        if (answer._tag === 'Right') expect(answer.right).toHaveLength(31_000)
      } else told.push({ n, done: error === undefined, error, tookMs: atMs - since, atMs })
    }
    const asked: Array<Promise<void>> = []
    const blows = blowsAt(snowflake, way, random)
    const until = Date.now() + seconds * 1_000
    for (let nextBlowAtMs = Date.now() + everyMs; Date.now() < until;) {
      asked.push(tell(asked.length))
      await new Promise(resolve => setTimeout(resolve, 5 + random() * 20))
      if (Date.now() < nextBlowAtMs) continue
      nextBlowAtMs += everyMs
      pick(random, blows)()
      if (random() < 0.08) {
        goodbye(client)
        client = open()
      }
    }
    snowflake.faults.clear()
    await way.reopen()
    // Who outlived it all goes on as soon as it is over.
    const after = { sql: 'SELECT 1', operation: 'SELECT', object: 'nothing', needs: [] }
    await expect.poll(async () => (await client.query(after)())._tag, { timeout: 5_000 }).toBe('Right')
    goodbye(client)
    const tookMs = await Promise.all(goodbyes)
    await Promise.all(asked)
    await expect.poll(way.open, { timeout: 10_000 }).toBe(0)
    const running = () => snowflake.statements.all().filter(({ status }) => status === 'running')
    await expect.poll(running, { timeout: 10_000 }).toEqual([])

    const counts = new Map<number, number>()
    for (const { N } of await snowflake.execute('SELECT N FROM D.PUBLIC.LOG', { user: 'ADMIN' }))
      counts.set(Number(N), (counts.get(Number(N)) ?? 0) + 1)
    const tags = new Map<string, number>()
    for (const { error } of told) tags.set(error?._tag ?? 'done', (tags.get(error?._tag ?? 'done') ?? 0) + 1)
    process.stdout.write(
      `client storm (CLIENT_STORM_SEED=${seed}): ${told.length} statements, ${JSON.stringify(Object.fromEntries(tags))}, ${goodbyes.length} goodbyes, ${counts.size} in the table\n`
    )
    const certainlyNot = ({ error }: Told): boolean =>
      error?._tag === 'Closed' ||
      error?._tag === 'StatementFailed' ||
      (error?._tag === 'Unavailable' && error.code === 'circuit open')
    expect(told.filter(({ n, done }) => done && !counts.has(n))).toEqual([])
    expect(told.filter(each => certainlyNot(each) && counts.has(each.n))).toEqual([])
    expect([...counts].filter(([, count]) => count > 1)).toEqual([])
    // Nothing of a statement is sent after its answer.
    const answeredAtMs = new Map(told.map(({ n, atMs }) => [n, atMs]))
    const late = snowflake.statements.all().filter(({ sql, requestId = '' }) => {
      const n = /VALUES \((\d+)/.exec(sql)?.[1]
      return n !== undefined && (sentAtMs.get(requestId) ?? 0) > (answeredAtMs.get(Number(n)) ?? Infinity)
    })
    expect(late).toEqual([])
    // In time, on a busy machine.
    expect(told.filter(each => each.tookMs > statementTimeoutMs + 2_000)).toEqual([])
    expect(tookMs.filter(ms => Number(ms) > 5_000)).toEqual([])
    const expected = new Set(['done', 'Unavailable', 'TimedOut', 'Aborted', 'Closed', 'StatementFailed'])
    expect([...tags.keys()].filter(tag => !expected.has(tag))).toEqual([])
    const words = JSON.stringify(told.map(({ error }) => error))
    expect(words).not.toContain(password)
    expect(words).not.toContain(value)
  }
)

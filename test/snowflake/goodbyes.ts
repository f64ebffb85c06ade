/** A process that closes clients at all moments of their lives, in good days and in bad ones, says so, and has nothing left to do. */
import type { SnowflakeClientOptions } from 'on-demand-sync/snowflake'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'

const { URL: accessUrl = '', CONTROL: control = '', USERNAME: username = '', PASSWORD: password = '' } = process.env

const open = (options: Partial<SnowflakeClientOptions> = {}) =>
  createSnowflakeClient({ account: 'local', accessUrl, username, credentials: { password }, ...options })
type Client = ReturnType<typeof open>

const ask = (client: Client, sql = 'SELECT 1') => client.query({ sql, operation: 'SELECT', object: 'T', needs: [] })()
const pause = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

const rule = async (body: object): Promise<() => Promise<number>> => {
  const post = await fetch(`${control}/faults`, { method: 'POST', body: JSON.stringify(body) })
  const { id } = (await post.json()) as { readonly id: number }
  return async () => {
    const rules = (await (await fetch(`${control}/faults`)).json()) as ReadonlyArray<{ id: number; hits: number }>
    return rules.find(known => known.id === id)?.hits ?? 0
  }
}
const mend = () => fetch(`${control}/faults`, { method: 'DELETE' })

/** Closes it within a time limit; who still waits is answered. */
const close = async (client: Client, waiting: ReadonlyArray<Promise<unknown>>): Promise<void> => {
  const since = Date.now()
  await client.close()
  await Promise.all(waiting)
  if (Date.now() - since > 4_000) throw new Error('closing took too long')
}

/** In good days: during the login, the first statement, others, and after them. */
for (let delayMs = 0; delayMs < 160; delayMs += 8) {
  const client = open()
  const waiting = [ask(client), ask(client)]
  await pause(delayMs)
  await close(client, waiting)
}

const queries = '/queries/v1/query-request'
const tokens = '/session/token-request'
/** In bad ones: what goes wrong, and whether a client is in use before it does. */
const troubles: ReadonlyArray<readonly [string, boolean, ReadonlyArray<object>]> = [
  ['a login without an answer', false, [{ path: 'login-request', fault: { kind: 'hang' } }]],
  ['a login that is tried again', false, [{ path: 'login-request', fault: { kind: 'status', status: 503 } }]],
  ['a login that is cut', false, [{ path: 'login-request', fault: { kind: 'reset', when: 'after' } }]],
  ['a statement without an answer', true, [{ path: queries, fault: { kind: 'hang' } }]],
  ['a statement that is tried again', true, [{ path: queries, fault: { kind: 'status', status: 503 } }]],
  ['a statement that runs', true, [{ sql: 'SELECT 1', fault: { kind: 'slow', ms: 60_000 } }]],
  ['a part of a result that is tried again', true, [{ path: '/chunks', fault: { kind: 'status', status: 500 } }]],
  [
    'a token that is renewed without an answer',
    true,
    [
      { path: tokens, fault: { kind: 'hang' } },
      { path: queries, fault: { kind: 'session', code: '390112' } }
    ]
  ],
  [
    'a token that is renewed again and again',
    true,
    [
      { path: tokens, fault: { kind: 'reset' } },
      { path: queries, fault: { kind: 'session', code: '390112' } }
    ]
  ],
  ['no answer to anything', true, [{ fault: { kind: 'hang' } }]]
]
for (const [what, used, rules] of troubles) {
  const client = open()
  if (used) await ask(client)
  const hits = await Promise.all(rules.map(rule))
  const waiting = [ask(client, 'SELECT SEQ8() AS N FROM TABLE(GENERATOR(ROWCOUNT => 40000))'), ask(client)]
  for (const hit of hits) while ((await hit()) === 0) await pause(10)
  await close(client, waiting).catch((cause: unknown) => {
    throw new Error(what, { cause })
  })
  await mend()
}

/** While the circuit is open. */
const refused = open({ maxAttempts: 1, breakerFailures: 1 })
await rule({ fault: { kind: 'status', status: 403 } })
await ask(refused)
await close(refused, [ask(refused)])

process.stdout.write('said goodbye')

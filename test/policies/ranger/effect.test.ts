/** What each user really selects from the local server equals what Ranger decides for them, or is less and said so: random services, synced one after another onto one table. */
import fc from 'fast-check'
import { describeError, orThrow, ResourceReference } from 'on-demand-sync'
import type { DesiredAccess, Resource } from 'on-demand-sync'
import { compileRanger, createRangerEngine } from 'on-demand-sync/policies'
import type { RangerEngine } from 'on-demand-sync/policies'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectorAccount } from '../../snowflake/connectorAccount.ts'
import { policySchema, startConnectorAccount } from '../../snowflake/connectorAccount.ts'
import { elements, snapshotOf } from './ranger.ts'
import { anyWorld, people } from './world.ts'

const runs = Number(process.env['RANGER_EFFECT_RUNS'] ?? 30)
const timeoutMs = 60_000 + runs * 3_000

/** Memberships are the server's and stay; policies change. */
const users = { ann: ['hr'], bob: ['hr', 'it'], cat: ['it', 'all'], dan: [] }
const roles = { steward: 'ann g:it', chief: 'r:steward dan' }
const rows = [
  { A: 'x', B: 1 },
  { A: 'Yy7', B: 42 }
]
const named = ['HR', 'IT', 'ALL', 'STEWARD', 'CHIEF']
const seed = `
${named.map(role => `CREATE ROLE "${role}";`).join('\n')}
CREATE DATABASE D; CREATE SCHEMA D.S;
CREATE TABLE D.S.T (A VARCHAR(20), B NUMBER(38,0));
${rows.map(({ A, B }) => `INSERT INTO D.S.T SELECT '${A}', ${B};`).join('\n')}
${[...people, 'eve'].map(user => `CREATE USER "${user.toUpperCase()}" PASSWORD = 'pw' DEFAULT_SECONDARY_ROLES = ('ALL');`).join('\n')}
`

let account: ConnectorAccount
const clients = new Map<string, SnowflakeClient>()
const engineOf = (world: Parameters<typeof snapshotOf>[0]): RangerEngine =>
  createRangerEngine(snapshotOf({ ...world, users, roles }), { clock: { now: () => 0 } })

beforeAll(async () => {
  account = await startConnectorAccount(seed)
  await account.openTo('D', 'S')
  const { membership } = engineOf({}).parts
  for (const user of people) {
    const groups = membership.groupsOf(user)
    for (const role of [...groups, ...membership.rolesOf(user, groups)])
      await account.admin(`GRANT ROLE "${role.toUpperCase()}" TO USER "${user.toUpperCase()}"`)
    const { account: name, accessUrl } = account.snowflake
    const login = { username: user.toUpperCase(), credentials: { password: 'pw' }, warehouse: 'COMPUTE_WH' }
    clients.set(user, createSnowflakeClient({ account: name, accessUrl, ...login }))
  }
}, timeoutMs)
afterAll(async () => {
  for (const client of clients.values()) await client.close()
  await account.stop()
})

const signal = new AbortController().signal

const sync = async (engine: RangerEngine): Promise<DesiredAccess> => {
  const resources: Array<Resource> = []
  const references = [ResourceReference.table('D', 'S', 'T')]
  for await (const chunk of createSnowflakeResolver({ client: account.client }).resolve(references, { signal }))
    for (const answer of chunk) if (answer._tag === 'Found') resources.push(answer.resource)
  const decide = compileRanger(engine, { managed: { roles: named, users: ['ANN', 'BOB', 'CAT', 'DAN', 'EVE'] } })
  const desired = resources.map(decide)
  const syncer = createSnowflakeSyncer({ client: account.client, policySchema })
  const plan = orThrow(await syncer.plan(desired, { signal })())
  for (const { error } of orThrow(await syncer.apply(plan, { signal })()))
    if (error !== undefined) throw new Error(describeError(error))
  const [first] = desired
  if (first === undefined) throw new Error('the table was not found')
  return first
}

/** Undefined: no access. */
const selected = async (user: string) => {
  const answer = await clients
    .get(user)!
    .query({ sql: 'SELECT A, B FROM D.S.T ORDER BY B', operation: 'SELECT', object: 'T', needs: [] })()
  return answer._tag === 'Left' ? undefined : answer.right
}

const filters: { readonly [where: string]: (row: (typeof rows)[number]) => boolean } = {
  "A = 'x'": row => row.A === 'x',
  'B = 1': row => row.B === 1,
  "A = 'HR'": () => false,
  "A = 'I''T'": () => false,
  "A = ''": () => false
}

/** What Ranger decides: which rows, and of each column whether it is shown as it is, changed, or not at all. */
const decided = (engine: RangerEngine, user: string) => {
  const may = (path: string) => engine.decide({ resource: { elements: elements(path) }, user, accessType: 'select' })
  const whole = may('D.S.T').isAllowed
  const sees = (column: string) => {
    const own = may(`D.S.T.${column}`)
    return own.isAllowed || (own.policyId === -1 && whole)
  }
  const shown = (column: 'A' | 'B'): 'clear' | 'changed' | 'null' => {
    if (!sees(column)) return 'null'
    const mask = engine.maskFor({ resource: { elements: elements(`D.S.T.${column}`) }, user })
    if (mask === undefined) return 'clear'
    const type = mask.isCertain ? mask.item.dataMaskInfo.dataMaskType : 'MASK_NULL'
    return type === 'MASK_NONE'
      ? 'clear'
      : type === 'MASK_NULL' || (type === 'MASK_HASH' && column === 'B')
        ? 'null'
        : 'changed'
  }
  const filter = engine.filterFor({ resource: { elements: elements('D.S.T') }, user })
  const where = filter?.isCertain === true ? filter.write(filter.item.rowFilterInfo.filterExpr) : undefined
  const visible = filter === undefined ? rows : where === undefined ? [] : rows.filter(filters[where] ?? (() => false))
  return { maySelect: whole || sees('A') || sees('B'), visible, A: shown('A'), B: shown('B') }
}

const check = async (engine: RangerEngine, { notes }: DesiredAccess, user: string): Promise<void> => {
  const wanted = decided(engine, user)
  const found = await selected(user)
  if (found === undefined) {
    if (wanted.maySelect) expect([user, notes.length > 0]).toEqual([user, true])
    return
  }
  expect([user, wanted.maySelect]).toEqual([user, true])
  expect(found.length).toBeLessThanOrEqual(wanted.visible.length)
  if (found.length < wanted.visible.length) expect([user, notes.length > 0]).toEqual([user, true])
  if (found.length !== wanted.visible.length) return
  for (const column of ['A', 'B'] as const) {
    const values = found.map(row => row[column])
    const clear = wanted.visible.map(row => row[column])
    if (wanted[column] === 'null') expect([user, column, values]).toEqual([user, column, clear.map(() => null)])
    else if (values.every(value => value === null)) {
      if (values.length > 0) expect([user, column, notes.length > 0]).toEqual([user, column, true])
    } else if (wanted[column] === 'clear')
      expect([user, column, [...values].sort()]).toEqual([user, column, [...clear].sort()])
    // What is masked letter by letter, x and 1 stay as they are; the other values must not come through.
    else for (const value of clear) if (value !== 1 && value !== 'x') expect(values).not.toContain(value)
  }
}

it(
  'is what Ranger decides',
  async () => {
    let selecting = 0
    await fc.assert(
      fc.asyncProperty(anyWorld, async world => {
        const engine = engineOf(world)
        const desired = await sync(engine)
        for (const user of people) await check(engine, desired, user)
        selecting += people.filter(user => decided(engine, user).maySelect).length
      }),
      { numRuns: runs }
    )
    // Services in which nobody may do anything would show nothing.
    expect(selecting).toBeGreaterThan(runs / 4)
  },
  timeoutMs
)

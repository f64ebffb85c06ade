/**
 * What each user really selects from the local server equals what Ranger decides for them, or is less and said so: random services, synced one after another onto the same tables. More of them with
 * `RANGER_EFFECT_RUNS=2000`; others with `RANGER_EFFECT_SEED`, which is what a failure prints, with the path to it for `RANGER_EFFECT_PATH`.
 */
import fc from 'fast-check'
import { describeError, orThrow, ResourceReference } from 'on-demand-sync'
import type { DesiredAccess, Resource } from 'on-demand-sync'
import { compileRanger, createRangerEngine } from 'on-demand-sync/policies'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectorAccount } from '../../snowflake/connectorAccount.ts'
import { policySchema, startConnectorAccount } from '../../snowflake/connectorAccount.ts'
import type { Service } from './effect/anyService.ts'
import { anyService, everyUser, groupsOf, mappings, nowMs } from './effect/anyService.ts'
import type { Outcome, Row, Table } from './effect/expected.ts'
import { compare, expectedFor } from './effect/expected.ts'
import { snapshotOf } from './ranger.ts'

const runs = Number(process.env['RANGER_EFFECT_RUNS'] ?? 20)
const seed = Number(process.env['RANGER_EFFECT_SEED'] ?? 7)
const path = process.env['RANGER_EFFECT_PATH']
const timeoutMs = 120_000 + runs * 10_000

const columns = { K: 'NUMBER(38,0)', A: 'VARCHAR(20)', B: 'NUMBER(38,0)' }
const rows = [
  { K: 1, A: 'x', B: 42 },
  { K: 2, A: 'Ann', B: -12_345 },
  { K: 3, A: 'Żółw 77 Yy', B: 0 },
  { K: 4, A: "I'T", B: null }
]
const dated = ['2024-02-29', '1999-12-31', null, '2001-01-01']
const tables: ReadonlyArray<Table> = [
  {
    path: 'D.S.T',
    columns: { ...columns, C: 'DATE' },
    rows: rows.map((row, at) => ({ ...row, C: dated[at] ?? null }))
  },
  { path: 'D.S.U', columns: { ...columns, C: 'FLOAT' }, rows: rows.map((row, at) => ({ ...row, C: at / 2 })) },
  { path: 'D.X.T', columns, rows },
  { path: 'D.S.ann', columns, rows }
]
const roles = { steward: ['ann', 'bob', 'cat'], chief: ['ann', 'bob', 'cat', 'dan'] }
const quoted = (name: string): string =>
  name
    .split('.')
    .map(part => `"${part}"`)
    .join('.')
const literal = (value: Row[string] | undefined): string =>
  value === undefined || value === null
    ? 'NULL'
    : typeof value === 'number'
      ? String(value)
      : `'${value.replaceAll("'", "''")}'`
const setup = [
  ...['HR', 'IT', 'ALL', 'STEWARD', 'CHIEF', 'EVERYONE', 'BOTH'].map(role => `CREATE ROLE "${role}"`),
  'CREATE DATABASE D',
  'CREATE SCHEMA D.S',
  'CREATE SCHEMA D.X',
  ...tables.flatMap(table => [
    `CREATE TABLE ${quoted(table.path)} (${Object.entries(table.columns)
      .map(pair => pair.join(' '))
      .join(', ')})`,
    ...table.rows.map(
      row =>
        `INSERT INTO ${quoted(table.path)} SELECT ${Object.keys(table.columns)
          .map(name => literal(row[name]))
          .join(', ')}`
    )
  ]),
  ...everyUser.map(user => `CREATE USER "${user.toUpperCase()}" PASSWORD = 'pw' DEFAULT_SECONDARY_ROLES = ('ALL')`),
  ...everyUser.map(user => `GRANT ROLE EVERYONE TO USER "${user.toUpperCase()}"`)
]

let account: ConnectorAccount
const clients = new Map<string, SnowflakeClient>()

beforeAll(async () => {
  account = await startConnectorAccount(`${setup.join(';\n')};\n`)
  await account.openTo('D', 'S', 'X')
  for (const user of everyUser) {
    const inRoles = Object.entries(roles).flatMap(([role, members]) => (members.includes(user) ? [role] : []))
    const shared = inRoles.includes('steward') || groupsOf[user]?.includes('hr') === true ? ['both'] : []
    for (const role of [...(groupsOf[user] ?? []), ...inRoles, ...shared])
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
const references = tables.map(table => {
  const [database = '', schema = '', name = ''] = table.path.split('.')
  return ResourceReference.table(database, schema, name)
})

/** Makes the account agree with the policies; what should hold and what could not be, by table. */
const sync = async (
  decide: (resource: Resource) => DesiredAccess
): Promise<ReadonlyMap<string, ReadonlyArray<string>>> => {
  const resources: Array<Resource> = []
  for await (const chunk of createSnowflakeResolver({ client: account.client }).resolve(references, { signal }))
    for (const answer of chunk) if (answer._tag === 'Found') resources.push(answer.resource)
  expect(resources.length).toBe(tables.length)
  const desired = resources.map(decide)
  const syncer = createSnowflakeSyncer({ client: account.client, policySchema })
  const plan = orThrow(await syncer.plan(desired, { signal })())
  const outcomes = orThrow(await syncer.apply(plan, { signal })())
  for (const { error } of outcomes) if (error !== undefined) throw new Error(describeError(error))
  return new Map(
    desired.map(({ resource: { name }, notes }, at) => [
      [name.database, name.schema, name.table].join('.'),
      [...notes, ...(outcomes[at]?.notes ?? [])]
    ])
  )
}

const plain = (value: unknown): Row[string] =>
  value instanceof Date ? value.toISOString().slice(0, 10) : ((value ?? null) as Row[string])

/** Undefined: no access. */
const selected = async (user: string, table: Table): Promise<ReadonlyArray<Row> | undefined> => {
  const names = Object.keys(table.columns)
  const sql = `SELECT ${names.join(', ')} FROM ${quoted(table.path)}`
  const answer = await clients.get(user)!.query({ sql, operation: 'SELECT', object: table.path, needs: [] })()
  if (answer._tag === 'Right')
    return answer.right.map(row => Object.fromEntries(names.map(name => [name, plain(row[name])])))
  // Anything but a missing right is a mask or a filter that does not work.
  const { _tag } = answer.left
  if (_tag !== 'NotFound' && _tag !== 'NotAuthorized')
    throw new Error(`${user} on ${table.path}: ${describeError(answer.left)}`)
  return undefined
}

const engineOf = ({ world }: Service) => createRangerEngine(snapshotOf(world), { clock: { now: () => nowMs } })
const counts: Record<Outcome | 'selecting', number> = { 'the same': 0, less: 0, more: 0, selecting: 0 }

const check = async (service: Service): Promise<void> => {
  const engine = engineOf(service)
  const managed = {
    roles: ['HR', 'IT', 'ALL', 'STEWARD', 'CHIEF', 'EVERYONE', 'BOTH'],
    users: everyUser.map(name => name.toUpperCase())
  }
  const principals = mappings[service.mapping]
  const notes = await sync(compileRanger(engine, { managed, principals }))
  for (const table of tables)
    for (const user of everyUser) {
      const expected = expectedFor(engine, user, table)
      const found = await selected(user, table)
      const outcome = compare(found, expected)
      const said = notes.get(table.path) ?? []
      const where = JSON.stringify({ user, table: table.path, found, expected, said })
      expect(outcome, where).not.toBe('more')
      if (outcome === 'less' || (expected.isNarrowed && expected.rows.length > 0)) expect(said, where).not.toEqual([])
      counts[outcome] += 1
      if (expected.maySelect) counts.selecting += 1
    }
}

it(
  'is what Ranger decides',
  async () => {
    await fc.assert(fc.asyncProperty(anyService, check), {
      numRuns: runs,
      seed,
      ...(path === undefined ? {} : { path, endOnFailure: true })
    })
    process.stdout.write(`seed ${seed}, ${runs} services: ${JSON.stringify(counts)}\n`)
    // Services in which nobody may do anything, or of which little comes through, would show nothing.
    if (path !== undefined) return
    expect(counts.selecting).toBeGreaterThan(runs)
    expect(counts.less).toBeLessThan(counts['the same'] / 4)
  },
  timeoutMs
)

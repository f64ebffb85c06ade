/** The small world of `accessWorld` on a server that enforces, and what everybody learns there by looking. */
import { createHash } from 'node:crypto'
import type { DesiredAccess } from 'on-demand-sync'
import { createMemoryPolicySyncer, orThrow, resourceKey } from 'on-demand-sync'
import { quoteName } from 'on-demand-sync/snowflake'
import type { Snapshot } from '../arbitrary/accessWorld.ts'
import { columns, roles, rows, snapshot as modelSnapshot, table, view } from '../arbitrary/accessWorld.ts'
import type { ConnectorAccount } from './connectorAccount.ts'
import { startConnectorAccount } from './connectorAccount.ts'

const signal = new AbortController().signal
const clear = (row: number, column: string) => `${column} of row ${row}`
const hashed = (text: string) => createHash('sha256').update(text).digest('hex')

/** The columns of both relations, as CREATE TABLE takes them. */
export const tableColumns = '(ID NUMBER(38,0), X VARCHAR, Y VARCHAR)'
/** Fills a table of them. */
export const fill = (name: string): string =>
  `INSERT INTO ${name} VALUES ${rows.map(row => `(${row}, '${clear(row, 'X')}', '${clear(row, 'Y')}')`).join(', ')}`

export const startWorldAccount = async (): Promise<ConnectorAccount> => {
  const account = await startConnectorAccount(`
${roles.map(role => `CREATE ROLE ${role};`).join('\n')}
CREATE DATABASE D; CREATE SCHEMA D.S;
CREATE TABLE D.S.T ${tableColumns}; ${fill('D.S.T')};
CREATE VIEW D.S.V AS SELECT ID, X, Y FROM D.S.T;
`)
  await account.openTo('D', 'S')
  return account
}

/** What a value that somebody was shown tells of the stored one, in the model's terms. */
const factsIn = (shown: unknown, stored: string): ReadonlyArray<string> => {
  if (shown === stored) return ['hash', 'ends', 'clear']
  if (shown === hashed(stored)) return ['hash']
  return shown === `${'*'.repeat(stored.length - 4)}${stored.slice(-4)}` ? ['ends'] : []
}

const learns = async (
  { snowflake }: ConnectorAccount,
  role: string,
  relation: typeof table
): Promise<ReadonlySet<string>> => {
  const selected = await snowflake
    .execute(`SELECT ID, X, Y FROM ${quoteName(relation.name)}`, { role })
    .catch((error: unknown) => {
      if ((error as { readonly code?: string }).code !== '002003') throw error
      return []
    })
  const learnt = new Set<string>()
  for (const row of selected) {
    const id = Number(row['ID'])
    learnt.add(`${id}`)
    for (const column of columns)
      for (const fact of factsIn(row[column], clear(id, column))) learnt.add(`${id}.${column} ${fact}`)
  }
  return learnt
}

/** Every role looks at everything. */
export const look = async (account: ConnectorAccount): Promise<Snapshot> => {
  const seen = new Map<string, ReadonlySet<string>>()
  for (const on of [table, view])
    for (const role of roles) seen.set(`${role} on ${resourceKey(on.name)}`, await learns(account, role, on))
  return seen
}

/** What the model says that everybody learns in a state. */
export const expected = async (desired: ReadonlyArray<DesiredAccess>): Promise<Snapshot> => {
  const model = createMemoryPolicySyncer()
  orThrow(await model.apply(orThrow(await model.plan(desired, { signal })()), { signal })())
  return modelSnapshot(model.accessOf)
}

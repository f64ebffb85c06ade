/** The audit table against the published suite, and what is special about it. */
import type { AuditRecord } from 'on-demand-sync'
import { createSnowflakeAuditSink, qualify } from 'on-demand-sync/snowflake'
import { auditSinkContract, sampleAuditRecord } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConnectorAccount } from './connectorAccount.ts'
import { startConnectorAccount } from './connectorAccount.ts'

let account: ConnectorAccount
beforeAll(async () => {
  account = await startConnectorAccount(`
CREATE SCHEMA GOVERNANCE.AUDIT;
GRANT USAGE, CREATE TABLE ON SCHEMA GOVERNANCE.AUDIT TO ROLE POLICY_SYNC;`)
})
afterAll(async () => {
  await account.stop()
})

/** The table belongs to the role that made it; an administrator outside that role's line does not see its rows. */
const asOwner = (sql: string) => account.snowflake.execute(sql, { role: 'POLICY_SYNC' })

let tables = 0
const make = () => {
  tables += 1
  const table = { database: 'GOVERNANCE', schema: 'AUDIT', table: `sync "${tables}"` }
  const open = (maxRecordsPerStatement = 200) =>
    createSnowflakeAuditSink({ client: account.client, table, maxRecordsPerStatement })
  const name = qualify(table.database, table.schema, table.table)
  const read = async (): Promise<ReadonlyArray<AuditRecord>> => {
    const there = await account.admin(`SHOW TABLES LIKE '${table.table}' IN SCHEMA GOVERNANCE.AUDIT`)
    if (there.length === 0) return []
    const rows = await asOwner(`SELECT TO_JSON(RECORD) AS R FROM ${name}`)
    return rows.map(row => JSON.parse(row['R'] as string) as AuditRecord)
  }
  return { table, name, open, read }
}

describe('Snowflake audit sink', () => {
  const cases = auditSinkContract({
    make: () => {
      const { open, read } = make()
      return Promise.resolve({ sink: open(), read, reopen: () => Promise.resolve(open()) })
    }
  })
  for (const { name, run } of cases) it(name, run, 120_000)

  it('has the main fields as columns', async () => {
    const { open, name } = make()
    const sink = open()
    await sink.append([sampleAuditRecord(7, { status: 'FAILED', reason: 'it\'s \\ "bad"' })])()
    await sink.flush()()
    const [row] = await asOwner(`SELECT HUB, SEQUENCE_NUMBER, STATUS, REASON, TASK_ID FROM ${name}`)
    expect(row).toEqual({
      HUB: 'tasks',
      SEQUENCE_NUMBER: 7,
      STATUS: 'FAILED',
      REASON: 'it\'s \\ "bad"',
      TASK_ID: 't-7'
    })
  })

  it('keeps what a failed flush could not write, and writes it once', async () => {
    const { open, read } = make()
    const sink = open(2)
    await sink.append([1, 2, 3, 4, 5].map(number => sampleAuditRecord(number)))()
    account.snowflake.faults.add({ sql: 'MERGE', skip: 1, count: 1, fault: { kind: 'error', code: '000625' } })
    expect(await sink.flush()()).toMatchObject({ left: { _tag: 'AuditFailed' } })
    account.snowflake.faults.clear()
    expect(await read()).toHaveLength(2)
    expect(await sink.flush()()).toMatchObject({ _tag: 'Right' })
    expect((await read()).map(({ position }) => position.sequenceNumber).sort()).toEqual([1, 2, 3, 4, 5])
  })

  it('writes one row per event, though two hosts have it', async () => {
    const { open, read } = make()
    const [one, other] = [open(), open()]
    for (const sink of [one, other]) await sink.append([sampleAuditRecord(1), sampleAuditRecord(2)])()
    await one.flush()()
    await other.flush()()
    expect(await read()).toHaveLength(2)
  })

  it('tells a hub that was made anew from an event delivered again', async () => {
    const { open, read } = make()
    const sink = open()
    await sink.append([sampleAuditRecord(1), sampleAuditRecord(1, { enqueuedAt: '2030-01-01T00:00:00.000Z' })])()
    await sink.flush()()
    expect(await read()).toHaveLength(2)
  })

  it('says which privilege is missing', async () => {
    const sink = createSnowflakeAuditSink({
      client: account.client,
      table: { database: 'GOVERNANCE', schema: 'ON_DEMAND_SYNC', table: 'T' }
    })
    await sink.append([sampleAuditRecord(1)])()
    expect(await sink.flush()()).toMatchObject({
      left: { detail: expect.stringContaining('CREATE TABLE on the schema') as string }
    })
  })
})

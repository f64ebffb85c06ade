/** From an edit in Ranger Admin to what people see: the whole way, over the pipeline and the local server. */
import {
  createMemoryAuditSink,
  createMemoryEventSource,
  createOnDemandSync,
  createSyncRequest,
  describeReference,
  ResourceReference
} from 'on-demand-sync'
import type { AuditRecord, SyncRequest } from 'on-demand-sync'
import {
  createRangerAdminSource,
  createRangerPolicySource,
  onSnapshotDifference,
  toSyncRequests,
  withHeldNotes
} from 'on-demand-sync/policies'
import type { RangerSourceEvent } from 'on-demand-sync/policies'
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient, createSnowflakeResolver, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { ConnectorAccount } from '../../../snowflake/connectorAccount.ts'
import { policySchema, startConnectorAccount } from '../../../snowflake/connectorAccount.ts'
import type { World } from '../ranger.ts'
import { policy } from '../ranger.ts'
import { createRangerAdminStandIn } from './RangerAdminStandIn.ts'

const setup = `
CREATE ROLE HR; CREATE ROLE IT;
CREATE DATABASE SHOP;
CREATE TABLE SHOP.PUBLIC.PEOPLE (ID NUMBER(5,0), SALARY NUMBER(10,0));
INSERT INTO SHOP.PUBLIC.PEOPLE SELECT 1, 100;
CREATE TABLE SHOP.PUBLIC.ORDERS (ID NUMBER(5,0));
CREATE USER ANN PASSWORD = 'pw' DEFAULT_ROLE = HR; GRANT ROLE HR TO USER ANN;
CREATE USER BOB PASSWORD = 'pw' DEFAULT_ROLE = IT; GRANT ROLE IT TO USER BOB;
`
const timeoutMs = 120_000
const url = 'https://ranger.example.com'

let account: ConnectorAccount
const people = new Map<string, SnowflakeClient>()
beforeAll(async () => {
  account = await startConnectorAccount(setup)
  await account.openTo('SHOP', 'PUBLIC')
  for (const username of ['ANN', 'BOB'])
    people.set(
      username,
      createSnowflakeClient({
        account: account.snowflake.account,
        accessUrl: account.snowflake.accessUrl,
        username,
        credentials: { password: 'pw' },
        warehouse: 'COMPUTE_WH'
      })
    )
}, timeoutMs)
afterAll(async () => {
  for (const client of people.values()) await client.close()
  await account.stop()
}, timeoutMs)

/** The salary that somebody sees; undefined: the table is not theirs to see. */
const sees = async (username: string): Promise<unknown> => {
  const sql = 'SELECT SALARY FROM SHOP.PUBLIC.PEOPLE'
  const rows = await people.get(username)?.query({ sql, operation: 'SELECT', object: 'PEOPLE', needs: [] })()
  return rows?._tag === 'Right' ? rows.right.map(row => row['SALARY']) : undefined
}

const start = () => {
  const admin = createRangerAdminStandIn()
  const events: Array<RangerSourceEvent['type']> = []
  const source = createRangerAdminSource({
    url,
    serviceName: 'sf',
    fetch: admin.fetch,
    onEvent: ({ type }) => events.push(type)
  })
  const requests: Array<SyncRequest> = []
  onSnapshotDifference(source, {}, difference => requests.push(...toSyncRequests(difference, { databases: ['SHOP'] })))
  const policies = withHeldNotes(
    createRangerPolicySource({ source, managed: { roles: ['HR', 'IT'], users: [] } }),
    source
  )

  const sync = async (wanted: ReadonlyArray<SyncRequest>): Promise<ReadonlyArray<AuditRecord>> => {
    const audit = createMemoryAuditSink()
    const pipeline = createOnDemandSync({
      source: createMemoryEventSource(wanted.map(request => JSON.stringify(request))),
      resolver: createSnowflakeResolver({ client: account.client }),
      policies,
      syncer: createSnowflakeSyncer({ client: account.client, policySchema }),
      audit
    })
    await pipeline.start()
    await pipeline.done
    return audit.records()
  }
  /** One look, and the requests that came of it. */
  const look = async (): Promise<ReadonlyArray<SyncRequest>> => {
    await source.look()()
    return requests.splice(0)
  }
  return { admin, source, events, sync, look }
}

const named = (requests: ReadonlyArray<SyncRequest>): ReadonlyArray<string> =>
  requests.flatMap(({ requestInfo }) => requestInfo.resources.map(describeReference))

const forHr = policy('SHOP.PUBLIC.PEOPLE.*', { allow: ['g:hr select'] })
const forBoth = { ...forHr, policyItems: [{ groups: ['hr', 'it'], accesses: [{ type: 'select' }] }] }
const masked = policy('SHOP.PUBLIC.PEOPLE.SALARY', { masks: [['g:it', 'MASK_NULL']] })
const first: World = { policies: [forHr], users: { ann: ['hr'], bob: ['it'] } }
const edited: World = { ...first, policies: [forBoth, masked] }
const again = createSyncRequest({ resources: [ResourceReference.table('SHOP', 'PUBLIC', 'PEOPLE')] })

it(
  'an edit in Admin changes the grants; Admin away changes nothing; no policies at all change nothing until somebody says so',
  async () => {
    const { admin, source, events, sync, look } = start()
    admin.publish(first)
    const everything = await look()
    expect(named(everything)).toEqual(['database SHOP'])
    expect((await sync(everything)).map(({ status }) => status)).toEqual(['SUCCESS'])
    expect([await sees('ANN'), await sees('BOB')]).toEqual([[100], undefined])

    admin.publish(edited)
    const touched = await look()
    expect(named(touched)).toEqual(['table SHOP.PUBLIC.PEOPLE'])
    const [synced] = await sync(touched)
    expect([synced?.status, synced?.policyVersion]).toEqual(['SUCCESS', 'policies 2, roles 1, tags 1, users 1'])
    expect([await sees('ANN'), await sees('BOB')]).toEqual([[100], [null]])

    admin.trouble('policies', { unreachable: true })
    expect(await look()).toEqual([])
    const [unreached] = await sync([again])
    expect([unreached?.status, unreached?.statementCount, unreached?.policyVersion]).toEqual([
      'SUCCESS',
      0,
      'policies 2, roles 1, tags 1, users 1'
    ])
    expect([await sees('ANN'), await sees('BOB')]).toEqual([[100], [null]])
    admin.trouble('policies', undefined)

    admin.publish({ ...edited, policies: [] })
    expect(await look()).toEqual([])
    const [kept] = await sync([again])
    expect([kept?.status, kept?.statementCount]).toEqual(['SUCCESS', 0])
    expect(kept?.outcomes.flatMap(({ notes = [] }) => notes)).toEqual([
      'SHOP.PUBLIC.PEOPLE: newer policies are held back: no policies'
    ])
    expect([await sees('ANN'), await sees('BOB')]).toEqual([[100], [null]])

    const held = source.held()
    expect(held !== undefined && (await source.accept(held))).toBe(true)
    const gone = await look()
    expect(named(gone)).toEqual(['table SHOP.PUBLIC.PEOPLE'])
    const [revoked] = await sync(gone)
    expect(revoked?.outcomes.flatMap(({ notes = [] }) => notes)).toEqual([])
    expect([await sees('ANN'), await sees('BOB')]).toEqual([undefined, undefined])
    expect(events).toEqual([
      'snapshot in force',
      'snapshot in force',
      'download failed',
      'snapshot held',
      'snapshot in force',
      'snapshot unchanged'
    ])
    await source.stop()
  },
  timeoutMs
)

it(
  'a service without any policy at the start syncs nothing: the pipeline waits, and says why',
  async () => {
    const { admin, source, sync, look } = start()
    admin.publish({ ...first, policies: [] })
    await look()
    const audit = createMemoryAuditSink()
    const pipeline = createOnDemandSync({
      source: createMemoryEventSource([JSON.stringify(again)]),
      resolver: createSnowflakeResolver({ client: account.client }),
      policies: createRangerPolicySource({ source, managed: { roles: ['HR', 'IT'], users: [] } }),
      syncer: createSnowflakeSyncer({ client: account.client, policySchema }),
      audit
    })
    const waiting = new Promise<string>(resolve => {
      pipeline.on(event => {
        if (event.type === 'waiting') resolve(JSON.stringify(event.error))
      })
    })
    await pipeline.start()
    expect(await waiting).toContain('a snapshot is held back and must be accepted: no policies')
    expect(audit.records()).toEqual([])
    admin.publish(first)
    await look()
    await pipeline.done
    expect(audit.records().map(({ status }) => status)).toEqual(['SUCCESS'])
    expect([await sees('ANN'), await sync([again])]).toMatchObject([[100], [{ statementCount: 0 }]])
    await source.stop()
  },
  timeoutMs
)

/**
 * Promise 9, and a quiet driver: a whole pipeline runs in a process of its own through success, refusal and failure; nothing it prints, records, throws or leaves behind holds a
 * secret or a row value, and the driver leaves no file.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { startLocalEventHubs, startLocalSnowflake } from 'on-demand-sync/testing'
import { expect, it } from 'vitest'
import { EventHubProducerClient } from '@azure/event-hubs'

const rowValue = 'ROW-VALUE-4711'
const password = 'PASSWORD-0815'
const payloadSecret = 'PAYLOAD-SECRET-2342'

it('no secret and no row value gets out, and no file stays', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'secrets-'))
  await using hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 1 } } })
  await using snowflake = await startLocalSnowflake({
    users: [
      { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' },
      { name: 'SYNC', password, defaultRole: 'ACCOUNTADMIN' }
    ],
    setup: `CREATE ROLE ANALYST; CREATE DATABASE D; CREATE DATABASE GOV; CREATE SCHEMA GOV.ODS; CREATE TABLE D.PUBLIC.T (C VARCHAR, N NUMBER);
INSERT INTO D.PUBLIC.T VALUES ('${rowValue}', 1)`
  })
  const connectionString = hubs.connectionString('tasks')
  const key = /SharedAccessKey=([^;]+)/.exec(connectionString)?.[1] ?? ''
  expect(key.length).toBeGreaterThan(10)

  const task = (values: object, more: object = {}) => ({
    id: 't',
    type: 'RESOURCE_SYNC',
    appType: 'PS_CONNECTOR',
    appSubType: 'SNOWFLAKE',
    requestInfo: { resources: [{ type: 'table', values }] },
    ...more
  })
  const table = { database: 'D', schema: 'PUBLIC', table: 'T' }
  const bodies: ReadonlyArray<unknown> = [
    task(table, { token: payloadSecret }),
    task({ ...table, table: 'NOT_THERE' }, { extra: { password: payloadSecret } }),
    task({ ...table, unknown: payloadSecret, database: 7 }),
    task(table, { appType: payloadSecret }),
    `{"not json": "${payloadSecret}"`
  ]
  const producer = new EventHubProducerClient(connectionString)
  await producer.sendBatch(
    bodies.map(body => ({ body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }))
  )
  await producer.close()

  // The statement that sets the filter fails on the server, with a message that quotes a value.
  snowflake.faults.add({
    sql: 'ADD ROW ACCESS POLICY',
    fault: {
      kind: 'error',
      code: '100038',
      sqlState: '22018',
      message: `Numeric value '${rowValue}' is not recognized`
    }
  })
  snowflake.faults.add({
    path: '/queries/v1/query-request',
    skip: 2,
    count: 1,
    fault: { kind: 'reset', when: 'after' }
  })
  const document = `version: 1
managed: { roles: ANALYST }
grants: [{ to: ANALYST, on: D.PUBLIC.*, privileges: select }]
masks: [{ columns: D.PUBLIC.*.C, for: everyone, as: null }]
rowFilters: [{ on: D.PUBLIC.*, for: everyone, where: N > 0 }]`
  await writeFile(join(folder, 'policies.yaml'), document)

  const main = resolve('test/snowflake/secretsHost.ts')
  const tsx = resolve('node_modules/tsx/dist/loader.mjs')
  const environment = {
    ...process.env,
    TSX_TSCONFIG_PATH: resolve('tsconfig.json'),
    EVENT_HUBS: connectionString,
    ACCESS_URL: snowflake.accessUrl,
    SNOWFLAKE_PASSWORD: password
  }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', tsx, main], {
    cwd: folder,
    env: environment,
    maxBuffer: 64 * 1024 * 1024
  })

  // It did what it was to do, and told of it.
  expect(stdout).toContain('"status":"FAILED"')
  expect(stdout).toContain('"status":"SKIPPED"')
  expect(stdout).toContain('LoginRefused')
  const left = (await readdir(folder)).sort()
  expect(left).toEqual(['audit.jsonl', 'checkpoints.json', 'policies.yaml'])
  const texts = [stdout, stderr, ...(await Promise.all(left.map(file => readFile(join(folder, file), 'utf8'))))]
  for (const text of texts)
    for (const secret of [rowValue, password, payloadSecret, key, 'WRONG-PASSWORD']) expect(text).not.toContain(secret)
  // The driver logs nothing: what is printed is the host's own lines.
  expect(stderr).toBe('')
  for (const line of stdout.trim().split('\n')) expect(() => void JSON.parse(line)).not.toThrow()
})

import { readFileSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as E from 'fp-ts/lib/Either.js'
import { describeFault, loadConfiguration, orThrow, readConfiguration } from 'on-demand-sync'
import { describe, expect, it } from 'vitest'
import { configurationTable } from './configurationTable.ts'

const secret = 'S3CR3T'
const connectionString = `Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=${secret}`
const base = {
  CONNECTOR_ON_DEMAND_V2_ENABLED: 'true',
  CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'true',
  CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: connectionString,
  CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_NAME: 'tasks'
}
const snowflake = {
  CONNECTOR_SNOWFLAKE_JDBC_URL: 'jdbc:snowflake://org-acc.snowflakecomputing.com/?warehouse=W&role=R',
  CONNECTOR_SNOWFLAKE_JDBC_USERNAME: 'SYNC',
  CONNECTOR_SNOWFLAKE_JDBC_PASSWORD: secret
}
const read = (raw: Record<string, unknown>) => orThrow(readConfiguration(raw))
const faults = (raw: Record<string, unknown>) => {
  const result = readConfiguration(raw)
  return E.isLeft(result) ? result.left.faults.map(describeFault) : []
}

describe('configuration', () => {
  it('has the documented defaults', () => {
    const { configuration, warnings } = read(base)
    expect(configuration).toMatchObject({
      enabled: true,
      eventHub: { enabled: true, eventHubName: 'tasks', consumerGroup: '$Default' },
      batch: { maxItems: 50, timeoutMs: 5_000 },
      queue: { capacity: 100 },
      api: { enabled: false, externalAccess: false },
      managed: { databases: { include: [], exclude: [] } }
    })
    expect(configuration.snowflake).toBeUndefined()
    expect(warnings).toEqual([])
  })

  it('reads every property', () => {
    const { configuration, warnings } = read({
      ...base,
      ...snowflake,
      CONNECTOR_ON_DEMAND_V2_AZURE_CONSUMER_GROUP: 'sync',
      CONNECTOR_ON_DEMAND_V2_BATCH_SIZE: 10,
      CONNECTOR_ON_DEMAND_V2_BATCH_TIMEOUT_MS: '0',
      CONNECTOR_ON_DEMAND_V2_QUEUE_THRESHOLD: '7',
      CONNECTOR_SNOWFLAKE_LOAD_RESOURCES_KEY: 'load_multi_thread',
      CONNECTOR_SNOWFLAKE_API_SERVER_ENABLED: true,
      CONNECTOR_SNOWFLAKE_EXTERNAL_ACCESS_ENABLED: 'TRUE',
      CONNECTOR_SNOWFLAKE_ROLE_TO_USE: 'SYNC_ROLE',
      CONNECTOR_SNOWFLAKE_MANAGE_DATABASE_LIST: 'sales_*, hr',
      CONNECTOR_SNOWFLAKE_IGNORE_TABLE_LIST: ['a.b.c', 'a.b.d*'],
      ON_DEMAND_SYNC_POLICY_FILE: 'p.yaml',
      ON_DEMAND_SYNC_POLICY_DATABASE: 'GOV',
      ON_DEMAND_SYNC_POLICY_SCHEMA: 'ODS'
    })
    expect(warnings.map(describeFault)).toEqual([
      'CONNECTOR_SNOWFLAKE_API_SERVER_ENABLED: has no effect: nothing listens for requests over HTTP, they come from Event Hubs alone'
    ])
    expect(configuration).toMatchObject({
      eventHub: { consumerGroup: 'sync' },
      batch: { maxItems: 10, timeoutMs: 0 },
      queue: { capacity: 7 },
      api: { enabled: true, externalAccess: true },
      snowflake: {
        account: 'org-acc',
        accessUrl: 'https://org-acc.snowflakecomputing.com',
        username: 'SYNC',
        role: 'SYNC_ROLE',
        warehouse: 'W'
      },
      managed: { databases: { include: ['sales_*', 'hr'] }, tables: { exclude: ['a.b.c', 'a.b.d*'] } },
      policyFile: 'p.yaml',
      policySchema: { database: 'GOV', schema: 'ODS' }
    })
    expect(configuration.snowflake?.password?.reveal()).toBe(secret)
  })

  it('takes policies from a document or from Ranger, not from both, and shows no password', () => {
    const ranger = { ON_DEMAND_SYNC_RANGER_FILE: 'ranger.yaml', ON_DEMAND_SYNC_RANGER_PASSWORD: secret }
    const { configuration, warnings } = read({ ...base, ...ranger })
    expect([configuration.rangerFile, configuration.rangerPassword?.reveal()]).toEqual(['ranger.yaml', secret])
    expect(warnings).toEqual([])
    for (const printed of [JSON.stringify(configuration), inspect(configuration, { depth: 9, showHidden: true })])
      expect(printed).not.toContain(secret)
    expect(faults({ ...base, ...ranger, ON_DEMAND_SYNC_POLICY_FILE: 'policies.yaml' })).toEqual([
      'ON_DEMAND_SYNC_RANGER_FILE: must not be given together with ON_DEMAND_SYNC_POLICY_FILE'
    ])
  })

  it.each([
    ['CONNECTOR_SNOWFLAKE_ON_DEMAND_V2_ENABLED', 'CONNECTOR_ON_DEMAND_V2_ENABLED', 'false'],
    ['CONNECTOR_SNOWFLAKE_ON_DEMAND_V2_BATCH_SIZE', 'CONNECTOR_ON_DEMAND_V2_BATCH_SIZE', '9']
  ])('reads %s for %s, and refuses both when they differ', (other, usual, value) => {
    const rest = Object.fromEntries(Object.entries(base).filter(([name]) => name !== usual))
    expect(faults({ ...rest, [other]: value })).toEqual([])
    expect(faults({ ...rest, [other]: value, [usual]: value })).toEqual([])
    expect(faults({ ...rest, [other]: value, [usual]: '1' })).toEqual([
      expect.stringContaining(`${usual}: must not differ from ${other}`) as string
    ])
  })

  it('reports all faults at once, and repeats no value', () => {
    const found = faults({
      CONNECTOR_ON_DEMAND_V2_ENABLED: secret,
      CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'true',
      CONNECTOR_ON_DEMAND_V2_BATCH_SIZE: '0',
      CONNECTOR_ON_DEMAND_V2_BATCH_TIMEOUT_MS: '-1',
      CONNECTOR_SNOWFLAKE_ON_DEMAND_V2_QUEUE_THRESHOLD: '1e3',
      CONNECTOR_SNOWFLAKE_JDBC_URL: `jdbc:${secret}`,
      ON_DEMAND_SYNC_POLICY_SCHEMA: 'X'
    })
    expect(found).toEqual([
      'CONNECTOR_ON_DEMAND_V2_ENABLED: must be true or false',
      'CONNECTOR_ON_DEMAND_V2_BATCH_SIZE: must be a whole number of at least 1',
      'CONNECTOR_ON_DEMAND_V2_BATCH_TIMEOUT_MS: must be a whole number of at least 0',
      'CONNECTOR_SNOWFLAKE_ON_DEMAND_V2_QUEUE_THRESHOLD: must be a whole number of at least 1',
      'CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: must be given when Event Hubs is on',
      expect.stringContaining('CONNECTOR_SNOWFLAKE_JDBC_URL: must look like jdbc:snowflake://') as string,
      'ON_DEMAND_SYNC_POLICY_DATABASE: must be given together with the policy schema'
    ])
    expect(found.join()).not.toContain(secret)
  })

  it('asks for what is required, and only then', () => {
    expect(faults({})).toEqual([
      'CONNECTOR_ON_DEMAND_V2_ENABLED: must be given: true or false',
      'CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: must be given: true or false'
    ])
    const nameless = Object.fromEntries(Object.entries(base).filter(([name]) => !name.endsWith('EVENT_HUB_NAME')))
    expect(faults(nameless)).toEqual([expect.stringContaining('AZURE_EVENT_HUB_NAME: must be given') as string])
    expect(
      faults({ ...nameless, CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING: `${connectionString};EntityPath=tasks` })
    ).toEqual([])
    expect(faults({ ...nameless, CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED: 'false' })).toEqual([])
    expect(faults({ ...base, CONNECTOR_SNOWFLAKE_JDBC_URL: snowflake.CONNECTOR_SNOWFLAKE_JDBC_URL })).toHaveLength(2)
    expect(faults({ ...base, ...snowflake, ON_DEMAND_SYNC_PRIVATE_KEY_FILE: 'key.pem' })).toEqual([
      expect.stringContaining('not both') as string
    ])
  })

  it('warns of names under our prefixes that nobody reads', () => {
    const { warnings } = read({
      ...base,
      CONNECTOR_ON_DEMAND_V2_BATCHSIZE: '5',
      CONNECTOR_SNOWFLAKE_MANAGE_USERS: 'true',
      PATH: '/bin'
    })
    expect(warnings.map(({ path }) => path)).toEqual([
      'CONNECTOR_ON_DEMAND_V2_BATCHSIZE',
      'CONNECTOR_SNOWFLAKE_MANAGE_USERS'
    ])
  })

  it('refuses an entry of a list that could match nothing, so that nobody takes it for a protection', () => {
    const list = (name: string, value: unknown) => faults({ ...base, [`CONNECTOR_SNOWFLAKE_${name}_LIST`]: value })
    for (const [name, value] of [
      ['IGNORE_SCHEMA', 'HR.PUBLIC, PUBLIC'],
      ['MANAGE_SCHEMA', ['PUBLIC']],
      ['IGNORE_TABLE', 'PUBLIC.SALARIES'],
      ['MANAGE_TABLE', 'SALARIES'],
      ['IGNORE_DATABASE', ['HR', { SALES: null }]],
      ['IGNORE_DATABASE', ['HR', '']],
      ['IGNORE_DATABASE', { HR: 'SALES' }]
    ] as const)
      expect(list(name, value)).toEqual([
        expect.stringContaining(`CONNECTOR_SNOWFLAKE_${name}_LIST: must be a list of names`) as string
      ])
    for (const [name, value] of [
      ['IGNORE_SCHEMA', 'HR.PUBLIC,*.SECRET, TEST_*'],
      ['IGNORE_TABLE', ['A.B.C', 'A.*', '*']],
      ['IGNORE_DATABASE', 'A.B, HR,'],
      ['IGNORE_DATABASE', '']
    ] as const)
      expect(list(name, value)).toEqual([])
    const { configuration } = read({ ...base, CONNECTOR_SNOWFLAKE_IGNORE_DATABASE_LIST: ['A,B', 'C'] })
    expect(configuration.managed.databases.exclude).toEqual(['A,B', 'C'])
  })

  it('shows no secret in any printed form', () => {
    const result = read({ ...base, ...snowflake })
    const printed = [
      JSON.stringify(result),
      inspect(result, { depth: 9, showHidden: true }),
      String(result.configuration.snowflake?.password),
      result.configuration.eventHub.connectionString?.toString() ?? ''
    ]
    for (const text of printed) expect(text).not.toContain(secret)
  })

  it('reads a YAML file, over which the environment wins', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'configuration-')), 'properties.yaml')
    await writeFile(
      file,
      Object.entries({ ...base, CONNECTOR_ON_DEMAND_V2_BATCH_SIZE: 10, CONNECTOR_ON_DEMAND_V2_QUEUE_THRESHOLD: 20 })
        .map(([k, v]) => `${k}: ${JSON.stringify(v)}`)
        .join('\n')
    )
    const { configuration } = await loadConfiguration({ file, env: { CONNECTOR_ON_DEMAND_V2_BATCH_SIZE: '11' } })
    expect([configuration.batch.maxItems, configuration.queue.capacity]).toEqual([11, 20])
    await writeFile(file, `a: "${secret}`)
    await expect(loadConfiguration({ file, env: {} })).rejects.toThrow(`${file}: line 1, column 11: must be YAML`)
    await writeFile(file, '[1]')
    await expect(loadConfiguration({ file, env: {} })).rejects.toThrow('must hold one property per key')
    await expect(loadConfiguration({ file: `${file}.not`, env: {} })).rejects.toThrow('must be a file that can be read')
  })
})

describe('a file of properties', () => {
  const write = async (text: string) => {
    const file = join(await mkdtemp(join(tmpdir(), 'configuration-')), 'properties.yaml')
    await writeFile(file, text)
    return file
  }
  const written = Object.entries(base)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`)
    .join('')

  it('is overruled by the environment under either spelling, and not by what is empty there', async () => {
    const file = await write(
      `${written}CONNECTOR_ON_DEMAND_V2_BATCH_SIZE: 10\nCONNECTOR_SNOWFLAKE_ON_DEMAND_V2_QUEUE_THRESHOLD: 10\nCONNECTOR_SNOWFLAKE_IGNORE_DATABASE_LIST: HR\n`
    )
    const env = {
      CONNECTOR_SNOWFLAKE_ON_DEMAND_V2_BATCH_SIZE: '20',
      CONNECTOR_ON_DEMAND_V2_QUEUE_THRESHOLD: '20',
      CONNECTOR_SNOWFLAKE_IGNORE_DATABASE_LIST: ''
    }
    const { configuration } = await loadConfiguration({ file, env })
    expect([configuration.batch.maxItems, configuration.queue.capacity]).toEqual([20, 20])
    expect(configuration.managed.databases.exclude).toEqual(['HR'])
  })

  it('says what it says: no number and no boolean is read into a password or a name', async () => {
    for (const text of ['012345', '12345678901234567890', '1e10', '0x1F', '+5', '1.10', 'True', '2024-01-01']) {
      const file = await write(
        `${written}CONNECTOR_SNOWFLAKE_JDBC_URL: ${snowflake.CONNECTOR_SNOWFLAKE_JDBC_URL}\nCONNECTOR_SNOWFLAKE_JDBC_USERNAME: ${text}\nCONNECTOR_SNOWFLAKE_JDBC_PASSWORD: ${text}\nCONNECTOR_SNOWFLAKE_IGNORE_DATABASE_LIST: [${text}]\n`
      )
      const { configuration } = await loadConfiguration({ file, env: {} })
      expect([configuration.snowflake?.username, configuration.snowflake?.password?.reveal()]).toEqual([text, text])
      expect(configuration.managed.databases.exclude).toEqual([text])
    }
  })

  it('is refused with the line, and without a word of it', async () => {
    for (const [text, rule] of [
      [`A: x\nB: ${secret}\nB: ${secret}\n`, 'line 3, column 1: must not have the same key twice'],
      [`A: x\nB: "${secret}\n`, 'line 3, column 1: must be YAML'],
      [`A: ${'['.repeat(20_000)}${secret}`, 'must be YAML'],
      [`A: &a [${secret}]\nB: [${'*a, '.repeat(1_000)}]\n`, 'must hold one property per key']
    ] as const) {
      const file = await write(text)
      const cause: unknown = await loadConfiguration({ file, env: {} }).catch((error: unknown) => error)
      expect(String(cause)).toContain(rule)
      expect(String(cause)).not.toContain(secret)
      expect(String(cause).length).toBeLessThan(500)
    }
  })
})

it('is documented as it is', () => {
  expect(readFileSync('docs/configuration.md', 'utf8')).toContain(configurationTable())
})

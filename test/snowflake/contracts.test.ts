/** The Snowflake resolver and syncer against the published suites, over the real driver. */
import type { Resource } from 'on-demand-sync'
import { createSnowflakeResolver, createSnowflakeSyncer, qualify } from 'on-demand-sync/snowflake'
import { catalogueOf, policySyncerContract, resourceResolverContract } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import type { ConnectorAccount } from './connectorAccount.ts'
import { policySchema, startConnectorAccount } from './connectorAccount.ts'

let account: ConnectorAccount
beforeAll(async () => {
  account = await startConnectorAccount()
})
afterAll(async () => {
  await account.stop()
})

const createAll = async (resources: ReadonlyArray<Resource>) => {
  for (const { kind, name } of resources) {
    const full = qualify(...[name.database, name.schema, name.table].filter(part => part !== undefined))
    if (kind === 'table') await account.admin(`CREATE OR REPLACE TABLE ${full} ("C" VARCHAR)`)
    else await account.admin(`CREATE ${kind.toUpperCase()} IF NOT EXISTS ${full}`)
  }
}

describe('Snowflake resolver', () => {
  const cases = resourceResolverContract({
    make: async tables => {
      const catalogue = catalogueOf(tables)
      await createAll(catalogue)
      for (const { kind, name } of catalogue) {
        if (kind === 'database') await account.openTo(name.database)
        if (kind === 'schema') await account.openTo(name.database, name.schema ?? '')
      }
      const databases = [...new Set(tables.map(({ database }) => database))]
      return {
        resolver: createSnowflakeResolver({ client: account.client }),
        teardown: async () => {
          for (const database of databases) await account.admin(`DROP DATABASE ${qualify(database)}`)
        }
      }
    }
  })
  for (const { name, run } of cases) it(name, run, 120_000)
})

describe('Snowflake syncer', () => {
  const cases = policySyncerContract({
    make: async () => {
      const roles = ['A', 'b "x"', 'STRANGER'] as const
      const resources = catalogueOf(['T', 'weird "U'].map(table => ({ database: 'SYNCED', schema: 'S', table })))
      await createAll(resources)
      for (const role of roles) await account.admin(`CREATE ROLE IF NOT EXISTS ${qualify(role)}`)
      await account.openTo('SYNCED', 'S')
      const tables = resources.filter(({ kind }) => kind === 'table')
      const [first, second] = tables as [Resource, Resource]
      const nameOf = ({ name }: Resource) => qualify(name.database, name.schema ?? '', name.table ?? '')
      return {
        syncer: createSnowflakeSyncer({ client: account.client, policySchema }),
        tables: [first, second] as const,
        roles,
        grantToStranger: async () => {
          await account.admin(`GRANT SELECT ON TABLE ${nameOf(first)} TO ROLE STRANGER`)
        },
        maySelect: async (role, table) => {
          const rows = await account.admin(`SHOW GRANTS ON TABLE ${nameOf(table)}`)
          const printed = /^[A-Z_]+$/.test(role) ? role : qualify(role)
          return rows.some(row => row['privilege'] === 'SELECT' && row['grantee_name'] === printed)
        },
        teardown: async () => {
          await account.admin('DROP DATABASE SYNCED')
        }
      }
    }
  })
  for (const { name, run } of cases) it(name, run, 120_000)
})

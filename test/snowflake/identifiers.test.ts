/** Promise 6: names are data. Whatever a name is made of, SQL sees one identifier, and it comes back as it was. */
import fc from 'fast-check'
import { exactPattern, qualify, quoteIdentifier, quoteText } from 'on-demand-sync/snowflake'
import { hostileNames } from 'on-demand-sync/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storedName } from '../arbitrary/syncRequest.ts'
import type { ConnectorAccount } from './connectorAccount.ts'
import { startConnectorAccount } from './connectorAccount.ts'

let account: ConnectorAccount
beforeAll(async () => {
  account = await startConnectorAccount('CREATE DATABASE NAMES;')
})
afterAll(async () => {
  await account.stop()
})

describe('names', () => {
  it('come back from Snowflake as they went in', async () => {
    const roundTrip = async (name: string) => {
      await account.admin(
        `CREATE OR REPLACE TABLE ${qualify('NAMES', 'PUBLIC', name)} (${quoteIdentifier(name)} NUMBER)`
      )
      const shown = await account.admin(`SHOW TABLES LIKE ${exactPattern(name)} IN SCHEMA NAMES.PUBLIC`)
      expect(shown.map(row => row['name']).filter(each => each === name)).toEqual([name])
      const [column] = await account.admin(`DESCRIBE TABLE ${qualify('NAMES', 'PUBLIC', name)}`)
      expect(column?.['name']).toBe(name)
      await account.admin(`DROP TABLE ${qualify('NAMES', 'PUBLIC', name)}`)
    }
    for (const name of hostileNames) await roundTrip(name)
    await fc.assert(fc.asyncProperty(storedName, roundTrip), { numRuns: 300 })
  }, 120_000)

  it('are one token, whatever stands around them', () => {
    fc.assert(
      fc.property(storedName, name => {
        const quoted = quoteIdentifier(name)
        expect(quoted.startsWith('"') && quoted.endsWith('"')).toBe(true)
        expect(quoted.slice(1, -1).replaceAll('""', '').includes('"')).toBe(false)
        expect(quoted.slice(1, -1).replaceAll('""', '"')).toBe(name)
      }),
      { numRuns: 20_000 }
    )
  })

  it('match themselves and nothing else as a pattern', async () => {
    for (const name of ['A_B', 'AXB', 'A%B', 'A\\_B'])
      await account.admin(`CREATE TABLE ${qualify('NAMES', 'PUBLIC', name)} (X NUMBER)`)
    for (const name of ['A_B', 'A%B', 'A\\_B']) {
      const shown = await account.admin(`SHOW TABLES LIKE ${exactPattern(name)} IN SCHEMA NAMES.PUBLIC`)
      expect(shown.map(row => row['name'])).toEqual([name])
    }
  })

  it('and texts are literals that come back as they were', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(storedName, fc.constantFrom("it's", '\\', "\\'", 'a\\nb', '$$', "'; DROP TABLE x; --")),
        async text => {
          const [row] = await account.admin(`SELECT ${quoteText(text)} AS T`)
          expect(row?.['T']).toBe(text)
        }
      ),
      { numRuns: 200 }
    )
  })
})

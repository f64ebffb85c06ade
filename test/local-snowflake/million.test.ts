/** A catalogue of a million tables: it starts at once, and what is asked of one schema costs what one schema costs. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { codeOf, connectTo } from './client.ts'
import type { Client } from './client.ts'

let snowflake: LocalSnowflake
let client: Client

beforeAll(async () => {
  const before = performance.now()
  snowflake = await startLocalSnowflake({
    generate: { name: 'BIG', schemas: 100, tablesPerSchema: 10_000, columns: 'ID NUMBER, EMAIL VARCHAR(100)' },
    setup: `CREATE ROLE READER; CREATE DATABASE D; CREATE SCHEMA D.P;
      CREATE MASKING POLICY D.P.M AS (V VARCHAR) RETURNS VARCHAR -> '***';
      GRANT USAGE ON DATABASE BIG TO ROLE READER; GRANT USAGE ON SCHEMA BIG.S042 TO ROLE READER`
  })
  expect(performance.now() - before).toBeLessThan(5000)
  client = await connectTo(snowflake)
})
afterAll(async () => {
  await client.close()
  await snowflake.stop()
})

const names = async (sql: string): Promise<ReadonlyArray<unknown>> => (await client.rows(sql)).map(row => row['name'])

describe('SHOW', () => {
  test('finds one table by its name, its prefix or its pattern', async () => {
    expect(await names(`SHOW TABLES LIKE 'T00042' IN SCHEMA BIG.S001`)).toEqual(['T00042'])
    expect(await names(`SHOW TABLES LIKE 't\\\\_%' IN SCHEMA BIG.S001`)).toEqual([])
    expect(await names(`SHOW OBJECTS IN SCHEMA BIG.S001 STARTS WITH 'T0000'`)).toHaveLength(9)
    expect(await names(`SHOW TABLES LIKE 'T0999_' IN SCHEMA BIG.S100`)).toHaveLength(10)
    expect(await names(`SHOW TABLES LIKE '%9999' IN SCHEMA BIG.S100`)).toEqual(['T09999'])
    expect(await names(`SHOW TABLES LIKE 'T10001' IN SCHEMA BIG.S100`)).toEqual([])
    expect(await names(`SHOW TABLES LIKE 'T00007' IN DATABASE BIG`)).toHaveLength(100)
  })

  test('lists a whole schema, refuses a million without LIMIT, and pages through', async () => {
    const all = await names('SHOW TABLES IN SCHEMA BIG.S050')
    expect([all.length, all[0], all.at(-1)]).toEqual([10_000, 'T00001', 'T10000'])
    expect(await codeOf(client.rows('SHOW TABLES IN DATABASE BIG'))).toBe('090153')
    const page = await names(`SHOW TABLES IN SCHEMA BIG.S050 LIMIT 3 FROM 'T00500'`)
    expect(page).toEqual(['T00501', 'T00502', 'T00503'])
    expect(await names('SHOW SCHEMAS IN DATABASE BIG')).toHaveLength(102)
    const first = await client.rows(`SHOW TABLES IN ACCOUNT LIMIT 2 FROM 'T09999'`)
    expect(first.map(row => [row['schema_name'], row['name']])).toEqual([
      ['S001', 'T10000'],
      ['S002', 'T10000']
    ])
  })

  test('tells no more than 10,000: SHOW TABLES refuses, others leave out', async () => {
    await using two = await startLocalSnowflake({ generate: { schemas: 2, tablesPerSchema: 6000 } })
    expect(await two.execute('SHOW OBJECTS IN DATABASE GENERATED')).toHaveLength(10_000)
    expect(await two.execute('SHOW TABLES IN DATABASE GENERATED LIMIT 10000')).toHaveLength(10_000)
    expect(await codeOf(two.execute('SHOW TABLES IN DATABASE GENERATED'))).toBe('090153')
    expect(await codeOf(two.execute('SHOW TABLES IN DATABASE GENERATED LIMIT 10001'))).not.toBe('none')
    expect(await two.execute('SHOW COLUMNS IN SCHEMA GENERATED.S1')).toHaveLength(10_000)
  })

  test('asks INFORMATION_SCHEMA for single tables without walking the rest', async () => {
    const rows = await client.rows(
      `SELECT COLUMN_NAME AS C FROM BIG.INFORMATION_SCHEMA.COLUMNS
       WHERE TABLE_SCHEMA = 'S001' AND TABLE_NAME IN ('T00001', 'T99999') ORDER BY ORDINAL_POSITION`
    )
    expect(rows).toEqual([{ C: 'ID' }, { C: 'EMAIL' }])
  })
})

describe('a made-up table', () => {
  test('is a table like any other', async () => {
    await client.run(
      `INSERT INTO BIG.S042.T00001 VALUES (1, 'a@b')`,
      'ALTER TABLE BIG.S042.T00001 MODIFY COLUMN EMAIL SET MASKING POLICY D.P.M',
      'GRANT SELECT ON TABLE BIG.S042.T00001 TO ROLE READER',
      'ALTER TABLE BIG.S042.T00002 RENAME TO BIG.S042.RENAMED',
      'DROP TABLE BIG.S042.T00003',
      'CREATE TABLE BIG.S042.OWN (A INT)'
    )
    expect(await client.rows('SELECT * FROM BIG.S042.T00001')).toEqual([{ ID: 1, EMAIL: '***' }])
    const seen = await snowflake.execute('SHOW TABLES IN SCHEMA BIG.S042', { role: 'READER' })
    expect(seen.map(row => row['name'])).toEqual(['T00001'])
    const all = await names('SHOW TABLES IN SCHEMA BIG.S042')
    expect(all).toHaveLength(10_000)
    expect([all.includes('T00002'), all.includes('T00003'), all.includes('RENAMED'), all.includes('OWN')]).toEqual([
      false,
      false,
      true,
      true
    ])
    expect(await codeOf(client.rows('SELECT * FROM BIG.S042.T00003'))).toBe('002003')
  })

  test('keeps the grants that ON ALL gave it', async () => {
    await client.run('GRANT SELECT ON ALL TABLES IN SCHEMA BIG.S007 TO ROLE READER')
    const grants = await client.rows('SHOW GRANTS ON TABLE BIG.S007.T09999')
    expect(grants.map(row => [row['privilege'], row['grantee_name']])).toEqual([
      ['OWNERSHIP', 'ACCOUNTADMIN'],
      ['SELECT', 'READER']
    ])
    expect(await client.rows('SHOW GRANTS TO ROLE READER')).toHaveLength(10_003)
  })

  test('and numbers that cannot be are refused by name', async () => {
    await expect(startLocalSnowflake({ generate: { schemas: 0 } })).rejects.toThrow(
      /generate\.schemas must be a whole number/
    )
    await expect(startLocalSnowflake({ generate: { tablesPerSchema: 1.5 } })).rejects.toThrow(
      /generate\.tablesPerSchema/
    )
  })
})

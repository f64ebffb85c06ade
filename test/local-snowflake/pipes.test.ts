/** `a ->> b`: statements whose last SELECT reads the results of those before it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { connectTo } from './client.ts'
import type { Client } from './client.ts'

let snowflake: LocalSnowflake
let client: Client

beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    setup: `
      CREATE DATABASE D; CREATE SCHEMA D.S; CREATE ROLE READER;
      CREATE TABLE D.S.T (A NUMBER, "b c" VARCHAR);
      CREATE TABLE D.S.U (A NUMBER);
      CREATE MASKING POLICY D.S.M AS (V NUMBER) RETURNS NUMBER -> NULL;
      ALTER TABLE D.S.T MODIFY COLUMN A SET MASKING POLICY D.S.M;
      GRANT SELECT ON TABLE D.S.T TO ROLE READER`
  })
  client = await connectTo(snowflake)
})
afterAll(async () => {
  await client.close()
  await snowflake.stop()
})

interface NumberedRow {
  readonly '#': number
  readonly row: string
}

const numbered = async (sql: string): Promise<ReadonlyArray<readonly [number, Record<string, unknown>]>> =>
  ((await client.rows(sql)) as unknown as ReadonlyArray<NumberedRow>).map(row => [
    row['#'],
    JSON.parse(row.row) as Record<string, unknown>
  ])

const references = (table: string): string =>
  `TABLE(D.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => '${table}', REF_ENTITY_DOMAIN => 'TABLE'))`

const object = (index: number, from: string): string =>
  `SELECT ${index} AS "#", TO_JSON(OBJECT_CONSTRUCT(*)) AS "row" FROM ${from}`

/** Every statement's rows as objects, numbered in the order of the statements. */
const chained = (statements: ReadonlyArray<string>): string =>
  [...statements, statements.map((_, i) => object(i, `$${statements.length - i}`)).join(' UNION ALL ')].join(' ->> ')

describe('rows as objects', () => {
  test('have the names of the columns as keys, and leave NULLs out', async () => {
    const [first, second] = await numbered(chained(['SHOW GRANTS ON TABLE D.S.T', 'DESCRIBE TABLE D.S.T']))
    expect(first?.[0]).toBe(0)
    expect(first?.[1]).toMatchObject({
      privilege: 'OWNERSHIP',
      granted_on: 'TABLE',
      name: 'D.S.T',
      grant_option: 'true'
    })
    const described = (await numbered(chained(['DESCRIBE TABLE D.S.T', 'SHOW ROLES']))).slice(0, 2)
    expect(second?.[0]).toBe(0)
    expect(described.map(([, row]) => [row['name'], row['policy name'], 'default' in row])).toEqual([
      ['A', 'D.S.M', false],
      ['b c', undefined, false]
    ])
  })

  test('agree with the rows themselves', async () => {
    for (const statement of ['SHOW GRANTS ON TABLE D.S.T', 'SHOW TABLES IN SCHEMA D.S', 'DESCRIBE TABLE D.S.T']) {
      const rows = await client.rows(statement, undefined, { fetchAsString: ['Number', 'Date'] })
      const objects = await numbered(`${statement} ->> ${object(0, '$1')}`)
      const texts = (row: Record<string, unknown>) =>
        Object.fromEntries(
          Object.entries(row).flatMap(([key, value]) =>
            value === null || key === 'created_on'
              ? []
              : [[key, typeof value === 'string' ? value : JSON.stringify(value)]]
          )
        )
      expect(objects.map(([, row]) => texts(row))).toEqual(rows.map(texts))
    }
  })

  test('are the same whether the engine makes them or not', async () => {
    // A condition sends the rows through the engine; without one they are there already.
    const items = [
      '*',
      'TO_JSON(OBJECT_CONSTRUCT(*)) AS J',
      'TO_JSON(OBJECT_CONSTRUCT_KEEP_NULL(*)) AS J',
      `'x' AS A, NULL AS B, *`
    ]
    for (const statement of [
      'SHOW GRANTS ON TABLE D.S.T',
      'SHOW TABLES IN SCHEMA D.S',
      'DESCRIBE TABLE D.S.T',
      'SHOW VIEWS IN SCHEMA D.S'
    ]) {
      for (const item of items) {
        const known = await client.rows(`${statement} ->> SELECT ${item} FROM $1`)
        expect(known).toEqual(await client.rows(`${statement} ->> SELECT ${item} FROM $1 WHERE TRUE`))
        const twice = `SELECT ${item} FROM $1 UNION ALL SELECT ${item} FROM $1`
        expect(await client.rows(`${statement} ->> ${twice}`)).toEqual([...known, ...known])
      }
    }
    const nested = 'SELECT A FROM (SELECT "name" AS A, "kind" AS B FROM $1) AS Q'
    expect(await client.rows(`SHOW TABLES IN SCHEMA D.S ->> ${nested}`)).toEqual(
      await client.rows(`SHOW TABLES IN SCHEMA D.S ->> ${nested} WHERE TRUE`)
    )
    expect(
      await client.rows(
        'SHOW TABLES IN SCHEMA D.S ->> SELECT "name" AS N, (SELECT MAX("name") FROM $1 AS I WHERE I."name" < O."name") AS P FROM $1 AS O ORDER BY N'
      )
    ).toMatchObject([
      { N: 'T', P: null },
      { N: 'U', P: 'T' }
    ])
  })

  test('keep their NULLs when asked', async () => {
    const [row] = await numbered(
      'DESCRIBE TABLE D.S.U ->> SELECT 0 AS "#", TO_JSON(OBJECT_CONSTRUCT_KEEP_NULL(*)) AS "row" FROM $1'
    )
    expect(row?.[1]).toMatchObject({ name: 'A', default: null, 'policy name': null })
  })

  test('come from tables too, each value in the form of its type', async () => {
    await client.run(
      `CREATE OR REPLACE TABLE D.S.V ("2" INT, "1" VARCHAR, B BOOLEAN, F FLOAT, J VARIANT, D DATE)`,
      `INSERT INTO D.S.V SELECT 7, 'x "y" \\\\ z', TRUE, 1.5, PARSE_JSON('{"k":[1,null]}'), '2020-02-29'`,
      `INSERT INTO D.S.V ("2") VALUES (NULL)`
    )
    const rows = await client.column('SELECT TO_JSON(OBJECT_CONSTRUCT(*)) FROM D.S.V')
    expect(rows.map(row => JSON.parse(String(row)) as unknown)).toEqual([
      { '2': 7, '1': 'x "y" \\ z', B: true, F: 1.5, J: { k: [1, null] }, D: '2020-02-29' },
      {}
    ])
  })

  test('come from POLICY_REFERENCES in the same union', async () => {
    const sql = [
      'SHOW GRANTS ON TABLE D.S.T',
      `${object(0, '$1')} UNION ALL ${object(1, references('D.S.T'))} UNION ALL ${object(2, references('D.S.U'))}`
    ].join(' ->> ')
    const rows = await numbered(sql)
    expect(rows.map(([index]) => index)).toEqual([0, 0, 1])
    expect(rows.at(-1)?.[1]).toMatchObject({ POLICY_NAME: 'M', REF_COLUMN_NAME: 'A', POLICY_STATUS: 'ACTIVE' })
  })
})

describe('long pipes', () => {
  const statements = Array.from({ length: 250 }, (_, i) =>
    i % 2 === 0 ? 'SHOW GRANTS ON TABLE D.S.T' : 'DESCRIBE TABLE D.S.U'
  )

  test('of 250 statements answer in order', async () => {
    const rows = await numbered(chained(statements))
    expect(rows).toHaveLength(125 * 3)
    expect(rows.map(([index]) => index)).toEqual([...rows.map(([index]) => index)].sort((a, b) => a - b))
  })

  test('may hold half a megabyte of text', async () => {
    const long = `/*${'x'.repeat(1800)}*/`
    const sql = chained(statements.map(statement => `${statement} ${long}`))
    expect(sql.length).toBeGreaterThan(450_000)
    expect(await numbered(sql)).toHaveLength(125 * 3)
  })
})

describe('U+FEFF at the beginning of a text', () => {
  const mark = '\uFEFF'

  test('survives in names and values, plain and through a pipe', async () => {
    const table = `"${mark}T"`
    await client.run(
      `CREATE OR REPLACE TABLE D.S.${table} ("${mark}C" VARCHAR)`,
      `INSERT INTO D.S.${table} VALUES ('${mark}v'), ('${mark}'), ('${mark}${mark}'), ('v${mark}')`
    )
    const values = [`${mark}v`, mark, mark + mark, `v${mark}`]
    expect(await client.rows(`SELECT * FROM D.S.${table}`)).toEqual(values.map(value => ({ [`${mark}C`]: value })))
    expect(await client.column(`SELECT "name" FROM (SELECT 1) JOIN (SELECT '${mark}' AS "name")`)).toEqual([mark])
    expect(await client.column(`SHOW TABLES LIKE '%T' IN SCHEMA D.S ->> SELECT "name" FROM $1 ORDER BY 1`)).toEqual([
      'T',
      `${mark}T`
    ])
    const described = await numbered(`DESCRIBE TABLE D.S.${table} ->> ${object(0, '$1')}`)
    expect(described[0]?.[1]['name']).toBe(`${mark}C`)
    const objects = await client.column(`SELECT TO_JSON(OBJECT_CONSTRUCT(*)) FROM D.S.${table}`)
    expect(objects.map(row => JSON.parse(String(row)) as unknown)).toEqual(
      values.map(value => ({ [`${mark}C`]: value }))
    )
  })

  test('survives where the type of the column is only known to the engine, and in functions of ours', async () => {
    expect(await client.column(`SELECT CASE WHEN A = 1 THEN '${mark}x' ELSE NULL END FROM (SELECT 1 AS A)`)).toEqual([
      `${mark}x`
    ])
    expect(await client.column(`SELECT X FROM (VALUES ('${mark}x'), (NULL)) AS V (X)`)).toEqual([`${mark}x`, null])
    expect(await client.column(`SELECT INITCAP(X) FROM (VALUES ('${mark}ab')) AS V (X)`)).toEqual([`${mark}Ab`])
    const [own, plain] = await client.rows(`SELECT SHA2(X, 512) H FROM (VALUES ('${mark}a'), ('a')) AS V (X)`)
    expect(own?.['H']).not.toBe(plain?.['H'])
  })
})

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { connectTo } from './client.ts'
import type { Client } from './client.ts'

let snowflake: LocalSnowflake
let admin: Client
let bob: Client

beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    users: [
      { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' },
      { name: 'BOB', roles: ['STEWARD', 'OWNER_ROLE'] }
    ],
    setup: `
      CREATE ROLE STEWARD; CREATE ROLE OWNER_ROLE;
      CREATE DATABASE D; CREATE SCHEMA D.P; CREATE SCHEMA D.S;
      GRANT USAGE ON DATABASE D TO ROLE STEWARD; GRANT USAGE ON ALL SCHEMAS IN DATABASE D TO ROLE STEWARD;
      GRANT USAGE ON DATABASE D TO ROLE OWNER_ROLE; GRANT USAGE ON ALL SCHEMAS IN DATABASE D TO ROLE OWNER_ROLE`
  })
  admin = await connectTo(snowflake)
  bob = await connectTo(snowflake, { user: 'BOB' })
})
afterAll(async () => {
  await admin.close()
  await bob.close()
  await snowflake.stop()
})
beforeEach(async () => {
  await admin.run(
    'CREATE OR REPLACE TABLE D.S.T (A INT, B VARCHAR, C VARCHAR, D DATE)',
    'CREATE OR REPLACE MASKING POLICY D.P.TEXT_MASK AS (V VARCHAR) RETURNS VARCHAR -> NULL',
    "CREATE OR REPLACE MASKING POLICY D.P.OTHER_MASK AS (V VARCHAR) RETURNS VARCHAR -> '*'",
    'CREATE OR REPLACE MASKING POLICY D.P.NUMBER_MASK AS (V NUMBER) RETURNS NUMBER -> -1',
    "CREATE OR REPLACE MASKING POLICY D.P.CONDITIONAL AS (V VARCHAR, W VARCHAR) RETURNS VARCHAR -> IFF(W = 'x', V, NULL)",
    'CREATE OR REPLACE MASKING POLICY D.P.OPEN_MASK AS (V VARCHAR) RETURNS VARCHAR -> V EXEMPT_OTHER_POLICIES = TRUE',
    'CREATE OR REPLACE ROW ACCESS POLICY D.P.ROWS_A AS (A NUMBER) RETURNS BOOLEAN -> A > 0',
    'CREATE OR REPLACE ROW ACCESS POLICY D.P.ROWS_B AS (A NUMBER, B VARCHAR) RETURNS BOOLEAN -> A > 1 AND B IS NOT NULL'
  )
})

const maskOf = async (column: string) =>
  (await admin.rows('DESCRIBE TABLE D.S.T')).find(row => row['name'] === column)?.['policy name']

const references = (argument: string) => `SELECT * FROM TABLE(D.INFORMATION_SCHEMA.POLICY_REFERENCES(${argument}))`
const ofTable = references("REF_ENTITY_NAME => 'D.S.T', REF_ENTITY_DOMAIN => 'TABLE'")

describe('masking policies on columns', () => {
  test('go on and off many columns in one statement, all or none', async () => {
    await admin.run(
      'ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK, COLUMN A SET MASKING POLICY D.P.NUMBER_MASK'
    )
    expect(await maskOf('B')).toBe('D.P.TEXT_MASK')
    expect(await maskOf('A')).toBe('D.P.NUMBER_MASK')
    expect(
      await admin.failure(
        'ALTER TABLE D.S.T MODIFY COLUMN C SET MASKING POLICY D.P.TEXT_MASK, COLUMN D SET MASKING POLICY D.P.TEXT_MASK'
      )
    ).toMatchObject({ sqlState: '42601' })
    expect(await maskOf('C')).toBeNull()
    await admin.run(
      'ALTER TABLE D.S.T MODIFY COLUMN A UNSET MASKING POLICY, COLUMN B UNSET MASKING POLICY',
      'ALTER TABLE D.S.T MODIFY COLUMN B UNSET MASKING POLICY'
    )
    expect(await maskOf('A')).toBeNull()
  })

  test('one per column: another needs FORCE, the same is no change', async () => {
    await admin.run(
      'ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK',
      'ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK'
    )
    expect(await admin.failure('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.OTHER_MASK')).toMatchObject({
      code: '003529',
      sqlState: '42601'
    })
    await admin.run('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.OTHER_MASK FORCE')
    expect(await maskOf('B')).toBe('D.P.OTHER_MASK')
  })

  test('fit the type of their column, and USING names the masked column first', async () => {
    expect(await admin.failure('ALTER TABLE D.S.T MODIFY COLUMN A SET MASKING POLICY D.P.TEXT_MASK')).toMatchObject({
      sqlState: '42601'
    })
    expect(
      await admin.failure('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.CONDITIONAL USING (C, B)')
    ).toMatchObject({ sqlState: '42601' })
    expect(
      await admin.failure('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.CONDITIONAL USING (B, A)')
    ).toMatchObject({ sqlState: '42601' })
    expect(
      await admin.failure('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.CONDITIONAL USING (B, NOPE)')
    ).toMatchObject({ code: '000904' })
    await admin.run('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.CONDITIONAL USING (B, C)')
    expect((await admin.rows(ofTable))[0]).toMatchObject({
      REF_COLUMN_NAME: 'B',
      REF_ARG_COLUMN_NAMES: null,
      POLICY_STATUS: 'ACTIVE'
    })
  })

  test('a masked column feeds no other policy unless its own allows it', async () => {
    await admin.run('ALTER TABLE D.S.T MODIFY COLUMN C SET MASKING POLICY D.P.TEXT_MASK')
    expect(
      await admin.failure('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.CONDITIONAL USING (B, C)')
    ).toMatchObject({ sqlState: '42601' })
    await admin.run(
      'ALTER TABLE D.S.T MODIFY COLUMN C SET MASKING POLICY D.P.OPEN_MASK FORCE',
      'ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.CONDITIONAL USING (B, C)'
    )
    await admin.run('ALTER TABLE D.S.T ADD ROW ACCESS POLICY D.P.ROWS_A ON (A)')
    expect(await admin.failure('ALTER TABLE D.S.T MODIFY COLUMN A SET MASKING POLICY D.P.NUMBER_MASK')).toMatchObject({
      sqlState: '42601'
    })
  })

  test('cannot be dropped or replaced while they are on something', async () => {
    await admin.run('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK')
    const inUse = { code: '001492', sqlState: '42601' }
    expect(await admin.failure('DROP MASKING POLICY D.P.TEXT_MASK')).toMatchObject(inUse)
    expect(
      await admin.failure('CREATE OR REPLACE MASKING POLICY D.P.TEXT_MASK AS (V VARCHAR) RETURNS VARCHAR -> V')
    ).toMatchObject(inUse)
    expect(await admin.failure('DROP SCHEMA D.P')).toMatchObject(inUse)
    await admin.run(
      'DROP TABLE D.S.T',
      'DROP MASKING POLICY D.P.TEXT_MASK',
      'DROP MASKING POLICY IF EXISTS D.P.TEXT_MASK'
    )
  })

  test('ALTER … SET BODY changes a policy where it stands', async () => {
    await admin.run(
      'ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK',
      "ALTER MASKING POLICY D.P.TEXT_MASK SET BODY -> CASE WHEN CURRENT_ROLE() = 'X' THEN V ELSE 'hidden' END"
    )
    expect((await admin.rows('DESC MASKING POLICY D.P.TEXT_MASK'))[0]).toEqual({
      name: 'TEXT_MASK',
      signature: '(V VARCHAR)',
      return_type: 'VARCHAR(16777216)',
      body: "CASE WHEN CURRENT_ROLE() = 'X' THEN V ELSE 'hidden' END"
    })
    expect(await admin.failure('ALTER MASKING POLICY D.P.TEXT_MASK SET BODY -> NO_SUCH_COLUMN')).toMatchObject({
      code: '000904'
    })
  })

  test('stand on views by ALTER VIEW, which ALTER TABLE does not reach', async () => {
    await admin.run(
      'CREATE OR REPLACE VIEW D.S.V AS SELECT A, B FROM D.S.T',
      'ALTER VIEW D.S.V MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK'
    )
    expect(await admin.failure('ALTER TABLE D.S.V MODIFY COLUMN B UNSET MASKING POLICY')).toMatchObject({
      code: '002203'
    })
    expect(await admin.rows(references("REF_ENTITY_NAME => 'D.S.V', REF_ENTITY_DOMAIN => 'VIEW'"))).toMatchObject([
      { POLICY_NAME: 'TEXT_MASK', REF_ENTITY_DOMAIN: 'VIEW' }
    ])
    await admin.run('ALTER VIEW D.S.V MODIFY COLUMN B UNSET MASKING POLICY', 'DROP VIEW D.S.V')
  })

  test('can be set when the table is created, and follow a renamed column', async () => {
    await admin.run(
      'CREATE OR REPLACE TABLE D.S.T (A INT, B VARCHAR WITH MASKING POLICY D.P.CONDITIONAL USING (B, C), C VARCHAR) WITH ROW ACCESS POLICY D.P.ROWS_A ON (A)',
      'ALTER TABLE D.S.T RENAME COLUMN C TO "c c"',
      'ALTER TABLE D.S.T RENAME COLUMN A TO Z'
    )
    const found = await admin.rows(ofTable)
    expect(found.map(row => [row['POLICY_NAME'], row['REF_ARG_COLUMN_NAMES']])).toEqual([
      ['CONDITIONAL', null],
      ['ROWS_A', '["Z"]']
    ])
    expect(await admin.failure('ALTER TABLE D.S.T DROP COLUMN Z')).toMatchObject({ sqlState: '42601' })
    expect(await admin.failure('ALTER TABLE D.S.T DROP COLUMN "c c"')).toMatchObject({ sqlState: '42601' })
  })
})

describe('policy definitions', () => {
  test('are refused when their types do not fit', async () => {
    expect(await admin.failure('CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS NUMBER -> 1')).toMatchObject({
      message: expect.stringContaining('argument and return type mismatch') as string
    })
    expect(await admin.failure('CREATE MASKING POLICY D.P.X AS (V NUMBER) RETURNS NUMBER -> TRUE')).toMatchObject({
      sqlState: '42601'
    })
    expect(await admin.failure('CREATE ROW ACCESS POLICY D.P.X AS (V NUMBER) RETURNS NUMBER -> 1')).toMatchObject({
      code: '003551'
    })
  })

  test.each([
    ['a second statement', 'CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS VARCHAR -> V; DROP TABLE D.S.T'],
    ['an open parenthesis', 'CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS VARCHAR -> (V'],
    ['two expressions', 'CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS VARCHAR -> V V'],
    ['nothing', 'CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS VARCHAR ->'],
    ['an open CASE', 'CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS VARCHAR -> CASE WHEN TRUE THEN V'],
    ['an open string', "CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS VARCHAR -> 'it's'"],
    ['an unknown function', 'CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS VARCHAR -> NO_SUCH(V)'],
    ['an unknown column', 'CREATE MASKING POLICY D.P.X AS (V VARCHAR) RETURNS VARCHAR -> W']
  ])('are refused when the body is %s', async (_, sql) => {
    expect(['001003', '002140', '000904', '000008']).toContain((await admin.failure(sql)).code)
    expect(await admin.rows("SHOW MASKING POLICIES LIKE 'X' IN SCHEMA D.P")).toEqual([])
  })

  test('are shown with their options', async () => {
    expect(await admin.rows("SHOW MASKING POLICIES LIKE 'OPEN%' IN SCHEMA D.P")).toMatchObject([
      {
        name: 'OPEN_MASK',
        database_name: 'D',
        schema_name: 'P',
        kind: 'MASKING_POLICY',
        owner: 'ACCOUNTADMIN',
        options: '{"EXEMPT_OTHER_POLICIES":"true"}'
      }
    ])
    expect(await admin.column('SHOW ROW ACCESS POLICIES IN SCHEMA D.P')).toHaveLength(2)
  })

  test('CREATE OR ALTER keeps the signature', async () => {
    await admin.run(
      "CREATE OR ALTER MASKING POLICY D.P.TEXT_MASK AS (V VARCHAR) RETURNS VARCHAR -> 'new' COMMENT = 'c'"
    )
    expect(await admin.rows("SHOW MASKING POLICIES LIKE 'TEXT@_MASK' IN SCHEMA D.P")).toEqual([])
    expect(
      await admin.failure('CREATE OR ALTER MASKING POLICY D.P.TEXT_MASK AS (W VARCHAR) RETURNS VARCHAR -> W')
    ).toMatchObject({ sqlState: '42601' })
    expect((await admin.rows('DESC MASKING POLICY D.P.TEXT_MASK'))[0]).toMatchObject({ body: "'new'" })
  })
})

describe('row access policies', () => {
  test('one per table, swapped in one step', async () => {
    await admin.run('ALTER TABLE D.S.T ADD ROW ACCESS POLICY D.P.ROWS_A ON (A)')
    expect(await admin.failure('ALTER TABLE D.S.T ADD ROW ACCESS POLICY D.P.ROWS_B ON (A, B)')).toMatchObject({
      code: '003549',
      sqlState: '23505'
    })
    // The second half is wrong, so the first does not happen either.
    expect(
      await admin.failure(
        'ALTER TABLE D.S.T DROP ROW ACCESS POLICY D.P.ROWS_A, ADD ROW ACCESS POLICY D.P.ROWS_B ON (A)'
      )
    ).toMatchObject({ sqlState: '42601' })
    expect((await admin.rows(ofTable)).map(row => row['POLICY_NAME'])).toEqual(['ROWS_A'])
    await admin.run('ALTER TABLE D.S.T DROP ROW ACCESS POLICY D.P.ROWS_A, ADD ROW ACCESS POLICY D.P.ROWS_B ON (A, B)')
    expect(await admin.rows(ofTable)).toMatchObject([
      {
        POLICY_NAME: 'ROWS_B',
        POLICY_KIND: 'ROW_ACCESS_POLICY',
        REF_COLUMN_NAME: null,
        REF_ARG_COLUMN_NAMES: '["A","B"]'
      }
    ])
    expect(await admin.failure('ALTER TABLE D.S.T DROP ROW ACCESS POLICY D.P.ROWS_A')).toMatchObject({
      sqlState: '42601'
    })
    expect(await admin.failure('DROP ROW ACCESS POLICY D.P.ROWS_B')).toMatchObject({ code: '001492' })
    await admin.run('ALTER TABLE D.S.T DROP ALL ROW ACCESS POLICIES', 'ALTER TABLE D.S.T DROP ALL ROW ACCESS POLICIES')
  })

  test('may be replaced under a table as long as the signature stays', async () => {
    await admin.run(
      'ALTER TABLE D.S.T ADD ROW ACCESS POLICY D.P.ROWS_A ON (A)',
      'CREATE OR REPLACE ROW ACCESS POLICY D.P.ROWS_A AS (A NUMBER) RETURNS BOOLEAN -> A > 5'
    )
    expect(
      await admin.failure('CREATE OR REPLACE ROW ACCESS POLICY D.P.ROWS_A AS (A VARCHAR) RETURNS BOOLEAN -> TRUE')
    ).toMatchObject({ code: '001492' })
    expect((await admin.rows(ofTable)).map(row => row['POLICY_NAME'])).toEqual(['ROWS_A'])
  })
})

describe('who may set a policy', () => {
  test('the global privilege, without owning anything', async () => {
    await bob.run('USE ROLE STEWARD')
    expect(await bob.failure('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK')).toMatchObject({
      code: '002003'
    })
    await admin.run('GRANT APPLY MASKING POLICY ON ACCOUNT TO ROLE STEWARD')
    await bob.run(
      'ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK',
      'DESCRIBE TABLE D.S.T',
      'ALTER TABLE D.S.T MODIFY COLUMN B UNSET MASKING POLICY'
    )
    expect(await bob.failure('ALTER TABLE D.S.T ADD ROW ACCESS POLICY D.P.ROWS_A ON (A)')).toMatchObject({
      code: '002003'
    })
    expect(await bob.failure('SELECT * FROM D.S.T')).toMatchObject({ code: '002003' })
    await admin.run('REVOKE APPLY MASKING POLICY ON ACCOUNT FROM ROLE STEWARD')
  })

  test('APPLY on the policy together with the table', async () => {
    await admin.run('GRANT OWNERSHIP ON TABLE D.S.T TO ROLE OWNER_ROLE')
    await bob.run('USE ROLE OWNER_ROLE')
    expect(await bob.failure('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK')).toMatchObject({
      code: '002003'
    })
    await admin.run('GRANT APPLY ON MASKING POLICY D.P.TEXT_MASK TO ROLE OWNER_ROLE')
    await bob.run('ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK')
    expect((await bob.rows(ofTable)).map(row => row['POLICY_NAME'])).toEqual(['TEXT_MASK'])
    await admin.run('REVOKE APPLY ON MASKING POLICY D.P.TEXT_MASK FROM ROLE OWNER_ROLE')
    expect(await bob.failure('ALTER TABLE D.S.T MODIFY COLUMN B UNSET MASKING POLICY')).toMatchObject({
      code: '003001'
    })
    // Owning the table without any privilege on policies answers with an error, not with an empty list.
    expect(await bob.failure(ofTable)).toMatchObject({ code: '003001' })
    await admin.run('GRANT OWNERSHIP ON TABLE D.S.T TO ROLE ACCOUNTADMIN')
  })
})

describe('POLICY_REFERENCES', () => {
  test('by policy, by entity, and several at once', async () => {
    await admin.run(
      'CREATE OR REPLACE TABLE D.S."Odd ""T""" (A INT, B VARCHAR)',
      'ALTER TABLE D.S."Odd ""T""" MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK',
      'ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.P.TEXT_MASK, COLUMN C SET MASKING POLICY D.P.TEXT_MASK',
      'ALTER TABLE D.S.T ADD ROW ACCESS POLICY D.P.ROWS_A ON (A)'
    )
    const byPolicy = await admin.rows(references("POLICY_NAME => 'd.p.text_mask'"))
    expect(byPolicy.map(row => [row['REF_ENTITY_NAME'], row['REF_COLUMN_NAME']])).toEqual(
      expect.arrayContaining([
        ['T', 'B'],
        ['T', 'C'],
        ['Odd "T"', 'B']
      ])
    )
    const odd = `SELECT REF_ENTITY_NAME FROM TABLE(D.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'D.S."Odd ""T"""', REF_ENTITY_DOMAIN => 'table'))`
    const joined = await admin.rows(
      `${odd} UNION ALL SELECT REF_ENTITY_NAME FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'D.S.T', REF_ENTITY_DOMAIN => 'TABLE'))`
    )
    expect(joined.map(row => row['REF_ENTITY_NAME']).sort()).toEqual(['Odd "T"', 'T', 'T', 'T'])
    await admin.run('DROP TABLE D.S."Odd ""T"""')
  })

  test('refuses what it cannot know', async () => {
    expect(
      await admin.failure(references("REF_ENTITY_NAME => 'D.S.NOPE', REF_ENTITY_DOMAIN => 'TABLE'"))
    ).toMatchObject({ code: '002003' })
    expect(await admin.failure(references("POLICY_NAME => 'D.P.NOPE'"))).toMatchObject({ code: '002003' })
    expect(await admin.failure(references("REF_ENTITY_NAME => 'D.S.T'"))).toMatchObject({ sqlState: '42601' })
    expect(await admin.failure(references("REF_ENTITY_NAME => 'D.S.T', REF_ENTITY_DOMAIN => 'stream'"))).toMatchObject({
      code: '000002'
    })
  })

  test('needs a warehouse, as every SELECT from a table does', async () => {
    await using without = await connectTo(snowflake, { warehouse: 'NO_SUCH' })
    expect(await without.failure(ofTable)).toMatchObject({ code: '000606', sqlState: '57P03' })
    await without.run('SHOW TABLES', 'SELECT CURRENT_ROLE()')
  })
})

describe('tags', () => {
  test('mask columns of the right type, and a policy of the column’s own goes first', async () => {
    await admin.run(
      'CREATE OR REPLACE TAG D.P.PII',
      'ALTER TAG D.P.PII SET MASKING POLICY D.P.OTHER_MASK, MASKING POLICY D.P.NUMBER_MASK',
      "ALTER TABLE D.S.T SET TAG D.P.PII = 'yes'",
      'ALTER TABLE D.S.T MODIFY COLUMN C SET MASKING POLICY D.P.TEXT_MASK',
      "INSERT INTO D.S.T VALUES (1, 'b', 'c', '2020-01-01')"
    )
    expect(await admin.rows('SELECT A, B, C FROM D.S.T')).toEqual([{ A: -1, B: '*', C: null }])
    expect(await maskOf('B')).toBeNull()
    expect(
      (await admin.rows(ofTable)).map(row => [row['REF_COLUMN_NAME'], row['POLICY_NAME'], row['TAG_NAME']])
    ).toEqual([
      ['A', 'NUMBER_MASK', 'PII'],
      ['B', 'OTHER_MASK', 'PII'],
      ['C', 'TEXT_MASK', null]
    ])
    expect(await admin.failure('DROP MASKING POLICY D.P.OTHER_MASK')).toMatchObject({ code: '001492' })
    expect(await admin.failure('ALTER TAG D.P.PII SET MASKING POLICY D.P.TEXT_MASK')).toMatchObject({ code: '003529' })
    await admin.run(
      'ALTER TAG D.P.PII SET MASKING POLICY D.P.TEXT_MASK FORCE',
      'ALTER TAG D.P.PII UNSET MASKING POLICY D.P.TEXT_MASK, MASKING POLICY D.P.NUMBER_MASK',
      'ALTER TABLE D.S.T UNSET TAG D.P.PII',
      'DROP TAG D.P.PII'
    )
  })
})

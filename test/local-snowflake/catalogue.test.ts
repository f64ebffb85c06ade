import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { connectTo } from './client.ts'
import type { Client } from './client.ts'

let snowflake: LocalSnowflake
let admin: Client
let reader: Client
beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    users: [
      { name: 'ADMIN', password: 'a', defaultRole: 'ACCOUNTADMIN' },
      { name: 'READER', password: 'r', defaultRole: 'READER' }
    ],
    setup: `
      CREATE ROLE READER; CREATE ROLE OWNER; CREATE ROLE "lower role";
      CREATE DATABASE SHOP; CREATE DATABASE "my db"; CREATE DATABASE HIDDEN; CREATE SCHEMA HIDDEN.S; CREATE TABLE HIDDEN.S.T (A INT);
      CREATE SCHEMA SHOP.SALES COMMENT = 'what is sold'; CREATE SCHEMA SHOP.STAFF WITH MANAGED ACCESS; CREATE TRANSIENT SCHEMA SHOP.TMP;
      CREATE TABLE SHOP.SALES.ORDERS (ID INT NOT NULL PRIMARY KEY, NOTE VARCHAR(20) COMMENT 'free text', AT_TIME TIMESTAMP_NTZ, PRICE NUMBER(10,2) DEFAULT 1.5);
      CREATE TABLE SHOP.SALES.ORDER_ITEMS (ID INT AUTOINCREMENT, "Mixed Case" VARIANT);
      CREATE TABLE SHOP.SALES."quoted ""name""" (A INT);
      CREATE TRANSIENT TABLE SHOP.SALES.SCRATCH (A INT);
      CREATE VIEW SHOP.SALES.V AS SELECT ID, NOTE FROM SHOP.SALES.ORDERS;
      CREATE SECURE VIEW SHOP.SALES.SV AS SELECT ID FROM SHOP.SALES.ORDERS;
      CREATE MATERIALIZED VIEW SHOP.SALES.MV AS SELECT ID FROM SHOP.SALES.ORDERS;
      CREATE TABLE SHOP.STAFF.PEOPLE (NAME VARCHAR);
      CREATE SEQUENCE SHOP.SALES.NUMBERS START = 10 INCREMENT = 5;
      GRANT USAGE ON DATABASE SHOP TO ROLE READER; GRANT USAGE ON SCHEMA SHOP.SALES TO ROLE READER;
      GRANT SELECT, INSERT ON TABLE SHOP.SALES.ORDERS TO ROLE READER; GRANT SELECT ON VIEW SHOP.SALES.SV TO ROLE READER;
      GRANT SELECT ON TABLE SHOP.SALES.ORDERS TO ROLE OWNER WITH GRANT OPTION;
      GRANT SELECT ON VIEW SHOP.SALES.V TO ROLE "lower role"`
  })
  admin = await connectTo(snowflake, { database: 'SHOP', schema: 'SALES' })
  reader = await connectTo(snowflake, { user: 'READER', database: 'SHOP', schema: 'SALES' })
})
afterAll(async () => {
  await admin.close()
  await reader.close()
  await snowflake.stop()
})

const names = async (client: Client, sql: string) => (await client.rows(sql)).map(row => row['name'])

describe('SHOW', () => {
  test.each([
    ["SHOW TABLES LIKE 'order%'", ['ORDERS', 'ORDER_ITEMS']],
    ["SHOW TABLES LIKE 'ORDER\\\\_%'", ['ORDER_ITEMS']],
    ["SHOW TABLES LIKE 'order_'", ['ORDERS']],
    ["SHOW TABLES STARTS WITH 'order'", []],
    ["SHOW TABLES STARTS WITH 'ORDER'", ['ORDERS', 'ORDER_ITEMS']],
    ["SHOW TABLES LIKE '%S' STARTS WITH 'ORDER'", ['ORDERS', 'ORDER_ITEMS']],
    ['SHOW TABLES LIKE \'%"name"\'', ['quoted "name"']],
    ['SHOW TABLES LIMIT 2', ['ORDERS', 'ORDER_ITEMS']],
    ["SHOW TABLES LIMIT 2 FROM 'ORDERS'", ['ORDER_ITEMS', 'SCRATCH']],
    ['SHOW TABLES IN SCHEMA STAFF', ['PEOPLE']],
    ['SHOW TABLES IN SHOP.STAFF', ['PEOPLE']],
    ["SHOW TABLES LIKE 'T' IN ACCOUNT", ['T']],
    ["SHOW TABLES LIKE 'P%' IN DATABASE SHOP", ['PEOPLE']],
    ['SHOW VIEWS IN SCHEMA SALES', ['MV', 'SV', 'V']],
    ['SHOW MATERIALIZED VIEWS IN SCHEMA SALES', ['MV']],
    ["SHOW OBJECTS LIKE '%V%' IN SCHEMA SALES", ['MV', 'SV', 'V']],
    ['SHOW SCHEMAS IN DATABASE SHOP', ['INFORMATION_SCHEMA', 'PUBLIC', 'SALES', 'STAFF', 'TMP']],
    ["SHOW DATABASES LIKE 'my%'", ['my db']],
    ["SHOW ROLES LIKE '%role'", ['lower role']],
    ["SHOW USERS LIKE 'READER'", ['READER']],
    ['SHOW SEQUENCES', ['NUMBERS']],
    ["SHOW WAREHOUSES LIKE 'compute%'", ['COMPUTE_WH']]
  ])('%s', async (sql, expected) => {
    expect(await names(admin, sql)).toEqual(expected)
  })

  test('pages through names', async () => {
    const seen: unknown[] = []
    for (let from = ''; ;) {
      const page = await names(admin, `SHOW OBJECTS IN SCHEMA SALES LIMIT 3${from === '' ? '' : ` FROM '${from}'`}`)
      seen.push(...page)
      if (page.length < 3) break
      from = String(page.at(-1)).replaceAll("'", "''")
    }
    expect(seen).toEqual(['MV', 'ORDERS', 'ORDER_ITEMS', 'SCRATCH', 'SV', 'V', 'quoted "name"'])
  })

  test.each([
    [
      'SHOW DATABASES',
      'created_on, name, is_default, is_current, origin, owner, comment, options, retention_time, kind, budget, owner_role_type, object_visibility'
    ],
    [
      'SHOW SCHEMAS',
      'created_on, name, is_default, is_current, database_name, owner, comment, options, retention_time, owner_role_type'
    ],
    [
      'SHOW OBJECTS',
      'created_on, name, database_name, schema_name, kind, comment, cluster_by, rows, bytes, owner, retention_time, owner_role_type, budget, is_hybrid, is_dynamic, is_iceberg'
    ],
    [
      'SHOW VIEWS',
      'created_on, name, reserved, database_name, schema_name, owner, comment, text, is_secure, is_materialized, owner_role_type, change_tracking'
    ],
    ['SHOW TERSE TABLES', 'created_on, name, kind, database_name, schema_name'],
    [
      'SHOW COLUMNS IN TABLE ORDERS',
      'table_name, schema_name, column_name, data_type, null?, default, kind, expression, comment, database_name, autoincrement, schema_evolution_record'
    ],
    [
      'SHOW ROLES',
      'created_on, name, is_default, is_current, is_inherited, assigned_to_users, granted_to_roles, granted_roles, owner, comment'
    ],
    [
      'SHOW MASKING POLICIES',
      'created_on, name, database_name, schema_name, kind, owner, comment, options, owner_role_type'
    ],
    [
      'SHOW ROW ACCESS POLICIES',
      'created_on, name, database_name, schema_name, kind, owner, comment, options, owner_role_type'
    ]
  ])('%s has its columns', async (sql, expected) => {
    const statement = await admin.statement(sql)
    const columns = 'getColumns' in statement ? statement.getColumns() : []
    expect(columns?.map(column => column.getName()).join(', ')).toBe(expected)
  })

  test('tells what things are', async () => {
    expect(
      (await admin.rows("SHOW SCHEMAS LIKE 'S%'")).map(row => [row['name'], row['options'], row['comment']])
    ).toEqual([
      ['SALES', '', 'what is sold'],
      ['STAFF', 'MANAGED ACCESS', '']
    ])
    expect((await admin.rows('SHOW OBJECTS IN SCHEMA SALES')).map(row => [row['name'], row['kind']])).toEqual([
      ['MV', 'VIEW'],
      ['ORDERS', 'TABLE'],
      ['ORDER_ITEMS', 'TABLE'],
      ['SCRATCH', 'TRANSIENT'],
      ['SV', 'VIEW'],
      ['V', 'VIEW'],
      ['quoted "name"', 'TABLE']
    ])
    const [numbers] = await admin.rows('SHOW SEQUENCES')
    expect(numbers).toMatchObject({ name: 'NUMBERS', next_value: 10, interval: 5, owner: 'ACCOUNTADMIN' })
  })

  test('lists what the role has anything on, and nothing else', async () => {
    expect(await names(reader, 'SHOW OBJECTS IN SCHEMA SALES')).toEqual(['ORDERS', 'SV'])
    expect(await names(reader, 'SHOW SCHEMAS IN DATABASE SHOP')).toEqual(['INFORMATION_SCHEMA', 'SALES'])
    expect(await names(reader, 'SHOW DATABASES')).toEqual(['SHOP'])
    expect(await names(reader, 'SHOW TABLES IN ACCOUNT')).toEqual(['ORDERS'])
    expect((await reader.failure('SHOW TABLES IN SCHEMA SHOP.STAFF')).code).toBe('002043')
    expect((await reader.failure('SHOW TABLES IN DATABASE HIDDEN')).code).toBe('002043')
    expect((await admin.failure('SHOW TABLES IN DATABASE NOPE')).code).toBe('002043')
    // The text of a secure view is its owner's.
    expect((await reader.rows("SHOW VIEWS LIKE 'SV'"))[0]).toMatchObject({ text: '', is_secure: 'true' })
    expect((await admin.rows("SHOW VIEWS LIKE 'SV'"))[0]?.['text']).toContain('SELECT ID')
  })

  test('quotes names in grants only, and only where they need it', async () => {
    await admin.run('GRANT SELECT ON TABLE SHOP.SALES."quoted ""name""" TO ROLE "lower role"')
    const [, own] = await admin.rows('SHOW GRANTS ON TABLE SHOP.SALES."quoted ""name"""')
    expect(own).toMatchObject({
      name: 'SHOP.SALES."quoted ""name"""',
      grantee_name: '"lower role"',
      privilege: 'SELECT'
    })
    expect(await names(admin, 'SHOW GRANTS ON DATABASE "my db"')).toEqual(['"my db"'])
    expect((await admin.rows('SHOW GRANTS OF ROLE OWNER')).length).toBe(0)
    await admin.run('GRANT ROLE "lower role" TO ROLE READER')
    expect((await admin.rows('SHOW GRANTS OF ROLE "lower role"'))[0]).toMatchObject({
      role: '"lower role"',
      granted_to: 'ROLE',
      grantee_name: 'READER'
    })
    await admin.run('REVOKE ROLE "lower role" FROM ROLE READER')
  })

  test('leaves a result that later statements read', async () => {
    await admin.run('SHOW TABLES IN SCHEMA SALES')
    expect(
      await admin.rows(
        `SELECT "name" AS N FROM TABLE(RESULT_SCAN(LAST_QUERY_ID())) WHERE "rows" = 0 ORDER BY 1 LIMIT 2`
      )
    ).toEqual([{ N: 'ORDERS' }, { N: 'ORDER_ITEMS' }])
    expect(await admin.rows(`SHOW TABLES IN SCHEMA STAFF ->> SELECT COUNT(*) AS C, MAX("name") AS N FROM $1`)).toEqual([
      { C: 1, N: 'PEOPLE' }
    ])
    expect(
      await admin.rows(`SELECT 1 AS A ->> SELECT A + 1 AS A FROM $1 ->> SELECT P.A + Q.A AS S FROM $1 P, $2 Q`)
    ).toEqual([{ S: 3 }])
    const scan = `SELECT * FROM TABLE(RESULT_SCAN('${(await reader.statement('SELECT 5 AS SECRET')).getQueryId()}'))`
    expect(await reader.rows(scan)).toEqual([{ SECRET: 5 }])
    // Results are their user's own, whatever role asks for them.
    expect((await admin.failure(scan)).code).toBe('000709')
  })
})

describe('DESCRIBE', () => {
  test('shows columns in order', async () => {
    expect(
      (await admin.rows('DESCRIBE TABLE ORDERS')).map(row =>
        ['name', 'type', 'kind', 'null?', 'default', 'primary key', 'comment', 'policy name'].map(key => row[key])
      )
    ).toEqual([
      ['ID', 'NUMBER(38,0)', 'COLUMN', 'N', null, 'Y', null, null],
      ['NOTE', 'VARCHAR(20)', 'COLUMN', 'Y', null, 'N', 'free text', null],
      ['AT_TIME', 'TIMESTAMP_NTZ(9)', 'COLUMN', 'Y', null, 'N', null, null],
      ['PRICE', 'NUMBER(10,2)', 'COLUMN', 'Y', '1.5', 'N', null, null]
    ])
    expect((await admin.rows('DESC VIEW V')).map(row => row['name'])).toEqual(['ID', 'NOTE'])
    expect((await admin.rows('DESCRIBE TABLE V')).map(row => row['name'])).toEqual(['ID', 'NOTE'])
  })

  test('needs any privilege at all, and the way there', async () => {
    expect((await reader.rows('DESCRIBE TABLE ORDERS')).length).toBe(4)
    expect((await reader.failure('DESCRIBE TABLE SCRATCH')).code).toBe('002003')
    expect((await reader.failure('DESCRIBE TABLE SHOP.STAFF.PEOPLE')).code).toBe('002003')
    expect((await reader.failure('DESCRIBE TABLE HIDDEN.S.T')).code).toBe('002003')
    await admin.run('GRANT SELECT ON TABLE SHOP.STAFF.PEOPLE TO ROLE READER')
    expect((await reader.failure('DESCRIBE TABLE SHOP.STAFF.PEOPLE')).code).toBe('002003')
    await admin.run('REVOKE SELECT ON TABLE SHOP.STAFF.PEOPLE FROM ROLE READER')
  })
})

describe('INFORMATION_SCHEMA', () => {
  test('is queried like any table', async () => {
    expect(
      await admin.rows(`
        SELECT TABLE_SCHEMA, TABLE_TYPE, COUNT(*) AS N FROM SHOP.INFORMATION_SCHEMA.TABLES
        WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA' GROUP BY 1, 2 ORDER BY 1, 2`)
    ).toEqual([
      { TABLE_SCHEMA: 'SALES', TABLE_TYPE: 'BASE TABLE', N: 4 },
      { TABLE_SCHEMA: 'SALES', TABLE_TYPE: 'MATERIALIZED VIEW', N: 1 },
      { TABLE_SCHEMA: 'SALES', TABLE_TYPE: 'VIEW', N: 2 },
      { TABLE_SCHEMA: 'STAFF', TABLE_TYPE: 'BASE TABLE', N: 1 }
    ])
    expect(
      await admin.column(
        "SELECT COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME IN ('ORDERS', 'ORDER_ITEMS') AND DATA_TYPE = 'NUMBER' ORDER BY TABLE_NAME, ORDINAL_POSITION"
      )
    ).toEqual(['ID', 'PRICE', 'ID'])
    expect(
      await admin.column("SELECT SCHEMA_NAME FROM SHOP.INFORMATION_SCHEMA.SCHEMATA WHERE IS_MANAGED_ACCESS = 'YES'")
    ).toEqual(['STAFF'])
    expect(await admin.column("SELECT TABLE_NAME FROM INFORMATION_SCHEMA.VIEWS WHERE IS_SECURE = 'YES'")).toEqual([
      'SV'
    ])
    expect(await admin.column('SELECT SEQUENCE_NAME FROM INFORMATION_SCHEMA.SEQUENCES')).toEqual(['NUMBERS'])
    expect(
      await admin.column("SELECT ROLE_NAME FROM INFORMATION_SCHEMA.ENABLED_ROLES WHERE ROLE_NAME = 'SYSADMIN'")
    ).toEqual(['SYSADMIN'])
  })

  // What WHERE says of one table is told to that table only, before it lists anything.
  test.each([
    [
      "SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES T, INFORMATION_SCHEMA.VIEWS V WHERE T.TABLE_NAME = 'ORDERS' AND V.TABLE_NAME = 'V'",
      1
    ],
    [
      "SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES T JOIN INFORMATION_SCHEMA.COLUMNS C ON T.TABLE_NAME = C.TABLE_NAME AND T.TABLE_SCHEMA = C.TABLE_SCHEMA WHERE T.TABLE_NAME = 'ORDERS'",
      4
    ],
    [
      "SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES T LEFT JOIN INFORMATION_SCHEMA.VIEWS V ON T.TABLE_NAME = V.TABLE_NAME AND V.TABLE_NAME = 'SV' WHERE T.TABLE_SCHEMA = 'SALES'",
      7
    ],
    [
      "SELECT COUNT(V.TABLE_NAME) C FROM INFORMATION_SCHEMA.TABLES T LEFT JOIN (INFORMATION_SCHEMA.VIEWS V JOIN INFORMATION_SCHEMA.VIEWS W ON V.TABLE_NAME = W.TABLE_NAME AND V.TABLE_NAME = 'SV') ON T.TABLE_NAME = V.TABLE_NAME WHERE T.TABLE_SCHEMA = 'SALES' GROUP BY ALL HAVING COUNT(*) = 7",
      1
    ],
    ["SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'V' OR TABLE_SCHEMA = 'STAFF'", 2],
    ["SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'V' OR TABLE_NAME IN ('SV', 'MV')", 3],
    ["SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES WHERE NOT (TABLE_NAME = 'V') AND TABLE_SCHEMA = 'SALES'", 6],
    ["SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME = 'v'", 0],
    [
      "SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES AS T (A, B, TABLE_NAME) WHERE TABLE_NAME = 'V' AND A = 'SHOP'",
      1
    ],
    ["SELECT COUNT(*) C FROM INFORMATION_SCHEMA.TABLES WHERE INFORMATION_SCHEMA.TABLES.TABLE_NAME = 'V'", 1]
  ])('%s', async (sql, count) => {
    expect(await admin.rows(sql)).toEqual([{ C: count }])
  })

  test('shows what the role holds a privilege on', async () => {
    expect(
      await reader.column(
        "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA <> 'INFORMATION_SCHEMA' ORDER BY 1"
      )
    ).toEqual(['ORDERS', 'SV'])
    expect(await reader.column('SELECT DISTINCT TABLE_NAME FROM INFORMATION_SCHEMA.COLUMNS ORDER BY 1')).toEqual([
      'ORDERS',
      'SV'
    ])
    expect(await reader.column('SELECT VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS')).toEqual([null])
    expect((await reader.failure('SELECT * FROM HIDDEN.INFORMATION_SCHEMA.TABLES')).code).toBe('002003')
    expect((await reader.failure('SELECT * FROM INFORMATION_SCHEMA.NO_SUCH_VIEW')).code).toBe('002003')
  })

  test('tells the grants of many objects at once', async () => {
    const rows = await admin.rows(`
      SELECT GRANTEE, PRIVILEGE_TYPE, IS_GRANTABLE, OBJECT_TYPE FROM INFORMATION_SCHEMA.OBJECT_PRIVILEGES
      WHERE OBJECT_SCHEMA = 'SALES' AND OBJECT_NAME IN ('ORDERS', 'SV') ORDER BY OBJECT_NAME, GRANTEE, PRIVILEGE_TYPE`)
    expect(rows.map(row => Object.values(row).join(' '))).toEqual([
      'ACCOUNTADMIN OWNERSHIP YES TABLE',
      'OWNER SELECT YES TABLE',
      'READER INSERT NO TABLE',
      'READER SELECT NO TABLE',
      'ACCOUNTADMIN OWNERSHIP YES VIEW',
      'READER SELECT NO VIEW'
    ])
    expect(
      await admin.column(
        "SELECT PRIVILEGE_TYPE FROM INFORMATION_SCHEMA.TABLE_PRIVILEGES WHERE TABLE_NAME = 'ORDERS' AND GRANTEE = 'READER' ORDER BY 1"
      )
    ).toEqual(['INSERT', 'SELECT'])
  })

  test('needs a warehouse', async () => {
    await using bare = await connectTo(snowflake, { warehouse: 'NOPE', database: 'SHOP' })
    expect(await bare.failure('SELECT * FROM INFORMATION_SCHEMA.TABLES')).toMatchObject({
      code: '000606',
      sqlState: '57P03'
    })
    expect(await names(bare, 'SHOW SCHEMAS')).toContain('SALES')
  })
})

describe('an unknown or invisible object', () => {
  test.each([
    ['SELECT * FROM NOPE', '002003', '42S02'],
    ['SELECT * FROM SHOP.STAFF.PEOPLE', '002003', '02000'],
    ['SELECT * FROM SHOP.NOPE.T', '002003', '02000'],
    ['SELECT * FROM NOPE.NOPE.T', '002003', '02000'],
    ['DROP TABLE NOPE', '002003', '42S02'],
    ['DROP TABLE SCRATCH', '002003', '42S02'],
    ['DROP TABLE ORDERS', '003001', '42501'],
    ['ALTER TABLE ORDERS ADD COLUMN X INT', '003001', '42501'],
    ['DELETE FROM ORDERS', '003001', '42501'],
    ['CREATE TABLE SHOP.SALES.NEW (A INT)', '003001', '42501'],
    ['CREATE TABLE SHOP.STAFF.NEW (A INT)', '002003', '02000'],
    ['USE SCHEMA SHOP.STAFF', '002043', '02000'],
    ['USE DATABASE HIDDEN', '002043', '02000'],
    ['USE ROLE NOPE', '002043', '02000'],
    ['USE ROLE OWNER', '003013', '42501'],
    ['CREATE DATABASE X', '003001', '42501'],
    ['CREATE ROLE X', '003001', '42501'],
    ['SHOW GRANTS ON TABLE SCRATCH', '002003', '42S02'],
    ['GRANT SELECT ON TABLE ORDERS TO ROLE OWNER', '003102', '42501'],
    ['GRANT SELECT ON TABLE SCRATCH TO ROLE OWNER', '002003', '42S02']
  ])('%s answers %s', async (sql, code, sqlState) => {
    expect(await reader.failure(sql)).toMatchObject({ code, sqlState })
  })
})

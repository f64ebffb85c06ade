import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { connectTo } from './client.ts'
import type { Client } from './client.ts'

const setup = `
  CREATE DATABASE D; CREATE SCHEMA D.S; CREATE SCHEMA D.P;
  CREATE ROLE ANALYST; CREATE ROLE SUPPORT; CREATE ROLE LEAD; CREATE ROLE VIEW_OWNER; CREATE ROLE WRITER;
  GRANT ROLE ANALYST TO ROLE LEAD; GRANT ROLE VIEW_OWNER TO ROLE ACCOUNTADMIN;
  CREATE TABLE D.S.PEOPLE (ID INT, NAME VARCHAR, SSN VARCHAR, PAY NUMBER(10,2), REGION VARCHAR, VISIBLE BOOLEAN);
  INSERT INTO D.S.PEOPLE VALUES (1, 'Ann', '111', 100, 'EU', TRUE), (2, 'Bob', '222', 200, 'US', FALSE), (3, 'Cid', '333', 300, 'EU', FALSE);
  CREATE TABLE D.P.REGIONS (ROLE_NAME VARCHAR, REGION VARCHAR);
  INSERT INTO D.P.REGIONS VALUES ('ANALYST', 'EU'), ('SUPPORT', 'US'), ('WRITER', 'EU');
  CREATE MASKING POLICY D.P.SSN AS (V VARCHAR) RETURNS VARCHAR ->
    CASE WHEN IS_ROLE_IN_SESSION('SUPPORT') THEN V WHEN CURRENT_ROLE() = 'ANALYST' THEN SHA2(V) ELSE '***' END;
  CREATE MASKING POLICY D.P.PAY AS (V NUMBER, VISIBLE BOOLEAN) RETURNS NUMBER -> IFF(VISIBLE, V, NULL);
  CREATE MASKING POLICY D.P.BY_INVOKER AS (V VARCHAR) RETURNS VARCHAR -> INVOKER_ROLE() || ':' || CURRENT_ROLE();
  CREATE ROW ACCESS POLICY D.P.BY_REGION AS (SALES_REGION VARCHAR) RETURNS BOOLEAN ->
    CURRENT_ROLE() IN ('ACCOUNTADMIN', 'VIEW_OWNER') OR EXISTS (SELECT 1 FROM D.P.REGIONS R WHERE R.REGION = SALES_REGION AND IS_ROLE_IN_SESSION(R.ROLE_NAME));
  ALTER TABLE D.S.PEOPLE MODIFY COLUMN SSN SET MASKING POLICY D.P.SSN, COLUMN PAY SET MASKING POLICY D.P.PAY USING (PAY, VISIBLE);
  GRANT USAGE ON DATABASE D TO ROLE PUBLIC; GRANT USAGE ON SCHEMA D.S TO ROLE PUBLIC;
  GRANT SELECT ON TABLE D.S.PEOPLE TO ROLE ANALYST; GRANT SELECT ON TABLE D.S.PEOPLE TO ROLE SUPPORT;
  GRANT SELECT ON TABLE D.S.PEOPLE TO ROLE VIEW_OWNER; GRANT CREATE VIEW ON SCHEMA D.S TO ROLE VIEW_OWNER;
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLE D.S.PEOPLE TO ROLE WRITER
`

let snowflake: LocalSnowflake
let user: Client
beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    setup,
    users: [
      { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' },
      { name: 'USER1', roles: ['ANALYST', 'SUPPORT', 'LEAD', 'VIEW_OWNER', 'WRITER'] }
    ]
  })
  user = await connectTo(snowflake, { user: 'USER1', database: 'D', schema: 'S' })
})
afterAll(async () => {
  await user.close()
  await snowflake.stop()
})

const as = async (role: string, sql: string) => {
  await user.run(`USE ROLE ${role}`)
  return (await user.rows(sql)).map(row => Object.values(row))
}
const sha = (text: string) => `SHA2(${text})`

describe('masks', () => {
  test('show each role its own', async () => {
    expect(await as('SUPPORT', 'SELECT SSN FROM PEOPLE ORDER BY ID')).toEqual([['111'], ['222'], ['333']])
    expect(await as('LEAD', 'SELECT SSN FROM PEOPLE WHERE ID = 1')).toEqual([['***']])
    expect(await as('ANALYST', `SELECT SSN = ${sha("'111'")} FROM PEOPLE WHERE ID = 1`)).toEqual([[true]])
    expect(await as('ANALYST', 'SELECT PAY FROM PEOPLE ORDER BY ID')).toEqual([[100], [null], [null]])
  })

  test('stand wherever the column is named', async () => {
    expect(await as('LEAD', "SELECT ID FROM PEOPLE WHERE SSN = '111'")).toEqual([])
    expect(await as('LEAD', "SELECT COUNT(*), COUNT(DISTINCT SSN), MAX(SSN) FROM PEOPLE WHERE SSN = '***'")).toEqual([
      [3, 1, '***']
    ])
    expect(
      await as('LEAD', 'SELECT A.ID FROM PEOPLE A JOIN PEOPLE B ON A.SSN = B.SSN WHERE B.ID = 1 ORDER BY 1')
    ).toEqual([[1], [2], [3]])
    expect(await as('LEAD', 'SELECT SSN, COUNT(*) FROM PEOPLE GROUP BY SSN')).toEqual([['***', 3]])
    expect(
      await as(
        'LEAD',
        'WITH X AS (SELECT * FROM PEOPLE) SELECT (SELECT MIN(SSN) FROM X), SUBSTR(SSN, 1, 1) FROM X LIMIT 1'
      )
    ).toEqual([['***', '*']])
  })

  test('answer to secondary roles', async () => {
    await user.run('USE ROLE LEAD', 'USE SECONDARY ROLES ALL')
    expect((await user.rows('SELECT SSN FROM PEOPLE WHERE ID = 2'))[0]).toEqual({ SSN: '222' })
    expect((await user.rows('SELECT CURRENT_SECONDARY_ROLES() S'))[0]).toEqual({
      S: '{"roles":"ANALYST,LEAD,SUPPORT,VIEW_OWNER,WRITER","value":"ALL"}'
    })
    await user.run('USE SECONDARY ROLES NONE')
    expect((await user.rows('SELECT SSN FROM PEOPLE WHERE ID = 2'))[0]).toEqual({ SSN: '***' })
  })

  test('follow the new body at once', async () => {
    await snowflake.execute(
      "CREATE TABLE D.S.LIVE (A VARCHAR); INSERT INTO D.S.LIVE VALUES ('v'); GRANT SELECT ON TABLE D.S.LIVE TO ROLE ANALYST; CREATE MASKING POLICY D.P.LIVE AS (V VARCHAR) RETURNS VARCHAR -> 'one'; ALTER TABLE D.S.LIVE MODIFY COLUMN A SET MASKING POLICY D.P.LIVE"
    )
    expect(await as('ANALYST', 'SELECT A FROM LIVE')).toEqual([['one']])
    await snowflake.execute("ALTER MASKING POLICY D.P.LIVE SET BODY -> 'two'")
    expect(await as('ANALYST', 'SELECT A FROM LIVE')).toEqual([['two']])
  })

  test('reach what is copied by those who see the mask', async () => {
    await snowflake.execute('GRANT CREATE TABLE ON SCHEMA D.S TO ROLE ANALYST; GRANT ROLE ANALYST TO USER USER1')
    await as('LEAD', 'CREATE OR REPLACE TABLE COPIED AS SELECT ID, SSN FROM PEOPLE')
    expect(await snowflake.execute('SELECT DISTINCT SSN FROM D.S.COPIED', { role: 'LEAD' })).toEqual([{ SSN: '***' }])
  })
})

describe('row access', () => {
  test('filters rows by the session, through a mapping table its readers cannot see', async () => {
    await snowflake.execute('ALTER TABLE D.S.PEOPLE ADD ROW ACCESS POLICY D.P.BY_REGION ON (REGION)')
    expect(await as('ANALYST', 'SELECT ID FROM PEOPLE ORDER BY 1')).toEqual([[1], [3]])
    expect(await as('SUPPORT', 'SELECT ID FROM PEOPLE ORDER BY 1')).toEqual([[2]])
    expect(await as('LEAD', 'SELECT COUNT(*) FROM PEOPLE')).toEqual([[2]])
    await expect(as('ANALYST', 'SELECT * FROM D.P.REGIONS')).rejects.toMatchObject({ code: '002003' })
  })

  test('judges raw values, before any mask', async () => {
    await snowflake.execute(`
      CREATE TABLE D.S.RAW (A VARCHAR, B VARCHAR); INSERT INTO D.S.RAW VALUES ('keep', 'x'), ('drop', 'y');
      CREATE MASKING POLICY D.P.OPEN AS (V VARCHAR) RETURNS VARCHAR -> 'masked' EXEMPT_OTHER_POLICIES = TRUE;
      CREATE ROW ACCESS POLICY D.P.KEEP AS (V VARCHAR) RETURNS BOOLEAN -> V = 'keep';
      ALTER TABLE D.S.RAW MODIFY COLUMN A SET MASKING POLICY D.P.OPEN; ALTER TABLE D.S.RAW ADD ROW ACCESS POLICY D.P.KEEP ON (A)`)
    expect(await snowflake.execute('SELECT * FROM D.S.RAW')).toEqual([{ A: 'masked', B: 'x' }])
  })

  test('a filter that is NULL keeps the row away', async () => {
    await snowflake.execute(
      'CREATE TABLE D.S.NULLS (A INT); INSERT INTO D.S.NULLS VALUES (1), (NULL); CREATE ROW ACCESS POLICY D.P.POSITIVE AS (A NUMBER) RETURNS BOOLEAN -> A > 0; ALTER TABLE D.S.NULLS ADD ROW ACCESS POLICY D.P.POSITIVE ON (A)'
    )
    expect(await snowflake.execute('SELECT * FROM D.S.NULLS WHERE A IS NULL')).toEqual([])
    expect(await snowflake.execute('SELECT COUNT(*) C FROM D.S.NULLS')).toEqual([{ C: 1 }])
  })

  test('bounds what can be changed', async () => {
    expect(await as('WRITER', 'UPDATE PEOPLE SET NAME = UPPER(NAME)')).toEqual([[2, 0]])
    expect(await as('WRITER', "DELETE FROM PEOPLE WHERE REGION = 'US'")).toEqual([[0]])
    expect(
      await as(
        'WRITER',
        "MERGE INTO PEOPLE USING (SELECT 2 AS ID) S ON PEOPLE.ID = S.ID WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT (ID, REGION) VALUES (S.ID, 'US')"
      )
    ).toEqual([[1, 0]])
    expect(
      (await snowflake.execute('SELECT ID, NAME FROM D.S.PEOPLE ORDER BY ID, NAME')).map(row => Object.values(row))
    ).toEqual([
      [1, 'ANN'],
      [2, 'Bob'],
      [2, null],
      [3, 'CID']
    ])
    await snowflake.execute('DELETE FROM D.S.PEOPLE WHERE NAME IS NULL')
  })

  test('a policy that reads its own table is refused, not run for ever', async () => {
    await snowflake.execute(
      'CREATE TABLE D.S.LOOPED (A INT); CREATE ROW ACCESS POLICY D.P.LOOPED AS (A NUMBER) RETURNS BOOLEAN -> EXISTS (SELECT 1 FROM D.S.LOOPED L WHERE L.A = 1); ALTER TABLE D.S.LOOPED ADD ROW ACCESS POLICY D.P.LOOPED ON (A)'
    )
    await expect(snowflake.execute('SELECT * FROM D.S.LOOPED')).rejects.toMatchObject({ sqlState: '42601' })
  })
})

describe('views', () => {
  test('open with their owner’s rights, while policies see the session', async () => {
    await as('VIEW_OWNER', 'CREATE OR REPLACE VIEW V AS SELECT ID, SSN, REGION FROM PEOPLE')
    await snowflake.execute(
      'GRANT SELECT ON VIEW D.S.V TO ROLE ANALYST; GRANT SELECT ON VIEW D.S.V TO ROLE WRITER; REVOKE SELECT ON TABLE D.S.PEOPLE FROM ROLE ANALYST'
    )
    await expect(as('ANALYST', 'SELECT * FROM PEOPLE')).rejects.toMatchObject({ code: '002003' })
    expect(await as('ANALYST', 'SELECT ID FROM V ORDER BY 1')).toEqual([[1], [3]])
    expect(await as('WRITER', 'SELECT ID, SSN FROM V ORDER BY 1')).toEqual([
      [1, '***'],
      [3, '***']
    ])
    await snowflake.execute('REVOKE SELECT ON TABLE D.S.PEOPLE FROM ROLE VIEW_OWNER')
    await expect(as('WRITER', 'SELECT * FROM V')).rejects.toMatchObject({ code: '002037' })
    await snowflake.execute('GRANT SELECT ON TABLE D.S.PEOPLE TO ROLE VIEW_OWNER')
  })

  test('name their owner as the invoker, each level its own', async () => {
    await snowflake.execute(
      "CREATE TABLE D.S.INV (A VARCHAR); INSERT INTO D.S.INV VALUES ('x'); ALTER TABLE D.S.INV MODIFY COLUMN A SET MASKING POLICY D.P.BY_INVOKER; GRANT SELECT ON TABLE D.S.INV TO ROLE VIEW_OWNER; GRANT SELECT ON TABLE D.S.INV TO ROLE ANALYST"
    )
    await as('VIEW_OWNER', 'CREATE OR REPLACE VIEW V1 AS SELECT A FROM INV')
    await snowflake.execute(
      'CREATE VIEW D.S.V2 AS SELECT A FROM D.S.V1; GRANT SELECT ON VIEW D.S.V1 TO ROLE ANALYST; GRANT SELECT ON VIEW D.S.V2 TO ROLE ANALYST'
    )
    expect(await as('ANALYST', 'SELECT A FROM INV')).toEqual([['ANALYST:ANALYST']])
    expect(await as('ANALYST', 'SELECT A FROM V1')).toEqual([['VIEW_OWNER:ANALYST']])
    expect(await as('ANALYST', 'SELECT A FROM V2')).toEqual([['VIEW_OWNER:ANALYST']])
    await snowflake.execute(
      "CREATE MASKING POLICY D.P.OUTER_ONE AS (V VARCHAR) RETURNS VARCHAR -> V || '|' || INVOKER_ROLE(); ALTER VIEW D.S.V1 MODIFY COLUMN A SET MASKING POLICY D.P.OUTER_ONE"
    )
    expect(await as('ANALYST', 'SELECT A FROM V2')).toEqual([['VIEW_OWNER:ANALYST|ACCOUNTADMIN']])
    expect(await as('ANALYST', 'SELECT A FROM V1')).toEqual([['VIEW_OWNER:ANALYST|ANALYST']])
  })

  test('keep what is secure about them to their owner', async () => {
    await snowflake.execute(
      'CREATE SECURE VIEW D.S.HIDDEN AS SELECT ID FROM D.S.PEOPLE; GRANT SELECT ON VIEW D.S.HIDDEN TO ROLE ANALYST'
    )
    await user.run('USE ROLE ANALYST')
    expect((await user.rows("SHOW VIEWS LIKE 'HIDDEN'"))[0]).toMatchObject({ text: '', is_secure: 'true' })
    expect(await user.rows("SELECT VIEW_DEFINITION FROM INFORMATION_SCHEMA.VIEWS WHERE TABLE_NAME = 'HIDDEN'")).toEqual(
      [{ VIEW_DEFINITION: null }]
    )
    expect((await snowflake.execute("SHOW VIEWS LIKE 'HIDDEN' IN SCHEMA D.S"))[0]).toMatchObject({
      text: 'CREATE SECURE VIEW D.S.HIDDEN AS SELECT ID FROM D.S.PEOPLE'
    })
  })

  test('with their own columns, and none that refers to itself', async () => {
    await snowflake.execute(
      "CREATE VIEW D.S.NAMED (X, Y COMMENT 'c') AS SELECT ID, NAME FROM D.S.PEOPLE; CREATE OR REPLACE VIEW D.S.SELF AS SELECT 1 AS A; CREATE OR REPLACE VIEW D.S.OTHER AS SELECT A FROM D.S.SELF"
    )
    expect((await snowflake.execute('DESCRIBE VIEW D.S.NAMED')).map(row => [row['name'], row['comment']])).toEqual([
      ['X', null],
      ['Y', 'c']
    ])
    await snowflake.execute('CREATE OR REPLACE VIEW D.S.SELF AS SELECT A FROM D.S.OTHER').catch(() => undefined)
    await expect(snowflake.execute('SELECT * FROM D.S.OTHER')).rejects.toMatchObject({ code: '002037' })
  })
})

describe('context functions', () => {
  test('tell who asks', async () => {
    await user.run('USE ROLE LEAD')
    expect(
      (
        await user.rows(
          "SELECT CURRENT_ROLE() R, CURRENT_USER() U, CURRENT_DATABASE() D, CURRENT_SCHEMA() S, CURRENT_WAREHOUSE() W, IS_ROLE_IN_SESSION('ANALYST') A, IS_ROLE_IN_SESSION('analyst') B, IS_ROLE_IN_SESSION('SUPPORT') C, INVOKER_ROLE() I"
        )
      )[0]
    ).toEqual({ R: 'LEAD', U: 'USER1', D: 'D', S: 'S', W: 'COMPUTE_WH', A: true, B: false, C: false, I: 'LEAD' })
    const [available] = await user.column('SELECT CURRENT_AVAILABLE_ROLES()')
    expect((JSON.parse(String(available)) as string[]).sort()).toEqual([
      'ANALYST',
      'LEAD',
      'PUBLIC',
      'SUPPORT',
      'VIEW_OWNER',
      'WRITER'
    ])
  })

  test('name the protected table’s schema inside a policy', async () => {
    await snowflake.execute(
      "CREATE TABLE D.S.WHERE_AM_I (A VARCHAR); INSERT INTO D.S.WHERE_AM_I VALUES ('x'); CREATE MASKING POLICY D.P.WHERE_AM_I AS (V VARCHAR) RETURNS VARCHAR -> CURRENT_DATABASE() || '.' || CURRENT_SCHEMA(); ALTER TABLE D.S.WHERE_AM_I MODIFY COLUMN A SET MASKING POLICY D.P.WHERE_AM_I"
    )
    expect(
      await snowflake.execute(
        'CREATE DATABASE IF NOT EXISTS ELSEWHERE; USE DATABASE ELSEWHERE; SELECT A FROM D.S.WHERE_AM_I'
      )
    ).toEqual([{ A: 'D.S' }])
  })
})

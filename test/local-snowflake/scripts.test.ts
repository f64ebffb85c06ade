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
      CREATE DATABASE D; CREATE SCHEMA D.S; CREATE TABLE D.S.LOG (N INT, NOTE VARCHAR);
      CREATE ROLE READER; GRANT USAGE ON DATABASE D TO ROLE READER; GRANT USAGE ON SCHEMA D.S TO ROLE READER`
  })
  client = await connectTo(snowflake, { database: 'D', schema: 'S' })
})
afterAll(async () => {
  await client.close()
  await snowflake.stop()
})

/** What the block returns. */
const answer = async (sql: string) => Object.values((await client.rows(sql))[0] ?? {})[0]
const log = async () => {
  const rows = await client.column('SELECT N FROM LOG ORDER BY N')
  await client.run('TRUNCATE TABLE LOG')
  return rows
}

describe('a block', () => {
  test('is one anonymous statement that returns one value', async () => {
    expect(await client.rows('BEGIN RETURN 1 + 1; END')).toEqual([{ 'anonymous block': '2' }])
    expect(await client.rows('BEGIN NULL; END')).toEqual([{ 'anonymous block': null }])
  })

  test.each([
    ['DECLARE X INT DEFAULT 2; Y NUMBER := 3; BEGIN RETURN X * Y; END', '6'],
    ["BEGIN LET GREETING := 'a;b'; LET N := LENGTH(GREETING); RETURN GREETING || N; END", 'a;b3'],
    ['DECLARE X INT; BEGIN X := 5; X := X + 1; RETURN :X; END', '6'],
    ['BEGIN LET X := 1; BEGIN LET X := 2; END; RETURN X; END', '1'],
    ['BEGIN LET X := 1; BEGIN X := 2; END; RETURN X; END', '2'],
    ["BEGIN IF (1 > 2) THEN RETURN 'a'; ELSEIF (2 > 1) THEN RETURN 'b'; ELSE RETURN 'c'; END IF; END", 'b'],
    ["BEGIN LET X := 3; CASE (X) WHEN 1 THEN RETURN 'one'; WHEN 3 THEN RETURN 'three'; END; END", 'three'],
    ["BEGIN LET X := 3; CASE WHEN X < 1 THEN RETURN 'one'; ELSE RETURN 'more'; END CASE; END", 'more'],
    ['BEGIN LET S := 0; FOR I IN 1 TO 4 DO S := S + I; END FOR; RETURN S; END', '10'],
    ["BEGIN LET S := ''; FOR I IN REVERSE 1 TO 3 DO S := S || I; END FOR; RETURN S; END", '321'],
    ['BEGIN LET N := 0; WHILE (N < 7) DO N := N + 2; END WHILE; RETURN N; END', '8'],
    ['BEGIN LET N := 0; REPEAT N := N + 1; UNTIL (N >= 3) END REPEAT; RETURN N; END', '3'],
    [
      'BEGIN LET N := 0; LOOP N := N + 1; IF (N = 2) THEN CONTINUE; END IF; IF (N > 4) THEN BREAK; END IF; END LOOP; RETURN N; END',
      '5'
    ]
  ])('%s', async (sql, expected) => {
    expect(await answer(sql)).toBe(expected)
  })

  test('runs statements, with its variables as values and as names', async () => {
    expect(
      await answer(`
        DECLARE FIRST INT := 10;
        BEGIN
          LET TARGET := 'D.S.LOG';
          INSERT INTO IDENTIFIER(:TARGET) VALUES (:FIRST, 'it''s');
          INSERT INTO LOG SELECT :FIRST + N, NOTE FROM LOG;
          UPDATE LOG SET NOTE = 'x' WHERE N >= :FIRST;
          RETURN SQLROWCOUNT;
        END`)
    ).toBe('2')
    expect(await log()).toEqual([10, 20])
  })

  test('walks through the rows of a query', async () => {
    await client.run("INSERT INTO LOG VALUES (1, 'a'), (2, 'b'), (3, 'c')")
    expect(
      await answer(`
        DECLARE C CURSOR FOR SELECT N, NOTE FROM LOG WHERE N > 1 ORDER BY N;
        BEGIN
          LET S := '';
          FOR ROW_OF_C IN C DO S := S || ROW_OF_C.NOTE || ROW_OF_C.N; END FOR;
          RETURN S;
        END`)
    ).toBe('b2c3')
    expect(
      await answer(`
        BEGIN
          LET RS RESULTSET := (SELECT N FROM LOG ORDER BY N DESC);
          LET S := 0;
          FOR R IN RS DO S := S * 10 + R.N; END FOR;
          RETURN S;
        END`)
    ).toBe('321')
    await log()
  })

  test('returns a table', async () => {
    expect(
      await client.rows(
        "DECLARE RS RESULTSET; BEGIN RS := (SELECT 1 AS A, 'x' AS B UNION ALL SELECT 2, 'y'); RETURN TABLE(RS); END"
      )
    ).toEqual([
      { A: 1, B: 'x' },
      { A: 2, B: 'y' }
    ])
    expect(
      await client.rows("BEGIN LET RS RESULTSET := (SHOW ROLES LIKE 'READER'); RETURN TABLE(RS); END")
    ).toMatchObject([{ name: 'READER' }])
  })

  test('goes on with its handler when a statement fails', async () => {
    expect(
      await answer(`
        BEGIN
          INSERT INTO LOG VALUES (1, 'before');
          SELECT * FROM NO_SUCH_TABLE;
          INSERT INTO LOG VALUES (2, 'never');
        EXCEPTION
          WHEN STATEMENT_ERROR THEN RETURN SQLCODE || ' ' || SQLSTATE || ' ' || CONTAINS(SQLERRM, 'NO_SUCH_TABLE');
          WHEN OTHER THEN RETURN 'other';
        END`)
    ).toBe('2003 42S02 true')
    expect(await log()).toEqual([1])
  })

  test('raises and tells apart its own exceptions', async () => {
    const block = (which: string) => `
      DECLARE TOO_BAD EXCEPTION (-20002, 'too bad'); WORSE EXCEPTION (-20003, 'worse');
      BEGIN
        RAISE ${which};
      EXCEPTION
        WHEN TOO_BAD THEN RETURN SQLERRM;
        WHEN WORSE THEN RAISE;
      END`
    expect(await answer(block('TOO_BAD'))).toBe('too bad')
    const failure = await client.failure(block('WORSE'))
    expect(failure.message).toContain('worse')
    const inner = await answer(
      `BEGIN BEGIN SELECT * FROM NOPE; EXCEPTION WHEN OTHER THEN RETURN 'inner'; END; EXCEPTION WHEN OTHER THEN RETURN 'outer'; END`
    )
    expect(inner).toBe('inner')
  })

  test('that fails without a handler keeps what was done, and says what failed', async () => {
    const failure = await client.failure(
      "BEGIN INSERT INTO LOG VALUES (1, 'a'); GRANT SELECT ON TABLE NOPE TO ROLE READER; INSERT INTO LOG VALUES (2, 'b'); END"
    )
    expect(failure).toMatchObject({ code: '002003' })
    expect(await log()).toEqual([1])
  })

  test('carries out many grants in one request, each on its own', async () => {
    await client.run(
      `EXECUTE IMMEDIATE $$
       BEGIN
         CREATE TABLE A (ID INT);
         CREATE TABLE B (ID INT);
         GRANT SELECT ON TABLE A TO ROLE READER;
         GRANT SELECT ON TABLE B TO ROLE READER;
         REVOKE SELECT ON TABLE A FROM ROLE READER;
       END
       $$`
    )
    expect((await client.rows('SHOW GRANTS TO ROLE READER')).map(row => row['name'])).toEqual(['D', 'D.S', 'D.S.B'])
    await client.run('DROP TABLE A', 'DROP TABLE B')
  })

  test('checks the privileges of every statement', async () => {
    await client.run('CREATE OR REPLACE TABLE A (ID INT)')
    await expect(snowflake.execute('BEGIN DROP TABLE D.S.A; END', { role: 'READER' })).rejects.toMatchObject({
      code: '002003'
    })
  })

  test('can be stopped, however it loops', async () => {
    await client.run('ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1')
    expect(await client.failure('BEGIN LOOP NULL; END LOOP; END')).toMatchObject({ code: '000630', sqlState: '57014' })
    await client.run('ALTER SESSION UNSET STATEMENT_TIMEOUT_IN_SECONDS')
  })

  test.each([
    'BEGIN RETURN 1',
    'BEGIN RETURN 1; END IF',
    'BEGIN IF (TRUE) THEN NULL; END; END',
    'DECLARE X INT; SELECT 1'
  ])('is refused unless it is well formed: %s', async sql => {
    expect((await client.failure(sql)).code).toBe('001003')
  })
})

describe('EXECUTE IMMEDIATE', () => {
  test('runs text, from a literal, a variable or an expression, with values for its placeholders', async () => {
    expect(await client.rows("EXECUTE IMMEDIATE 'SELECT 1 AS A'")).toEqual([{ A: 1 }])
    await client.run("SET STATEMENT = 'SELECT ? + ? AS B'", 'SET TWO = 2')
    expect(await client.rows('EXECUTE IMMEDIATE $STATEMENT USING ($TWO, $TWO)')).toEqual([{ B: 4 }])
    expect(
      await client.rows(`
        DECLARE Q VARCHAR := 'SELECT ? || ? AS C'; A VARCHAR := 'it''s'; N INT := 5; RS RESULTSET;
        BEGIN
          RS := (EXECUTE IMMEDIATE Q USING (A, N));
          RETURN TABLE(RS);
        END`)
    ).toEqual([{ C: "it's5" }])
  })

  test('takes a whole block', async () => {
    expect(await answer('EXECUTE IMMEDIATE $$ DECLARE X INT := 4; BEGIN RETURN X; END $$')).toBe('4')
  })

  test('takes one statement only', async () => {
    expect((await client.failure("EXECUTE IMMEDIATE 'SELECT 1; SELECT 2'")).code).toBe('001003')
  })
})

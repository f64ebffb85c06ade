import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createManualClock } from '../../src/testing/index.ts'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { connectTo } from './client.ts'
import type { Client } from './client.ts'

let snowflake: LocalSnowflake
let one: Client
let two: Client
beforeAll(async () => {
  snowflake = await startLocalSnowflake({ setup: 'CREATE DATABASE D; CREATE SCHEMA D.S' })
  one = await connectTo(snowflake, { database: 'D', schema: 'S' })
  two = await connectTo(snowflake, { database: 'D', schema: 'S' })
})
afterAll(async () => {
  await one.close()
  await two.close()
  await snowflake.stop()
})
beforeEach(async () => {
  await one.run(
    'CREATE OR REPLACE TABLE T (ID INT, NAME VARCHAR(5), N INT DEFAULT 7)',
    "INSERT INTO T (ID, NAME) VALUES (1, 'a'), (2, 'b'), (3, 'c')"
  )
})

const all = async (client: Client, sql = 'SELECT * FROM T ORDER BY 1') =>
  (await client.rows(sql)).map(row => Object.values(row))

describe('rows', () => {
  test('are inserted, updated, deleted, counted', async () => {
    expect(await one.rows("INSERT INTO T VALUES (4, 'd', DEFAULT), (5, NULL, 1 + 1)")).toEqual([
      { 'number of rows inserted': 2 }
    ])
    expect(await one.rows('UPDATE T SET NAME = UPPER(NAME), N = N + 1 WHERE ID > 3')).toEqual([
      { 'number of rows updated': 2, 'number of multi-joined rows updated': 0 }
    ])
    expect(await one.rows('DELETE FROM T WHERE ID IN (1, 2)')).toEqual([{ 'number of rows deleted': 2 }])
    expect(await all(one)).toEqual([
      [3, 'c', 7],
      [4, 'D', 8],
      [5, null, 3]
    ])
    await one.run('TRUNCATE TABLE T')
    expect(await all(one)).toEqual([])
  })

  test('come from queries and change by joins', async () => {
    await one.run(
      'CREATE OR REPLACE TABLE X (ID INT, V VARCHAR)',
      "INSERT INTO X SELECT ID, NAME || '!' FROM T WHERE ID < 3"
    )
    await one.run(
      'UPDATE T SET NAME = X.V FROM X WHERE T.ID = X.ID',
      'DELETE FROM T USING X WHERE T.ID = X.ID AND X.ID = 2'
    )
    expect(await all(one)).toEqual([
      [1, 'a!', 7],
      [3, 'c', 7]
    ])
    await one.run("INSERT OVERWRITE INTO T SELECT 9, 'z', 1")
    expect(await all(one)).toEqual([[9, 'z', 1]])
  })

  test('merge by branch, and refuse two sources for one row', async () => {
    await one.run(
      'CREATE OR REPLACE TABLE X (ID INT, V VARCHAR)',
      "INSERT INTO X VALUES (1, 'x'), (2, 'gone'), (8, 'new'), (9, 'skip')"
    )
    expect(
      await one.rows(
        "MERGE INTO T USING X ON T.ID = X.ID WHEN MATCHED AND X.V = 'gone' THEN DELETE WHEN MATCHED THEN UPDATE SET NAME = X.V WHEN NOT MATCHED AND X.V <> 'skip' THEN INSERT (ID, NAME) VALUES (X.ID, X.V)"
      )
    ).toEqual([{ 'number of rows inserted': 1, 'number of rows updated': 1, 'number of rows deleted': 1 }])
    expect(await all(one)).toEqual([
      [1, 'x', 7],
      [3, 'c', 7],
      [8, 'new', 7]
    ])
    await one.run("INSERT INTO X VALUES (1, 'y')")
    expect(
      await one.failure('MERGE INTO T USING X ON T.ID = X.ID WHEN MATCHED THEN UPDATE SET NAME = X.V')
    ).toMatchObject({ code: '100090' })
  })

  test('obey their columns', async () => {
    await one.run('ALTER TABLE T ALTER COLUMN ID SET NOT NULL')
    expect(await one.failure("INSERT INTO T (NAME) VALUES ('x')")).toMatchObject({ code: '100072', sqlState: '22000' })
    expect(await one.failure('UPDATE T SET ID = NULL')).toMatchObject({ code: '100072' })
    expect(await one.failure("INSERT INTO T (ID, NAME) VALUES (1, 'too long')")).toMatchObject({
      code: '100078',
      sqlState: '22000'
    })
    expect(await one.failure("INSERT INTO T (ID) VALUES ('x')")).toMatchObject({ code: '100038' })
    expect(await one.failure('INSERT INTO T (ID, NOPE) VALUES (1, 2)')).toMatchObject({ code: '000904' })
    expect(await one.failure('INSERT INTO T (ID) VALUES (1, 2)')).toMatchObject({ code: '002020' })
    expect(await one.failure('UPDATE T SET ID = 1, ID = 2')).toMatchObject({ sqlState: '42601' })
    expect(await all(one)).toHaveLength(3)
  })

  test('keep binds apart from their text', async () => {
    await one.rows('INSERT INTO T (ID, NAME) VALUES (?, ?)', [10, "'; --"])
    expect(await one.rows('SELECT NAME FROM T WHERE ID = ? AND NAME = ?', [10, "'; --"])).toEqual([{ NAME: "'; --" }])
  })

  test('number themselves by sequences and identities', async () => {
    await one.run(
      'CREATE OR REPLACE SEQUENCE SQ START 10 INCREMENT 5',
      'CREATE OR REPLACE TABLE I (ID INT IDENTITY (100, 10), S INT DEFAULT SQ.NEXTVAL, V VARCHAR)'
    )
    await one.run(
      "INSERT INTO I (V) VALUES ('a'), ('b')",
      'INSERT INTO I (V) SELECT NAME FROM T WHERE ID = 1',
      'INSERT INTO I (ID, V) VALUES (SQ.NEXTVAL, NULL)'
    )
    expect(await all(one, 'SELECT ID, S FROM I ORDER BY S')).toEqual([
      [100, 10],
      [110, 15],
      [120, 20],
      [25, 30]
    ])
    expect((await one.rows("SHOW SEQUENCES LIKE 'SQ'"))[0]).toMatchObject({ next_value: 35, interval: 5 })
    expect(await all(one, 'SELECT SQ.NEXTVAL FROM T')).toEqual([[35], [40], [45]])
  })
})

describe('tables', () => {
  test('are made from queries, copies and likenesses', async () => {
    await one.run(
      'CREATE OR REPLACE TABLE C AS SELECT ID, NAME AS N2, ID * 1.5 AS F FROM T',
      'CREATE OR REPLACE TABLE L LIKE T',
      'CREATE OR REPLACE TABLE K CLONE T'
    )
    expect(await all(one, 'SELECT * FROM C ORDER BY 1')).toEqual([
      [1, 'a', 1.5],
      [2, 'b', 3],
      [3, 'c', 4.5]
    ])
    expect((await one.rows('DESC TABLE C')).map(row => [row['name'], row['type']])).toEqual([
      ['ID', 'NUMBER(38,0)'],
      ['N2', 'VARCHAR(5)'],
      ['F', 'NUMBER(38,1)']
    ])
    expect(await all(one, 'SELECT * FROM L')).toEqual([])
    await one.run('DELETE FROM K WHERE ID = 1')
    expect(await all(one, 'SELECT COUNT(*) FROM K')).toEqual([[2]])
    expect(await all(one)).toHaveLength(3)
    await one.run("CREATE OR REPLACE TABLE C2 (A VARCHAR, B) AS SELECT 1, 'x'")
    expect((await one.rows('DESC TABLE C2')).map(row => row['type'])).toEqual(['VARCHAR(16777216)', 'VARCHAR(1)'])
  })

  test('change their shape and keep their rows', async () => {
    await one.run(
      'ALTER TABLE T ADD COLUMN X INT DEFAULT 5, Y VARCHAR',
      'ALTER TABLE T RENAME COLUMN NAME TO TITLE',
      'ALTER TABLE T DROP COLUMN N',
      'ALTER TABLE T ALTER COLUMN TITLE SET DATA TYPE VARCHAR(50)',
      "INSERT INTO T (ID, TITLE) VALUES (4, 'longer than five')"
    )
    expect(await all(one)).toEqual([
      [1, 'a', 5, null],
      [2, 'b', 5, null],
      [3, 'c', 5, null],
      [4, 'longer than five', 5, null]
    ])
    await one.run(
      'ALTER TABLE T ADD COLUMN IF NOT EXISTS X INT',
      'ALTER TABLE T DROP COLUMN IF EXISTS N',
      'ALTER TABLE T RENAME TO RENAMED',
      'ALTER TABLE RENAMED RENAME TO T'
    )
    expect(await one.failure('ALTER TABLE T ADD COLUMN X INT')).toMatchObject({ sqlState: '42601' })
    expect(await one.failure('ALTER TABLE T ALTER COLUMN ID SET DATA TYPE VARCHAR')).toMatchObject({ code: '001043' })
    await one.run('INSERT INTO T (ID) VALUES (NULL)')
    expect(await one.failure('ALTER TABLE T ALTER COLUMN ID SET NOT NULL')).toMatchObject({ sqlState: '42601' })
  })

  test('swap with everything they have', async () => {
    await one.run(
      'CREATE OR REPLACE TABLE OTHER (ID INT)',
      'CREATE ROLE IF NOT EXISTS R',
      'GRANT SELECT ON TABLE OTHER TO ROLE R',
      'ALTER TABLE T SWAP WITH OTHER'
    )
    expect(await all(one)).toEqual([])
    expect(await all(one, 'SELECT COUNT(*) FROM OTHER')).toEqual([[3]])
    expect(await one.rows('SHOW GRANTS ON TABLE T')).toHaveLength(2)
    await one.run('ALTER TABLE T SWAP WITH OTHER')
  })

  test('that are temporary belong to their session', async () => {
    await one.run('CREATE TEMPORARY TABLE T AS SELECT 42 AS ID', 'CREATE TEMP TABLE ONLY_MINE (A INT)')
    expect(await all(one)).toEqual([[42]])
    expect(await all(two)).toHaveLength(3)
    expect(await two.failure('SELECT * FROM ONLY_MINE')).toMatchObject({ code: '002003' })
    expect((await one.rows("SHOW TABLES LIKE 'ONLY_MINE'"))[0]).toMatchObject({ kind: 'TEMPORARY' })
    await one.run('DROP TABLE T', 'DROP TABLE ONLY_MINE')
    expect(await all(one)).toHaveLength(3)
  })
})

describe('transactions', () => {
  test('show their work to themselves first, then to all or to nobody', async () => {
    await one.run('BEGIN', 'DELETE FROM T WHERE ID = 1', 'INSERT INTO T (ID) VALUES (9)')
    expect((await all(one)).map(([id]) => id)).toEqual([2, 3, 9])
    expect((await all(two)).map(([id]) => id)).toEqual([1, 2, 3])
    await one.run('ROLLBACK', 'BEGIN TRANSACTION', 'UPDATE T SET N = 0 WHERE ID = 2', 'COMMIT')
    expect((await all(two)).map(([, , n]) => n)).toEqual([7, 0, 7])
  })

  test('go on after a statement that failed', async () => {
    await one.run('BEGIN', 'INSERT INTO T (ID) VALUES (10)')
    expect(await one.failure("INSERT INTO T (ID) VALUES ('x')")).toMatchObject({ code: '100038' })
    expect(await one.failure('SELECT 1 / 0 FROM T')).toMatchObject({ code: '100051' })
    await one.run('INSERT INTO T (ID) VALUES (11)', 'COMMIT')
    expect((await all(two)).map(([id]) => id)).toEqual([1, 2, 3, 10, 11])
  })

  test('end with a definition', async () => {
    await one.run('BEGIN', 'DELETE FROM T', 'CREATE OR REPLACE TABLE X (A INT)', 'ROLLBACK')
    expect(await all(two)).toEqual([])
  })

  test('end with their session', async () => {
    const third = await connectTo(snowflake, { database: 'D', schema: 'S' })
    await third.run('BEGIN', 'DELETE FROM T')
    await third.close()
    expect(await all(two)).toHaveLength(3)
    await one.run('DELETE FROM T WHERE ID = 1')
  })
})

describe('time travel', () => {
  test('shows a table as it was', async () => {
    const clock = createManualClock({ startMs: Date.parse('2024-01-01T00:00:00Z') })
    await using past = await startLocalSnowflake({ clock, setup: 'CREATE DATABASE D; CREATE TABLE D.PUBLIC.T (A INT)' })
    const ids = async (sql: string) => (await past.execute(sql)).map(row => row['A'])
    await past.execute('INSERT INTO D.PUBLIC.T VALUES (1)')
    await clock.advance(60_000)
    await past.execute('UPDATE D.PUBLIC.T SET A = 2; INSERT INTO D.PUBLIC.T VALUES (3)')
    const [, , last] = past.statements.all()
    expect(await ids('SELECT A FROM D.PUBLIC.T AT (OFFSET => -30) ORDER BY 1')).toEqual([1])
    expect(await ids("SELECT A FROM D.PUBLIC.T AT (TIMESTAMP => '2024-01-01 00:00:30'::TIMESTAMP) ORDER BY 1")).toEqual(
      [1]
    )
    expect(await ids(`SELECT A FROM D.PUBLIC.T BEFORE (STATEMENT => '${last?.queryId ?? ''}') ORDER BY 1`)).toEqual([2])
    expect(
      await ids('SELECT A FROM D.PUBLIC.T CHANGES (INFORMATION => DEFAULT) AT (OFFSET => -30) ORDER BY A')
    ).toEqual([1, 2, 3])
  })
})

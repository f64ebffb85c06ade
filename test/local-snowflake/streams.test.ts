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
    'CREATE OR REPLACE TABLE T (ID INT, NAME VARCHAR)',
    "INSERT INTO T VALUES (1, 'a'), (2, 'b'), (3, 'c')",
    'CREATE OR REPLACE STREAM ST ON TABLE T',
    'CREATE OR REPLACE TABLE SINK (ID INT, NAME VARCHAR, ACTION VARCHAR, UPDATED BOOLEAN)'
  )
})

const changes = async (client: Client, stream = 'ST') =>
  (
    await client.rows(
      `SELECT ID, NAME, METADATA$ACTION A, METADATA$ISUPDATE U FROM ${stream} ORDER BY ID, NAME, METADATA$ACTION`
    )
  ).map(({ ID, NAME, A, U }) => `${String(A)} ${String(ID)} ${String(NAME)}${U === true ? ' (update)' : ''}`)
const drain = 'INSERT INTO SINK SELECT ID, NAME, METADATA$ACTION, METADATA$ISUPDATE FROM ST'
const hasData = async (client: Client, stream = 'ST') =>
  (await client.column(`SELECT SYSTEM$STREAM_HAS_DATA('${stream}')`))[0]

describe('a stream shows the net change since its offset', () => {
  test('inserts, deletes, and updates as two rows', async () => {
    expect(await changes(one)).toEqual([])
    await one.run("INSERT INTO T VALUES (4, 'd')", 'DELETE FROM T WHERE ID = 1', "UPDATE T SET NAME = 'B' WHERE ID = 2")
    expect(await changes(one)).toEqual(['DELETE 1 a', 'INSERT 2 B (update)', 'DELETE 2 b (update)', 'INSERT 4 d'])
  })

  test('leaving out what came and went, and every state in between', async () => {
    await one.run(
      "INSERT INTO T VALUES (4, 'd'), (5, 'e')",
      "UPDATE T SET NAME = 'D' WHERE ID = 4",
      'DELETE FROM T WHERE ID = 5',
      "UPDATE T SET NAME = 'x' WHERE ID = 2",
      "UPDATE T SET NAME = 'y' WHERE ID = 2",
      "UPDATE T SET NAME = 'z' WHERE ID = 3",
      'DELETE FROM T WHERE ID = 3'
    )
    expect(await changes(one)).toEqual(['DELETE 2 b (update)', 'INSERT 2 y (update)', 'DELETE 3 c', 'INSERT 4 D'])
  })

  test('with a row id that pairs both halves of an update and never changes', async () => {
    await one.run("UPDATE T SET NAME = 'B' WHERE ID = 2", "INSERT INTO T VALUES (9, 'n')")
    const pair = await one.column('SELECT METADATA$ROW_ID FROM ST WHERE ID = 2')
    expect(pair).toHaveLength(2)
    expect(new Set(pair).size).toBe(1)
    expect(pair[0]).toMatch(/^[0-9a-f]{40}$/)
    const [other] = await one.column('SELECT METADATA$ROW_ID FROM ST WHERE ID = 9')
    expect(other).not.toBe(pair[0])
    await one.run(drain, "UPDATE T SET NAME = 'BB' WHERE ID = 2")
    expect(await one.column('SELECT METADATA$ROW_ID FROM ST WHERE ID = 2')).toEqual(pair)
  })

  test('whatever statement made the change', async () => {
    await one.run(
      "MERGE INTO T USING (SELECT 1 ID UNION ALL SELECT 7) S ON T.ID = S.ID WHEN MATCHED THEN UPDATE SET NAME = 'm' WHEN NOT MATCHED THEN INSERT VALUES (S.ID, 'new')"
    )
    expect(await changes(one)).toEqual(['DELETE 1 a (update)', 'INSERT 1 m (update)', 'INSERT 7 new'])
    await one.run("INSERT OVERWRITE INTO T VALUES (3, 'only')")
    expect(await changes(one)).toEqual(['DELETE 1 a', 'DELETE 2 b', 'DELETE 3 c', 'INSERT 3 only'])
    await one.run('TRUNCATE TABLE T')
    expect(await changes(one)).toEqual(['DELETE 1 a', 'DELETE 2 b', 'DELETE 3 c'])
  })

  test('append-only: what was inserted, also when it is gone again', async () => {
    await one.run('CREATE OR REPLACE STREAM A ON TABLE T APPEND_ONLY = TRUE')
    await one.run(
      "INSERT INTO T VALUES (4, 'd'), (5, 'e')",
      'DELETE FROM T WHERE ID IN (1, 5)',
      "UPDATE T SET NAME = 'X' WHERE ID = 4"
    )
    expect(await changes(one, 'A')).toEqual(['INSERT 4 d', 'INSERT 5 e'])
  })

  test('from the beginning of the table with SHOW_INITIAL_ROWS, once', async () => {
    await one.run('CREATE OR REPLACE STREAM I ON TABLE T SHOW_INITIAL_ROWS = TRUE')
    await one.run("UPDATE T SET NAME = 'A' WHERE ID = 1")
    expect(await changes(one, 'I')).toEqual(['INSERT 1 A', 'INSERT 2 b', 'INSERT 3 c'])
    await one.run('INSERT INTO SINK (ID) SELECT ID FROM I')
    expect(await changes(one, 'I')).toEqual([])
    expect(await changes(one)).toEqual(['INSERT 1 A (update)', 'DELETE 1 a (update)'])
  })

  test('from a point in the past, or where another stream stands', async () => {
    const statement = await one.statement("INSERT INTO T VALUES (4, 'd')")
    await one.run(
      "INSERT INTO T VALUES (5, 'e')",
      `CREATE OR REPLACE STREAM P ON TABLE T AT (STATEMENT => '${statement.getQueryId()}')`,
      "CREATE OR REPLACE STREAM Q ON TABLE T AT (STREAM => 'ST')"
    )
    expect(await changes(one, 'P')).toEqual(['INSERT 5 e'])
    expect(await changes(one, 'Q')).toEqual(['INSERT 4 d', 'INSERT 5 e'])
  })
})

describe('the offset', () => {
  beforeEach(() => one.run("INSERT INTO T VALUES (4, 'd')"))

  test('does not move by a SELECT', async () => {
    for (let i = 0; i < 3; i += 1) expect(await changes(one)).toEqual(['INSERT 4 d'])
    await one.run('BEGIN', 'SELECT * FROM ST', 'COMMIT')
    expect(await changes(one)).toEqual(['INSERT 4 d'])
  })

  test.each([
    drain,
    'INSERT INTO SINK (ID) SELECT ID FROM ST WHERE 1 = 0',
    'CREATE OR REPLACE TEMPORARY TABLE TMP AS SELECT * FROM ST',
    'MERGE INTO SINK USING ST ON SINK.ID = ST.ID WHEN NOT MATCHED THEN INSERT (ID) VALUES (ST.ID)',
    'UPDATE SINK SET NAME = ST.NAME FROM ST WHERE SINK.ID = ST.ID',
    'DELETE FROM SINK USING ST WHERE SINK.ID = ST.ID',
    'DELETE FROM SINK WHERE ID IN (SELECT ID FROM ST)'
  ])('moves by a change that reads the stream: %s', async sql => {
    await one.run(sql)
    expect(await changes(one)).toEqual([])
    await one.run("INSERT INTO T VALUES (5, 'e')")
    expect(await changes(one)).toEqual(['INSERT 5 e'])
  })

  test('stays when the change fails or is rolled back', async () => {
    expect((await one.failure("INSERT INTO SINK (ID) SELECT 'x' || NAME FROM ST")).code).toBe('100038')
    await one.run('BEGIN', drain, 'ROLLBACK')
    expect(await changes(one)).toEqual(['INSERT 4 d'])
    expect(await one.rows('SELECT * FROM SINK')).toEqual([])
  })

  test('of one stream is nothing to another', async () => {
    await one.run("CREATE OR REPLACE STREAM OTHER ON TABLE T AT (STREAM => 'ST')", drain)
    expect(await changes(one)).toEqual([])
    expect(await changes(one, 'OTHER')).toEqual(['INSERT 4 d'])
  })

  test('moves with its transaction, within which the stream stands still', async () => {
    await one.run('BEGIN', drain)
    await two.run("INSERT INTO T VALUES (5, 'e')")
    await one.run("INSERT INTO T VALUES (6, 'f')")
    expect(await changes(one)).toEqual(['INSERT 4 d'])
    expect(await changes(two)).toEqual(['INSERT 4 d', 'INSERT 5 e'])
    await one.run('COMMIT')
    expect(await changes(one)).toEqual(['INSERT 5 e', 'INSERT 6 f'])
    expect(await changes(two)).toEqual(['INSERT 5 e', 'INSERT 6 f'])
  })

  test('is moved by one reader only: another waits, or fails, and gets nothing twice', async () => {
    await one.run('BEGIN', drain)
    await two.run('ALTER SESSION SET LOCK_TIMEOUT = 0')
    expect((await two.failure(drain)).code).toBe('000625')
    await two.run('ALTER SESSION UNSET LOCK_TIMEOUT')
    const waiting = two.run(drain)
    await one.run("INSERT INTO T VALUES (5, 'e')", 'COMMIT')
    await waiting
    expect(await one.column('SELECT ID FROM SINK ORDER BY 1')).toEqual([4, 5])

    await one.run("INSERT INTO T VALUES (6, 'f'), (7, 'g')")
    await Promise.all(Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? one : two).run(drain)))
    expect(await one.column('SELECT ID FROM SINK ORDER BY 1')).toEqual([4, 5, 6, 7])
  })

  test('moved by others is a conflict to a transaction that began before', async () => {
    await one.run('BEGIN')
    expect(await changes(one)).toEqual(['INSERT 4 d'])
    await two.run(drain)
    expect(await changes(one)).toEqual(['INSERT 4 d'])
    expect((await one.failure(drain)).code).toBe('000625')
    await one.run('ROLLBACK')
    expect(await one.column('SELECT ID FROM SINK')).toEqual([4])
  })

  test('is lost when the stream is replaced, not when table or stream are renamed', async () => {
    await one.run('ALTER TABLE T RENAME TO T2')
    expect(await changes(one)).toEqual(['INSERT 4 d'])
    await one.run('ALTER TABLE T2 RENAME TO T', 'CREATE OR REPLACE STREAM ST ON TABLE T')
    expect(await changes(one)).toEqual([])
  })
})

describe('SYSTEM$STREAM_HAS_DATA', () => {
  test('follows the offset', async () => {
    expect(await hasData(one)).toBe(false)
    await one.run("INSERT INTO T VALUES (4, 'd')")
    expect(await hasData(one)).toBe(true)
    await one.run(drain)
    expect(await hasData(one)).toBe(false)
    expect((await one.failure("SELECT SYSTEM$STREAM_HAS_DATA('NOPE')")).code).toBe('002003')
  })
})

describe('roles', () => {
  beforeAll(async () => {
    await snowflake.execute(`
      CREATE ROLE POLLER; CREATE ROLE PASSER;
      GRANT USAGE ON DATABASE D TO ROLE POLLER; GRANT USAGE ON SCHEMA D.S TO ROLE POLLER;
      GRANT CREATE STREAM ON SCHEMA D.S TO ROLE POLLER`)
  })

  test('need SELECT on the stream and on its table', async () => {
    await one.run("INSERT INTO T VALUES (4, 'd')")
    const as = { role: 'POLLER' }
    await expect(snowflake.execute('SELECT * FROM D.S.ST', as)).rejects.toMatchObject({ code: '002003' })
    await one.run('GRANT SELECT ON STREAM ST TO ROLE POLLER')
    await expect(snowflake.execute('SELECT * FROM D.S.ST', as)).rejects.toThrow()
    await one.run('GRANT SELECT ON TABLE T TO ROLE POLLER')
    expect(await snowflake.execute('SELECT ID FROM D.S.ST', as)).toEqual([{ ID: 4 }])
    await one.run('REVOKE SELECT ON STREAM ST FROM ROLE POLLER')
    await expect(snowflake.execute('SELECT * FROM D.S.ST', as)).rejects.toMatchObject({ code: '002003' })
  })

  test('see changes through masks and filters, as in the table', async () => {
    await one.run(
      "CREATE MASKING POLICY IF NOT EXISTS M AS (V VARCHAR) RETURNS VARCHAR -> IFF(CURRENT_ROLE() = 'POLLER', '*', V)",
      "CREATE ROW ACCESS POLICY IF NOT EXISTS R AS (I INT) RETURNS BOOLEAN -> CURRENT_ROLE() <> 'POLLER' OR I <> 5",
      'ALTER TABLE T MODIFY COLUMN NAME SET MASKING POLICY M',
      'ALTER TABLE T ADD ROW ACCESS POLICY R ON (ID)',
      'GRANT SELECT ON STREAM ST TO ROLE POLLER',
      'GRANT SELECT ON TABLE T TO ROLE POLLER',
      "INSERT INTO T VALUES (4, 'd'), (5, 'e')"
    )
    expect(await changes(one)).toEqual(['INSERT 4 d', 'INSERT 5 e'])
    expect(await snowflake.execute('SELECT ID, NAME FROM D.S.ST', { role: 'POLLER' })).toEqual([{ ID: 4, NAME: '*' }])
    await one.run('DROP TABLE T', 'DROP MASKING POLICY M', 'DROP ROW ACCESS POLICY R')
  })

  test('turn change tracking on as owners only, and then anyone who reads may make a stream', async () => {
    await one.run('CREATE OR REPLACE TABLE U (ID INT)', 'GRANT SELECT ON TABLE U TO ROLE POLLER')
    await expect(snowflake.execute('CREATE STREAM D.S.PS ON TABLE D.S.U', { role: 'POLLER' })).rejects.toThrow()
    await one.run('ALTER TABLE U SET CHANGE_TRACKING = TRUE')
    await snowflake.execute('CREATE STREAM D.S.PS ON TABLE D.S.U', { role: 'POLLER' })
    await expect(snowflake.execute('CREATE STREAM D.S.PS2 ON TABLE D.S.U', { role: 'PASSER' })).rejects.toMatchObject({
      code: '002003'
    })
  })
})

describe('SHOW and DESCRIBE', () => {
  test('tell table, mode and owner', async () => {
    await one.run("CREATE OR REPLACE STREAM A ON TABLE T APPEND_ONLY = TRUE COMMENT = 'for the poller'")
    const [stream] = await one.rows("SHOW STREAMS LIKE 'A' IN SCHEMA D.S")
    expect(stream).toMatchObject({
      name: 'A',
      database_name: 'D',
      schema_name: 'S',
      owner: 'ACCOUNTADMIN',
      comment: 'for the poller',
      table_name: 'D.S.T',
      source_type: 'Table',
      base_tables: 'D.S.T',
      type: 'DELTA',
      stale: 'false',
      mode: 'APPEND_ONLY'
    })
    expect(stream?.['stale_after']).toBeInstanceOf(Date)
    expect(await one.rows('DESCRIBE STREAM A')).toEqual([stream])
    expect((await one.rows('DESCRIBE TABLE A')).map(row => row['name'])).toEqual([
      'ID',
      'NAME',
      'METADATA$ACTION',
      'METADATA$ISUPDATE',
      'METADATA$ROW_ID'
    ])
    await one.run('DROP STREAM A')
    expect(await one.rows("SHOW STREAMS LIKE 'A' IN SCHEMA D.S")).toEqual([])
  })

  test('a stream whose table is gone cannot be read, even if another takes its name', async () => {
    await one.run("INSERT INTO T VALUES (4, 'd')", 'CREATE OR REPLACE TABLE T (ID INT, NAME VARCHAR)')
    expect((await one.failure('SELECT * FROM ST')).code).not.toBe('none')
    const [stream] = await one.rows("SHOW STREAMS LIKE 'ST' IN SCHEMA D.S")
    expect(stream).toMatchObject({ table_name: null, invalid_reason: 'Base table dropped' })
  })
})

test('a stream left alone goes stale after 14 days; one that is consumed does not', async () => {
  const clock = createManualClock({ startMs: Date.UTC(2026, 0, 1) })
  await using timed = await startLocalSnowflake({
    clock,
    setup:
      'CREATE DATABASE D; CREATE SCHEMA D.S; CREATE TABLE D.S.T (ID INT); CREATE TABLE D.S.SINK (ID INT); CREATE STREAM D.S.A ON TABLE D.S.T; CREATE STREAM D.S.B ON TABLE D.S.T'
  })
  const day = 86_400_000
  await clock.advance(10 * day)
  await timed.execute('INSERT INTO D.S.T VALUES (1); INSERT INTO D.S.SINK SELECT ID FROM D.S.B')
  await clock.advance(5 * day)
  await timed.execute('INSERT INTO D.S.T VALUES (2)')
  await expect(timed.execute('SELECT * FROM D.S.A')).rejects.toThrow(/stale/i)
  expect(await timed.execute('SELECT ID FROM D.S.B')).toEqual([{ ID: 2 }])
  expect((await timed.execute('SHOW STREAMS IN ACCOUNT')).map(row => [row['name'], row['stale']])).toEqual([
    ['A', 'true'],
    ['B', 'false']
  ])
  // Recreating it is the only way back.
  await timed.execute('CREATE OR REPLACE STREAM D.S.A ON TABLE D.S.T; INSERT INTO D.S.T VALUES (3)')
  expect(await timed.execute('SELECT ID FROM D.S.A')).toEqual([{ ID: 3 }])
})

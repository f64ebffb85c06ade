/** The kinds of tables and views: how each is made, altered, described, granted on and shown. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import { codeOf, connectTo } from './client.ts'
import type { Client } from './client.ts'

let snowflake: LocalSnowflake
let client: Client

beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    setup: `
      CREATE DATABASE D; CREATE SCHEMA D.S; CREATE ROLE READER; CREATE TAG D.S.TAGGED;
      CREATE TABLE D.S.BASE (A INT, C VARCHAR); INSERT INTO D.S.BASE VALUES (1, 'x'), (2, 'y');
      CREATE MASKING POLICY D.S.MASK AS (V VARCHAR) RETURNS VARCHAR -> '*';
      CREATE ROW ACCESS POLICY D.S.ROWS_1 AS (V NUMBER) RETURNS BOOLEAN -> V > 0;
      CREATE ROW ACCESS POLICY D.S.ROWS_2 AS (V NUMBER) RETURNS BOOLEAN -> V > 1;
      CREATE ROW ACCESS POLICY D.S.ROWS_T AS (V VARCHAR) RETURNS BOOLEAN -> TRUE`
  })
  client = await connectTo(snowflake)
})
afterAll(async () => {
  await client.close()
  await snowflake.stop()
})

interface Kind {
  readonly kind: string
  readonly create: string
  /** The word of the ALTER statement that sets policies, and those that do not. */
  readonly alter: ReadonlyArray<string>
  readonly never: ReadonlyArray<string>
  /** What `GRANT … ON` and `DROP` call it. */
  readonly grantOn: string
  readonly drop: string
  readonly grantedOn: string
  readonly domain: string
}

const table = { grantedOn: 'TABLE', domain: 'TABLE', grantOn: 'TABLE', drop: 'TABLE' }
const kinds: ReadonlyArray<Kind> = [
  { ...table, kind: 'TABLE', create: 'CREATE TABLE D.S.X (A INT, C VARCHAR)', alter: ['TABLE'], never: ['VIEW'] },
  {
    ...table,
    kind: 'transient TABLE',
    create: 'CREATE TRANSIENT TABLE D.S.X (A INT, C VARCHAR)',
    alter: ['TABLE'],
    never: ['VIEW']
  },
  {
    ...table,
    kind: 'temporary TABLE',
    create: 'CREATE TEMPORARY TABLE D.S.X (A INT, C VARCHAR)',
    alter: ['TABLE'],
    never: ['VIEW']
  },
  {
    kind: 'VIEW',
    create: 'CREATE VIEW D.S.X AS SELECT * FROM D.S.BASE',
    alter: ['VIEW'],
    never: ['TABLE'],
    grantOn: 'VIEW',
    drop: 'VIEW',
    grantedOn: 'VIEW',
    domain: 'VIEW'
  },
  {
    kind: 'secure VIEW',
    create: 'CREATE SECURE VIEW D.S.X AS SELECT * FROM D.S.BASE',
    alter: ['VIEW'],
    never: ['TABLE'],
    grantOn: 'VIEW',
    drop: 'VIEW',
    grantedOn: 'VIEW',
    domain: 'VIEW'
  },
  {
    kind: 'MATERIALIZED VIEW',
    create: 'CREATE MATERIALIZED VIEW D.S.X AS SELECT * FROM D.S.BASE',
    alter: ['VIEW'],
    never: ['MATERIALIZED VIEW', 'TABLE'],
    grantOn: 'VIEW',
    drop: 'MATERIALIZED VIEW',
    grantedOn: 'MATERIALIZED_VIEW',
    domain: 'VIEW'
  },
  {
    kind: 'EXTERNAL TABLE',
    create: `CREATE EXTERNAL TABLE D.S.X (A NUMBER AS (VALUE:a::NUMBER), C VARCHAR AS (VALUE:c::VARCHAR)) LOCATION = @D.S.STAGE FILE_FORMAT = (TYPE = JSON)`,
    alter: ['TABLE'],
    never: ['EXTERNAL TABLE', 'VIEW'],
    grantOn: 'EXTERNAL TABLE',
    drop: 'EXTERNAL TABLE',
    grantedOn: 'EXTERNAL_TABLE',
    domain: 'TABLE'
  },
  {
    kind: 'DYNAMIC TABLE',
    create: `CREATE DYNAMIC TABLE D.S.X TARGET_LAG = '1 minute' WAREHOUSE = COMPUTE_WH AS SELECT * FROM D.S.BASE`,
    alter: ['DYNAMIC TABLE', 'TABLE'],
    never: ['VIEW'],
    grantOn: 'DYNAMIC TABLE',
    drop: 'DYNAMIC TABLE',
    grantedOn: 'DYNAMIC_TABLE',
    domain: 'TABLE'
  },
  {
    kind: 'ICEBERG TABLE',
    create: `CREATE ICEBERG TABLE D.S.X (A INT, C VARCHAR) CATALOG = 'SNOWFLAKE' EXTERNAL_VOLUME = 'V' BASE_LOCATION = 'x'`,
    alter: ['ICEBERG TABLE', 'TABLE'],
    never: ['VIEW'],
    grantOn: 'ICEBERG TABLE',
    drop: 'ICEBERG TABLE',
    grantedOn: 'ICEBERG_TABLE',
    domain: 'TABLE'
  },
  {
    ...table,
    kind: 'HYBRID TABLE',
    create: 'CREATE HYBRID TABLE D.S.X (A INT PRIMARY KEY, C VARCHAR)',
    alter: ['TABLE'],
    never: ['HYBRID TABLE', 'VIEW'],
    grantOn: 'HYBRID TABLE',
    grantedOn: 'HYBRID_TABLE'
  }
]

describe.each(kinds)('a $kind', ({ create, alter, never, grantOn, drop, grantedOn, domain }) => {
  const codes = async (word: string, actions: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
    const found: string[] = []
    for (const action of actions) found.push(await codeOf(client.rows(`ALTER ${word} D.S.X ${action}`)))
    return found
  }
  const references = async () =>
    (
      await client.rows(
        `SELECT POLICY_NAME AS P, REF_ENTITY_DOMAIN AS D FROM TABLE(D.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'D.S.X', REF_ENTITY_DOMAIN => '${domain}')) ORDER BY 1`
      )
    ).map(row => [row['P'], row['D']])
  const actions = [
    'MODIFY COLUMN C SET MASKING POLICY D.S.MASK',
    'ADD ROW ACCESS POLICY D.S.ROWS_1 ON (A)',
    'DROP ROW ACCESS POLICY D.S.ROWS_1, ADD ROW ACCESS POLICY D.S.ROWS_2 ON (A)',
    `SET TAG D.S.TAGGED = 'v'`
  ]
  const undo = ['MODIFY COLUMN C UNSET MASKING POLICY', 'DROP ALL ROW ACCESS POLICIES', 'UNSET TAG D.S.TAGGED']

  test('takes policies by its own form of ALTER, and by no other', async () => {
    await client.run(create)
    for (const word of never) {
      for (const code of await codes(word, actions)) expect(['001003', '002203']).toContain(code)
    }
    for (const word of alter) {
      expect(await codes(word, actions)).toEqual(actions.map(() => 'none'))
      expect(await references()).toEqual([
        ['MASK', domain],
        ['ROWS_2', domain]
      ])
      expect(await codes(word, undo)).toEqual(undo.map(() => 'none'))
      expect(await references()).toEqual([])
    }
    await client.run(`DROP ${drop} D.S.X`)
  })

  test('is granted on, described and shown as what it is', async () => {
    await client.run(create, `GRANT SELECT ON ${grantOn} D.S.X TO ROLE READER`)
    const grants = await client.rows(`SHOW GRANTS ON ${grantOn} D.S.X`)
    expect(grants.map(row => [row['privilege'], row['granted_on'], row['name']])).toEqual([
      ['OWNERSHIP', grantedOn, 'D.S.X'],
      ['SELECT', grantedOn, 'D.S.X']
    ])
    const described = await client.rows(`DESCRIBE ${domain} D.S.X`)
    expect(described.map(row => row['name'])).toEqual(expect.arrayContaining(['A', 'C']))
    const objects = await client.rows(`SHOW OBJECTS LIKE 'X' IN SCHEMA D.S`)
    expect(objects).toHaveLength(1)
    const [ddl] = await client.column(`SELECT GET_DDL('${domain}', 'D.S.X')`)
    expect(ddl).toMatch(/^create or replace/i)
    await client.run(`DROP ${drop} D.S.X`)
    expect(await codeOf(client.rows(`DESCRIBE ${domain} D.S.X`))).toBe('002003')
    // What a view is made from says it all: the same statement makes the same view.
    if (domain === 'VIEW') {
      await client.run('USE SCHEMA D.S', String(ddl))
      expect(await client.column(`SELECT GET_DDL('VIEW', 'D.S.X')`)).toEqual([ddl])
      await client.run(`DROP ${drop} D.S.X`)
    }
  })
})

test('an event table takes row access policies and tags, but no mask', async () => {
  await client.run('CREATE EVENT TABLE D.S.X')
  expect(await client.failure('ALTER TABLE D.S.X MODIFY COLUMN RECORD_TYPE SET MASKING POLICY D.S.MASK')).toMatchObject(
    {
      code: '000002',
      sqlState: '0A000'
    }
  )
  await client.run(
    'ALTER TABLE D.S.X ADD ROW ACCESS POLICY D.S.ROWS_T ON (RECORD_TYPE)',
    'ALTER TABLE D.S.X DROP ALL ROW ACCESS POLICIES',
    'GRANT SELECT ON EVENT TABLE D.S.X TO ROLE READER'
  )
  expect(await codeOf(client.rows('ALTER EVENT TABLE D.S.X DROP ALL ROW ACCESS POLICIES'))).toBe('001003')
  await client.run('DROP TABLE D.S.X')
})

describe('a statement the server does not know', () => {
  test.each([
    ['CALL P()', 'CALL'],
    ['COPY INTO D.S.BASE FROM @S', 'COPY'],
    ['UNDROP TABLE D.S.BASE', 'UNDROP'],
    ['EXPLAIN SELECT 1', 'EXPLAIN'],
    ['CREATE NETWORK POLICY P', 'NETWORK'],
    ['CREATE SHARE S', 'SHARE'],
    ['CREATE OR ALTER TABLE D.S.BASE (A INT)', 'OR ALTER'],
    ['ALTER TABLE D.S.BASE ADD SEARCH OPTIMIZATION', 'SEARCH OPTIMIZATION'],
    ['ALTER TABLE D.S.BASE SET AGGREGATION POLICY P', 'AGGREGATION'],
    ['SHOW PRIMARY KEYS', 'PRIMARY KEYS'],
    ['SELECT NO_SUCH_FUNCTION(1)', 'NO_SUCH_FUNCTION'],
    ['GRANT APPLYING ON TABLE D.S.BASE TO ROLE READER', 'APPLYING']
  ])('%s is an error that names it', async (sql, name) => {
    const { code, sqlState, message } = await client.failure(sql)
    expect([code, sqlState]).not.toContain('300002')
    expect(message).toContain(name)
  })
})

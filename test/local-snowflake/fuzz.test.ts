/** Whatever text is sent as a statement, the answer is a result or an error of Snowflake's form, and the server goes on. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocalSnowflake, StatementError } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'

/** Raise it for a long run: `FUZZ_RUNS=100000`. */
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300)
const timeout = 20_000 + numRuns * 20

let snowflake: LocalSnowflake

beforeAll(async () => {
  snowflake = await startLocalSnowflake({
    setup: `
      CREATE DATABASE D; CREATE SCHEMA D.S; CREATE TABLE D.S.T (A INT, B VARCHAR, V VARIANT); CREATE VIEW D.S.W AS SELECT * FROM D.S.T;
      CREATE MASKING POLICY D.S.M AS (X VARCHAR) RETURNS VARCHAR -> NULL; CREATE STREAM D.S.C ON TABLE D.S.T; CREATE ROLE R;
      INSERT INTO D.S.T (A, B) VALUES (1, 'x')`
  })
})
afterAll(() => snowflake.stop())

const statements = [
  `SELECT A, B FROM D.S.T WHERE A > 1 AND B LIKE 'x%' ORDER BY 1 DESC LIMIT 5`,
  `SELECT COUNT(*), MAX(A) FROM D.S.T GROUP BY B HAVING COUNT(*) > 1`,
  `WITH Q AS (SELECT 1 AS N UNION ALL SELECT N + 1 FROM Q) SELECT * FROM Q`,
  `SELECT CASE WHEN A = 1 THEN 'x' ELSE B END, V:a.b[0]::NUMBER(10,2) FROM D.S.T`,
  `SELECT ROW_NUMBER() OVER (PARTITION BY A ORDER BY B ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM D.S.T`,
  `SELECT * EXCLUDE (A) RENAME B AS C FROM D.S.T T1 LEFT JOIN D.S.W T2 USING (A)`,
  `SELECT * FROM TABLE(FLATTEN(INPUT => PARSE_JSON('[1,2]'))) F, LATERAL (SELECT F.VALUE)`,
  `SELECT TO_JSON(OBJECT_CONSTRUCT(*)), IFF(TRUE, 1, 2), DATEADD(day, 1, CURRENT_DATE()) FROM D.S.T`,
  `SHOW TABLES LIKE 'T%' IN SCHEMA D.S STARTS WITH 'T' LIMIT 5 FROM 'A' ->> SELECT "name" FROM $1`,
  `SHOW GRANTS ON TABLE D.S.T`,
  `DESCRIBE TABLE D.S.T`,
  `GRANT SELECT, INSERT ON TABLE D.S.T TO ROLE R WITH GRANT OPTION`,
  `REVOKE ALL PRIVILEGES ON ALL TABLES IN SCHEMA D.S FROM ROLE R CASCADE`,
  `GRANT SELECT ON FUTURE TABLES IN DATABASE D TO ROLE R`,
  `ALTER TABLE D.S.T MODIFY COLUMN B SET MASKING POLICY D.S.M USING (B) FORCE, COLUMN A UNSET MASKING POLICY`,
  `ALTER TABLE D.S.T DROP ROW ACCESS POLICY D.S.P, ADD ROW ACCESS POLICY D.S.Q ON (A, B)`,
  `CREATE OR REPLACE MASKING POLICY D.S.M2 AS (X VARCHAR, Y NUMBER) RETURNS VARCHAR -> CASE WHEN IS_ROLE_IN_SESSION('R') THEN X ELSE SHA2(X) END COMMENT = 'c'`,
  `CREATE OR REPLACE TABLE D.S.N (A NUMBER(38,0) NOT NULL DEFAULT 1, B VARCHAR(10) COMMENT 'b', PRIMARY KEY (A)) CLUSTER BY (A)`,
  `CREATE TRANSIENT TABLE IF NOT EXISTS D.S.N2 AS SELECT * FROM D.S.T AT (OFFSET => -60)`,
  `INSERT INTO D.S.T (A, B) SELECT 1, 'y' UNION SELECT 2, NULL`,
  `UPDATE D.S.T SET A = A + 1 WHERE B IN ('x', 'y')`,
  `MERGE INTO D.S.T USING (SELECT 1 AS A) S ON T.A = S.A WHEN MATCHED AND S.A > 0 THEN UPDATE SET B = 'z' WHEN NOT MATCHED THEN INSERT (A) VALUES (S.A)`,
  `DELETE FROM D.S.T USING D.S.W WHERE T.A = W.A AND FALSE`,
  `BEGIN LET X := 1; FOR I IN 1 TO 3 DO X := X + I; END FOR; RETURN X; EXCEPTION WHEN OTHER THEN RETURN SQLERRM; END`,
  `EXECUTE IMMEDIATE $$ SELECT 1 $$`,
  `SELECT GET_DDL('TABLE', 'D.S.T'), SYSTEM$STREAM_HAS_DATA('D.S.C')`,
  `SELECT * FROM TABLE(D.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => 'D.S.T', REF_ENTITY_DOMAIN => 'TABLE'))`,
  `SELECT * FROM D.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'T'`
]

/** Words, names, texts, numbers and single signs. */
const pieces = statements.map(sql => sql.match(/\w+|"[^"]*"|'[^']*'|\s+|[^\w\s]/g) ?? [])
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...pieces.flat()) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '(',
      ')',
      ',',
      ';',
      '::',
      '->>',
      '$1',
      '?',
      ':1',
      '--',
      '/*',
      "'",
      '"',
      '$$',
      '\0',
      '\uFEFF',
      '\\'
    )
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '1e999',
      '-0',
      '99999999999999999999999999999999999999999',
      '0x',
      '1.',
      '.',
      'NULL',
      'a\u0300'
    )
  }
)

interface Edit {
  readonly at: number
  readonly remove: number
  readonly insert: ReadonlyArray<string>
}

const edited = fc
  .tuple(
    fc.constantFrom(...pieces),
    fc.array(
      fc.record<Edit>({
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        remove: fc.integer({ min: 0, max: 4 }),
        insert: fc.array(piece, { maxLength: 3 })
      }),
      { minLength: 1, maxLength: 4 }
    )
  )
  .map(([parts, edits]) => {
    const text = parts.slice()
    for (const { at, remove, insert } of edits) text.splice(Math.floor(at * text.length), remove, ...insert)
    return text.join('')
  })

const soup = fc.array(piece, { maxLength: 40 }).map(parts => parts.join(' '))
const noise = fc.string({ unit: 'binary', maxLength: 200 })

/** Undefined for a result or an error that a client can read. */
const fault = async (sql: string): Promise<unknown> => {
  try {
    await snowflake.execute(sql)
    return undefined
  } catch (error) {
    const wellFormed =
      error instanceof StatementError && /^[0-9]{6}$/.test(error.code) && /^[0-9A-Z]{5}$/.test(error.sqlState)
    return wellFormed && error.code !== '300002' ? undefined : error
  }
}

test.each([
  ['statements with a few things wrong', edited],
  ['words of SQL in any order', soup],
  ['noise', noise]
] as const)('%s', { timeout }, async (_, texts) => {
  await fc.assert(
    fc.asyncProperty(texts, async sql => {
      expect(await fault(sql)).toBeUndefined()
    }),
    { numRuns }
  )
  expect(await snowflake.execute('SELECT 1 AS N')).toEqual([{ N: 1 }])
})

test('nesting without end is refused, not followed', { timeout }, async () => {
  for (const open of [
    '(',
    'NOT ',
    '- ',
    'CASE WHEN ',
    'SELECT (',
    'f(',
    '[',
    `{'a':`,
    'BEGIN ',
    'IF (TRUE) THEN ',
    '/*'
  ]) {
    for (const start of ['SELECT ', 'BEGIN ', '']) expect(await fault(start + open.repeat(20_000))).toBeUndefined()
  }
  expect(await snowflake.execute('SELECT 1 AS N')).toEqual([{ N: 1 }])
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startLocalSnowflake } from '../../src/testing/local-snowflake/index.ts'
import type { LocalSnowflake } from '../../src/testing/local-snowflake/index.ts'

let snowflake: LocalSnowflake
const setup = `
  CREATE DATABASE D; CREATE SCHEMA D.S;
  CREATE TABLE D.S.PEOPLE (ID INT, NAME VARCHAR(20), DEPT VARCHAR, PAY NUMBER(10,2), BORN DATE, "odd Name" VARCHAR, EXTRA VARIANT);
  INSERT INTO D.S.PEOPLE SELECT 1, 'Ann', 'A', 100.50, '1990-01-31', 'x', PARSE_JSON('{"k": [1, {"z": "deep"}], "b": true}');
  INSERT INTO D.S.PEOPLE SELECT 2, 'Bob', 'A', 200, '1985-12-01', NULL, PARSE_JSON('{"k": []}');
  INSERT INTO D.S.PEOPLE (ID, NAME, DEPT, PAY) VALUES (3, 'Cid', 'B', 300), (4, 'Dan', NULL, NULL);
  CREATE TABLE D.S.DEPTS (DEPT VARCHAR, TITLE VARCHAR);
  INSERT INTO D.S.DEPTS VALUES ('A', 'Alpha'), ('C', 'Gamma')
`
beforeAll(async () => {
  snowflake = await startLocalSnowflake({ setup })
})
afterAll(() => snowflake.stop())

/** Rows as lists of values. */
const ask = async (sql: string) => (await snowflake.execute(`USE SCHEMA D.S; ${sql}`)).map(row => Object.values(row))

type Case = readonly [sql: string, rows: ReadonlyArray<ReadonlyArray<unknown>>]

const selects: ReadonlyArray<Case> = [
  ["SELECT ID FROM PEOPLE WHERE PAY > 100.5 OR NAME LIKE 'A%' ORDER BY ID", [[1], [2], [3]]],
  [
    'SELECT NAME N, PAY * 2 AS P FROM PEOPLE WHERE P > 300 ORDER BY N DESC',
    [
      ['Cid', 600],
      ['Bob', 400]
    ]
  ],
  [
    'SELECT DEPT, COUNT(*) C, SUM(PAY) FROM PEOPLE GROUP BY DEPT HAVING C > 1 OR DEPT IS NULL ORDER BY DEPT',
    [
      ['A', 2, 300.5],
      [null, 1, null]
    ]
  ],
  [
    'SELECT DEPT, COUNT(*) FROM PEOPLE GROUP BY 1 ORDER BY 1 DESC',
    [
      [null, 1],
      ['B', 1],
      ['A', 2]
    ]
  ],
  [
    'SELECT P.NAME, D.TITLE FROM PEOPLE P LEFT JOIN DEPTS D ON P.DEPT = D.DEPT ORDER BY P.ID',
    [
      ['Ann', 'Alpha'],
      ['Bob', 'Alpha'],
      ['Cid', null],
      ['Dan', null]
    ]
  ],
  [
    'SELECT NAME, TITLE FROM PEOPLE JOIN DEPTS USING (DEPT) ORDER BY ID',
    [
      ['Ann', 'Alpha'],
      ['Bob', 'Alpha']
    ]
  ],
  [
    'SELECT DEPT, NAME, TITLE FROM PEOPLE NATURAL JOIN DEPTS ORDER BY ID',
    [
      ['A', 'Ann', 'Alpha'],
      ['A', 'Bob', 'Alpha']
    ]
  ],
  [
    'SELECT * FROM DEPTS FULL JOIN (SELECT DISTINCT DEPT FROM PEOPLE) X USING (DEPT) ORDER BY 1',
    [
      ['A', 'Alpha'],
      ['B', null],
      ['C', 'Gamma'],
      [null, null]
    ]
  ],
  [
    'WITH RICH AS (SELECT * FROM PEOPLE WHERE PAY >= 200), N (C) AS (SELECT COUNT(*) FROM RICH) SELECT RICH.NAME, N.C FROM RICH, N ORDER BY ALL_NAMES',
    [] as never
  ],
  [
    'WITH RICH AS (SELECT * FROM PEOPLE WHERE PAY >= 200), N (C) AS (SELECT COUNT(*) FROM RICH) SELECT RICH.NAME, N.C FROM RICH, N ORDER BY 1',
    [
      ['Bob', 2],
      ['Cid', 2]
    ]
  ],
  ['WITH RECURSIVE R (N) AS (SELECT 1 UNION ALL SELECT N + 1 FROM R WHERE N < 4) SELECT SUM(N) FROM R', [[10]]],
  [
    'SELECT NAME FROM PEOPLE WHERE DEPT IN (SELECT DEPT FROM DEPTS) AND EXISTS (SELECT 1 FROM DEPTS D WHERE D.DEPT = PEOPLE.DEPT) ORDER BY 1',
    [['Ann'], ['Bob']]
  ],
  [
    'SELECT NAME, (SELECT MAX(TITLE) FROM DEPTS D WHERE D.DEPT = P.DEPT) FROM PEOPLE P WHERE ID < 4 ORDER BY ID',
    [
      ['Ann', 'Alpha'],
      ['Bob', 'Alpha'],
      ['Cid', null]
    ]
  ],
  ["SELECT 'a' UNION SELECT 'a' UNION ALL SELECT 'b' ORDER BY 1", [['a'], ['b']]],
  ['SELECT ID FROM PEOPLE EXCEPT SELECT 2 INTERSECT SELECT 2 ORDER BY ID', [[1], [3], [4]]],
  [
    'SELECT NAME, RANK() OVER (PARTITION BY DEPT ORDER BY PAY DESC) R FROM PEOPLE WHERE DEPT IS NOT NULL QUALIFY R = 1 ORDER BY 1',
    [
      ['Bob', 1],
      ['Cid', 1]
    ]
  ],
  [
    'SELECT ID, LAG(ID) OVER (ORDER BY ID), SUM(ID) OVER (ORDER BY ID ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM PEOPLE ORDER BY ID LIMIT 2',
    [
      [1, null, 1],
      [2, 1, 3]
    ]
  ],
  ['SELECT PAY FROM PEOPLE ORDER BY PAY DESC LIMIT 2', [[null], [300]]],
  ['SELECT PAY FROM PEOPLE ORDER BY PAY LIMIT 1 OFFSET 1', [[200]]],
  ['SELECT TOP 1 NAME FROM PEOPLE ORDER BY 1', [] as never],
  ['SELECT "odd Name" FROM PEOPLE WHERE "odd Name" = \'x\'', [['x']]],
  ['SELECT * EXCLUDE (PAY, BORN, EXTRA, "odd Name") RENAME (NAME AS N) FROM PEOPLE WHERE ID = 1', [[1, 'Ann', 'A']]],
  [
    'SELECT EXTRA:k[0]::INT, EXTRA:k[1].z::STRING, EXTRA:b, EXTRA:none FROM PEOPLE WHERE ID = 1',
    [[1, 'deep', true, null]]
  ],
  [
    'SELECT ID, F.INDEX, F.VALUE FROM PEOPLE, LATERAL FLATTEN(INPUT => EXTRA:k) F ORDER BY 1, 2',
    [
      [1, 0, 1],
      [1, 1, { z: 'deep' }]
    ]
  ],
  ["SELECT VALUE FROM TABLE(FLATTEN(INPUT => PARSE_JSON('[1,2]')))", [[1], [2]]],
  [
    "SELECT OBJECT_CONSTRUCT('a', 1, 'b', NULL), ARRAY_CONSTRUCT(1, 'x'), ARRAY_SIZE(PARSE_JSON('[1,2,3]')), TYPEOF(PARSE_JSON('1'))",
    [[{ a: 1 }, [1, 'x'], 3, 'INTEGER']]
  ],
  [
    "SELECT COLUMN1, COLUMN2 FROM (VALUES (1, 'a'), (2, NULL)) ORDER BY 1 DESC",
    [
      [2, null],
      [1, 'a']
    ]
  ],
  ['SELECT A + B FROM VALUES (1, 2) AS V (A, B)', [[3]]],
  [
    "SELECT CASE DEPT WHEN 'A' THEN 1 ELSE 0 END, IFF(PAY > 100, 'y', 'n'), NVL(DEPT, '-'), COALESCE(NULL, DEPT, '?'), NULLIF(DEPT, 'B'), DECODE(DEPT, 'A', 1, NULL, 2, 3) FROM PEOPLE ORDER BY ID",
    [
      [1, 'y', 'A', 'A', 'A', 1],
      [1, 'y', 'A', 'A', 'A', 1],
      [0, 'y', 'B', 'B', null, 3],
      [0, 'n', '-', '?', null, 2]
    ]
  ],
  [
    "SELECT COUNT(DISTINCT DEPT), LISTAGG(NAME, ',') WITHIN GROUP (ORDER BY ID DESC), MEDIAN(PAY), COUNT_IF(PAY > 150) FROM PEOPLE",
    [[2, 'Dan,Cid,Bob,Ann', 200, 2]]
  ],
  [
    'SELECT DEPT, SUM(PAY) FROM PEOPLE WHERE PAY IS NOT NULL GROUP BY ROLLUP(DEPT) ORDER BY 2',
    [
      ['B', 300],
      ['A', 300.5],
      [null, 600.5]
    ]
  ],
  ["SELECT ID FROM PEOPLE WHERE NAME ILIKE ANY ('a%', '%N') ORDER BY 1", [[1], [4]]],
  ['SELECT ID FROM PEOPLE WHERE ID NOT IN (1, 2) AND ID BETWEEN 2 AND 3', [[3]]],
  ['SELECT COUNT(*) FROM PEOPLE A CROSS JOIN PEOPLE B', [[16]]],
  ['SELECT $1 FROM PEOPLE WHERE $1 = 2', [[2]]],
  ["SELECT ID FROM D.S.PEOPLE WHERE D.S.PEOPLE.NAME = 'Ann'", [[1]]]
]

describe('SELECT', () => {
  test.each(selects.filter(([, rows]) => rows.length > 0))('%s', async (sql, rows) => {
    expect(await ask(sql)).toEqual(rows)
  })

  test('TOP takes the first rows', async () => {
    expect(await ask('SELECT TOP 2 ID FROM PEOPLE')).toHaveLength(2)
  })
})

const scalars: ReadonlyArray<readonly [sql: string, value: unknown]> = [
  ["UPPER('a') || LOWER('B') || INITCAP('hello world')", 'AbHello World'],
  ["LENGTH('héé')", 3],
  ["SUBSTR('abcdef', 2, 3) || SUBSTRING('abc', 0, 2) || SUBSTR('abc', -1)", 'bcdabc'],
  ["LEFT('abc', 2) || RIGHT('abc', 1)", 'abc'],
  ["REPEAT('*', 3) || SPACE(1) || LPAD('7', 3, '0') || RPAD('7', 3, '-')", '*** 0077--'],
  ["TRIM('  a ') || LTRIM('xxa', 'x') || RTRIM('axx', 'x')", 'aaa'],
  ["REPLACE('aba', 'a', 'c') || TRANSLATE('abc', 'ab', 'x') || REVERSE('ab')", 'cbcxcba'],
  ["CONCAT('a', NULL)", null],
  ["CONCAT_WS('-', 'a', 'b')", 'a-b'],
  ["POSITION('b', 'abc') + CHARINDEX('c', 'abcabc', 4)", 8],
  ["SPLIT_PART('a.b.c', '.', 2)", 'b'],
  ["CONTAINS('abc', 'b') AND STARTSWITH('abc', 'a') AND ENDSWITH('abc', 'c')", true],
  ["REGEXP_LIKE('abc', 'b')", false],
  ["'abc' RLIKE 'a.c'", true],
  ["REGEXP_REPLACE('a1b22', '[0-9]+', '#')", 'a#b#'],
  ["REGEXP_REPLACE('a1b2', '([a-z])([0-9])', '\\\\2\\\\1')", '1a2b'],
  ["REGEXP_SUBSTR('ab12', '[0-9]+')", '12'],
  ["REGEXP_COUNT('a1b2', '[0-9]')", 2],
  ["SHA2('a')", 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
  ["LENGTH(SHA2('a', 512))", 128],
  ["MD5('a')", '0cc175b9c0f1b6a831c399e269772661'],
  ["SHA1('a')", '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8'],
  ["BASE64_DECODE_STRING(BASE64_ENCODE('hé'))", 'hé'],
  ["HEX_DECODE_STRING(HEX_ENCODE('abc'))", 'abc'],
  ['ABS(-2) + CEIL(1.2) + FLOOR(1.8) + SIGN(-3)', 4],
  ['ROUND(2.567, 2)', 2.57],
  ['ROUND(-2.5)', -3],
  ['TRUNC(2.987, 1)', 2.9],
  ['MOD(-5, 3)', -2],
  ['7 / 2', 3.5],
  ['1 / 3', 0.333333],
  ['DIV0(1, 0)', 0],
  ['POWER(2, 10) + SQRT(16)', 1028],
  ['GREATEST(1, 5, 3) - LEAST(4, 2)', 3],
  ['GREATEST(1, NULL)', null],
  ["TO_NUMBER('12.7')", 13],
  ["TO_NUMBER('12.75', 10, 2)", 12.75],
  ["TRY_TO_NUMBER('x')", null],
  ["TRY_CAST('x' AS INT)", null],
  ["'5' = 5", true],
  ["'1.5' = 2", false],
  ["TO_BOOLEAN('yes')", true],
  ['1::BOOLEAN', true],
  ['TO_VARCHAR(12.50::NUMBER(10,2))', '12.50'],
  ["TO_CHAR('2020-03-04'::DATE, 'DD/MM/YYYY')", '04/03/2020'],
  ["TO_VARCHAR('2020-03-04 05:06:07'::TIMESTAMP)", '2020-03-04 05:06:07.000'],
  ["TO_DATE('04.03.2020', 'DD.MM.YYYY') = DATE '2020-03-04'", true],
  ["TO_CHAR(DATEADD(month, 1, '2020-01-31'::DATE), 'YYYY-MM-DD')", '2020-02-29'],
  ["DATEDIFF('day', '2020-01-01', '2020-03-01')", 60],
  ["TO_CHAR(DATE_TRUNC('month', '2020-03-14'::DATE), 'YYYY-MM-DD')", '2020-03-01'],
  ["YEAR('2020-03-14'::DATE) * 100 + MONTH('2020-03-14'::DATE)", 202003],
  ["EXTRACT(DAY FROM DATE '2020-03-14')", 14],
  ["TO_CHAR(LAST_DAY('2020-02-10'::DATE), 'YYYY-MM-DD')", '2020-02-29'],
  ["TO_CHAR('2020-01-01'::DATE + 1, 'YYYY-MM-DD')", '2020-01-02'],
  ["'2020-01-05'::DATE - '2020-01-01'::DATE", 4],
  ["MONTHNAME('2020-03-14'::DATE) || DAYNAME('2020-03-14'::DATE)", 'MarSat'],
  ["TO_CHAR(DATE_FROM_PARTS(2020, 2, 3), 'YYYY-MM-DD')", '2020-02-03'],
  ["TO_CHAR(CONVERT_TIMEZONE('UTC', 'Asia/Tokyo', '2020-01-01 00:00:00'::TIMESTAMP_NTZ), 'HH24')", '09'],
  ['CURRENT_DATE() <= CURRENT_TIMESTAMP()::DATE', true],
  ['EQUAL_NULL(NULL, NULL)', true],
  ['NULL IS NOT DISTINCT FROM NULL', true],
  ['PARSE_JSON(\'{"a":"x"}\'):a = \'x\'', true],
  ["GET(PARSE_JSON('[7]'), 0)::INT", 7],
  ["ARRAY_CONTAINS('x'::VARIANT, PARSE_JSON('[\"x\"]'))", true],
  ["ARRAY_TO_STRING(PARSE_JSON('[1,\"b\"]'), '-')", '1-b'],
  ["OBJECT_INSERT(OBJECT_CONSTRUCT('a', 1), 'b', 2):b::INT", 2],
  ["'x''y\\n'", "x'y\n"],
  ["$$raw 'text'$$", "raw 'text'"],
  ['12345678901234567890123456789', '12345678901234567890123456789'],
  ['CURRENT_ACCOUNT()', 'local'],
  ['SYSTEM$TYPEOF(1::NUMBER(10,2))', 'NUMBER(10,2)']
]

describe('scalar expressions', () => {
  test.each(scalars)('%s', async (sql, value) => {
    const [row] = await snowflake.execute(`SELECT ${sql} AS V FROM (SELECT 1)`)
    expect(row?.['V']).toEqual(value)
  })
})

describe('errors', () => {
  test.each([
    ['SELECT NOPE FROM D.S.PEOPLE', '000904', '42000'],
    ['SELECT P.NAME FROM D.S.PEOPLE X', '000904', '42000'],
    ['SELECT ID FROM D.S.PEOPLE A, D.S.PEOPLE B', '002028', '42601'],
    ['SELECT NO_SUCH_FUNCTION(1)', '002140', '42601'],
    ['SELECT * FROM D.S.NOPE', '002003', '42S02'],
    ['SELECT * FROM D.NOPE.T', '002003', '02000'],
    ['SELECT * FROM NOPE.S.T', '002003', '02000'],
    ['SELECT * FROM T', '090105', '22000'],
    [
      'USE DATABASE D; USE SCHEMA D.S; DROP SCHEMA IF EXISTS D.GONE; CREATE SCHEMA D.GONE; DROP SCHEMA D.GONE; SELECT * FROM T',
      '090106',
      '22000'
    ],
    ['SELECT 1 / 0 FROM D.S.PEOPLE', '100051', '22012'],
    ["SELECT 'abc'::INT FROM D.S.PEOPLE", '100038', '22018'],
    ['SELECT NAME::INT FROM D.S.PEOPLE', '100038', '22018'],
    ["SELECT 'abc'::DATE FROM D.S.PEOPLE", '100040', '22007'],
    ['SELECT (SELECT ID FROM D.S.PEOPLE) FROM D.S.PEOPLE', '090150', '22000'],
    ['SELECT ID FROM D.S.PEOPLE UNION SELECT 1, 2', '001506', '42601'],
    ['SELECT FROM D.S.PEOPLE', '001003', '42000'],
    ["SELECT 'open", '001003', '42000'],
    ['SELECT /* open', '001003', '42000'],
    ['SELECT ((1)', '001003', '42000'],
    ['COPY INTO D.S.PEOPLE FROM @X', '000002', '0A000'],
    ['SELECT * FROM D.S.PEOPLE SAMPLE (10)', '000002', '0A000'],
    ['SELECT LEFT(NAME) FROM D.S.PEOPLE', '000939', '22023'],
    ['SELECT * FROM D.INFORMATION_SCHEMA.NOPE', '002003', '42S02'],
    [`SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, '001003', '42000']
  ])('%s', async (sql, code, sqlState) => {
    await expect(snowflake.execute(sql)).rejects.toMatchObject({ name: 'StatementError', code, sqlState })
  })

  test('tell where a syntax error is', async () => {
    await expect(snowflake.execute('SELECT 1\n  FRUM FRUM x')).rejects.toMatchObject({
      code: '001003',
      line: 2,
      position: 7
    })
  })
})

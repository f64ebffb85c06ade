/** @see https://docs.snowflake.com/en/sql-reference/functions-semistructured */
import { variantType } from '../../sql/DataType.ts'
import type { DataType } from '../../sql/DataType.ts'
import { asText, castTo } from '../coerce.ts'
import type { Compiled } from '../Compiled.ts'
import { isSemiStructured } from '../engineTypes.ts'
import { knownLiteral } from '../KnownValue.ts'
import type { KnownValue } from '../KnownValue.ts'
import type { Row } from '../../statements/ResultSet.ts'
import { boolean, built, float, number, scalar, text } from './FunctionTable.ts'
import type { FunctionTable, ScalarFunction } from './FunctionTable.ts'

const none: Compiled = { sql: 'NULL', type: undefined }
const array: DataType = { name: 'ARRAY' }
const object: DataType = { name: 'OBJECT' }

const json = (value: Compiled): string => (isSemiStructured(value.type) ? value.sql : castTo(value, variantType).sql)

/** Arguments as JSON, except those at `plain`. */
const ofJson = (template: string, type: DataType, arity: number, plain: ReadonlyArray<number> = []): ScalarFunction =>
  built(arity, arity, args =>
    scalar(template, type, arity).build(
      args.map((arg, i) => (plain.includes(i) ? asText(arg) : { ...arg, sql: json(arg) }))
    )
  )

/** Entries with a NULL key or value are left out; those with a NULL value may be kept. */
const construct = (keepNull: boolean): ScalarFunction =>
  built(0, 2 * maxColumns, args => {
    const entries = args.flatMap((key, i) => (i % 2 === 0 ? [entry(key, args[i + 1] ?? none, keepNull)] : []))
    const sql =
      entries.length === 0 ? "CAST('{}' AS JSON)" : `CAST('{' || concat_ws(',', ${entries.join(', ')}) || '}' AS JSON)`
    const known = knownObject(args, keepNull)
    return known === undefined ? { sql, type: object } : { sql, type: object, known }
  })

/** The same from rows that are there already. */
const knownObject = (args: ReadonlyArray<Compiled>, keepNull: boolean): KnownValue | undefined => {
  const values = args.flatMap(({ known, literal }) => known ?? (literal && knownLiteral(literal)) ?? [])
  if (values.length < args.length) return undefined
  const cell = (row: Row): string => {
    const entries = values.flatMap((key, i) => {
      const name = i % 2 === 0 ? key.cell(row) : null
      const value = values[i + 1]?.json(row) ?? (keepNull ? 'null' : null)
      return name === null || value === null ? [] : [`${JSON.stringify(name)}:${value}`]
    })
    return `{${entries.join(',')}}`
  }
  return { cell, json: cell }
}

/** `OBJECT_CONSTRUCT(*)` takes rows of any width. */
const maxColumns = 10_000

/** NULL where the entry is to be left out. */
const entry = (key: Compiled, value: Compiled, keepNull: boolean): string =>
  `to_json(${asText(key).sql}) || ':' || ${keepNull ? `coalesce(${json(value)}, 'null')` : json(value)}`

const as = (test: string, type: DataType): ScalarFunction =>
  built(1, 1, ([value = none]) => {
    const inside: Compiled = { sql: json(value), type: variantType }
    return {
      sql: `(CASE WHEN ${test.replace('$1', `json_type(${inside.sql})`)} THEN ${castTo(inside, type, true).sql} END)`,
      type
    }
  })

const isA = (test: string): ScalarFunction =>
  built(1, 1, ([value = none]) => ({ sql: `(${test.replace('$1', `json_type(${json(value)})`)})`, type: boolean }))

const isNumber = "$1 IN ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT')"

export const semiStructuredFunctions: FunctionTable = {
  OBJECT_CONSTRUCT: construct(false),
  OBJECT_CONSTRUCT_KEEP_NULL: construct(true),
  ARRAY_CONSTRUCT: built(0, 255, args => ({ sql: `json_array(${args.map(json).join(', ')})`, type: array })),
  ARRAY_SIZE: ofJson('CAST(json_array_length($1) AS BIGINT)', number, 1),
  ARRAY_CONTAINS: ofJson('list_contains(CAST($2 AS JSON[]), $1)', boolean, 2),
  ARRAY_APPEND: ofJson('to_json(list_append(CAST($1 AS JSON[]), $2))', array, 2),
  ARRAY_CAT: ofJson('to_json(list_concat(CAST($1 AS JSON[]), CAST($2 AS JSON[])))', array, 2),
  ARRAY_TO_STRING: ofJson("array_to_string(list_transform(CAST($1 AS JSON[]), lambda e: e ->> '$'), $2)", text, 2, [1]),
  ARRAY_DISTINCT: ofJson('to_json(list_distinct(CAST($1 AS JSON[])))', array, 1),
  OBJECT_KEYS: ofJson('to_json(json_keys($1))', array, 1),
  OBJECT_INSERT: built(3, 4, ([target = none, key = none, value = none]) => ({
    sql: `json_merge_patch(${json(target)}, json_object(${asText(key).sql}, ${json(value)}))`,
    type: object
  })),
  OBJECT_DELETE: ofJson('json_merge_patch($1, json_object($2, NULL))', object, 2, [1]),
  GET: ofJson('sf_get($1, $2)', variantType, 2, [1]),
  GET_PATH: ofJson("json_extract($1, '$.' || $2)", variantType, 2, [1]),
  TYPEOF: ofJson('sf_typeof(json_type($1))', text, 1),
  IS_NULL_VALUE: isA("$1 = 'NULL'"),
  IS_ARRAY: isA("$1 = 'ARRAY'"),
  IS_OBJECT: isA("$1 = 'OBJECT'"),
  IS_BOOLEAN: isA("$1 = 'BOOLEAN'"),
  IS_INTEGER: isA("$1 IN ('BIGINT', 'UBIGINT', 'HUGEINT')"),
  IS_DECIMAL: isA(isNumber),
  IS_DOUBLE: isA(isNumber),
  IS_VARCHAR: isA("$1 = 'VARCHAR'"),
  IS_CHAR: isA("$1 = 'VARCHAR'"),
  AS_VARCHAR: as("$1 = 'VARCHAR'", text),
  AS_CHAR: as("$1 = 'VARCHAR'", text),
  AS_INTEGER: as(isNumber, number),
  AS_NUMBER: as(isNumber, number),
  AS_DOUBLE: as(isNumber, float),
  AS_BOOLEAN: as("$1 = 'BOOLEAN'", boolean),
  STRIP_NULL_VALUE: ofJson("(CASE WHEN json_type($1) = 'NULL' THEN NULL ELSE $1 END)", variantType, 1)
}

/** Functions the engine lacks: as macros where its SQL can say them, as code where it cannot. */
import { createHash } from 'node:crypto'
import type * as DuckDBModule from '@duckdb/node-api'
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api'
import { raise } from './engineErrors.ts'

type Api = typeof DuckDBModule

const macros: ReadonlyArray<string> = [
  `sf_divide(a, b) AS CASE WHEN b = 0 THEN ${raise('100051', '22012', 'Division by zero')} ELSE a / b END`,
  `sf_modulo(a, b) AS CASE WHEN b = 0 THEN ${raise('100051', '22012', 'Division by zero')} ELSE a % b END`,
  "sf_boolean(a, attempt) AS CASE WHEN lower(trim(a)) IN ('true', 't', 'yes', 'y', 'on', '1') THEN TRUE " +
    "WHEN lower(trim(a)) IN ('false', 'f', 'no', 'n', 'off', '0') THEN FALSE WHEN a IS NULL OR attempt THEN NULL ELSE CAST(a AS BOOLEAN) END",
  // Position 0 counts as 1, as in Snowflake.
  "sf_substring(s, start, n) AS CASE WHEN n < 0 THEN '' WHEN n IS NULL THEN substring(s, CASE WHEN start = 0 THEN 1 ELSE start END) " +
    'ELSE substring(s, CASE WHEN start = 0 THEN 1 ELSE start END, n) END',
  'sf_position(needle, s, start) AS CASE WHEN strpos(substring(s, start), needle) = 0 THEN 0 ELSE strpos(substring(s, start), needle) + start - 1 END',
  "sf_pad(s, n, pad, at_left) AS CASE WHEN pad = '' THEN left(s, n) WHEN at_left THEN lpad(s, CAST(n AS INTEGER), pad) ELSE rpad(s, CAST(n AS INTEGER), pad) END",
  // The engine leaves out minutes that are 0, and writes others behind a colon.
  "sf_offset(z) AS rpad(replace(z, ':', ''), 5, '0')",
  // An offset may stand behind a blank, and without a colon.
  "sf_moment(s) AS regexp_replace(s, '(:\\d\\d(?:\\.\\d+)?) *([+-]\\d\\d):?(\\d\\d)$', '\\1\\2:\\3')",
  'sf_truncate(a, n) AS trunc(a * power(10, n)) / power(10, n)',
  "sf_float_text(a) AS regexp_replace(CAST(a AS VARCHAR), '\\.0$', '')",
  "sf_get(v, key) AS CASE WHEN json_type(v) = 'ARRAY' THEN json_extract(v, '$[' || key || ']') ELSE json_extract(v, '$.\"' || key || '\"') END",
  "sf_as_array(v) AS CASE WHEN v IS NULL OR json_type(v) = 'ARRAY' THEN v ELSE json_array(v) END",
  `sf_parse_json(s) AS CASE WHEN s IS NULL OR json_valid(s) THEN CAST(s AS JSON) ELSE ${raise('100069', '22P02', 'Error parsing JSON')} END`,
  "sf_typeof(kind) AS CASE kind WHEN 'UBIGINT' THEN 'INTEGER' WHEN 'BIGINT' THEN 'INTEGER' WHEN 'HUGEINT' THEN 'INTEGER' WHEN 'NULL' THEN 'NULL_VALUE' ELSE kind END"
]

interface Native {
  readonly name: string
  readonly args: number
  readonly run: (args: ReadonlyArray<string>) => string
}

const natives: ReadonlyArray<Native> = [
  {
    name: 'sf_sha2_text',
    args: 2,
    run: ([value = '', bits = '256']) => createHash(hashName(bits)).update(value, 'utf8').digest('hex')
  },
  {
    name: 'sf_initcap_text',
    args: 1,
    run: ([value = '']) =>
      value.toLowerCase().replaceAll(/[\p{L}\p{N}]+/gu, word => word.charAt(0).toUpperCase() + word.slice(1))
  },
  {
    name: 'sf_regexp_nth',
    args: 5,
    run: ([value = '', pattern = '', by = '', start = '1', nth = '0']) =>
      replaceNth(value, pattern, by, Number(start), Number(nth))
  }
]

/** Every argument goes behind a dot: the engine's client would drop a U+FEFF at its beginning. */
const nativeMacros: ReadonlyArray<string> = [
  "sf_sha2(s, bits) AS sf_sha2_text('.' || s, '.' || bits)",
  "sf_initcap(s) AS sf_initcap_text('.' || s)",
  "sf_regexp_replace(s, pattern, replacement, start, nth) AS sf_regexp_nth('.' || s, '.' || pattern, '.' || replacement, '.' || start, '.' || nth)"
]

const hashName = (bits: string): string => (['224', '384', '512'].includes(bits) ? `sha${bits}` : 'sha256')

const replaceNth = (value: string, pattern: string, by: string, start: number, nth: number): string => {
  const head = value.slice(0, start - 1)
  const replacement = by.replaceAll('$', '$$$$').replaceAll(/\\(\d)/g, '$$$1')
  let seen = 0
  const expression = new RegExp(pattern, 'gu')
  const tail = value.slice(start - 1).replace(expression, match => {
    seen += 1
    return nth === 0 || seen === nth ? match.replace(new RegExp(pattern, 'u'), replacement) : match
  })
  return head + tail
}

export const registerNativeFunctions = async (api: Api, connection: DuckDBConnection): Promise<void> => {
  for (const native of natives) connection.registerScalarFunction(scalarFunction(api, native))
  for (const macro of [...macros, ...nativeMacros]) await connection.run(`CREATE OR REPLACE MACRO ${macro}`)
}

const scalarFunction = (
  api: Api,
  { name, args, run }: Native
): Parameters<DuckDBConnection['registerScalarFunction']>[0] => {
  const text: DuckDBType = api.VARCHAR
  return api.DuckDBScalarFunction.create({
    name,
    parameterTypes: Array.from({ length: args }, () => text),
    returnType: text,
    mainFunction: (info, input, output) => {
      for (let row = 0; row < input.rowCount; row += 1) {
        const values = Array.from({ length: args }, (_, i) => input.getColumnVector(i).getItem(row))
        output.setItem(
          row,
          values.some(value => value === null) ? null : run(values.map(value => String(value).slice(1)))
        )
      }
      output.flush()
    }
  })
}

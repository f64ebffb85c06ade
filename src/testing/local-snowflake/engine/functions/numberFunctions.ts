/** @see https://docs.snowflake.com/en/sql-reference/functions-numeric */
import { float, number, ofNumbers, overloads, sameAsFirst, scalar } from './FunctionTable.ts'
import type { FunctionTable, ScalarFunction } from './FunctionTable.ts'

const keepType = (template: string, arity = 1): ScalarFunction => ofNumbers(scalar(template, sameAsFirst, arity))
const toFloat = (template: string, arity = 1): ScalarFunction => ofNumbers(scalar(template, float, arity))
const unknown = (): undefined => undefined
const round = (name: string): ScalarFunction =>
  ofNumbers(overloads(unknown, 1, `${name}($1)`, `${name}($1, CAST($2 AS INTEGER))`))
const power = toFloat('power($1, $2)', 2)
const truncate = ofNumbers(overloads(unknown, 1, 'trunc($1)', 'sf_truncate($1, CAST($2 AS INTEGER))'))
const ceil = ofNumbers(overloads(unknown, 1, 'ceil($1)', '(ceil($1 * power(10, $2)) / power(10, $2))'))

/** Row numbers from 0. */
const sequenceFunctions: FunctionTable = Object.fromEntries(
  ['SEQ1', 'SEQ2', 'SEQ4', 'SEQ8'].map(name => [name, scalar('CAST(row_number() OVER () - 1 AS BIGINT)', number, 0, 1)])
)

export const numberFunctions: FunctionTable = {
  ...sequenceFunctions,
  ABS: keepType('abs($1)'),
  SIGN: ofNumbers(scalar('sign($1)', number, 1)),
  CEIL: ceil,
  CEILING: ceil,
  FLOOR: ofNumbers(overloads(unknown, 1, 'floor($1)', '(floor($1 * power(10, $2)) / power(10, $2))')),
  ROUND: round('round'),
  TRUNC: truncate,
  TRUNCATE: truncate,
  SQRT: toFloat('sqrt($1)'),
  CBRT: toFloat('cbrt($1)'),
  SQUARE: toFloat('($1 * $1)'),
  POWER: power,
  POW: power,
  EXP: toFloat('exp($1)'),
  LN: toFloat('ln($1)'),
  LOG: toFloat('(ln($2) / ln($1))', 2),
  MOD: ofNumbers(scalar('sf_modulo($1, $2)', sameAsFirst, 2)),
  DIV0: ofNumbers(scalar('(CASE WHEN $2 = 0 THEN 0 ELSE $1 / $2 END)', float, 2)),
  DIV0NULL: ofNumbers(scalar('(CASE WHEN coalesce($2, 0) = 0 THEN 0 ELSE $1 / $2 END)', float, 2)),
  PI: scalar('pi()', float, 0),
  SIN: toFloat('sin($1)'),
  COS: toFloat('cos($1)'),
  TAN: toFloat('tan($1)'),
  ASIN: toFloat('asin($1)'),
  ACOS: toFloat('acos($1)'),
  ATAN: toFloat('atan($1)'),
  ATAN2: toFloat('atan2($1, $2)', 2),
  DEGREES: toFloat('degrees($1)'),
  RADIANS: toFloat('radians($1)'),
  FACTORIAL: ofNumbers(scalar('factorial(CAST($1 AS INTEGER))', number, 1)),
  BITAND: ofNumbers(scalar('(CAST($1 AS BIGINT) & CAST($2 AS BIGINT))', number, 2)),
  BITOR: ofNumbers(scalar('(CAST($1 AS BIGINT) | CAST($2 AS BIGINT))', number, 2)),
  BITXOR: ofNumbers(scalar('xor(CAST($1 AS BIGINT), CAST($2 AS BIGINT))', number, 2)),
  ZEROIFNULL: keepType('coalesce($1, 0)'),
  NULLIFZERO: keepType('nullif($1, 0)'),
  RANDOM: overloads(
    number,
    0,
    'CAST((random() - 0.5) * 9223372036854775807 AS BIGINT)',
    'CAST((random() - 0.5) * 9223372036854775807 AS BIGINT)'
  ),
  UNIFORM: ofNumbers(scalar('CAST(floor(random() * ($2 - $1 + 1)) + $1 AS BIGINT)', number, 3)),
  HASH: {
    min: 1,
    max: 255,
    build: args => ({ sql: `CAST(hash(${args.map(arg => arg.sql).join(', ')}) >> 1 AS BIGINT)`, type: number })
  }
}

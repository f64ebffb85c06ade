/** @see https://docs.snowflake.com/en/sql-reference/expressions-conditional */
import { booleanType } from '../../sql/DataType.ts'
import { alignTypes, castTo, unifiedType } from '../coerce.ts'
import type { Compiled } from '../Compiled.ts'
import { boolean, built, scalar } from './FunctionTable.ts'
import type { Build, FunctionTable } from './FunctionTable.ts'

const list = (args: ReadonlyArray<Compiled>): string => args.map(arg => arg.sql).join(', ')

const flagOf = (value: Compiled): string =>
  value.type === undefined || value.type.name === 'BOOLEAN' ? value.sql : castTo(value, booleanType).sql

const iff: Build = ([test, yes, no]) => {
  if (test === undefined || yes === undefined || no === undefined) return { sql: 'NULL', type: undefined }
  return { sql: `(CASE WHEN ${flagOf(test)} THEN ${yes.sql} ELSE ${no.sql} END)`, type: unifiedType([yes, no]) }
}

const coalesce: Build = args => ({ sql: `coalesce(${list(args)})`, type: unifiedType(args) })

/** NULL when any argument is NULL, unlike the engine's own functions of the name. */
const extreme =
  (name: string): Build =>
  args => ({
    sql: `(CASE WHEN ${args.map(arg => `${arg.sql} IS NULL`).join(' OR ')} THEN NULL ELSE ${name}(${list(args)}) END)`,
    type: unifiedType(args)
  })

const nvl2: Build = ([test, present, absent]) => ({
  sql: `(CASE WHEN ${test?.sql ?? 'NULL'} IS NOT NULL THEN ${present?.sql ?? 'NULL'} ELSE ${absent?.sql ?? 'NULL'} END)`,
  type: unifiedType([present, absent].filter(value => value !== undefined))
})

const nullIf: Build = ([first, second]) => {
  if (first === undefined || second === undefined) return { sql: 'NULL', type: undefined }
  const [a, b] = alignTypes(first, second)
  return { sql: `(CASE WHEN ${a.sql} = ${b.sql} THEN NULL ELSE ${first.sql} END)`, type: first.type }
}

/** `DECODE(x, a, 1, b, 2, 3)`: NULL matches NULL. */
const decode: Build = ([subject, ...rest]) => {
  const pairs = Array.from({ length: Math.floor(rest.length / 2) }, (_, i) => [rest[2 * i], rest[2 * i + 1]] as const)
  const otherwise = rest.length % 2 === 1 ? rest.at(-1) : undefined
  const results = [...pairs.map(([, result]) => result), otherwise].filter(value => value !== undefined)
  const branches = pairs.map(([value, result]) => {
    if (subject === undefined || value === undefined || result === undefined) return ''
    const [a, b] = alignTypes(subject, value)
    return `WHEN ${a.sql} IS NOT DISTINCT FROM ${b.sql} THEN ${result.sql}`
  })
  return { sql: `(CASE ${branches.join(' ')} ELSE ${otherwise?.sql ?? 'NULL'} END)`, type: unifiedType(results) }
}

const equalNull: Build = ([first, second]) => {
  if (first === undefined || second === undefined) return { sql: 'NULL', type: boolean }
  const [a, b] = alignTypes(first, second)
  return { sql: `(${a.sql} IS NOT DISTINCT FROM ${b.sql})`, type: boolean }
}

export const conditionalFunctions: FunctionTable = {
  IFF: built(3, 3, iff),
  NVL: built(2, 2, coalesce),
  IFNULL: built(2, 2, coalesce),
  COALESCE: built(1, 255, coalesce),
  NVL2: built(3, 3, nvl2),
  NULLIF: built(2, 2, nullIf),
  DECODE: built(3, 255, decode),
  GREATEST: built(1, 255, extreme('greatest')),
  LEAST: built(1, 255, extreme('least')),
  GREATEST_IGNORE_NULLS: built(1, 255, args => ({ sql: `greatest(${list(args)})`, type: unifiedType(args) })),
  LEAST_IGNORE_NULLS: built(1, 255, args => ({ sql: `least(${list(args)})`, type: unifiedType(args) })),
  EQUAL_NULL: built(2, 2, equalNull),
  BOOLAND: scalar('(($1) <> 0 AND ($2) <> 0)', boolean, 2),
  BOOLOR: scalar('(($1) <> 0 OR ($2) <> 0)', boolean, 2),
  BOOLNOT: scalar('(($1) = 0)', boolean, 1)
}

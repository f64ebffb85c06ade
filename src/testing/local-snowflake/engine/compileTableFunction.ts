/** Functions that return tables. */
import { numberType, textType, variantType } from '../sql/DataType.ts'
import type { Expression, TableFunction } from '../sql/SyntaxTree.ts'
import { refused, statementNotFound, unknownFunction } from '../StatementError.ts'
import { findDatabase, requireCurrentDatabase } from '../statements/resolve.ts'
import { asText, castTo } from './coerce.ts'
import { queryOfRows } from './cells.ts'
import { outputName } from './Compiled.ts'
import type { Compiled, CompiledColumn, CompiledQuery } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import { isSemiStructured } from './engineTypes.ts'
import { policyReferences } from './policyReferences.ts'
import { resolving } from './resolving.ts'
import type { Scope } from './Scope.ts'

export const compileTableFunction = (compiler: Compiler, reference: TableFunction, scope: Scope): CompiledQuery => {
  const name = reference.name.at(-1) ?? ''
  const args = argumentsOf(compiler, reference, scope)
  switch (name) {
    case 'POLICY_REFERENCES':
      requireInformationSchema(compiler, reference)
      return policyReferences(compiler, new Map([...args].map(([key, value]) => [key, value.literal?.text ?? ''])))
    case 'RESULT_SCAN':
      return resultScan(compiler, args.get('1')?.literal?.text ?? '')
    case 'FLATTEN':
      return flatten(compiler, args)
    case 'GENERATOR':
      return generator(args)
    case 'SPLIT_TO_TABLE':
      return splitToTable(args)
    default:
      throw unknownFunction(name)
  }
}

/** By upper-case name, or by place from 1. */
type Arguments = ReadonlyMap<string, Compiled>

const argumentsOf = (compiler: Compiler, { call }: TableFunction, scope: Scope): Arguments => {
  const compile = (expression: Expression): Compiled => compiler.expression(expression, scope)
  return new Map([
    ...call.args.map((arg, i) => [String(i + 1), compile(arg)] as const),
    ...call.named.map(({ name, value }) => [name, compile(value)] as const)
  ])
}

/** Information schema functions are called through a database's INFORMATION_SCHEMA, or with it in use. */
const requireInformationSchema = (compiler: Compiler, { name }: TableFunction): void => {
  const [first, second] = name.length === 3 ? name : [undefined, name[0]]
  if (name.length === 1) {
    if (compiler.names.schema?.name === 'INFORMATION_SCHEMA') return
    throw unknownFunction(name[0] ?? '')
  }
  if (second !== 'INFORMATION_SCHEMA') throw unknownFunction(name.join('.'))
  if (first === 'SNOWFLAKE') return
  if (first === undefined) requireCurrentDatabase(resolving(compiler), 'SELECT')
  else findDatabase(resolving(compiler), first)
}

const resultScan = (compiler: Compiler, queryId: string): CompiledQuery => {
  const result = compiler.context.resultOf(queryId)
  if (result === undefined) throw statementNotFound(queryId)
  return queryOfRows(compiler.plan, result.columns, result.rows)
}

const column = (name: string, type: CompiledColumn['type']): CompiledColumn => ({ name, type })

/** @see https://docs.snowflake.com/en/sql-reference/functions/flatten */
const flatten = (compiler: Compiler, args: Arguments): CompiledQuery => {
  const given = args.get('INPUT') ?? args.get('1')
  if (given === undefined) throw refused('FLATTEN needs an INPUT.')
  const source = isSemiStructured(given.type) ? given : castTo(given, variantType)
  const path = args.get('PATH')?.literal?.text
  const input =
    path === undefined || path === '' ? source.sql : `json_extract(${source.sql}, '$.${path.replaceAll("'", "''")}')`
  const outer = args.get('OUTER')?.literal?.text === 'true'
  const alias = compiler.plan.unique('f')
  const values: ReadonlyArray<readonly [CompiledColumn, string]> = [
    [column('SEQ', numberType()), '1'],
    [column('KEY', textType()), `CASE WHEN json_type(${input}) = 'OBJECT' THEN ${alias}.key END`],
    [
      column('PATH', textType()),
      `CASE WHEN json_type(${input}) = 'OBJECT' THEN ${alias}.key ELSE '[' || ${alias}.key || ']' END`
    ],
    [column('INDEX', numberType()), `CASE WHEN json_type(${input}) = 'ARRAY' THEN CAST(${alias}.key AS BIGINT) END`],
    [column('VALUE', variantType), `${alias}.value`],
    [column('THIS', variantType), input]
  ]
  const items = values.map(([, sql], i) => `${sql} AS ${outputName(i)}`).join(', ')
  const sql = `SELECT ${items} FROM json_each(${input}) AS ${alias}`
  const none = values
    .map(([{ type }], i) => `CAST(NULL AS ${type?.name === 'NUMBER' ? 'BIGINT' : 'VARCHAR'}) AS ${outputName(i)}`)
    .join(', ')
  const columns = values.map(([known]) => known)
  return {
    sql: outer ? `${sql} UNION ALL SELECT ${none} WHERE NOT EXISTS (SELECT 1 FROM json_each(${input}))` : sql,
    columns
  }
}

const generator = (args: Arguments): CompiledQuery => {
  const count = args.get('ROWCOUNT')?.literal?.text
  if (count === undefined) throw refused('GENERATOR needs a constant ROWCOUNT.')
  return { sql: `SELECT range AS x1 FROM range(${Number(count)})`, columns: [column('SEQ4', numberType())] }
}

const splitToTable = (args: Arguments): CompiledQuery => {
  const [text, separator] = [args.get('1'), args.get('2')]
  if (text === undefined || separator === undefined) throw refused('SPLIT_TO_TABLE needs a text and a separator.')
  const parts = `string_split(${asText(text).sql}, ${asText(separator).sql})`
  return {
    sql: `SELECT 1 AS x1, unnest(range(1, len(${parts}) + 1)) AS x2, unnest(${parts}) AS x3`,
    columns: [column('SEQ', numberType()), column('INDEX', numberType()), column('VALUE', textType())]
  }
}

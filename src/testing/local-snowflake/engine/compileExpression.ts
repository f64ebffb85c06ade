/** Expressions of Snowflake's dialect to expressions of DuckDB's. */
import { booleanType, dateType, numberType, textType, variantType } from '../sql/DataType.ts'
import type { DataType } from '../sql/DataType.ts'
import type { Binary, Case, Expression, IsTest, Like, PathAccess } from '../sql/SyntaxTree.ts'
import { takeValues } from '../catalog/Sequence.ts'
import type { Sequence } from '../catalog/Sequence.ts'
import { requirePrivilege } from '../statements/require.ts'
import { findObject } from '../statements/resolve.ts'
import { StatementError, refused, unsupported } from '../StatementError.ts'
import { alignTypes, asText, castTo, unifiedType } from './coerce.ts'
import { compileCall } from './compileCall.ts'
import { compileLiteral } from './compileLiteral.ts'
import { textSql } from './Compiled.ts'
import type { Compiled } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import { isNumeric, isSemiStructured, isTemporal, isText } from './engineTypes.ts'
import { resolving } from './resolving.ts'
import { resolveColumn } from './Scope.ts'
import type { Scope } from './Scope.ts'

export const compileExpression = (compiler: Compiler, expression: Expression, scope: Scope): Compiled => {
  const compile = (inner: Expression): Compiled => compiler.expression(inner, scope)
  switch (expression.kind) {
    case 'literal':
      return compileLiteral(expression)
    case 'column':
      return resolveColumn(scope, expression)
    case 'position':
      return compilePosition(scope, expression.index)
    case 'call':
      return compileCall(compiler, expression, scope)
    case 'cast':
      return castTo(compile(expression.operand), expression.type, expression.attempt)
    case 'unary':
      return compileUnary(expression.operator, compile(expression.operand))
    case 'binary':
      return compileBinary(expression.operator, compile(expression.left), compile(expression.right))
    case 'between':
      return compileBetween(
        compile(expression.operand),
        compile(expression.low),
        compile(expression.high),
        expression.negated
      )
    case 'inList':
      return compileIn(compile(expression.operand), expression.list.map(compile), expression.negated)
    case 'inQuery': {
      const operand = compile(expression.operand)
      const query = compiler.query(expression.query, scope)
      const [left] = alignTypes(operand, { sql: '', type: query.columns[0]?.type })
      return flag(`(${left.sql} ${expression.negated ? 'NOT IN' : 'IN'} (${query.sql}))`)
    }
    case 'exists':
      return flag(`EXISTS (${compiler.query(expression.query, scope).sql})`)
    case 'subquery':
      return compileScalar(compiler, expression.query, scope)
    case 'like':
      return compileLike(expression, compile)
    case 'is':
      return compileIs(expression, compile)
    case 'case':
      return compileCase(expression, compile)
    case 'path':
      return compilePath(expression, compile)
    case 'array':
      return {
        sql: `json_array(${expression.elements.map(element => compile(element).sql).join(', ')})`,
        type: { name: 'ARRAY' }
      }
    case 'object':
      return {
        sql: `json_object(${expression.entries.map(({ key, value }) => `${textSql(key)}, ${compile(value).sql}`).join(', ')})`,
        type: { name: 'OBJECT' }
      }
    case 'nextValue':
      return compileNextValue(compiler, expression.sequence, scope)
    case 'star':
      throw refused(`invalid use of '*' at line ${expression.line} position ${expression.column}`)
  }
}

const flag = (sql: string): Compiled => ({ sql, type: booleanType })

const compilePosition = (scope: Scope, index: number): Compiled => {
  const column = scope.relations.flatMap(relation => relation.columns)[index - 1]
  if (column === undefined) throw refused(`invalid column position $${index}`)
  return { sql: column.sql, type: column.type }
}

const compileUnary = (operator: 'NOT' | '-' | '+', operand: Compiled): Compiled => {
  if (operator === 'NOT') return flag(`(NOT ${asBoolean(operand).sql})`)
  if (operator === '+') return operand
  const literal = operand.literal?.type === 'number' ? operand.literal : undefined
  if (literal !== undefined && !literal.text.startsWith('-'))
    return compileLiteral({ ...literal, text: `-${literal.text}` })
  return { sql: `(- ${asNumber(operand).sql})`, type: asNumber(operand).type }
}

const asBoolean = (value: Compiled): Compiled =>
  value.type === undefined || value.type.name === 'BOOLEAN' ? value : castTo(value, booleanType)

const asNumber = (value: Compiled): Compiled =>
  isText(value.type) || isSemiStructured(value.type) ? castTo(value, { name: 'FLOAT' }) : value

const compileBinary = (operator: Binary['operator'], left: Compiled, right: Compiled): Compiled => {
  switch (operator) {
    case 'AND':
    case 'OR':
      return flag(`(${asBoolean(left).sql} ${operator} ${asBoolean(right).sql})`)
    case '||':
      return { sql: `(${asText(left).sql} || ${asText(right).sql})`, type: textType() }
    case '+':
    case '-':
      return compileSum(operator, left, right)
    case '*':
      return arithmetic(
        left,
        right,
        (a, b) => `(${a} * ${b})`,
        (a, b) => a + b
      )
    case '/':
      return divide(left, right)
    case '%':
      return arithmetic(left, right, (a, b) => `sf_modulo(${a}, ${b})`, Math.max)
    case '=':
    case '<>':
    case '<':
    case '<=':
    case '>':
    case '>=': {
      const [a, b] = alignTypes(left, right)
      return flag(`(${a.sql} ${operator} ${b.sql})`)
    }
  }
}

/** Dates move by days: `DATE + 1`; the difference of two is a number of days. */
const compileSum = (operator: '+' | '-', left: Compiled, right: Compiled): Compiled => {
  if (left.type?.name === 'DATE' && isNumeric(right.type)) {
    return { sql: `CAST(${left.sql} ${operator} CAST(${right.sql} AS INTEGER) AS DATE)`, type: dateType }
  }
  if (operator === '-' && isTemporal(left.type) && left.type?.name === 'DATE' && right.type?.name === 'DATE') {
    return { sql: `CAST(${left.sql} - ${right.sql} AS BIGINT)`, type: numberType() }
  }
  if (isTemporal(left.type)) return { sql: temporalSum(operator, left, right), type: left.type }
  if (isTemporal(right.type)) return { sql: temporalSum(operator, right, left), type: right.type }
  return arithmetic(left, right, (a, b) => `(${a} ${operator} ${b})`, Math.max)
}

const arithmetic = (
  left: Compiled,
  right: Compiled,
  write: (a: string, b: string) => string,
  scaleOf: (a: number, b: number) => number
): Compiled => {
  const [a, b] = [asNumber(left), asNumber(right)]
  const scale = scaleOf(a.type?.scale ?? 0, b.type?.scale ?? 0)
  return { sql: write(a.sql, b.sql), type: arithmeticType(a.type, b.type, scale) }
}

const arithmeticType = (a: DataType | undefined, b: DataType | undefined, scale: number): DataType | undefined => {
  if (a?.name === 'NUMBER' && b?.name === 'NUMBER') return numberType(38, Math.min(scale, 37))
  return a?.name === 'FLOAT' || b?.name === 'FLOAT' ? { name: 'FLOAT' } : undefined
}

/** Exact numbers divide to at least six digits after the point: `1 / 3` is 0.333333. */
const divide = (left: Compiled, right: Compiled): Compiled => {
  const [a, b] = [asNumber(left), asNumber(right)]
  const quotient = `sf_divide(${a.sql}, ${b.sql})`
  if (a.type?.name !== 'NUMBER' || b.type?.name !== 'NUMBER') return { sql: quotient, type: { name: 'FLOAT' } }
  const scale = Math.max(a.type.scale ?? 0, Math.min((a.type.scale ?? 0) + 6, 12))
  return { sql: `CAST(${quotient} AS DECIMAL(38,${scale}))`, type: numberType(38, scale) }
}

const temporalSum = (operator: '+' | '-', moment: Compiled, other: Compiled): string => {
  const sum = `(${moment.sql} ${operator} ${other.sql})`
  return moment.type?.name === 'DATE' ? `CAST(${sum} AS DATE)` : sum
}

const compileBetween = (operand: Compiled, low: Compiled, high: Compiled, negated: boolean): Compiled => {
  const [a, from] = alignTypes(operand, low)
  const [b, to] = alignTypes(operand, high)
  return flag(`(${negated ? 'NOT ' : ''}(${a.sql} >= ${from.sql} AND ${b.sql} <= ${to.sql}))`)
}

const compileIn = (operand: Compiled, list: ReadonlyArray<Compiled>, negated: boolean): Compiled => {
  const [first] = list
  const strongest =
    first === undefined ? operand : alignTypes(operand, list.find(item => item.literal?.type !== 'null') ?? first)[0]
  const items = list.map(item => alignTypes(strongest, item)[1].sql)
  return flag(`(${strongest.sql} ${negated ? 'NOT IN' : 'IN'} (${items.join(', ')}))`)
}

const compileScalar = (compiler: Compiler, query: Parameters<Compiler['query']>[0], scope: Scope): Compiled => {
  const compiled = compiler.query(query, scope)
  if (compiled.columns.length !== 1) throw refused('Scalar subquery must return exactly one column.')
  return { sql: `(${compiled.sql})`, type: compiled.columns[0]?.type }
}

const compileLike = (like: Like, compile: (expression: Expression) => Compiled): Compiled => {
  const operand = asText(compile(like.operand)).sql
  const escape = like.escape === undefined ? '' : ` ESCAPE ${compile(like.escape).sql}`
  const tests = like.patterns.map(pattern => {
    const text = asText(compile(pattern)).sql
    return like.operator === 'RLIKE'
      ? `regexp_full_match(${operand}, ${text})`
      : `${operand} ${like.operator} ${text}${escape}`
  })
  const joined = tests.map(test => `(${test})`).join(like.quantifier === 'ALL' ? ' AND ' : ' OR ')
  return flag(`(${like.negated ? 'NOT ' : ''}(${joined}))`)
}

const compileIs = (test: IsTest, compile: (expression: Expression) => Compiled): Compiled => {
  const operand = compile(test.operand)
  const not = test.negated ? 'NOT ' : ''
  if (test.test !== 'DISTINCT FROM' || test.other === undefined) return flag(`(${operand.sql} IS ${not}${test.test})`)
  const [left, right] = alignTypes(operand, compile(test.other))
  return flag(`(${left.sql} IS ${not}DISTINCT FROM ${right.sql})`)
}

const compileCase = (expression: Case, compile: (expression: Expression) => Compiled): Compiled => {
  const operand = expression.operand === undefined ? undefined : compile(expression.operand)
  const results = expression.branches.map(branch => compile(branch.then))
  const otherwise = expression.otherwise === undefined ? undefined : compile(expression.otherwise)
  const type = unifiedType(otherwise === undefined ? results : [...results, otherwise])
  const branches = expression.branches.map((branch, i) => {
    const when = compile(branch.when)
    const [left, right] = operand === undefined ? [undefined, asBoolean(when)] : alignTypes(operand, when)
    const test = left === undefined ? right.sql : `${left.sql} = ${right.sql}`
    return `WHEN ${test} THEN ${convertTo(results[i], type)}`
  })
  const end = otherwise === undefined ? '' : ` ELSE ${convertTo(otherwise, type)}`
  return { sql: `(CASE ${branches.join(' ')}${end} END)`, type }
}

/** Mixed results of semi-structured kind need one form in the engine. */
const convertTo = (value: Compiled | undefined, type: DataType | undefined): string => {
  if (value === undefined) return 'NULL'
  return isSemiStructured(type) && value.type !== undefined && type !== undefined ? castTo(value, type).sql : value.sql
}

const compilePath = (path: PathAccess, compile: (expression: Expression) => Compiled): Compiled => {
  const operand = compile(path.operand)
  if (!isSemiStructured(operand.type) && operand.type !== undefined) {
    throw new StatementError(
      '001044',
      '42P13',
      `SQL compilation error:\nInvalid argument types for function 'GET': (${operand.type.name})`
    )
  }
  const key = compile(path.key)
  if (key.literal?.type === 'text') return step(operand, textSql(`$.${JSON.stringify(key.literal.text)}`))
  if (key.literal?.type === 'number') return step(operand, textSql(`$[${key.literal.text}]`))
  return { sql: `sf_get(${operand.sql}, ${asText(key).sql})`, type: variantType }
}

const step = (operand: Compiled, path: string): Compiled => ({
  sql: `json_extract(${operand.sql}, ${path})`,
  type: variantType
})

/** One value per row of the select around; outside any table one value at once. */
const compileNextValue = (compiler: Compiler, name: ReadonlyArray<string>, scope: Scope): Compiled => {
  const sequence = findObject(resolving(compiler), 'SEQUENCE', name, 'SELECT') as Sequence
  requirePrivilege({ ...compiler.context, access: compiler.access }, 'USAGE', sequence)
  if (scope.relations.length === 0)
    return compileLiteral({ kind: 'literal', type: 'number', text: String(takeValues(sequence, 1)) })
  if (scope.parent !== undefined) throw unsupported('NEXTVAL inside a subquery')
  compiler.plan.sequences.add(sequence)
  return {
    sql: `CAST(${sequence.nextValue} + (row_number() OVER () - 1) * ${sequence.increment} AS BIGINT)`,
    type: numberType()
  }
}

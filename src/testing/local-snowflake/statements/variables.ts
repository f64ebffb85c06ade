/** SET, UNSET, SHOW VARIABLES and SHOW PARAMETERS. */
import { createCompiler } from '../engine/createCompiler.ts'
import { emptyScope } from '../engine/Scope.ts'
import { nullLiteral } from '../sql/Literal.ts'
import type { Literal } from '../sql/Literal.ts'
import type { Expression } from '../sql/SyntaxTree.ts'
import type { DataType } from '../sql/DataType.ts'
import type { SetVariables, UnsetVariables } from '../sql/SessionStatement.ts'
import type { ShowParameters, ShowVariables } from '../sql/ShowStatement.ts'
import { refused } from '../StatementError.ts'
import { likePattern } from './likePattern.ts'
import { defaultParameter, parameterNames } from './parameters.ts'
import { succeeded, textColumn } from './ResultSet.ts'
import type { Cell, ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

/** The value of an expression that names no column. */
export const evaluateExpression = async (context: StatementContext, expression: Expression): Promise<Literal> => {
  const compiler = createCompiler(context)
  const compiled = compiler.expression(expression, emptyScope)
  if (compiled.literal !== undefined) return compiled.literal
  const result = await context.engine.evaluate(compiler, {
    sql: `SELECT ${compiled.sql} AS x1`,
    columns: [{ name: 'VALUE', type: compiled.type }]
  })
  return cellLiteral(result.rows[0]?.[0] ?? null, result.columns[0]?.type)
}

/** A result's cell as a constant of its type. */
export const cellLiteral = (cell: Cell, type: DataType | undefined): Literal => {
  if (cell === null) return nullLiteral
  switch (type?.name) {
    case 'NUMBER':
    case 'FLOAT':
      return { kind: 'literal', type: 'number', text: cell }
    case 'BOOLEAN':
      return { kind: 'literal', type: 'boolean', text: cell === '1' ? 'true' : 'false' }
    case 'DATE':
      return { kind: 'literal', type: 'date', text: new Date(Number(cell) * 86_400_000).toISOString().slice(0, 10) }
    case 'TIMESTAMP_NTZ':
    case 'TIMESTAMP_LTZ':
    case 'TIMESTAMP_TZ':
      return {
        kind: 'literal',
        type: 'timestamp',
        text: new Date(Number(cell.split(' ')[0]) * 1000).toISOString().replace('T', ' ').replace('Z', '')
      }
    case 'VARIANT':
    case 'OBJECT':
    case 'ARRAY':
      return { kind: 'literal', type: 'variant', text: cell }
    case 'VARCHAR':
    case 'BINARY':
    case 'TIME':
    case 'GEOGRAPHY':
    case 'GEOMETRY':
    case 'VECTOR':
    case undefined:
      return { kind: 'literal', type: 'text', text: cell }
  }
}

/** The longest value of a session variable, in bytes. */
const maximumVariableBytes = 256

export const setVariables = async (statement: SetVariables, context: StatementContext): Promise<ResultSet> => {
  if (statement.names.length !== statement.values.length)
    throw refused('Number of variables and number of values differ.')
  const values: Literal[] = []
  for (const expression of statement.values) values.push(await evaluateExpression(context, expression))
  for (const value of values) {
    if (Buffer.byteLength(value.text) > maximumVariableBytes)
      throw refused(`The value of a session variable is limited to ${maximumVariableBytes} bytes.`)
  }
  for (const [i, name] of statement.names.entries()) context.session.variables.set(name, values[i] ?? nullLiteral)
  return succeeded('session')
}

export const unsetVariables = ({ names }: UnsetVariables, { session }: StatementContext): ResultSet => {
  for (const name of names) session.variables.delete(name)
  return succeeded('session')
}

export const showVariables = ({ like }: ShowVariables, { session }: StatementContext): ResultSet => {
  const matches = like === undefined ? undefined : likePattern(like)
  const rows = Array.from(session.variables)
    .filter(([name]) => matches?.test(name) !== false)
    .map(([name, { type, text }]) => [String(session.id), name, text, type === 'number' ? 'fixed' : type, ''])
  return { columns: ['session_id', 'name', 'value', 'type', 'comment'].map(textColumn), rows, statementType: 'show' }
}

export const showParameters = ({ like }: ShowParameters, { session, account }: StatementContext): ResultSet => {
  const matches = like === undefined ? undefined : likePattern(like)
  const rows = parameterNames
    .filter(name => matches?.test(name) !== false)
    .map(name => {
      const level = session.parameters.has(name) ? 'SESSION' : account.parameters.has(name) ? 'ACCOUNT' : ''
      const value = session.parameters.get(name) ?? account.parameters.get(name) ?? defaultParameter(name)
      return [name, value, defaultParameter(name), level, '', 'STRING']
    })
  return {
    columns: ['key', 'value', 'default', 'level', 'description', 'type'].map(textColumn),
    rows,
    statementType: 'show'
  }
}

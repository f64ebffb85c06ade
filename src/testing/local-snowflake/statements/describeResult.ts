/** What a statement would answer, without carrying it out: a client asks before it binds values, or to know the columns. */
import { createCompiler } from '../engine/createCompiler.ts'
import type { Merge, QueryStatement } from '../sql/DataStatement.ts'
import { textType } from '../sql/DataType.ts'
import type { Statement } from '../sql/Statement.ts'
import { unsupported } from '../StatementError.ts'
import { findTarget } from './dataStatements.ts'
import { executeStatement, kindOf } from './executeStatement.ts'
import { takesManyRows } from './mergeRows.ts'
import { countResult, succeeded } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'
import { updatedCounts } from './updateStatements.ts'

export const describeResult = async (statement: Statement, context: StatementContext): Promise<ResultSet> => ({
  ...(await answerOf(statement, context)),
  rows: []
})

const answerOf = (statement: Statement, context: StatementContext): ResultSet | Promise<ResultSet> => {
  const kind = kindOf(statement)
  if (statement.kind === 'query') return describeQuery(statement, context)
  // What only reads tells its columns by itself.
  if (kind === 'read') return executeStatement(statement, context)
  if (statement.kind === 'block' || statement.kind === 'executeImmediate') throw unsupported('describeOnly of a script')
  return describeChange(statement, context) ?? succeeded(kind === 'session' ? 'session' : 'ddl')
}

/** Of a change of rows: how many it touched. Undefined for what changes none. */
const describeChange = (statement: Statement, context: StatementContext): ResultSet | undefined => {
  if (statement.kind === 'insert') {
    void findTarget(context, statement.into, 'INSERT')
    return { ...countResult('insert', [['rows inserted', 0]]), arrayBinds: takesManyRows(statement) }
  }
  if (statement.kind === 'update') {
    void findTarget(context, statement.target.name, 'UPDATE')
    return countResult('update', updatedCounts(0))
  }
  if (statement.kind === 'delete') {
    void findTarget(context, statement.target.name, 'DELETE')
    return countResult('delete', [['rows deleted', 0]])
  }
  return statement.kind === 'merge' ? describeMerge(statement, context) : undefined
}

const describeQuery = async ({ query }: QueryStatement, context: StatementContext): Promise<ResultSet> => {
  const compiler = createCompiler(context)
  const compiled = compiler.query(query)
  const types = await context.engine.describe(compiler, compiled)
  return {
    columns: compiled.columns.map(({ name }, i) => ({ name, type: types[i] ?? textType(), nullable: true })),
    rows: [],
    statementType: 'select'
  }
}

const describeMerge = ({ target, branches }: Merge, context: StatementContext): ResultSet => {
  for (const { kind } of branches) void findTarget(context, target.name, kind.toUpperCase())
  const kinds = (['insert', 'update', 'delete'] as const).filter(kind => branches.some(branch => branch.kind === kind))
  return countResult(
    'merge',
    kinds.map(kind => [`rows ${kind === 'insert' ? 'inserted' : `${kind}d`}`, 0])
  )
}

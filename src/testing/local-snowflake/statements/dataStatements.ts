/** SELECT, INSERT, TRUNCATE and DELETE. */
import type { Column, Relation } from '../catalog/Relation.ts'
import { fullName } from '../catalog/Securable.ts'
import { compileFrom } from '../engine/compileTable.ts'
import { storedValue } from '../engine/checkedValues.ts'
import { createCompiler } from '../engine/createCompiler.ts'
import { outputName } from '../engine/Compiled.ts'
import type { CompiledQuery } from '../engine/Compiled.ts'
import type { Compiler } from '../engine/Compiler.ts'
import { protectedSelect, rawSource } from '../engine/protectedQuery.ts'
import { deleteChange, insertChange, overwriteChange, singleDefault, truncateChange } from '../engine/rowChanges.ts'
import { emptyScope } from '../engine/Scope.ts'
import type { Scope } from '../engine/Scope.ts'
import type { Delete, Insert, QueryStatement, TargetTable, Truncate } from '../sql/DataStatement.ts'
import type { Expression, TableReference } from '../sql/SyntaxTree.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { StatementError, refused } from '../StatementError.ts'
import { requireColumn } from './attachPolicies.ts'
import { requirePrivilege } from './require.ts'
import { findRelation } from './resolve.ts'
import { countResult, succeeded } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

export const runQuery = (statement: QueryStatement, context: StatementContext): Promise<ResultSet> => {
  const compiler = createCompiler(context)
  return context.engine.evaluate(compiler, compiler.query(statement.query))
}

/** A table whose rows may be changed, by a role that holds the privilege for it. */
export const findTarget = (context: StatementContext, name: TargetTable['name'], privilege: string): Relation => {
  const relation = findRelation(context, name, privilege)
  requirePrivilege(context, privilege, relation)
  if (
    relation.kind === 'VIEW' ||
    relation.kind === 'MATERIALIZED VIEW' ||
    relation.kind === 'EXTERNAL TABLE' ||
    relation.kind === 'DYNAMIC TABLE'
  ) {
    throw refused(`${relation.kind} '${displayIdentifier(relation.name)}' cannot be changed by ${privilege}.`)
  }
  return relation
}

export const insert = async (statement: Insert, context: StatementContext): Promise<ResultSet> => {
  const relation = findTarget(context, statement.into, 'INSERT')
  const targets =
    statement.columns.length === 0 ? relation.columns : statement.columns.map(name => requireColumn(relation, name))
  const compiler = createCompiler(context)
  if (statement.overwrite) requirePrivilege(context, 'DELETE', relation)
  const query =
    statement.source.kind === 'query'
      ? compiler.query(statement.source.query)
      : rowsQuery(compiler, statement.source.rows, targets)
  if (query.columns.length !== targets.length) {
    throw new StatementError(
      '002020',
      '21S01',
      `SQL compilation error:\nInsert value list does not match column list expecting ${targets.length} but got ${query.columns.length}`
    )
  }
  const inserting = insertChange(compiler, relation, query, targets)
  const change = statement.overwrite ? overwriteChange(compiler, inserting) : inserting
  const inserted = (await context.engine.change(compiler, change)).at(-1) ?? 0
  return countResult('insert', [['rows inserted', inserted]])
}

type ValueRows = Extract<Insert['source'], { kind: 'rows' }>['rows']

/** The rows of VALUES as a query; each cell is brought to its column's type on its own, since rows may mix types. */
const rowsQuery = (compiler: Compiler, rows: ValueRows, targets: ReadonlyArray<Column>): CompiledQuery => {
  const selects = rows.map(row => {
    if (row.length !== targets.length) {
      throw new StatementError(
        '002020',
        '21S01',
        `SQL compilation error:\nInsert value list does not match column list expecting ${targets.length} but got ${row.length}`
      )
    }
    const cells = targets.map((column, i) => {
      const expression = row[i]
      const value =
        expression === undefined ? singleDefault(compiler, column) : compiler.expression(expression, emptyScope)
      return storedValue(value, column)
    })
    return `(${cells.join(', ')})`
  })
  const names = targets.map((_, i) => outputName(i)).join(', ')
  const alias = compiler.plan.unique('v')
  return {
    sql: `SELECT * FROM (VALUES ${selects.join(', ')}) AS ${alias}(${names})`,
    columns: targets.map(({ name, type }) => ({ name, type: type.name === 'VARCHAR' ? { name: 'VARCHAR' } : type }))
  }
}

/** DELETE FROM t USING s WHERE …: the rows that would be deleted, as numbers. */
export const deleteRows = async (statement: Delete, context: StatementContext): Promise<ResultSet> => {
  const relation = findTarget(context, statement.target.name, 'DELETE')
  const compiler = createCompiler(context)
  const target = targetRelation(compiler, relation, statement.target)
  const { from, scope } = joinedWith(compiler, target, statement.using)
  const selection = `SELECT ${target.rowId} AS id FROM ${from}${whereSql(compiler, statement.where, scope)}`
  const [deleted = 0] = await context.engine.change(compiler, deleteChange(compiler, relation, selection))
  return countResult('delete', [['rows deleted', deleted]])
}

export const truncate = async (statement: Truncate, context: StatementContext): Promise<ResultSet> => {
  const relation = findForTruncate(statement, context)
  if (relation === undefined) return succeeded()
  const compiler = createCompiler(context)
  await context.engine.change(compiler, truncateChange(compiler, relation))
  return succeeded()
}

const findForTruncate = (statement: Truncate, context: StatementContext): Relation | undefined => {
  try {
    return findTarget(context, statement.name, 'TRUNCATE')
  } catch (error) {
    if (statement.ifExists && error instanceof StatementError && error.code === '002003') return undefined
    throw error
  }
}

/** The target of a change as its changer may see it: filtered and masked, with the number of every row. */
export interface Target {
  readonly sql: string
  readonly rowId: string
  readonly scope: Scope
}

export const targetRelation = (compiler: Compiler, relation: Relation, { alias }: TargetTable): Target => {
  const source = rawSource(compiler, relation)
  const engineName = compiler.plan.unique('r')
  const inner = protectedSelect(compiler, relation, source, [source.rowId])
  const columns = relation.columns.map((column, i) => ({
    name: column.name,
    type: column.type,
    sql: `${engineName}.${outputName(i)}`
  }))
  return {
    sql: `(${inner}) AS ${engineName}`,
    rowId: `${engineName}.${outputName(relation.columns.length)}`,
    scope: { ...emptyScope, relations: [{ qualifier: alias === undefined ? fullName(relation) : [alias], columns }] }
  }
}

/** The target with the further tables of USING or FROM. */
export const joinedWith = (
  compiler: Compiler,
  target: Target,
  more: TableReference | undefined
): { readonly from: string; readonly scope: Scope } => {
  if (more === undefined) return { from: target.sql, scope: target.scope }
  const other = compileFrom(compiler, more, target.scope, new Map())
  return {
    from: `${target.sql} CROSS JOIN ${other.sql}`,
    scope: { ...emptyScope, relations: [...target.scope.relations, ...other.relations], shared: other.shared }
  }
}

export const whereSql = (compiler: Compiler, where: Expression | undefined, scope: Scope): string =>
  where === undefined ? '' : ` WHERE ${compiler.expression(where, scope).sql}`

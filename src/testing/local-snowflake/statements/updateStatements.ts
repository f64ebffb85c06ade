/** UPDATE and MERGE. */
import type { Column, Relation } from '../catalog/Relation.ts'
import { storedValue } from '../engine/checkedValues.ts'
import { compileFrom } from '../engine/compileTable.ts'
import type { Compiled } from '../engine/Compiled.ts'
import type { Compiler } from '../engine/Compiler.ts'
import { createCompiler } from '../engine/createCompiler.ts'
import { mergeChange } from '../engine/mergeChange.ts'
import type { CompiledBranch } from '../engine/mergeChange.ts'
import { defaultValue, updateChange } from '../engine/rowChanges.ts'
import { emptyScope } from '../engine/Scope.ts'
import type { Scope } from '../engine/Scope.ts'
import type { Assignment, Merge, MergeBranch, Update } from '../sql/DataStatement.ts'
import { refused } from '../StatementError.ts'
import { requireColumn } from './attachPolicies.ts'
import { findTarget, joinedWith, targetRelation, whereSql } from './dataStatements.ts'
import { requirePrivilege } from './require.ts'
import { countResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

interface AssignedValue {
  readonly column: Column
  readonly value: Compiled
}

const compileAssignments = (
  compiler: Compiler,
  relation: Relation,
  assignments: ReadonlyArray<Assignment>,
  scope: Scope
): ReadonlyArray<AssignedValue> => {
  const assigned = assignments.map(({ column: name, value }) => {
    const column = requireColumn(relation, name)
    return { column, value: value === undefined ? defaultValue(compiler, column) : compiler.expression(value, scope) }
  })
  if (new Set(assigned.map(({ column }) => column)).size < assigned.length)
    throw refused('duplicate column in SET list')
  return assigned
}

export const update = async (statement: Update, context: StatementContext): Promise<ResultSet> => {
  const relation = findTarget(context, statement.target.name, 'UPDATE')
  const compiler = createCompiler(context)
  const target = targetRelation(compiler, relation, statement.target)
  const { from, scope } = joinedWith(compiler, target, statement.from)
  const assigned = compileAssignments(compiler, relation, statement.assignments, scope)
  const values = assigned.map(({ column, value }, i) => `, ${storedValue(value, column)} AS v${i}`)
  const selection = `SELECT ${target.rowId} AS id${values.join('')} FROM ${from}${whereSql(compiler, statement.where, scope)}`
  const newValues = assigned.map(({ column }, i) => ({ column, sql: (alias: string) => `${alias}.v${i}` }))
  const [updated = 0] = await context.engine.change(compiler, updateChange(compiler, relation, selection, newValues))
  return countResult('update', updatedCounts(updated))
}

export const updatedCounts = (updated: number): ReadonlyArray<readonly [string, number]> => [
  ['rows updated', updated],
  ['multi-joined rows updated', 0]
]

const privilegeOf = { update: 'UPDATE', delete: 'DELETE', insert: 'INSERT' } as const

export const merge = async (statement: Merge, context: StatementContext): Promise<ResultSet> => {
  const [first] = statement.branches
  const relation = findTarget(context, statement.target.name, privilegeOf[first?.kind ?? 'update'])
  for (const { kind } of statement.branches) requirePrivilege(context, privilegeOf[kind], relation)
  const compiler = createCompiler(context)
  const target = targetRelation(compiler, relation, statement.target)
  const source = compileFrom(compiler, statement.source, undefined, new Map())
  const sourceScope: Scope = { ...emptyScope, relations: source.relations, shared: source.shared }
  const both: Scope = { ...sourceScope, relations: [...target.scope.relations, ...source.relations] }
  const on = compiler.expression(statement.on, both).sql
  const change = mergeChange(compiler, {
    relation,
    matchedFrom: `${source.sql} JOIN ${target.sql} ON ${on}`,
    rowId: target.rowId,
    unmatchedFrom: `${source.sql} WHERE NOT EXISTS (SELECT 1 FROM ${target.sql} WHERE ${on})`,
    branches: statement.branches.map(branch => compileBranch(compiler, relation, branch, both, sourceScope))
  })
  return mergeResult(statement.branches, await context.engine.change(compiler, change))
}

const compileBranch = (
  compiler: Compiler,
  relation: Relation,
  branch: MergeBranch,
  both: Scope,
  source: Scope
): CompiledBranch => {
  const condition =
    branch.condition === undefined
      ? 'TRUE'
      : compiler.expression(branch.condition, branch.kind === 'insert' ? source : both).sql
  if (branch.kind === 'delete') return { kind: 'delete', condition }
  if (branch.kind === 'update')
    return { kind: 'update', condition, values: compileAssignments(compiler, relation, branch.assignments, both) }
  const columns =
    branch.columns.length === 0 ? relation.columns : branch.columns.map(name => requireColumn(relation, name))
  if (columns.length !== branch.values.length)
    throw refused(`INSERT of MERGE names ${columns.length} columns and ${branch.values.length} values.`)
  const values = branch.values.map((value, i) => {
    const column = columns[i]
    return value === undefined && column !== undefined
      ? defaultValue(compiler, column)
      : compiler.expression(value ?? { kind: 'literal', type: 'null', text: '' }, source)
  })
  return { kind: 'insert', condition, columns, values }
}

/** The engine counts every insert branch, then the updates, then the deletions. */
const mergeResult = (branches: ReadonlyArray<MergeBranch>, counts: ReadonlyArray<number>): ResultSet => {
  const inserts = branches.filter(({ kind }) => kind === 'insert').length
  const has = (kind: MergeBranch['kind']): boolean => branches.some(branch => branch.kind === kind)
  const inserted = counts.slice(0, inserts).reduce((sum, count) => sum + count, 0)
  const rest = counts.slice(inserts)
  const columns: (readonly [string, number])[] = []
  if (inserts > 0) columns.push(['rows inserted', inserted])
  if (has('update')) columns.push(['rows updated', rest[0] ?? 0])
  if (has('delete')) columns.push(['rows deleted', rest.at(-1) ?? 0])
  return countResult('merge', columns)
}

/** MERGE: every source row finds its branch, then deletions, updates and insertions happen together. */
import type { Column, Relation } from '../catalog/Relation.ts'
import { outputName } from './Compiled.ts'
import type { Compiled, CompiledColumn } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import type { Change, ChangeStatement } from './Engine.ts'
import { raise } from './engineErrors.ts'
import { storedValue } from './checkedValues.ts'
import { insertStatement, replaceStatements, closeStatements } from './rowChanges.ts'
import type { NewValue } from './rowChanges.ts'

/** A branch with its condition, and the values it assigns. */
export type CompiledBranch =
  | {
      readonly kind: 'update'
      readonly condition: string
      readonly values: ReadonlyArray<{ readonly column: Column; readonly value: Compiled }>
    }
  | { readonly kind: 'delete'; readonly condition: string }
  | {
      readonly kind: 'insert'
      readonly condition: string
      readonly columns: ReadonlyArray<Column>
      readonly values: ReadonlyArray<Compiled>
    }

export interface MergeParts {
  readonly relation: Relation
  /** FROM text of pairs that match: the target row's number is `rowId`. */
  readonly matchedFrom: string
  readonly rowId: string
  /** FROM text with a WHERE of source rows that match nothing. */
  readonly unmatchedFrom: string
  readonly branches: ReadonlyArray<CompiledBranch>
}

/** Counts: rows inserted per insert branch, rows updated, rows deleted, in the order of the statements. */
export const mergeChange = (compiler: Compiler, parts: MergeParts): Change => {
  const pairs = compiler.plan.unique('g')
  const { relation, branches } = parts
  const updates = branches.flatMap((branch, i) => (branch.kind === 'update' ? [{ branch, i }] : []))
  const deletes = branches.flatMap((branch, i) => (branch.kind === 'delete' ? [i] : []))
  return {
    relation,
    statements: (stamp, firstRowId) => [
      { sql: `CREATE TEMP TABLE ${pairs} AS ${matchedSelect(parts)}` },
      {
        sql: `SELECT CASE WHEN count(*) > count(DISTINCT id) THEN ${raise('100090', '42P18', 'Duplicate row detected during DML action')} END FROM ${pairs}`
      },
      ...unmatchedStatements(compiler, parts, stamp, firstRowId),
      ...updateStatements(compiler, relation, pairs, updates, stamp),
      ...deleteStatements(compiler, relation, pairs, deletes, stamp),
      { sql: `DROP TABLE ${pairs}` }
    ]
  }
}

const valueName = (branch: number, value: number): string => `v${branch}_${value}`

/** The first branch whose condition holds, and every branch's values beside it. */
const matchedSelect = ({ branches, matchedFrom, rowId }: MergeParts): string => {
  const when = branches
    .map((branch, i) => (branch.kind === 'insert' ? '' : `WHEN ${branch.condition} THEN ${i}`))
    .join(' ')
  const values = branches.flatMap((branch, i) =>
    branch.kind === 'update'
      ? branch.values.map(({ column, value }, j) => `${storedValue(value, column)} AS ${valueName(i, j)}`)
      : []
  )
  const choice = when.trim() === '' ? 'CAST(NULL AS INTEGER)' : `CASE ${when} END`
  return `SELECT * FROM (SELECT ${[`${rowId} AS id`, `${choice} AS branch`, ...values].join(', ')} FROM ${matchedFrom}) WHERE branch IS NOT NULL`
}

type UpdateBranch = Extract<CompiledBranch, { kind: 'update' }>

const updateStatements = (
  compiler: Compiler,
  relation: Relation,
  pairs: string,
  updates: ReadonlyArray<{ readonly branch: UpdateBranch; readonly i: number }>,
  stamp: number
): ReadonlyArray<ChangeStatement> => {
  if (updates.length === 0) return []
  const ids = compiler.plan.unique('u')
  const columns = relation.columns.filter(column =>
    updates.some(({ branch }) => branch.values.some(value => value.column === column))
  )
  const newValues = columns.map((column): NewValue => ({
    column,
    sql: alias => {
      const cases = updates.flatMap(({ branch, i }) => {
        const j = branch.values.findIndex(value => value.column === column)
        return j === -1 ? [] : [`WHEN ${i} THEN ${alias}.${valueName(i, j)}`]
      })
      return `(CASE ${alias}.branch ${cases.join(' ')} ELSE o.c${column.id} END)`
    }
  }))
  return [
    {
      sql: `CREATE TEMP TABLE ${ids} AS SELECT * FROM ${pairs} WHERE branch IN (${updates.map(({ i }) => i).join(', ')})`
    },
    { sql: `SELECT count(*) FROM ${ids}`, counted: 'selected' },
    ...replaceStatements(compiler, relation, ids, newValues, stamp),
    { sql: `DROP TABLE ${ids}` }
  ]
}

const deleteStatements = (
  compiler: Compiler,
  relation: Relation,
  pairs: string,
  deletes: ReadonlyArray<number>,
  stamp: number
): ReadonlyArray<ChangeStatement> => {
  if (deletes.length === 0) return []
  const ids = compiler.plan.unique('d')
  return [
    { sql: `CREATE TEMP TABLE ${ids} AS SELECT id FROM ${pairs} WHERE branch IN (${deletes.join(', ')})` },
    { sql: `SELECT count(*) FROM ${ids}`, counted: 'selected' },
    ...closeStatements(relation, ids, stamp),
    { sql: `DROP TABLE ${ids}` }
  ]
}

/** Every insert branch takes the rows that no branch before it took. */
const unmatchedStatements = (
  compiler: Compiler,
  { relation, branches, unmatchedFrom }: MergeParts,
  stamp: number,
  firstRowId: number
): ReadonlyArray<ChangeStatement> => {
  const inserts = branches.filter(branch => branch.kind === 'insert')
  return inserts.map((branch, i) => {
    const earlier = inserts.slice(0, i).map(({ condition }) => `NOT coalesce(${condition}, FALSE)`)
    const items = branch.values.map((value, j) => `${value.sql} AS ${outputName(j)}`).join(', ')
    const columns = branch.values.map((value): CompiledColumn => ({ name: '', type: value.type }))
    const sql = `SELECT ${items} FROM ${unmatchedFrom} AND ${[branch.condition, ...earlier].join(' AND ')}`
    // Row numbers of different branches must not meet: each branch starts in a range of its own.
    return insertStatement(compiler, relation, { sql, columns }, branch.columns, stamp, firstRowId + i * branchStride)
  })
}

const branchStride = 2 ** 40

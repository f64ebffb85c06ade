/**
 * INSERT, UPDATE, DELETE and TRUNCATE as engine statements over row versions: a change closes the versions that stand and adds new ones.
 * Versions written under the same stamp were never seen by anyone, so they are taken out instead of closed.
 */
import { takeValues } from '../catalog/Sequence.ts'
import type { Column, Relation } from '../catalog/Relation.ts'
import { checkedValue, storedValue } from './checkedValues.ts'
import { outputName } from './Compiled.ts'
import type { Compiled, CompiledQuery } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import type { Change, ChangeStatement } from './Engine.ts'
import { emptyScope } from './Scope.ts'
import { columnName, tableName } from './Storage.ts'

/** `query` brings one column per target, in their order; the other columns get their defaults. */
export const insertChange = (
  compiler: Compiler,
  relation: Relation,
  query: CompiledQuery,
  targets: ReadonlyArray<Column>
): Change => ({
  relation,
  statements: (stamp, firstRowId) => [insertStatement(compiler, relation, query, targets, stamp, firstRowId)]
})

export const insertStatement = (
  compiler: Compiler,
  relation: Relation,
  query: CompiledQuery,
  targets: ReadonlyArray<Column>,
  stamp: number,
  firstRowId: number
): ChangeStatement => {
  const given = (column: Column): Compiled | undefined => {
    const at = targets.indexOf(column)
    return at === -1 ? undefined : { sql: `s.${outputName(at)}`, type: query.columns[at]?.type }
  }
  const values = relation.columns.map(
    column => `${storedValue(given(column) ?? defaultValue(compiler, column), column)} AS ${columnName(column)}`
  )
  const checked = relation.columns.map(column => checkedValue(`q.${columnName(column)}`, column))
  const names = relation.columns.map(column => `, ${columnName(column)}`).join('')
  return {
    sql:
      `INSERT INTO ${tableName(relation)} (_id, _from, _to${names}) ` +
      `SELECT ${firstRowId} + row_number() OVER () - 1, ${stamp}, NULL${checked.map(sql => `, ${sql}`).join('')} ` +
      `FROM (SELECT ${values.join(', ')} FROM (${query.sql}) AS s) AS q`,
    counted: 'changed',
    inserts: true
  }
}

/** What a column holds that INSERT leaves out. */
export const defaultValue = (compiler: Compiler, column: Column): Compiled => {
  const value = column.default
  if (value === undefined) return { sql: `CAST(NULL AS VARCHAR)`, type: undefined }
  if (value.kind === 'expression') return compiler.expression(value.expression, emptyScope)
  const { sequence } = value
  compiler.plan.sequences.add(sequence)
  return { sql: `(${sequence.nextValue} + (row_number() OVER () - 1) * ${sequence.increment})`, type: column.type }
}

/** One default per row of a VALUES list. */
export const singleDefault = (compiler: Compiler, column: Column): Compiled => {
  const value = column.default
  if (value === undefined || value.kind === 'expression') return defaultValue(compiler, column)
  return { sql: String(takeValues(value.sequence, 1)), type: column.type }
}

/** Closes the standing versions of the rows whose `id` the table `ids` lists. */
export const closeStatements = (relation: Relation, ids: string, stamp: number): ReadonlyArray<ChangeStatement> => [
  {
    sql: `DELETE FROM ${tableName(relation)} WHERE _to IS NULL AND _from = ${stamp} AND _id IN (SELECT id FROM ${ids})`
  },
  { sql: `UPDATE ${tableName(relation)} SET _to = ${stamp} WHERE _to IS NULL AND _id IN (SELECT id FROM ${ids})` }
]

/** `selection` brings the numbers of the rows as `id`. */
export const deleteChange = (compiler: Compiler, relation: Relation, selection: string): Change => {
  const ids = compiler.plan.unique('d')
  return {
    relation,
    statements: stamp => [
      { sql: `CREATE TEMP TABLE ${ids} AS SELECT DISTINCT id FROM (${selection})` },
      { sql: `SELECT count(*) FROM ${ids}`, counted: 'selected' },
      ...closeStatements(relation, ids, stamp),
      { sql: `DROP TABLE ${ids}` }
    ]
  }
}

export const truncateChange = (compiler: Compiler, relation: Relation): Change =>
  deleteChange(compiler, relation, `SELECT _id AS id FROM ${tableName(relation)} WHERE _to IS NULL`)

/** INSERT OVERWRITE: the query reads the old rows, then the new ones take their place. */
export const overwriteChange = (compiler: Compiler, { relation, statements }: Change): Change => {
  const olds = compiler.plan.unique('o')
  return {
    relation,
    statements: (stamp, firstRowId) => [
      { sql: `CREATE TEMP TABLE ${olds} AS SELECT _id AS id FROM ${tableName(relation)} WHERE _to IS NULL` },
      ...statements(stamp, firstRowId),
      ...closeStatements(relation, olds, stamp),
      { sql: `DROP TABLE ${olds}` }
    ]
  }
}

/** A column and the name of its new value in the table of new values. */
export interface NewValue {
  readonly column: Column
  /** Given the alias of that table. */
  readonly sql: (alias: string) => string
}

/** `selection` brings the numbers of the rows as `id`, each once, with the values that `newValues` name. */
export const updateChange = (
  compiler: Compiler,
  relation: Relation,
  selection: string,
  newValues: ReadonlyArray<NewValue>
): Change => {
  const ids = compiler.plan.unique('u')
  return {
    relation,
    statements: stamp => [
      { sql: `CREATE TEMP TABLE ${ids} AS SELECT DISTINCT ON (id) * FROM (${selection})` },
      { sql: `SELECT count(*) FROM ${ids}`, counted: 'selected' },
      ...replaceStatements(compiler, relation, ids, newValues, stamp),
      { sql: `DROP TABLE ${ids}` }
    ]
  }
}

/** New versions of the rows that `ids` lists: the new values where there are some, the old ones elsewhere. */
export const replaceStatements = (
  compiler: Compiler,
  relation: Relation,
  ids: string,
  newValues: ReadonlyArray<NewValue>,
  stamp: number
): ReadonlyArray<ChangeStatement> => {
  const fresh = compiler.plan.unique('n')
  const columns = relation.columns.map(column => {
    const value = newValues.find(candidate => candidate.column === column)
    return `, ${value === undefined ? `o.${columnName(column)}` : checkedValue(value.sql('u'), column)} AS ${columnName(column)}`
  })
  const names = relation.columns.map(column => `, ${columnName(column)}`).join('')
  return [
    {
      sql: `CREATE TEMP TABLE ${fresh} AS SELECT o._id${columns.join('')} FROM ${tableName(relation)} AS o JOIN ${ids} AS u ON o._id = u.id WHERE o._to IS NULL`
    },
    ...closeStatements(relation, ids, stamp),
    {
      sql: `INSERT INTO ${tableName(relation)} (_id, _from, _to${names}) SELECT _id, ${stamp}, NULL${names} FROM ${fresh}`
    },
    { sql: `DROP TABLE ${fresh}` }
  ]
}

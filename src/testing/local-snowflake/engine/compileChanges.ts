/**
 * The net difference of a table between two versions: what streams and CHANGES read.
 *
 * An update is a DELETE with the old values and an INSERT with the new ones; what came and went in between leaves no trace.
 *
 * @see https://docs.snowflake.com/en/user-guide/streams-intro
 */
import type { Relation } from '../catalog/Relation.ts'
import { booleanType, textType } from '../sql/DataType.ts'
import type { CompiledColumn, CompiledQuery } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import { protectedSelect } from './protectedQuery.ts'
import { columnName, emptyTableSql } from './Storage.ts'

export interface ChangeRange {
  /** Changes after this version … */
  readonly from: number
  /** … up to this one. */
  readonly to: number
  /** Only rows that were inserted, whatever became of them. */
  readonly appendOnly: boolean
}

export const metadataColumns: ReadonlyArray<CompiledColumn> = [
  { name: 'METADATA$ACTION', type: textType(10) },
  { name: 'METADATA$ISUPDATE', type: booleanType },
  { name: 'METADATA$ROW_ID', type: textType(40) }
]

export const compileChanges = (compiler: Compiler, relation: Relation, range: ChangeRange): CompiledQuery => {
  compiler.plan.relations.add(relation)
  const alias = compiler.plan.unique('p')
  const table = compiler.context.engine.tableFor(relation, compiler.context.session) ?? emptyTableSql(relation)
  const source = {
    sql: `(${range.appendOnly ? appended(table, range) : netChanges(table, range)}) AS ${alias}`,
    column: (column: Relation['columns'][number]) => `${alias}.${columnName(column)}`,
    condition: undefined,
    rowId: `${alias}._id`
  }
  const extra = [`${alias}._action`, `${alias}._update`, `sha1('${relation.id} ' || ${alias}._id)`]
  return { sql: protectedSelect(compiler, relation, source, extra), columns: [...relation.columns, ...metadataColumns] }
}

const netChanges = (table: string, { from, to }: ChangeRange): string => {
  const gone = `_from <= ${from} AND _to > ${from} AND _to <= ${to}`
  const come = `_from > ${from} AND _from <= ${to} AND (_to IS NULL OR _to > ${to})`
  return (
    `SELECT *, 'DELETE' AS _action, _id IN (SELECT _id FROM ${table} WHERE ${come}) AS _update FROM ${table} WHERE ${gone} ` +
    `UNION ALL SELECT *, 'INSERT' AS _action, _id IN (SELECT _id FROM ${table} WHERE ${gone}) AS _update FROM ${table} WHERE ${come}`
  )
}

/** The first version of every row that began in the range. */
const appended = (table: string, { from, to }: ChangeRange): string =>
  `SELECT *, 'INSERT' AS _action, FALSE AS _update FROM ${table} WHERE _from > ${from} AND _from <= ${to} ` +
  `QUALIFY row_number() OVER (PARTITION BY _id ORDER BY _from) = 1 AND _id NOT IN (SELECT _id FROM ${table} WHERE _from <= ${from})`

/** Whether there is any change in the range, whoever may see it. */
export const changesExist = (compiler: Compiler, relation: Relation, range: ChangeRange): string => {
  const table = compiler.context.engine.tableFor(relation, compiler.context.session) ?? emptyTableSql(relation)
  return `EXISTS (${range.appendOnly ? appended(table, range) : netChanges(table, range)})`
}

/** Tables and views made from queries: their columns, and the rows that fill them. */
import type { Relation } from '../catalog/Relation.ts'
import { createCompiler } from '../engine/createCompiler.ts'
import { outputName } from '../engine/Compiled.ts'
import type { CompiledQuery } from '../engine/Compiled.ts'
import type { Compiler } from '../engine/Compiler.ts'
import { rawSource } from '../engine/protectedQuery.ts'
import { insertChange } from '../engine/rowChanges.ts'
import type { ColumnDefinition, CreateTable } from '../sql/CreateStatement.ts'
import type { DataType } from '../sql/DataType.ts'
import type { Query } from '../sql/SyntaxTree.ts'
import { refused } from '../StatementError.ts'
import { plainColumn } from './buildRelation.ts'
import { patiently } from './patiently.ts'
import type { StatementContext } from './StatementContext.ts'

/** The types of a query's columns: what the compiler knows, and where it does not, what the engine says. */
export const columnTypes = async (compiler: Compiler, query: CompiledQuery): Promise<ReadonlyArray<DataType>> => {
  const known = query.columns.map(({ type }) => type).filter(type => type !== undefined)
  return known.length === query.columns.length ? known : compiler.context.engine.describe(compiler, query)
}

/** Columns of a CREATE TABLE … AS: those of the query, under the names and with the additions of the statement. */
export const createdFromQuery = async (
  context: StatementContext,
  statement: CreateTable,
  query: Query
): Promise<ReadonlyArray<ColumnDefinition>> => {
  const compiler = createCompiler(context)
  const compiled = compiler.query(query)
  const types = await columnTypes(compiler, compiled)
  const { columns } = statement
  if (columns.length > 0 && columns.length !== types.length) {
    throw refused(`Invalid column definition list: ${columns.length} columns declared, the query has ${types.length}.`)
  }
  return types.map((type, i) => {
    const declared = columns[i]
    if (declared === undefined) return plainColumn(compiled.columns[i]?.name ?? '', type)
    return statement.typedColumns.includes(declared.name) ? declared : { ...declared, type }
  })
}

/** Runs the query as its creator and keeps what comes out: masked columns stay masked. */
export const fillFromQuery = async (context: StatementContext, relation: Relation, query: Query): Promise<void> => {
  await patiently(context, () => {
    const compiler = createCompiler(context)
    const compiled = compiler.query(query)
    return context.engine.change(compiler, insertChange(compiler, relation, compiled, relation.columns))
  })
}

/** CLONE copies rows as they are stored. */
export const fillFromTable = async (context: StatementContext, relation: Relation, from: Relation): Promise<void> => {
  if (context.engine.tableFor(from, context.session) === undefined) return
  const compiler = createCompiler(context)
  const source = rawSource(compiler, from)
  const items = from.columns.map((column, i) => `${source.column(column)} AS ${outputName(i)}`)
  const sql = `SELECT ${items.join(', ')} FROM ${source.sql} WHERE ${source.condition ?? 'TRUE'}`
  await context.engine.change(
    compiler,
    insertChange(compiler, relation, { sql, columns: from.columns }, relation.columns)
  )
}

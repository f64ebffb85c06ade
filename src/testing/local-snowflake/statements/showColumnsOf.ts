/** SHOW COLUMNS. */
import type { Schema } from '../catalog/Container.ts'
import type { Column, Relation } from '../catalog/Relation.ts'
import type { DataType } from '../sql/DataType.ts'
import type { Show } from '../sql/ShowStatement.ts'
import { defaultText } from './defaultText.ts'
import { likePattern } from './likePattern.ts'
import { byManagement, findRelation } from './resolve.ts'
import { textColumn } from './ResultSet.ts'
import type { ResultSet, Row } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'
import { relationsIn } from './walk.ts'

const names =
  'table_name, schema_name, column_name, data_type, null?, default, kind, expression, comment, database_name, autoincrement, schema_evolution_record'

const rowLimit = 10_000

export const showColumnsOf = (statement: Show, context: StatementContext, schemas: Iterable<Schema>): ResultSet => {
  const matches = statement.like === undefined ? undefined : likePattern(statement.like)
  const rows: Row[] = []
  const limit = Math.min(statement.limit ?? rowLimit, rowLimit)
  for (const relation of relationsAsked(statement, context, schemas)) {
    for (const column of relation.columns) {
      if (matches?.test(column.name) === false || rows.length >= limit) continue
      rows.push(rowOf(relation, column))
    }
    if (rows.length >= limit) break
  }
  return { columns: names.split(', ').map(textColumn), rows, statementType: 'show' }
}

function* relationsAsked({ scope }: Show, context: StatementContext, schemas: Iterable<Schema>): Generator<Relation> {
  if (scope?.kind === 'TABLE' && scope.name !== undefined) {
    yield findRelation(context, scope.name, 'SHOW COLUMNS', byManagement)
    return
  }
  for (const schema of schemas) yield* relationsIn(context, schema, byManagement)
}

const rowOf = (relation: Relation, column: Column): Row => [
  relation.name,
  relation.parent?.name ?? null,
  column.name,
  JSON.stringify(describeType(column.type, column.nullable)),
  column.nullable ? 'true' : 'NOT_NULL',
  defaultText(column) ?? '',
  'COLUMN',
  '',
  column.comment,
  relation.parent?.parent?.name ?? null,
  column.default?.kind === 'identity' ? (defaultText(column) ?? '') : '',
  null
]

/** The type as a JSON object, the way SHOW COLUMNS writes it. */
const describeType = (type: DataType, nullable: boolean): Readonly<Record<string, unknown>> => {
  if (type.name === 'NUMBER')
    return { type: 'FIXED', precision: type.precision ?? 38, scale: type.scale ?? 0, nullable }
  if (type.name === 'VARCHAR')
    return { type: 'TEXT', length: type.length ?? 0, byteLength: (type.length ?? 0) * 4, nullable, fixed: false }
  if (type.name === 'BINARY')
    return { type: 'BINARY', length: type.length ?? 0, byteLength: type.length ?? 0, nullable, fixed: true }
  if (type.name === 'FLOAT') return { type: 'REAL', nullable }
  return { type: type.name, ...(type.scale === undefined ? {} : { precision: 0, scale: type.scale }), nullable }
}

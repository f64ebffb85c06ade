/** CREATE TABLE in all its variants. */
import { trackPolicies } from '../catalog/trackPolicies.ts'
import type { Tag } from '../catalog/Policy.ts'
import type { Column, Relation } from '../catalog/Relation.ts'
import type { Schema } from '../catalog/Container.ts'
import type { Sequence } from '../catalog/Sequence.ts'
import type { ColumnDefinition, CreateTable } from '../sql/CreateStatement.ts'
import { flagProperty, numberProperty, textProperty } from '../sql/Properties.ts'
import { unsupported } from '../StatementError.ts'
import { createdFromQuery, fillFromQuery, fillFromTable } from './createFromQuery.ts'
import { requireColumn, resolveMasking, resolveRowAccess } from './attachPolicies.ts'
import { appendColumns, buildRelation, plainColumn } from './buildRelation.ts'
import { createInSchema } from './createObject.ts'
import { creatingRole, requirePrivilege } from './require.ts'
import { byPrivilege, findObject, findRelation } from './resolve.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'
import { resolveTags, setTags } from './tagging.ts'

export const createTable = async (statement: CreateTable, context: StatementContext): Promise<ResultSet> => {
  const { source } = statement
  if (statement.mode.orAlter) throw unsupported('CREATE OR ALTER TABLE')
  return createInSchema(context, {
    kind: statement.variant,
    name: statement.name,
    mode: statement.mode,
    copyGrants: statement.copyGrants,
    temporary: statement.temporary,
    noun: statement.variant === 'DYNAMIC TABLE' ? 'Dynamic table' : 'Table',
    build: async (schema, name) => {
      const relation = emptyTable(statement, context, schema, name)
      if (source.kind === 'query')
        appendColumns(context.account, relation, await createdFromQuery(context, statement, source.query))
      decorate(context, statement, relation)
      if (source.kind === 'query') await fillFromQuery(context, relation, source.query)
      if (source.kind === 'clone') await fillFromTable(context, relation, findSourceTable(context, source.table))
      return relation
    }
  })
}

const emptyTable = (statement: CreateTable, context: StatementContext, schema: Schema, name: string): Relation => {
  const { account, session } = context
  const { source, properties } = statement
  const relation = buildRelation(account, {
    kind: statement.variant,
    schema,
    name,
    owner: creatingRole(context),
    temporaryIn: statement.temporary ? session.id : undefined,
    transient: statement.transient || schema.transient,
    comment: textProperty(properties, 'COMMENT')
  })
  relation.clusterBy = statement.clusterBy
  relation.retentionDays = numberProperty(properties, 'DATA_RETENTION_TIME_IN_DAYS') ?? relation.retentionDays
  relation.changeTracking = flagProperty(properties, 'CHANGE_TRACKING') ?? false
  if (source.kind === 'like' || source.kind === 'clone') copyColumns(relation, findSourceTable(context, source.table))
  if (source.kind !== 'query') appendColumns(account, relation, withFixedColumns(statement))
  return relation
}

/** External and event tables have columns nobody declares. */
const withFixedColumns = (statement: CreateTable): ReadonlyArray<ColumnDefinition> => {
  const undeclared = fixedColumns[statement.variant] ?? []
  return [
    ...undeclared.filter(({ name }) => !statement.columns.some(column => column.name === name)),
    ...statement.columns
  ]
}

const fixedColumns: Readonly<Record<string, ReadonlyArray<ColumnDefinition>>> = {
  'EXTERNAL TABLE': [plainColumn('VALUE', { name: 'VARIANT' })],
  'EVENT TABLE': [
    plainColumn('TIMESTAMP', { name: 'TIMESTAMP_NTZ', scale: 9 }),
    plainColumn('RESOURCE_ATTRIBUTES', { name: 'OBJECT' }),
    plainColumn('RECORD_TYPE', { name: 'VARCHAR', length: 16_777_216 }),
    plainColumn('RECORD', { name: 'OBJECT' }),
    plainColumn('RECORD_ATTRIBUTES', { name: 'OBJECT' }),
    plainColumn('VALUE', { name: 'VARIANT' })
  ]
}

const findSourceTable = (context: StatementContext, name: CreateTable['name']): Relation => {
  const table = findRelation(context, name, 'CREATE TABLE', byPrivilege)
  if (table.kind === 'VIEW') throw unsupported('CREATE TABLE from a view')
  requirePrivilege(context, 'SELECT', table)
  return table
}

/** LIKE and CLONE take the columns with their policies and tags. */
const copyColumns = (relation: Relation, from: Relation): void => {
  relation.columns = from.columns
  relation.nextColumnId = from.nextColumnId
  relation.primaryKey = from.primaryKey
  trackPolicies(relation, () => {
    relation.rowAccess = from.rowAccess
  })
  for (const column of from.columns) for (const tag of column.tags.keys()) (tag as Tag).objects.add(relation)
  for (const [tag, value] of from.tags) {
    relation.tags.set(tag, value)
    ;(tag as Tag).objects.add(relation)
  }
}

/** Constraints, policies and tags of the statement. */
const decorate = (context: StatementContext, statement: CreateTable, relation: Relation): void => {
  const inlineKey = statement.columns.filter(column => column.primaryKey).map(column => column.name)
  const primaryKey = inlineKey.length > 0 ? inlineKey : statement.primaryKey
  if (primaryKey.length > 0) setPrimaryKey(relation, primaryKey)
  for (const name of statement.unique) replaceColumn(relation, { ...requireColumn(relation, name), unique: true })
  decorateColumns(context, relation, statement.columns)
  const { rowAccess } = statement
  if (rowAccess !== undefined) {
    trackPolicies(relation, () => {
      relation.rowAccess = resolveRowAccess(context, relation, rowAccess)
    })
  }
  setTags(context, relation, statement.tags)
}

/** Policies and tags that a CREATE or an ADD COLUMN names for its columns. */
export const decorateColumns = (
  context: StatementContext,
  relation: Relation,
  columns: ReadonlyArray<DecoratedColumn>
): void => {
  for (const { name, masking, tags, default: value } of columns) {
    const column = withSequence(context, requireColumn(relation, name), value)
    const settings = resolveTags(context, relation, tags)
    const resolved = masking === undefined ? column.masking : resolveMasking(context, relation, column, masking, false)
    trackPolicies(relation, () =>
      replaceColumn(relation, { ...column, masking: resolved, tags: new Map([...column.tags, ...settings]) })
    )
    for (const tag of settings.keys()) tag.objects.add(relation)
  }
}

type DecoratedColumn = Pick<ColumnDefinition, 'name' | 'masking' | 'tags'> & Partial<Pick<ColumnDefinition, 'default'>>

/** `DEFAULT seq.NEXTVAL` holds on to the sequence, whatever its name will be. */
const withSequence = (context: StatementContext, column: Column, value: ColumnDefinition['default']): Column => {
  if (value?.kind !== 'expression' || value.expression.kind !== 'nextValue') return column
  const sequence = findObject(context, 'SEQUENCE', value.expression.sequence, 'CREATE TABLE') as Sequence
  return { ...column, default: { kind: 'sequence', sequence } }
}

export const setPrimaryKey = (relation: Relation, names: ReadonlyArray<string>): void => {
  for (const name of names) replaceColumn(relation, { ...requireColumn(relation, name), nullable: false })
  relation.primaryKey = names
}

/** Swaps in a column of the same number. */
export const replaceColumn = (relation: Relation, column: Column): void => {
  relation.columns = relation.columns.map(known => (known.id === column.id ? column : known))
}

/**
 * SHOW of objects: what the session may see, by name, no more than 10,000.
 *
 * @see https://docs.snowflake.com/en/sql-reference/sql/show
 */
import type { Database, NameMatcher, Schema } from '../catalog/Container.ts'
import { isRelationKind, isViewKind, levelOf } from '../catalog/ObjectKind.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Securable } from '../catalog/Securable.ts'
import { currentDatabase, currentSchema } from '../Session.ts'
import type { Show, ShowScope } from '../sql/ShowStatement.ts'
import { StatementError, cannotBePerformed, refused, unsupported } from '../StatementError.ts'
import { bothMatch, likePattern, startingWith } from './likePattern.ts'
import { byManagement, findDatabase, findRelation, findSchema } from './resolve.ts'
import type { ResultSet } from './ResultSet.ts'
import { showColumnsOf } from './showColumnsOf.ts'
import type { ShowColumn } from './ShowColumn.ts'
import {
  databaseColumns,
  inertColumns,
  policyColumns,
  schemaColumns,
  sequenceColumns,
  streamColumns,
  tagColumns,
  terseColumns
} from './showObjectColumns.ts'
import {
  databaseRoleColumns,
  integrationColumns,
  roleColumns,
  seesRole,
  userColumns,
  warehouseColumns
} from './showPrincipalColumns.ts'
import { objectColumns, tableColumns, viewColumns } from './showRelationColumns.ts'
import type { StatementContext } from './StatementContext.ts'
import { databases, objectsIn, schemas } from './walk.ts'

/** SHOW never answers with more. */
const rowLimit = 10_000

export const show = (statement: Show, context: StatementContext): ResultSet => {
  if (statement.subject === 'COLUMNS') return showColumnsOf(statement, context, schemasOf(statement, context))
  if (statement.subject === 'PRIMARY KEYS' || statement.subject === 'TRANSACTIONS')
    throw unsupported(`SHOW ${statement.subject}`)
  const matcher = bothMatch(
    statement.like === undefined ? undefined : likePattern(statement.like),
    statement.startsWith === undefined ? undefined : startingWith(statement.startsWith)
  )
  const limit = statement.limit ?? rowLimit
  if (limit < 1 || limit > rowLimit) throw refused(`LIMIT must be between 1 and ${rowLimit}.`)
  const found = takeSorted(listed(statement, context, matcher), statement, limit)
  const columns = columnsFor(statement)
  return {
    columns: columns.map(({ column }) => column),
    rows: found.map(object => columns.map(({ cell }) => cell(object, context))),
    statementType: 'show'
  }
}

/** In the order of their full names; SHOW TABLES without a LIMIT refuses to leave anything out. */
const takeSorted = (objects: Iterable<Securable>, statement: Show, limit: number): ReadonlyArray<Securable> => {
  let found: (readonly [string, Securable])[] = []
  const keepFirst = (): void => {
    found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    found = found.slice(0, limit)
  }
  const refuses = statement.limit === undefined && statement.subject === 'TABLE'
  let schema: Securable | undefined
  for (const object of objects) {
    if (statement.from !== undefined && object.name <= statement.from) continue
    // Schemas come in order: nothing of this one goes before what is found.
    const next = object.parent?.kind === 'SCHEMA' && object.parent !== schema
    if (next && !refuses && found.length >= limit) break
    schema = object.parent
    found.push([sortKey(object), object])
    if (refuses && found.length > rowLimit) throw tooMany()
    if (found.length > 2 * rowLimit) keepFirst()
  }
  keepFirst()
  return found.map(([, object]) => object)
}

const sortKey = (object: Securable): string => fullName(object).join('\0')

const tooMany = (): StatementError =>
  new StatementError(
    '090153',
    '22000',
    `The result set size exceeded the max number of rows(${rowLimit}) supported for SHOW statements. Use LIMIT option to limit result set to a smaller number.`
  )

const listed = (statement: Show, context: StatementContext, matcher: NameMatcher | undefined): Iterable<Securable> => {
  const { account } = context
  const { subject } = statement
  if (subject === 'DATABASE') return databases(context, byManagement, matcher)
  if (subject === 'SCHEMA') return schemasOf(statement, context, matcher)
  if (subject === 'ROLE') return filter(account.roles.values(matcher), role => seesRole(context, role))
  if (subject === 'USER')
    return filter(account.users.values(matcher), user => user === context.session.user || context.access.sees(user))
  if (subject === 'WAREHOUSE')
    return filter(account.warehouses.values(matcher), warehouse => context.access.sees(warehouse))
  if (subject === 'INTEGRATION')
    return filter(account.integrations.values(matcher), integration => context.access.sees(integration))
  return subject === 'DATABASE ROLE'
    ? databaseRoles(statement, context, matcher)
    : schemaObjects(statement, context, matcher)
}

function* filter<T>(objects: Iterable<T>, wanted: (object: T) => boolean): Generator<T> {
  for (const object of objects) if (wanted(object)) yield object
}

function* databaseRoles(
  statement: Show,
  context: StatementContext,
  matcher: NameMatcher | undefined
): Generator<Securable> {
  const scope =
    statement.scope?.name ??
    (currentDatabase(context.session) === undefined ? undefined : [currentDatabase(context.session)?.name ?? ''])
  if (scope === undefined) throw refused('SHOW DATABASE ROLES needs a database.')
  yield* findDatabase(context, scope[0] ?? '', byManagement).roles.values(matcher)
}

function* schemaObjects(
  statement: Show,
  context: StatementContext,
  matcher: NameMatcher | undefined
): Generator<Securable> {
  const subject = statement.subject as ObjectKind | 'OBJECTS'
  const kind = subject === 'OBJECTS' ? 'TABLE' : subject
  const inOrder = Array.from(schemasOf(statement, context), schema => [sortKey(schema), schema] as const)
  inOrder.sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [, schema] of inOrder) {
    for (const object of objectsIn(context, schema, kind, byManagement, matcher))
      if (isListed(object, subject)) yield object
  }
}

/** SHOW TABLES lists every kind of table, SHOW VIEWS every kind of view. */
const isListed = (object: Securable, subject: ObjectKind | 'OBJECTS'): boolean => {
  const isView = isViewKind(object.kind)
  if (subject === 'OBJECTS') return isRelationKind(object.kind)
  if (subject === 'TABLE') return isRelationKind(object.kind) && !isView
  return subject === 'VIEW' ? isView : object.kind === subject
}

/** The schemas a SHOW looks into; for SHOW SCHEMAS itself, those it lists. */
function* schemasOf(statement: Show, context: StatementContext, matcher?: NameMatcher): Generator<Schema> {
  const scope = scopeOf(statement, context)
  if (scope.kind === 'SCHEMA') {
    yield scope
    return
  }
  const within = scope.kind === 'DATABASE' ? [scope] : databases(context, byManagement)
  for (const database of within) yield* schemas(context, database, byManagement, matcher)
}

type Scope = Database | Schema | { readonly kind: 'ACCOUNT' }

/** A database or schema that is not there is 002043 to SHOW, where other statements say 002003. */
const scopeOf = (statement: Show, context: StatementContext): Scope => {
  try {
    return findScope(statement, context)
  } catch (error) {
    const isTable = statement.scope?.kind === 'TABLE'
    throw !isTable && error instanceof StatementError && error.code === '002003' ? cannotBePerformed() : error
  }
}

const findScope = (statement: Show, context: StatementContext): Scope => {
  const { scope, subject } = statement
  const operation = `SHOW ${subject}`
  if (scope === undefined) return defaultScope(context, subject === 'SCHEMA' || levelOfSubject(subject) === 'SCHEMA')
  switch (scope.kind) {
    case 'ACCOUNT':
      return { kind: 'ACCOUNT' }
    case 'DATABASE':
      return scope.name === undefined
        ? (currentDatabase(context.session) ?? { kind: 'ACCOUNT' })
        : findDatabase(context, scope.name[0] ?? '', byManagement)
    case 'SCHEMA':
      return scope.name === undefined
        ? (currentSchema(context.session) ?? defaultScope(context, true))
        : findSchema(context, scope.name, operation, byManagement)
    case 'TABLE':
      return findRelation(context, scope.name ?? [], operation, byManagement).parent as Schema
    case 'NAME':
      return scopeByName(context, scope, operation, subject)
  }
}

const levelOfSubject = (subject: Show['subject']): string =>
  subject === 'OBJECTS' || subject === 'COLUMNS' || subject === 'PRIMARY KEYS' || subject === 'TRANSACTIONS'
    ? 'SCHEMA'
    : levelOf(subject)

/** Without IN: the database in use, or the whole account. */
const defaultScope = (context: StatementContext, inDatabase: boolean): Scope =>
  inDatabase ? (currentSchemaScope(context) ?? { kind: 'ACCOUNT' }) : { kind: 'ACCOUNT' }

const currentSchemaScope = ({ session }: StatementContext): Database | Schema | undefined => currentDatabase(session)

/** `IN X`: two parts are a schema, one is a database if there is one of that name. */
const scopeByName = (
  context: StatementContext,
  { name }: ShowScope,
  operation: string,
  subject: Show['subject']
): Scope => {
  const [first = '', second] = name ?? []
  if (second !== undefined) return findSchema(context, name ?? [], operation, byManagement)
  const database = context.account.databases.get(first)
  if (subject === 'SCHEMA' || database !== undefined) return findDatabase(context, first, byManagement)
  return findSchema(context, [first], operation, byManagement)
}

const columnsFor = ({ subject, terse }: Show): ReadonlyArray<ShowColumn<Securable>> =>
  (terse ? terseColumns : (columnSets[subject] ?? inertColumns)) as ReadonlyArray<ShowColumn<Securable>>

const columnSets: Partial<Record<Show['subject'], unknown>> = {
  DATABASE: databaseColumns,
  SCHEMA: schemaColumns,
  TABLE: tableColumns,
  'EXTERNAL TABLE': tableColumns,
  'DYNAMIC TABLE': tableColumns,
  'ICEBERG TABLE': tableColumns,
  'HYBRID TABLE': tableColumns,
  'EVENT TABLE': tableColumns,
  VIEW: viewColumns,
  'MATERIALIZED VIEW': viewColumns,
  OBJECTS: objectColumns,
  'MASKING POLICY': policyColumns,
  'ROW ACCESS POLICY': policyColumns,
  TAG: tagColumns,
  ROLE: roleColumns,
  'DATABASE ROLE': databaseRoleColumns,
  USER: userColumns,
  WAREHOUSE: warehouseColumns,
  SEQUENCE: sequenceColumns,
  STREAM: streamColumns,
  INTEGRATION: integrationColumns
}

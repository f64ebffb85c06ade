/** DESCRIBE. */
import { isRelationKind } from '../catalog/ObjectKind.ts'
import type { Policy } from '../catalog/Policy.ts'
import type { User } from '../catalog/Principal.ts'
import type { Relation } from '../catalog/Relation.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Securable } from '../catalog/Securable.ts'
import type { Stream } from '../catalog/Stream.ts'
import { metadataColumns } from '../engine/compileChanges.ts'
import { displayType } from '../sql/DataType.ts'
import { displayIdentifier, displayName } from '../sql/quoteIdentifier.ts'
import type { Describe } from '../sql/ShowStatement.ts'
import { insufficientPrivileges, unsupported } from '../StatementError.ts'
import { defaultText } from './defaultText.ts'
import { byGovernance, findObject, findSource } from './resolve.ts'
import { letterCell, textColumn, timeCell, timeColumn } from './ResultSet.ts'
import type { ResultSet, Row } from './ResultSet.ts'
import { streamColumns } from './showObjectColumns.ts'
import type { StatementContext } from './StatementContext.ts'
import { objectsIn, schemas } from './walk.ts'

export const describe = ({ objectKind, name }: Describe, context: StatementContext): ResultSet => {
  // Tables and views answer to each other's names here.
  if (objectKind === 'TABLE' || objectKind === 'VIEW')
    return describeRelation(findSource(context, name, 'DESCRIBE', byGovernance))
  const object = findObject(context, objectKind, name, `DESCRIBE ${objectKind}`, byGovernance)
  if (isRelationKind(object.kind)) return describeRelation(object)
  if (object.kind === 'MASKING POLICY' || object.kind === 'ROW ACCESS POLICY') return describePolicy(object as Policy)
  if (object.kind === 'STREAM') return describeStream(object as Stream, context)
  if (object.kind === 'USER') return describeUser(object as User, context)
  if (object.kind === 'DATABASE' || object.kind === 'SCHEMA') return describeContainer(object, context)
  throw unsupported(`DESCRIBE ${object.kind}`)
}

const shown = (names: string, rows: ReadonlyArray<Row>): ResultSet => ({
  columns: names.split(', ').map(textColumn),
  rows,
  statementType: 'show'
})

const relationColumns =
  'name, type, kind, null?, default, primary key, unique key, check, expression, comment, policy name, privacy domain'

const describeRelation = (source: Securable): ResultSet => {
  if (source.kind === 'STREAM') return describeRows((source as Stream).source, true)
  return describeRows(source as Relation, false)
}

const describeRows = (relation: Relation, asStream: boolean): ResultSet => {
  const rows = relation.columns.map((column): Row => [
    column.name,
    displayType(column.type),
    'COLUMN',
    letterCell(column.nullable),
    defaultText(column),
    letterCell(relation.primaryKey.includes(column.name)),
    letterCell(column.unique),
    null,
    null,
    column.comment === '' ? null : column.comment,
    column.masking === undefined ? null : displayName(fullName(column.masking.policy)),
    null
  ])
  const metadata = metadataColumns.map(({ name, type }): Row => [
    name,
    type === undefined ? null : displayType(type),
    'COLUMN',
    'Y',
    null,
    'N',
    'N',
    null,
    null,
    null,
    null,
    null
  ])
  return shown(relationColumns, asStream ? [...rows, ...metadata] : rows)
}

const describePolicy = (policy: Policy): ResultSet => {
  const signature = policy.signature.map(({ name, type }) => `${displayIdentifier(name)} ${type.name}`).join(', ')
  return shown('name, signature, return_type, body', [
    [policy.name, `(${signature})`, displayType(policy.returns), policy.bodyText]
  ])
}

const describeStream = (stream: Stream, context: StatementContext): ResultSet => ({
  columns: streamColumns.map(({ column }) => column),
  rows: [streamColumns.map(({ cell }) => cell(stream, context))],
  statementType: 'show'
})

const describeUser = (user: User, { access, session }: StatementContext): ResultSet => {
  if (!access.owns(user) && !access.manages(user) && user !== session.user)
    throw insufficientPrivileges('user', displayIdentifier(user.name))
  const properties: ReadonlyArray<readonly [string, string | undefined]> = [
    ['NAME', user.name],
    ['COMMENT', user.comment],
    ['DISABLED', String(user.disabled)],
    ['DEFAULT_WAREHOUSE', user.defaultWarehouse],
    ['DEFAULT_NAMESPACE', user.defaultNamespace],
    ['DEFAULT_ROLE', user.defaultRole],
    ['DEFAULT_SECONDARY_ROLES', user.defaultSecondaryRoles === 'ALL' ? '["ALL"]' : '[]'],
    ['RSA_PUBLIC_KEY', user.publicKeys.get('RSA_PUBLIC_KEY')],
    ['RSA_PUBLIC_KEY_2', user.publicKeys.get('RSA_PUBLIC_KEY_2')],
    ...user.properties
  ]
  return shown(
    'property, value, default, description',
    properties.map(([key, value]) => [key, value ?? 'null', 'null', ''])
  )
}

/** What stands directly in a database or a schema. */
const describeContainer = (object: Securable, context: StatementContext): ResultSet => {
  const inside: Iterable<Securable> =
    object.kind === 'DATABASE'
      ? schemas(context, object as Parameters<typeof schemas>[1], byGovernance)
      : objectsIn(context, object as Parameters<typeof objectsIn>[1], 'TABLE', byGovernance)
  return {
    columns: [timeColumn('created_on'), textColumn('name'), textColumn('kind')],
    rows: Array.from(inside, ({ createdOn, name, kind }) => [timeCell(createdOn), name, kind]),
    statementType: 'show'
  }
}

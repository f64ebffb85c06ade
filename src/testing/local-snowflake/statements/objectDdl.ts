/**
 * GET_DDL: statements that would make the object again.
 *
 * @see https://docs.snowflake.com/en/sql-reference/functions/get_ddl
 */
import type { Database, Schema } from '../catalog/Container.ts'
import { isRelationKind } from '../catalog/ObjectKind.ts'
import type { Policy, Tag } from '../catalog/Policy.ts'
import type { Column, Relation, ViewDefinition } from '../catalog/Relation.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Securable } from '../catalog/Securable.ts'
import type { Sequence } from '../catalog/Sequence.ts'
import type { Stream } from '../catalog/Stream.ts'
import { displayType } from '../sql/DataType.ts'
import { displayIdentifier, displayName } from '../sql/quoteIdentifier.ts'
import { unsupported } from '../StatementError.ts'
import { argumentNames } from './attachPolicies.ts'
import { defaultText } from './defaultText.ts'

export const objectDdl = (object: Securable, qualified: boolean): string => {
  const name = qualified ? displayName(fullName(object)) : displayIdentifier(object.name)
  if (isRelationKind(object.kind)) return relationDdl(object as Relation, name)
  if (object.kind === 'MASKING POLICY' || object.kind === 'ROW ACCESS POLICY') return policyDdl(object as Policy, name)
  if (object.kind === 'SCHEMA') return schemaDdl(object as Schema, name, qualified)
  if (object.kind === 'DATABASE') return databaseDdl(object as Database, name, qualified)
  if (object.kind === 'SEQUENCE') return sequenceDdl(object as Sequence, name)
  if (object.kind === 'TAG') return tagDdl(object as Tag, name)
  if (object.kind === 'STREAM') return streamDdl(object as Stream, name)
  throw unsupported(`GET_DDL of ${object.kind}`)
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

const commentClause = (comment: string): string => (comment === '' ? '' : ` COMMENT=${quoted(comment)}`)

const relationDdl = (relation: Relation, name: string): string => {
  if (relation.view !== undefined) return viewDdl(relation, relation.view, name)
  const columns = relation.columns.map(column => `\t${columnDdl(relation, column)}`)
  const key =
    relation.primaryKey.length === 0 ? [] : [`\tprimary key (${relation.primaryKey.map(displayIdentifier).join(', ')})`]
  const kind = relation.transient && relation.kind === 'TABLE' ? 'TRANSIENT TABLE' : relation.kind
  return `create or replace ${kind} ${name} (\n${[...columns, ...key].join(',\n')}\n)${filterClause(relation)}${commentClause(relation.comment)};`
}

const viewDdl = (relation: Relation, { secure, queryText }: ViewDefinition, name: string): string => {
  const columns = relation.columns.map(column => `\t${displayIdentifier(column.name)}${maskClause(relation, column)}`)
  const kind = `${secure ? 'secure ' : ''}${relation.kind.toLowerCase()}`
  return `create or replace ${kind} ${name}(\n${columns.join(',\n')}\n)${filterClause(relation)}${commentClause(relation.comment)} as\n${queryText};`
}

const filterClause = (relation: Relation): string => {
  const { rowAccess } = relation
  return rowAccess === undefined
    ? ''
    : ` WITH ROW ACCESS POLICY ${displayName(fullName(rowAccess.policy))} ON (${argumentNames(relation, rowAccess.columns).map(displayIdentifier).join(', ')})`
}

const maskClause = (relation: Relation, { masking }: Column): string => {
  if (masking === undefined) return ''
  const using =
    masking.using.length > 1
      ? ` USING (${argumentNames(relation, masking.using).map(displayIdentifier).join(', ')})`
      : ''
  return ` WITH MASKING POLICY ${displayName(fullName(masking.policy))}${using}`
}

const columnDdl = (relation: Relation, column: Column): string => {
  const value = defaultText(column)
  const filled =
    value === null
      ? ''
      : column.default?.kind === 'identity'
        ? ` ${value.replace('IDENTITY', 'AUTOINCREMENT')}`
        : ` DEFAULT ${value}`
  const comment = column.comment === '' ? '' : ` COMMENT ${quoted(column.comment)}`
  return `${displayIdentifier(column.name)} ${displayType(column.type)}${column.nullable ? '' : ' NOT NULL'}${filled}${maskClause(relation, column)}${comment}`
}

const policyDdl = (policy: Policy, name: string): string => {
  const signature = policy.signature
    .map(argument => `${displayIdentifier(argument.name)} ${displayType(argument.type)}`)
    .join(', ')
  const exempt = policy.exemptOtherPolicies ? '\nEXEMPT_OTHER_POLICIES = true' : ''
  return `create or replace ${policy.kind.toLowerCase()} ${name} as (${signature}) \nreturns ${displayType(policy.returns)} ->\n${policy.bodyText}${exempt}\n${policy.comment === '' ? '' : `comment = ${quoted(policy.comment)}\n`};`
}

const schemaDdl = (schema: Schema, name: string, qualified: boolean): string => {
  const inside = Array.from(schema.objects.values()).flatMap(namespace => Array.from(namespace.values()))
  const managed = schema.managedAccess ? ' WITH MANAGED ACCESS' : ''
  return [
    `create or replace schema ${name}${managed}${commentClause(schema.comment)};`,
    ...inside.map(object => objectDdl(object, qualified))
  ].join('\n\n')
}

const databaseDdl = (database: Database, name: string, qualified: boolean): string => {
  const schemas = Array.from(database.schemas.values()).filter(schema => schema.owner !== undefined)
  return [
    `create or replace database ${name}${commentClause(database.comment)};`,
    ...schemas.map(schema => objectDdl(schema, qualified))
  ].join('\n\n')
}

const sequenceDdl = (sequence: Sequence, name: string): string =>
  `create or replace sequence ${name} start with ${sequence.nextValue} increment by ${sequence.increment} ${sequence.ordered ? 'order' : 'noorder'}${commentClause(sequence.comment)};`

const tagDdl = (tag: Tag, name: string): string => {
  const values = tag.allowedValues === undefined ? '' : ` ALLOWED_VALUES ${tag.allowedValues.map(quoted).join(', ')}`
  return `create or replace tag ${name}${values}${commentClause(tag.comment)};`
}

const streamDdl = (stream: Stream, name: string): string =>
  `create or replace stream ${name} on table ${displayName(fullName(stream.source))}${stream.appendOnly ? ' append_only = true' : ''}${commentClause(stream.comment)};`

/**
 * Names to objects, as a session may know them: what its roles hold nothing on does not exist for it (002003).
 *
 * The `how` of a look-up says who may find an object: whoever holds something on it, whoever may manage its grants, whoever may set policies.
 */
import { currentDatabase, currentSchema, temporaryKey } from '../Session.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import {
  StatementError,
  cannotBePerformed,
  doesNotExist,
  noCurrentDatabase,
  noCurrentSchema
} from '../StatementError.ts'
import type { Database, Schema } from '../catalog/Container.ts'
import { isRelationKind, isViewKind, levelOf, namespaceOf, sentenceCase } from '../catalog/ObjectKind.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import type { Relation } from '../catalog/Relation.ts'
import type { Access } from '../privileges/Access.ts'
import type { StatementContext } from './StatementContext.ts'

export type Finder = (access: Access, object: Securable) => boolean

/** For statements that use the object. */
export const byPrivilege: Finder = (access, object) => access.reaches(object)
/** For GRANT, REVOKE and SHOW GRANTS. */
export const byManagement: Finder = (access, object) => access.sees(object)
/** For setting policies and tags, and DESCRIBE. */
export const byGovernance: Finder = (access, object) => access.reaches(object) || access.governs(object)

type Resolving = Pick<StatementContext, 'account' | 'session' | 'access'>

export const findDatabase = (context: Resolving, name: string, how: Finder = byPrivilege): Database => {
  const database = context.account.databases.get(name)
  if (database === undefined || !(how(context.access, database) || byPrivilege(context.access, database))) {
    throw doesNotExist('Database', displayName([name]))
  }
  return database
}

export const requireCurrentDatabase = (context: Resolving, operation: string): Database => {
  const database = currentDatabase(context.session)
  if (database === undefined) throw noCurrentDatabase(operation)
  return database
}

export const findSchema = (
  context: Resolving,
  name: ObjectName,
  operation: string,
  how: Finder = byPrivilege
): Schema => {
  const [first = '', second] = name
  if (name.length > 2) throw cannotBePerformed()
  const database = second === undefined ? requireCurrentDatabase(context, operation) : findDatabase(context, first, how)
  const schema = database.schemas.get(second ?? first)
  if (schema === undefined || !(how(context.access, schema) || byPrivilege(context.access, schema))) {
    throw doesNotExist('Schema', displayName([database.name, second ?? first]))
  }
  return schema
}

/** Where an object of this name would stand, whether it is there or not. */
export const locate = (
  context: Resolving,
  name: ObjectName,
  operation: string,
  how: Finder = byPrivilege
): { readonly schema: Schema; readonly name: string } => {
  const own = name.at(-1) ?? ''
  if (name.length > 1) return { schema: findSchema(context, name.slice(0, -1), operation, how), name: own }
  requireCurrentDatabase(context, operation)
  const schema = currentSchema(context.session)
  if (schema === undefined) throw noCurrentSchema(operation)
  return { schema, name: own }
}

const lookUp = (context: Resolving, schema: Schema, kind: ObjectKind, name: string): Securable | undefined => {
  const temporary =
    namespaceOf(kind) === 'RELATIONS' ? context.session.temporaries.get(temporaryKey(schema, name)) : undefined
  return temporary ?? schema.objects.get(namespaceOf(kind))?.get(name)
}

/** An object of this kind, or a close relative: `TABLE` finds every kind of table, `VIEW` a materialized one too. */
export const findObject = (
  context: Resolving,
  kind: ObjectKind,
  name: ObjectName,
  operation: string,
  how: Finder = byPrivilege
): Securable => {
  const level = levelOf(kind)
  if (level === 'ACCOUNT') return findAccountObject(context, kind, name, how)
  if (kind === 'SCHEMA') return findSchema(context, name, operation, how)
  if (kind === 'DATABASE ROLE') return findDatabaseRole(context, name, operation)
  const place = locate(context, name, operation, how)
  const object = lookUp(context, place.schema, kind, place.name)
  if (object === undefined || !how(context.access, object)) {
    throw doesNotExist(
      sentenceCase(kind),
      displayName([...fullName(place.schema), place.name]),
      isRelationKind(kind) ? '42S02' : '02000'
    )
  }
  requireKind(object, kind)
  return object
}

const requireKind = (object: Securable, kind: ObjectKind): void => {
  if (object.kind === kind) return
  const isTable = isRelationKind(object.kind) && !isViewKind(object.kind)
  if (kind === 'TABLE' && isTable) return
  if (kind === 'VIEW' && isViewKind(object.kind)) return
  throw new StatementError(
    '002203',
    '02000',
    `SQL compilation error:\nObject found is of type '${object.kind}', not specified type '${kind}'.`
  )
}

/** A table or view of any kind, as a query names it. */
export const findRelation = (
  context: Resolving,
  name: ObjectName,
  operation: string,
  how: Finder = byPrivilege
): Relation => {
  const object = findSource(context, name, operation, how)
  if (!isRelationKind(object.kind)) throw doesNotExist('Object', displayName(name), '42S02')
  return object as Relation
}

/** What FROM may name: a relation or a stream. */
export const findSource = (
  context: Resolving,
  name: ObjectName,
  operation: string,
  how: Finder = byPrivilege
): Securable => {
  const place = locate(context, name, operation, how)
  const object = lookUp(context, place.schema, 'TABLE', place.name)
  if (object === undefined || !how(context.access, object)) throw doesNotExist('Object', displayName(name), '42S02')
  return object
}

const findAccountObject = (context: Resolving, kind: ObjectKind, name: ObjectName, how: Finder): Securable => {
  const [own = ''] = name
  const { account, access } = context
  if (name.length > 1) throw doesNotExist(sentenceCase(kind), displayName(name))
  if (kind === 'DATABASE') return findDatabase(context, own, how)
  if (kind === 'ROLE') return findRole(context, own)
  const object =
    kind === 'USER'
      ? account.users.get(own)
      : kind === 'WAREHOUSE'
        ? account.warehouses.get(own)
        : account.integrations.get(own)
  const visible = object !== undefined && (how(access, object) || object === context.session.user)
  if (!visible) throw doesNotExist(sentenceCase(kind), displayName(name))
  return object
}

/** Account roles can be named by everyone; what may be done with one is another question. */
export const findRole = (context: Resolving, name: string): Role => {
  const role = context.account.roles.get(name)
  if (role === undefined) throw doesNotExist('Role', displayName([name]))
  return role
}

const findDatabaseRole = (context: Resolving, name: ObjectName, operation: string): Role => {
  const [first = '', second] = name
  const database =
    second === undefined ? requireCurrentDatabase(context, operation) : findDatabase(context, first, byManagement)
  const role = database.roles.get(second ?? first)
  if (role === undefined) throw doesNotExist('Database role', displayName([database.name, second ?? first]))
  return role
}

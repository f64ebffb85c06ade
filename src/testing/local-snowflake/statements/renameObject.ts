/** RENAME TO: a new name, possibly in another schema. */
import type { Database, Schema } from '../catalog/Container.ts'
import { levelOf, namespaceOf } from '../catalog/ObjectKind.ts'
import type { Securable } from '../catalog/Securable.ts'
import { temporaryKey } from '../Session.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { alreadyExists, cannotBePerformed } from '../StatementError.ts'
import { namespaceIn } from './createObject.ts'
import { requirePrivilege } from './require.ts'
import { locate } from './resolve.ts'
import type { StatementContext } from './StatementContext.ts'

export const renameObject = (context: StatementContext, object: Securable, to: ObjectName): void => {
  const level = levelOf(object.kind)
  if (level === 'SCHEMA') renameInSchema(context, object, to)
  else if (level === 'DATABASE') renameInDatabase(object, to)
  else renameInAccount(context, object, to)
}

const renameInSchema = (context: StatementContext, object: Securable, to: ObjectName): void => {
  const from = object.parent as Schema
  const { schema, name } =
    to.length === 1 ? { schema: from, name: to[0] ?? '' } : locate(context, to, `ALTER ${object.kind}`)
  const oldKey = temporaryKey(from, object.name)
  if (context.session.temporaries.get(oldKey) === object) {
    context.session.temporaries.delete(oldKey)
    object.name = name
    object.parent = schema
    context.session.temporaries.set(temporaryKey(schema, name), object)
    return
  }
  requirePrivilege(context, `CREATE ${object.kind}`, schema)
  if (namespaceIn(schema, object.kind).get(name) !== undefined) throw alreadyExists(displayIdentifier(name))
  namespaceIn(from, object.kind).remove(object.name)
  object.name = name
  object.parent = schema
  namespaceIn(schema, object.kind).add(object)
}

const renameInDatabase = (object: Securable, to: ObjectName): void => {
  const database = object.parent as Database
  const name = to.at(-1) ?? ''
  if (to.length > 2 || (to.length === 2 && to[0] !== database.name)) throw cannotBePerformed()
  const namespace = (object.kind === 'SCHEMA' ? database.schemas : database.roles) as NamespaceOfAny
  move(namespace, object, name)
}

const renameInAccount = (context: StatementContext, object: Securable, to: ObjectName): void => {
  const { account } = context
  if (to.length > 1) throw cannotBePerformed()
  const namespaces: Readonly<Record<string, unknown>> = {
    DATABASES: account.databases,
    ROLES: account.roles,
    USERS: account.users,
    WAREHOUSES: account.warehouses,
    INTEGRATIONS: account.integrations
  }
  move(namespaces[namespaceOf(object.kind)] as NamespaceOfAny, object, to[0] ?? '')
}

interface NamespaceOfAny {
  readonly get: (name: string) => Securable | undefined
  readonly add: (object: Securable) => void
  readonly remove: (name: string) => void
}

const move = (namespace: NamespaceOfAny, object: Securable, name: string): void => {
  if (namespace.get(name) !== undefined) throw alreadyExists(displayIdentifier(name))
  namespace.remove(object.name)
  object.name = name
  namespace.add(object)
}

/** CREATE DATABASE and CREATE SCHEMA. */
import { createNamespace } from '../catalog/Container.ts'
import type { Database, Schema } from '../catalog/Container.ts'
import type { Account } from '../catalog/Account.ts'
import type { Role } from '../catalog/Securable.ts'
import type { CreateContainer } from '../sql/CreateStatement.ts'
import { displayIdentifier, displayName } from '../sql/quoteIdentifier.ts'
import { numberProperty, textProperty } from '../sql/Properties.ts'
import { cannotBePerformed } from '../StatementError.ts'
import { applyFutureGrants } from './applyFutureGrants.ts'
import { setTags } from './tagging.ts'
import { makeRoom } from './makeRoom.ts'
import { creatingRole, requireGlobal, requirePrivilege } from './require.ts'
import { findDatabase, requireCurrentDatabase } from './resolve.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

/** A database with its PUBLIC and INFORMATION_SCHEMA. */
export const buildDatabase = (
  account: Account,
  name: string,
  owner: Role,
  transient = false,
  retentionDays = 1
): Database => {
  const database: Database = {
    ...account.createSecurable('DATABASE', name, { owner, parent: account.securable }),
    schemas: createNamespace(),
    roles: createNamespace(),
    transient,
    retentionDays
  }
  database.schemas.add(buildSchema(account, database, 'INFORMATION_SCHEMA', undefined))
  database.schemas.add(buildSchema(account, database, 'PUBLIC', owner))
  return database
}

export const buildSchema = (account: Account, database: Database, name: string, owner: Role | undefined): Schema => ({
  ...account.createSecurable('SCHEMA', name, { owner, parent: database }),
  objects: new Map(),
  managedAccess: false,
  transient: database.transient,
  retentionDays: database.retentionDays
})

export const createContainer = (statement: CreateContainer, context: StatementContext): ResultSet =>
  statement.objectKind === 'DATABASE' ? createDatabase(statement, context) : createSchema(statement, context)

const createDatabase = (statement: CreateContainer, context: StatementContext): ResultSet => {
  const { account, session } = context
  const [name = ''] = statement.name
  if (statement.name.length > 1) throw cannotBePerformed()
  requireGlobal(context, 'CREATE DATABASE')
  const done = makeRoom(statement, context, account.databases.get(name))
  if (done !== undefined) return done
  const retentionDays = numberProperty(statement.properties, 'DATA_RETENTION_TIME_IN_DAYS')
  const database = buildDatabase(account, name, creatingRole(context), statement.transient, retentionDays)
  database.comment = textProperty(statement.properties, 'COMMENT') ?? ''
  account.databases.add(database)
  setTags(context, database, statement.tags)
  session.database = database
  session.schema = database.schemas.get('PUBLIC')
  return statusResult(`Database ${displayIdentifier(name)} successfully created.`)
}

const createSchema = (statement: CreateContainer, context: StatementContext): ResultSet => {
  const { account, session } = context
  const own = statement.name.at(-1) ?? ''
  const database =
    statement.name.length === 1
      ? requireCurrentDatabase(context, 'CREATE SCHEMA')
      : findDatabase(context, statement.name.length === 2 ? (statement.name[0] ?? '') : displayName(statement.name))
  requirePrivilege(context, 'CREATE SCHEMA', database)
  const done = makeRoom(statement, context, database.schemas.get(own))
  if (done !== undefined) return done
  const schema: Schema = {
    ...buildSchema(account, database, own, creatingRole(context)),
    transient: statement.transient || database.transient,
    managedAccess: statement.managedAccess,
    retentionDays: numberProperty(statement.properties, 'DATA_RETENTION_TIME_IN_DAYS') ?? database.retentionDays,
    comment: textProperty(statement.properties, 'COMMENT') ?? ''
  }
  database.schemas.add(schema)
  applyFutureGrants(context, schema)
  setTags(context, schema, statement.tags)
  session.database = database
  session.schema = schema
  return statusResult(`Schema ${displayIdentifier(own)} successfully created.`)
}

/** CREATE ROLE, CREATE DATABASE ROLE and CREATE USER. */
import type { Account } from '../catalog/Account.ts'
import type { Role } from '../catalog/Securable.ts'
import type { User } from '../catalog/Principal.ts'
import type { CreatePrincipal } from '../sql/CreateStatement.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { textProperty } from '../sql/Properties.ts'
import { cannotBePerformed } from '../StatementError.ts'
import { makeRoom } from './makeRoom.ts'
import { creatingRole, requireGlobal, requirePrivilege } from './require.ts'
import { findDatabase, requireCurrentDatabase } from './resolve.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'
import { setUserProperties } from './userProperties.ts'

export const createPrincipal = (statement: CreatePrincipal, context: StatementContext): ResultSet => {
  switch (statement.objectKind) {
    case 'ROLE':
      return createRole(statement, context)
    case 'DATABASE ROLE':
      return createDatabaseRole(statement, context)
    case 'USER':
      return createUser(statement, context)
  }
}

const accountName = (statement: CreatePrincipal): string => {
  const [name = ''] = statement.name
  if (statement.name.length > 1) throw cannotBePerformed()
  return name
}

const createRole = (statement: CreatePrincipal, context: StatementContext): ResultSet => {
  const { account } = context
  const name = accountName(statement)
  requireGlobal(context, 'CREATE ROLE')
  const done = makeRoom(statement, context, account.roles.get(name))
  if (done !== undefined) return done
  const comment = textProperty(statement.properties, 'COMMENT')
  account.roles.add(
    account.createSecurable('ROLE', name, { owner: creatingRole(context), parent: account.securable, comment })
  )
  return statusResult(`Role ${displayIdentifier(name)} successfully created.`)
}

const createDatabaseRole = (statement: CreatePrincipal, context: StatementContext): ResultSet => {
  const { account } = context
  const [first = '', second] = statement.name
  const database =
    second === undefined ? requireCurrentDatabase(context, 'CREATE DATABASE ROLE') : findDatabase(context, first)
  const name = second ?? first
  requirePrivilege(context, 'CREATE DATABASE ROLE', database)
  const done = makeRoom(statement, context, database.roles.get(name))
  if (done !== undefined) return done
  const comment = textProperty(statement.properties, 'COMMENT')
  const role: Role = account.createSecurable('DATABASE ROLE', name, {
    owner: creatingRole(context),
    parent: database,
    comment
  })
  database.roles.add(role)
  return statusResult(`Database role ${displayIdentifier(name)} successfully created.`)
}

/** A user as CREATE USER leaves it when nothing else is said. */
export const buildUser = (account: Account, name: string, owner: Role | undefined): User => ({
  ...account.createSecurable('USER', name, { owner, parent: account.securable }),
  password: undefined,
  publicKeys: new Map(),
  accessTokens: new Map(),
  defaultRole: undefined,
  defaultWarehouse: undefined,
  defaultNamespace: undefined,
  defaultSecondaryRoles: 'ALL',
  disabled: false,
  properties: new Map([['LOGIN_NAME', name]])
})

const createUser = (statement: CreatePrincipal, context: StatementContext): ResultSet => {
  const { account } = context
  const name = accountName(statement)
  requireGlobal(context, 'CREATE USER')
  const done = makeRoom(statement, context, account.users.get(name))
  if (done !== undefined) return done
  const user = buildUser(account, name, creatingRole(context))
  setUserProperties(user, statement.properties)
  account.users.add(user)
  return statusResult(`User ${displayIdentifier(name)} successfully created.`)
}

/** USE, ALTER SESSION, SET and UNSET. Transactions belong to the engine. */
import { mayUseRole } from '../privileges/activeRoles.ts'
import type { Role } from '../catalog/Securable.ts'
import { currentDatabase } from '../Session.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import type { AlterSession, Use, UseSecondaryRoles } from '../sql/SessionStatement.ts'
import { cannotBePerformed, invalidValue, noCurrentDatabase, roleNotAssigned } from '../StatementError.ts'
import { knownParameter } from './parameters.ts'
import { findRole } from './resolve.ts'
import { succeeded } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

export const use = (statement: Use, context: StatementContext): ResultSet => {
  const { session } = context
  switch (statement.what) {
    case 'ROLE':
      session.role = usableRole(context, statement.name)
      break
    case 'WAREHOUSE': {
      const warehouse = context.account.warehouses.get(statement.name[0] ?? '')
      if (warehouse === undefined || !context.access.reaches(warehouse)) throw cannotBePerformed()
      session.warehouse = warehouse
      break
    }
    case 'DATABASE':
      useDatabase(context, statement.name)
      break
    case 'SCHEMA':
      useSchema(context, statement.name)
      break
  }
  return succeeded('session')
}

const usableRole = (context: StatementContext, name: ObjectName): Role => {
  const { account, session } = context
  const role = account.roles.get(name[0] ?? '')
  if (role === undefined || name.length > 1) throw cannotBePerformed()
  const allowed = session.onlyRole === undefined ? mayUseRole(account, session.user, role) : session.onlyRole === role
  if (!allowed) throw roleNotAssigned(role.name)
  return role
}

const useDatabase = (context: StatementContext, name: ObjectName): void => {
  const { account, session, access } = context
  const database = account.databases.get(name[0] ?? '')
  if (database === undefined || name.length > 1 || !access.reaches(database)) throw cannotBePerformed()
  const schema = database.schemas.get('PUBLIC')
  session.database = database
  session.schema = schema !== undefined && access.reaches(schema) ? schema : undefined
}

const useSchema = (context: StatementContext, name: ObjectName): void => {
  const { account, session, access } = context
  const [first = '', second] = name
  const database = second === undefined ? currentDatabase(session) : account.databases.get(first)
  if (database === undefined && second === undefined) throw noCurrentDatabase('USE SCHEMA')
  const schema = database?.schemas.get(second ?? first)
  if (database === undefined || schema === undefined || name.length > 2 || !access.reaches(schema))
    throw cannotBePerformed()
  session.database = database
  session.schema = schema
}

export const useSecondaryRoles = (statement: UseSecondaryRoles, context: StatementContext): ResultSet => {
  const { session, account } = context
  if (session.onlyRole !== undefined && statement.roles !== 'NONE') throw roleNotAssigned('ALL')
  if (typeof statement.roles === 'string') {
    session.secondaryRoles = statement.roles
    return succeeded('session')
  }
  session.secondaryRoles = statement.roles.map(name => {
    const role = findRole(context, name)
    if (!mayUseRole(account, session.user, role)) throw roleNotAssigned(name)
    return role
  })
  return succeeded('session')
}

export const alterSession = (statement: AlterSession, context: StatementContext): ResultSet => {
  const { parameters } = context.session
  for (const name of [...statement.set.keys(), ...statement.unset]) {
    if (!knownParameter(name)) throw invalidValue(`invalid parameter '${name}'`)
  }
  for (const [name, value] of statement.set) parameters.set(name, String(value))
  for (const name of statement.unset) parameters.delete(name)
  return succeeded('session')
}

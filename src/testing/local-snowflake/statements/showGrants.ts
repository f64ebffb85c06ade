/**
 * SHOW GRANTS and SHOW FUTURE GRANTS.
 *
 * @see https://docs.snowflake.com/en/sql-reference/sql/show-grants
 */
import type { Namespace } from '../catalog/Container.ts'
import type { FutureGrant, Grant, RoleGrant } from '../catalog/Grants.ts'
import { isRelationKind, underscored } from '../catalog/ObjectKind.ts'
import type { Principal } from '../catalog/Principal.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import { rolesOfUser, withInherited } from '../privileges/activeRoles.ts'
import type { GrantsAbout, ShowFutureGrants, ShowGrants } from '../sql/ShowStatement.ts'
import { displayIdentifier, displayName } from '../sql/quoteIdentifier.ts'
import { doesNotExist, insufficientPrivileges } from '../StatementError.ts'
import { findGrantee } from './grantTargets.ts'
import { managedSchema } from './grantor.ts'
import { byManagement, findDatabase, findObject, findSchema, requireCurrentDatabase } from './resolve.ts'
import { textColumn, timeCell, timeColumn, wordCell } from './ResultSet.ts'
import type { ResultSet, Row } from './ResultSet.ts'
import { seesRole } from './showPrincipalColumns.ts'
import type { StatementContext } from './StatementContext.ts'
import { currentSchema } from '../Session.ts'

const result = (names: string, rows: ReadonlyArray<Row>, limit: number | undefined): ResultSet => ({
  columns: [timeColumn('created_on'), ...names.split(', ').map(textColumn)],
  rows: limit === undefined ? rows : rows.slice(0, limit),
  statementType: 'show'
})

const granteeKind = (principal: Principal): string => underscored(principal.kind)

/** An account role by its name, a database role by its full one. */
const principalName = (principal: Principal | undefined): string =>
  principal === undefined
    ? ''
    : principal.kind === 'DATABASE ROLE'
      ? displayName(fullName(principal))
      : displayIdentifier(principal.name)

const objectName = (object: Securable): string =>
  object.kind === 'ACCOUNT' ? object.name : displayName(fullName(object))

export const showGrants = ({ about, limit }: ShowGrants, context: StatementContext): ResultSet => {
  switch (about.kind) {
    case 'account':
      return grantsOn(context, context.account.securable, limit)
    case 'on':
      return grantsOn(context, findAsked(context, about), limit)
    case 'currentUser':
      return grantsToUser(context, context.session.user, limit)
    case 'to': {
      const principal = findGrantee(context, about.grantee)
      requireMayAsk(context, principal)
      return principal.kind === 'USER'
        ? grantsToUser(context, principal, limit)
        : grantsToRole(context, principal, limit)
    }
    case 'of':
      return grantsOf(context, findGrantee(context, { kind: about.roleKind, name: about.role }) as Role, limit)
  }
}

const findAsked = (
  context: StatementContext,
  { objectKind, name }: Extract<GrantsAbout, { kind: 'on' }>
): Securable => {
  const object = findObject(context, objectKind, name, 'SHOW GRANTS', byManagement)
  const visible = object.kind === 'ROLE' ? seesRole(context, object as Role) : true
  if (!visible) throw doesNotExist('Role', displayName(name))
  return object
}

/** Grants to a role are for those who have the role or own it; grants to a user are for the user. */
const requireMayAsk = ({ access, account, session }: StatementContext, principal: Principal): void => {
  if (access.manages(principal) || access.owns(principal) || principal === session.user) return
  if (principal.kind !== 'USER' && withInherited(account, rolesOfUser(account, session.user)).has(principal)) return
  throw insufficientPrivileges(principal.kind.toLowerCase(), displayIdentifier(principal.name))
}

const onColumns =
  'privilege, granted_on, name, granted_to, grantee_name, grant_option, granted_by_role_type, granted_by'

const grantsOn = (context: StatementContext, object: Securable, limit: number | undefined): ResultSet => {
  const managed = managedSchema(object) !== undefined
  const row = (grant: Omit<Grant, 'object'>): Row => [
    timeCell(grant.createdOn),
    grant.privilege,
    underscored(object.kind),
    objectName(object),
    granteeKind(grant.grantee),
    principalName(grant.grantee),
    // In a managed access schema nobody but its owner can pass a privilege on.
    wordCell(grant.grantOption && !(managed && isRelationKind(object.kind))),
    grant.grantor === undefined ? '' : granteeKind(grant.grantor),
    principalName(grant.grantor)
  ]
  const members = object.kind === 'ROLE' || object.kind === 'DATABASE ROLE' ? memberships(context, object as Role) : []
  return result(onColumns, [...ownershipOf(object), ...context.account.grants.on(object), ...members].map(row), limit)
}

/** The owner holds OWNERSHIP, granted by itself. */
const ownershipOf = (object: Securable): ReadonlyArray<Omit<Grant, 'object'>> =>
  object.owner === undefined
    ? []
    : [
        {
          privilege: 'OWNERSHIP',
          grantee: object.owner,
          grantor: object.owner,
          grantOption: true,
          createdOn: object.createdOn
        }
      ]

/** A granted role is a USAGE on it. */
const memberships = (context: StatementContext, role: Role): ReadonlyArray<Omit<Grant, 'object'>> =>
  context.account.grants.roleGrants
    .of(role)
    .map(({ grantee, grantor, createdOn }) => ({ privilege: 'USAGE', grantee, grantor, grantOption: false, createdOn }))

const toColumns = 'privilege, granted_on, name, granted_to, grantee_name, grant_option, granted_by'

const grantsToRole = (context: StatementContext, role: Role, limit: number | undefined): ResultSet => {
  const { account } = context
  const row = (grant: Grant): Row => [
    timeCell(grant.createdOn),
    grant.privilege,
    underscored(grant.object.kind),
    objectName(grant.object),
    granteeKind(role),
    principalName(role),
    wordCell(grant.grantOption),
    principalName(grant.grantor)
  ]
  const roles = account.grants.roleGrants.to(role).map(({ role: object, grantor, createdOn }): Grant => ({
    privilege: 'USAGE',
    object,
    grantee: role,
    grantor,
    grantOption: false,
    createdOn
  }))
  const owned = ownedBy(context, role).map((object): Grant => ({
    privilege: 'OWNERSHIP',
    object,
    grantee: role,
    grantor: role,
    grantOption: true,
    createdOn: object.createdOn
  }))
  return result(toColumns, [...account.grants.to(role), ...owned, ...roles].map(row), limit)
}

const ownedBy = ({ account }: StatementContext, role: Role): ReadonlyArray<Securable> => {
  const { databases, roles, users, warehouses, integrations } = account
  const inAccount = [databases, roles, users, warehouses, integrations]
  const inDatabases = Array.from(databases.values()).flatMap(database => [database.roles, database.schemas])
  const inSchemas = Array.from(databases.values()).flatMap(database =>
    Array.from(database.schemas.values()).flatMap(schema => Array.from(schema.objects.values()))
  )
  const namespaces: ReadonlyArray<Pick<Namespace<Securable>, 'ownedBy'>> = [...inAccount, ...inDatabases, ...inSchemas]
  return namespaces.flatMap(namespace => Array.from(namespace.ownedBy(role)))
}

const grantsToUser = (
  context: StatementContext,
  user: Extract<Principal, { kind: 'USER' }>,
  limit: number | undefined
): ResultSet => {
  const { grants } = context.account
  const roleRow = ({ role, grantor, createdOn }: RoleGrant): Row => [
    timeCell(createdOn),
    'USAGE',
    underscored(role.kind),
    principalName(role),
    principalName(role),
    'USER',
    displayIdentifier(user.name),
    'false',
    principalName(grantor)
  ]
  const privilegeRow = (grant: Grant): Row => [
    timeCell(grant.createdOn),
    grant.privilege,
    underscored(grant.object.kind),
    objectName(grant.object),
    '',
    'USER',
    displayIdentifier(user.name),
    wordCell(grant.grantOption),
    principalName(grant.grantor)
  ]
  const rows = [...grants.roleGrants.to(user).map(roleRow), ...grants.to(user).map(privilegeRow)]
  return result('privilege, granted_on, name, role, granted_to, grantee_name, grant_option, granted_by', rows, limit)
}

const grantsOf = (context: StatementContext, role: Role, limit: number | undefined): ResultSet => {
  if (role.kind === 'ROLE' && !seesRole(context, role)) throw doesNotExist('Role', displayIdentifier(role.name))
  const rows = context.account.grants.roleGrants
    .of(role)
    .map(({ grantee, grantor, createdOn }): Row => [
      timeCell(createdOn),
      principalName(role),
      granteeKind(grantee),
      principalName(grantee),
      principalName(grantor)
    ])
  return result('role, granted_to, grantee_name, granted_by', rows, limit)
}

export const showFutureGrants = ({ about, limit }: ShowFutureGrants, context: StatementContext): ResultSet => {
  const rows = futureGrants(context, about).map((grant): Row => [
    timeCell(grant.createdOn),
    grant.privilege,
    underscored(grant.objectKind),
    `${displayName(fullName(grant.scope))}.<${grant.objectKind}>`,
    granteeKind(grant.grantee),
    principalName(grant.grantee),
    wordCell(grant.grantOption)
  ])
  return result('privilege, grant_on, name, grant_to, grantee_name, grant_option', rows, limit)
}

const futureGrants = (context: StatementContext, about: ShowFutureGrants['about']): ReadonlyArray<FutureGrant> => {
  const { future } = context.account.grants
  if (about.kind === 'to') {
    const principal = findGrantee(context, about.grantee)
    requireMayAsk(context, principal)
    return future.to(principal)
  }
  if (about.scope === 'DATABASE') {
    return future.in(
      about.name === undefined
        ? requireCurrentDatabase(context, 'SHOW FUTURE GRANTS')
        : findDatabase(context, about.name[0] ?? '', byManagement)
    )
  }
  const inUse = currentSchema(context.session)
  return future.in(
    about.name === undefined && inUse !== undefined
      ? inUse
      : findSchema(context, about.name ?? [], 'SHOW FUTURE GRANTS', byManagement)
  )
}

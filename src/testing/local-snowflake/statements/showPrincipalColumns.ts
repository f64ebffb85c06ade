/** The columns of SHOW for roles, users, warehouses and integrations, in Snowflake's order. */
import type { Account } from '../catalog/Account.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import type { User } from '../catalog/Principal.ts'
import type { Warehouse } from '../catalog/Warehouse.ts'
import { rolesOfUser, withInherited } from '../privileges/activeRoles.ts'
import { currentWarehouse } from '../Session.ts'
import { letterCell, wordCell } from './ResultSet.ts'
import { comment, createdOn, name, number, owner, ownerRoleType, text } from './ShowColumn.ts'
import type { Context, ShowColumn } from './ShowColumn.ts'

const membersOf = (account: Account, role: Role, kind: 'USER' | 'ROLE'): number =>
  account.grants.roleGrants.of(role).filter(grant => (grant.grantee.kind === 'USER') === (kind === 'USER')).length

export const roleColumns: ReadonlyArray<ShowColumn<Role>> = [
  createdOn,
  name,
  text('is_default', (role, { session }) => letterCell(session.user.defaultRole === role.name)),
  text('is_current', (role, { session }) => letterCell(session.role === role)),
  text('is_inherited', (role, { account, session }) =>
    letterCell(session.role !== role && session.role !== undefined && withInherited(account, [session.role]).has(role))
  ),
  number('assigned_to_users', (role, { account }) => String(membersOf(account, role, 'USER'))),
  number('granted_to_roles', (role, { account }) => String(membersOf(account, role, 'ROLE'))),
  number('granted_roles', (role, { account }) => String(account.grants.roleGrants.to(role).length)),
  owner,
  comment
]

export const databaseRoleColumns: ReadonlyArray<ShowColumn<Role>> = [
  createdOn,
  name,
  text('is_default', () => 'N'),
  text('is_current', () => 'N'),
  text('is_inherited', (role, { access }) => letterCell(access.principals().has(role))),
  number('granted_to_roles', (role, { account }) => String(membersOf(account, role, 'ROLE'))),
  number('granted_to_database_roles', (role, { account }) =>
    String(account.grants.roleGrants.of(role).filter(grant => grant.grantee.kind === 'DATABASE ROLE').length)
  ),
  number('granted_database_roles', (role, { account }) => String(account.grants.roleGrants.to(role).length)),
  owner,
  comment,
  ownerRoleType
]

export const userColumns: ReadonlyArray<ShowColumn<User>> = [
  text('name', user => user.name),
  createdOn,
  text('login_name', user => user.properties.get('LOGIN_NAME') ?? user.name),
  text('display_name', user => user.properties.get('DISPLAY_NAME') ?? user.name),
  text('first_name', user => user.properties.get('FIRST_NAME') ?? ''),
  text('last_name', user => user.properties.get('LAST_NAME') ?? ''),
  text('email', user => user.properties.get('EMAIL') ?? ''),
  text('disabled', user => wordCell(user.disabled)),
  text('default_warehouse', user => user.defaultWarehouse ?? ''),
  text('default_namespace', user => user.defaultNamespace ?? ''),
  text('default_role', user => user.defaultRole ?? ''),
  text('default_secondary_roles', user => (user.defaultSecondaryRoles === 'ALL' ? '["ALL"]' : '[]')),
  owner,
  comment,
  text('has_password', user => wordCell(user.password !== undefined)),
  text('has_rsa_public_key', user => wordCell(user.publicKeys.size > 0)),
  text('type', user => user.properties.get('TYPE') ?? '')
]

export const warehouseColumns: ReadonlyArray<ShowColumn<Warehouse>> = [
  name,
  text('state', warehouse => (warehouse.suspended ? 'SUSPENDED' : 'STARTED')),
  text('type', () => 'STANDARD'),
  text('size', warehouse => warehouse.size),
  text('is_default', (warehouse, { session }) => letterCell(session.user.defaultWarehouse === warehouse.name)),
  text('is_current', (warehouse, { session }) => letterCell(currentWarehouse(session) === warehouse)),
  createdOn,
  owner,
  comment,
  ownerRoleType
]

export const integrationColumns: ReadonlyArray<ShowColumn<Securable>> = [
  name,
  text('type', () => 'LOCAL'),
  text('enabled', () => 'true'),
  comment,
  createdOn
]

/** A role is shown to those who have it, own it or manage grants. */
export const seesRole = ({ account, session, access }: Context, role: Role): boolean =>
  role.owner === undefined ||
  access.manages(role) ||
  access.owns(role) ||
  withInherited(account, rolesOfUser(account, session.user)).has(role)

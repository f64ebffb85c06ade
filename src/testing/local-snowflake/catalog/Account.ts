/** The account: everything the server knows, and the roles that exist from the start. */
import type { Clock } from '../../../internal/Clock.ts'
import { accountPrivileges } from '../privileges/grantable.ts'
import { createNamespace } from './Container.ts'
import type { Database, Namespace } from './Container.ts'
import { createGrants } from './Grants.ts'
import type { Grants } from './Grants.ts'
import type { ObjectKind } from './ObjectKind.ts'
import type { Role, Securable } from './Securable.ts'
import type { User } from './Principal.ts'
import type { Inert, Warehouse } from './Warehouse.ts'

export interface Account {
  readonly name: string
  readonly clock: Clock
  /** What account-level privileges are granted on. */
  readonly securable: Securable
  readonly databases: Namespace<Database>
  readonly roles: Namespace<Role>
  readonly users: Namespace<User>
  readonly warehouses: Namespace<Warehouse>
  readonly integrations: Namespace<Inert>
  readonly grants: Grants
  readonly parameters: Map<string, string>
  /** The common part of every object. */
  readonly createSecurable: <K extends ObjectKind>(
    kind: K,
    name: string,
    place: Place
  ) => Securable & { readonly kind: K }
  /** A system role, which always exists. */
  readonly systemRole: (name: SystemRole) => Role
}

export interface Place {
  readonly owner: Role | undefined
  readonly parent: Securable | undefined
  readonly comment?: string | undefined
}

export const systemRoles = ['ACCOUNTADMIN', 'ORGADMIN', 'PUBLIC', 'SECURITYADMIN', 'SYSADMIN', 'USERADMIN'] as const

export type SystemRole = (typeof systemRoles)[number]

export const createAccount = (name: string, clock: Clock): Account => {
  let lastId = 0
  const createSecurable: Account['createSecurable'] = (kind, objectName, place) => {
    lastId += 1
    return {
      id: lastId,
      kind,
      name: objectName,
      comment: place.comment ?? '',
      owner: place.owner,
      parent: place.parent,
      createdOn: clock.now(),
      dropped: false,
      tags: new Map()
    }
  }
  const securable = createSecurable('ACCOUNT', name, { owner: undefined, parent: undefined })
  const roles = createNamespace<Role>()
  const systemRole = (roleName: SystemRole): Role => {
    const role = roles.get(roleName)
    if (role === undefined) throw new Error(`system role ${roleName} is missing`)
    return role
  }
  for (const roleName of systemRoles)
    roles.add(createSecurable('ROLE', roleName, { owner: undefined, parent: securable }))
  const account: Account = {
    name,
    clock,
    securable,
    databases: createNamespace(),
    roles,
    users: createNamespace(),
    warehouses: createNamespace(),
    integrations: createNamespace(),
    grants: createGrants(),
    parameters: new Map(),
    createSecurable,
    systemRole
  }
  grantSystemRoles(account)
  return account
}

/** @see https://docs.snowflake.com/en/user-guide/security-access-control-overview#system-defined-roles */
const grantSystemRoles = (account: Account): void => {
  const createdOn = account.clock.now()
  const hierarchy: ReadonlyArray<readonly [SystemRole, SystemRole]> = [
    ['SYSADMIN', 'ACCOUNTADMIN'],
    ['SECURITYADMIN', 'ACCOUNTADMIN'],
    ['USERADMIN', 'SECURITYADMIN']
  ]
  for (const [role, grantee] of hierarchy) {
    account.grants.addRoleGrant({
      role: account.systemRole(role),
      grantee: account.systemRole(grantee),
      grantor: undefined,
      createdOn
    })
  }
  const give = (roleName: SystemRole, privilege: string): void =>
    account.grants.add({
      privilege,
      object: account.securable,
      grantee: account.systemRole(roleName),
      grantor: undefined,
      grantOption: true,
      createdOn
    })
  for (const privilege of accountPrivileges) give('ACCOUNTADMIN', privilege)
  for (const privilege of ['CREATE DATABASE', 'CREATE WAREHOUSE']) give('SYSADMIN', privilege)
  give('SECURITYADMIN', 'MANAGE GRANTS')
  for (const privilege of ['CREATE USER', 'CREATE ROLE']) give('USERADMIN', privilege)
}

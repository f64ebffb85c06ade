/** Which roles a session acts with: its primary and secondary roles, and everything granted to them. */
import type { Account } from '../catalog/Account.ts'
import type { Principal, User } from '../catalog/Principal.ts'
import type { Role } from '../catalog/Securable.ts'
import type { Session } from '../Session.ts'

/** The roles and all roles granted to them, PUBLIC among them. */
export const withInherited = (account: Account, roles: Iterable<Role>): ReadonlySet<Role> => {
  const reached = new Set<Role>([account.systemRole('PUBLIC')])
  const open = Array.from(roles)
  for (let role = open.pop(); role !== undefined; role = open.pop()) {
    if (reached.has(role) && role.name !== 'PUBLIC') continue
    reached.add(role)
    for (const grant of account.grants.roleGrants.to(role)) if (!reached.has(grant.role)) open.push(grant.role)
  }
  return reached
}

/** Account roles granted to the user directly. */
export const rolesOfUser = (account: Account, user: User): ReadonlyArray<Role> =>
  account.grants.roleGrants.to(user).map(grant => grant.role)

/** Whether the user may make it the primary role: granted directly or inherited, or PUBLIC. */
export const mayUseRole = (account: Account, user: User, role: Role): boolean =>
  role.kind === 'ROLE' && withInherited(account, rolesOfUser(account, user)).has(role)

export const secondaryRoles = (account: Account, session: Session): ReadonlyArray<Role> => {
  if (session.secondaryRoles === 'NONE') return []
  return session.secondaryRoles === 'ALL' ? rolesOfUser(account, session.user) : session.secondaryRoles
}

/** The session's roles with everything they inherit; with all secondary roles, the user's own privileges too. */
export const activePrincipals = (account: Account, session: Session): ReadonlySet<Principal> => {
  const primary = session.role?.dropped === false ? [session.role] : []
  const roles = withInherited(account, [...primary, ...secondaryRoles(account, session)])
  return session.secondaryRoles === 'ALL' ? new Set<Principal>([...roles, session.user]) : roles
}

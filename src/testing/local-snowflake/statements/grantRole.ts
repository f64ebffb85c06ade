/** GRANT ROLE and REVOKE ROLE. */
import type { Principal } from '../catalog/Principal.ts'
import type { Role } from '../catalog/Securable.ts'
import { withInherited } from '../privileges/activeRoles.ts'
import type { GrantRole, RevokeRole } from '../sql/GrantStatement.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { grantNotExecuted, refused } from '../StatementError.ts'
import { findGrantee } from './grantTargets.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

/** The owner of the role, or MANAGE GRANTS. System roles have no owner. */
const requireMayGive = ({ access }: StatementContext, role: Role): void => {
  if (!access.owns(role) && !access.manages(role)) throw grantNotExecuted()
}

const findRoles = (
  statement: GrantRole | RevokeRole,
  context: StatementContext
): { readonly role: Role; readonly grantee: Principal } => {
  const role = findGrantee(context, { kind: statement.roleKind, name: statement.role })
  const grantee = findGrantee(context, statement.grantee)
  if (role.kind === 'USER') throw refused('A user cannot be granted.')
  return { role, grantee }
}

export const grantRole = (statement: GrantRole, context: StatementContext): ResultSet => {
  const { role, grantee } = findRoles(statement, context)
  requireMayGive(context, role)
  const { account } = context
  if (grantee.kind !== 'USER') requireNoCycle(context, role, grantee)
  const grantor = context.access.owns(role) ? role.owner : (context.session.role ?? role.owner)
  account.grants.addRoleGrant({ role, grantee, grantor, createdOn: account.clock.now() })
  return statusResult('Statement executed successfully.')
}

const requireNoCycle = ({ account }: StatementContext, role: Role, grantee: Role): void => {
  if (grantee.kind === 'DATABASE ROLE' && (role.kind !== 'DATABASE ROLE' || role.parent !== grantee.parent)) {
    throw refused('A database role can only be granted roles of its own database.')
  }
  if (role === grantee || withInheritedWithoutPublic(account, role).has(grantee)) {
    throw refused(
      `Cannot grant role '${displayIdentifier(role.name)}' to role '${displayIdentifier(grantee.name)}': it would create a cycle.`
    )
  }
}

/** PUBLIC counts for everyone and makes no cycle by itself. */
const withInheritedWithoutPublic = (account: StatementContext['account'], role: Role): ReadonlySet<Role> => {
  const reached = new Set(withInherited(account, [role]))
  if (role.name !== 'PUBLIC') reached.delete(account.systemRole('PUBLIC'))
  return reached
}

export const revokeRole = (statement: RevokeRole, context: StatementContext): ResultSet => {
  const { role, grantee } = findRoles(statement, context)
  requireMayGive(context, role)
  const { grants } = context.account
  const builtIn = grants.roleGrants
    .of(role)
    .some(
      grant =>
        grant.grantee === grantee && grant.grantor === undefined && role.owner === undefined && grantee.kind !== 'USER'
    )
  if (builtIn)
    throw refused(`Role '${displayIdentifier(role.name)}' cannot be revoked from '${displayIdentifier(grantee.name)}'.`)
  grants.removeRoleGrant(role, grantee)
  return statusResult('Statement executed successfully.')
}

/**
 * GRANT OWNERSHIP: an object changes hands, with its outbound grants copied, revoked, or not there.
 *
 * @see https://docs.snowflake.com/en/sql-reference/sql/grant-ownership
 */
import type { Schema } from '../catalog/Container.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import { takesFutureGrants } from '../privileges/grantable.ts'
import { withInherited } from '../privileges/activeRoles.ts'
import type { GrantOwnership } from '../sql/GrantStatement.ts'
import { displayIdentifier, displayName } from '../sql/quoteIdentifier.ts'
import { dependentGrantExists, insufficientPrivileges, refused, unsupported } from '../StatementError.ts'
import { requireMayManageFuture } from './grantPrivileges.ts'
import { findGrantee, findScope, findTargets } from './grantTargets.ts'
import { managedSchema } from './grantor.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

export const grantOwnership = (statement: GrantOwnership, context: StatementContext): ResultSet => {
  const { target } = statement
  const grantee = findGrantee(context, statement.grantee)
  if (grantee.kind === 'USER') throw unsupported('GRANT OWNERSHIP … TO USER')
  if (target.kind === 'account') throw unsupported('GRANT OWNERSHIP ON ACCOUNT')
  if (target.kind === 'future') {
    grantFutureOwnership(context, target, grantee)
    return statusResult('Statement executed successfully.')
  }
  for (const object of findTargets(context, target)) transfer(context, object, grantee, statement.currentGrants)
  return statusResult('Statement executed successfully.')
}

const transfer = (
  context: StatementContext,
  object: Securable,
  to: Role,
  currentGrants: GrantOwnership['currentGrants']
): void => {
  const { account, access } = context
  requireMayTransfer(context, object, to)
  if (object.owner === to) return
  const outbound = account.grants.on(object)
  const [first] = outbound
  if (first !== undefined && currentGrants === undefined && object.kind !== 'ROLE' && object.kind !== 'DATABASE ROLE') {
    throw dependentGrantExists(first.privilege, displayName(fullName(object)), displayIdentifier(first.grantee.name))
  }
  if (currentGrants === 'COPY' && !access.manages(object) && !access.principals().has(to))
    throw insufficientPrivileges(object.kind.toLowerCase(), displayIdentifier(object.name))
  for (const grant of outbound) account.grants.remove(grant)
  object.owner = to
  // What was passed on stands on the new owner from now on.
  if (currentGrants === 'COPY')
    for (const grant of outbound) if (grant.grantee !== to) account.grants.add({ ...grant, grantor: to })
}

const requireMayTransfer = (context: StatementContext, object: Securable, to: Role): void => {
  const { access } = context
  const name = displayIdentifier(object.name)
  if (object.owner === undefined) throw insufficientPrivileges(object.kind.toLowerCase(), name)
  if (!access.owns(object) && !access.manages(object)) throw insufficientPrivileges(object.kind.toLowerCase(), name)
  const managed = managedSchema(object)
  if (managed !== undefined) requireSubordinate(context, managed, to)
  if (to.kind === 'DATABASE ROLE' && fullName(object)[0] !== to.parent?.name) {
    throw refused(`Ownership of '${name}' cannot be granted to a role of another database.`)
  }
}

/** In a managed access schema only the schema owner or a role below it may own objects. */
const requireSubordinate = ({ account }: StatementContext, schema: Schema, to: Role): void => {
  const { owner } = schema
  if (owner === undefined || withInherited(account, [owner]).has(to)) return
  throw refused(
    `In managed access schema '${displayIdentifier(schema.name)}' ownership can only be granted to a role below the schema owner.`
  )
}

type FutureTarget = Extract<GrantOwnership['target'], { kind: 'future' }>

const grantFutureOwnership = (
  context: StatementContext,
  { objectKind, scope: named }: FutureTarget,
  grantee: Role
): void => {
  if (!takesFutureGrants(objectKind)) throw unsupported(`FUTURE GRANTS ON ${objectKind}`)
  const scope = findScope(context, named)
  requireMayManageFuture(context, scope)
  const { grants, clock } = context.account
  const other = grants.future
    .in(scope)
    .find(grant => grant.objectKind === objectKind && grant.privilege === 'OWNERSHIP' && grant.grantee !== grantee)
  if (other !== undefined)
    throw refused(`A future grant of OWNERSHIP on ${objectKind} already exists in ${displayName(fullName(scope))}.`)
  grants.addFuture({ privilege: 'OWNERSHIP', objectKind, scope, grantee, grantOption: false, createdOn: clock.now() })
}

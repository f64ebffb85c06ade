/** REVOKE of privileges: succeeds also when there was nothing to take away. */
import type { Grant } from '../catalog/Grants.ts'
import type { Principal } from '../catalog/Principal.ts'
import type { Securable } from '../catalog/Securable.ts'
import { fullName } from '../catalog/Securable.ts'
import type { GrantTarget, RevokePrivileges } from '../sql/GrantStatement.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { StatementError, dependentGrantExists, grantNotExecuted } from '../StatementError.ts'
import { requireMayManageFuture } from './grantPrivileges.ts'
import { findGrantee, findScope, findTargets, namedPrivileges } from './grantTargets.ts'
import { managedSchema } from './grantor.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

export const revokePrivileges = (statement: RevokePrivileges, context: StatementContext): ResultSet => {
  const { target } = statement
  const grantee = findGrantee(context, statement.grantee)
  if (target.kind === 'future') {
    revokeFuture(statement, context, target, grantee)
    return statusResult('Statement executed successfully.')
  }
  const objects = findTargets(context, target)
  const doomed = objects.flatMap(object => revocable(statement, context, object, grantee))
  // All is judged before anything goes.
  const dependents = doomed.flatMap(grant => dependentsOf(context, grant, new Set(doomed)))
  const [dependent] = dependents
  if (dependent !== undefined && !statement.cascade) {
    throw dependentGrantExists(
      dependent.privilege,
      displayName(fullName(dependent.object)),
      displayName([dependent.grantee.name])
    )
  }
  const { grants } = context.account
  for (const grant of new Set([...doomed, ...dependents])) grants.remove(grant)
  if (statement.grantOptionOnly) for (const grant of doomed) grants.add({ ...grant, grantOption: false })
  return statusResult('Statement executed successfully.')
}

/** The grants of this statement that the session may take back: its own roles' grants, or all with MANAGE GRANTS. */
const revocable = (
  statement: RevokePrivileges,
  context: StatementContext,
  object: Securable,
  grantee: Principal
): ReadonlyArray<Grant> => {
  if (statement.privileges !== 'ALL' && statement.privileges.includes('OWNERSHIP')) throw ownershipStays()
  const privileges = new Set(namedPrivileges(statement.privileges, object.kind))
  const { access, account } = context
  const managed = managedSchema(object)
  if (managed !== undefined && !access.owns(managed) && !access.manages(object)) throw grantNotExecuted()
  const mayRevoke = (grant: Grant): boolean =>
    grant.grantor !== undefined &&
    (managed !== undefined || access.manages(object) || access.principals().has(grant.grantor))
  return account.grants
    .on(object)
    .filter(grant => grant.grantee === grantee && privileges.has(grant.privilege) && mayRevoke(grant))
    .filter(grant => !statement.grantOptionOnly || grant.grantOption)
}

const ownershipStays = (): StatementError =>
  new StatementError(
    '003040',
    '42601',
    'SQL compilation error:\nOWNERSHIP cannot be revoked, only transferred with GRANT OWNERSHIP.'
  )

/** Grants the grantee passed on, which stand on nothing once its own is gone; and theirs in turn. */
const dependentsOf = (context: StatementContext, grant: Grant, doomed: ReadonlySet<Grant>): ReadonlyArray<Grant> => {
  const { grantee, object, privilege } = grant
  if (!grant.grantOption || grantee.kind === 'USER' || object.owner === grantee) return []
  const known = context.account.grants.on(object).filter(other => other.privilege === privilege && !doomed.has(other))
  // The same privilege from another grantor goes on carrying what was passed on.
  if (known.some(other => other.grantee === grantee && other.grantOption)) return []
  const passedOn = known.filter(other => other.grantor === grantee)
  const next = new Set([...doomed, ...passedOn])
  return [...passedOn, ...passedOn.flatMap(other => dependentsOf(context, other, next))]
}

type FutureTarget = Extract<GrantTarget, { kind: 'future' }>

const revokeFuture = (
  statement: RevokePrivileges,
  context: StatementContext,
  { objectKind, scope: named }: FutureTarget,
  grantee: Principal
): void => {
  const scope = findScope(context, named)
  requireMayManageFuture(context, scope)
  const { grants } = context.account
  const ownership = statement.privileges !== 'ALL' && statement.privileges.includes('OWNERSHIP')
  const privileges = new Set(ownership ? ['OWNERSHIP'] : namedPrivileges(statement.privileges, objectKind))
  const matching = grants.future
    .in(scope)
    .filter(grant => grant.objectKind === objectKind && grant.grantee === grantee && privileges.has(grant.privilege))
  for (const grant of matching) {
    if (!statement.grantOptionOnly) grants.removeFuture(grant)
    else grants.addFuture({ ...grant, grantOption: false })
  }
}

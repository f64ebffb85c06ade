/**
 * GRANT of privileges.
 *
 * What can be granted is granted, also when something cannot: then the statement fails after it has half succeeded (003011).
 */
import type { Principal } from '../catalog/Principal.ts'
import type { Securable } from '../catalog/Securable.ts'
import { isWithin } from '../catalog/Securable.ts'
import { takesFutureGrants } from '../privileges/grantable.ts'
import type { GrantPrivileges, GrantTarget } from '../sql/GrantStatement.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import {
  grantNotExecuted,
  grantPartiallyExecuted,
  insufficientPrivileges,
  refused,
  unsupported
} from '../StatementError.ts'
import { findGrantee, findScope, findTargets, namedPrivileges } from './grantTargets.ts'
import { grantorOf } from './grantor.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

export const grantPrivileges = (statement: GrantPrivileges, context: StatementContext): ResultSet => {
  const { target } = statement
  const grantee = findGrantee(context, statement.grantee)
  if (target.kind === 'future') return grantFuture(statement, context, target, grantee)
  const objects = findTargets(context, target)
  const missing = new Set<string>()
  let granted = 0
  for (const object of objects) {
    requireReachable(object, grantee)
    for (const privilege of namedPrivileges(statement.privileges, object.kind)) {
      if (grantOne(context, privilege, object, grantee, statement.withGrantOption)) granted += 1
      else missing.add(privilege)
    }
  }
  if (missing.size > 0) throw granted === 0 ? grantNotExecuted() : grantPartiallyExecuted(Array.from(missing))
  return statusResult(
    target.kind === 'all'
      ? `Statement executed successfully. ${objects.length} objects affected.`
      : 'Statement executed successfully.'
  )
}

const grantOne = (
  context: StatementContext,
  privilege: string,
  object: Securable,
  grantee: Principal,
  grantOption: boolean
): boolean => {
  const grantor = context.withheld.has(privilege) ? undefined : grantorOf(context, privilege, object)
  if (grantor === undefined) return false
  const { grants, clock } = context.account
  grants.add({ privilege, object, grantee, grantor, grantOption, createdOn: clock.now() })
  return true
}

/** A database role holds privileges inside its own database only. */
const requireReachable = (object: Securable, grantee: Principal): void => {
  if (grantee.kind !== 'DATABASE ROLE' || grantee.parent === undefined) return
  if (object.kind === 'ACCOUNT' || !isWithin(object, grantee.parent)) {
    throw refused(
      `Privileges outside database '${displayName([grantee.parent.name])}' cannot be granted to its database role '${displayName([grantee.name])}'.`
    )
  }
}

type FutureTarget = Extract<GrantTarget, { kind: 'future' }>

/** MANAGE GRANTS; in a managed access schema its owner too. */
export const requireMayManageFuture = (context: StatementContext, scope: Securable): void => {
  const managed = 'managedAccess' in scope && scope.managedAccess === true
  if (context.access.manages(scope) || (managed && context.access.owns(scope))) return
  throw insufficientPrivileges(scope.kind.toLowerCase(), displayName([scope.name]))
}

const grantFuture = (
  statement: GrantPrivileges,
  context: StatementContext,
  { objectKind, scope: named }: FutureTarget,
  grantee: Principal
): ResultSet => {
  if (!takesFutureGrants(objectKind)) throw unsupported(`FUTURE GRANTS ON ${objectKind}`)
  const scope = findScope(context, named)
  requireMayManageFuture(context, scope)
  requireReachable(scope, grantee)
  const { grants, clock } = context.account
  for (const privilege of namedPrivileges(statement.privileges, objectKind)) {
    grants.addFuture({
      privilege,
      objectKind,
      scope,
      grantee,
      grantOption: statement.withGrantOption,
      createdOn: clock.now()
    })
  }
  return statusResult('Statement executed successfully.')
}

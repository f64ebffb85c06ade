/** The gate in front of every change: the privilege, or 003001. */
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { insufficientPrivileges } from '../StatementError.ts'
import type { StatementError } from '../StatementError.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import type { StatementContext } from './StatementContext.ts'

type Judging = Pick<StatementContext, 'account' | 'session' | 'access'>

const refusal = (object: Securable): StatementError =>
  object.kind === 'ACCOUNT'
    ? insufficientPrivileges('account', object.name)
    : insufficientPrivileges(object.kind.toLowerCase(), displayIdentifier(object.name))

/** Temporary objects belong to their session, whatever its role. */
const isOwnTemporary = (context: Judging, object: Securable): boolean =>
  Array.from(context.session.temporaries.values()).includes(object)

export const requirePrivilege = (context: Judging, privilege: string, object: Securable): void => {
  if (!context.access.holds(privilege, object) && !isOwnTemporary(context, object)) throw refusal(object)
}

/** One of them is enough. */
export const requireAnyPrivilege = (context: Judging, privileges: ReadonlyArray<string>, object: Securable): void => {
  if (!privileges.some(privilege => context.access.holds(privilege, object)) && !isOwnTemporary(context, object))
    throw refusal(object)
}

export const requireOwnership = (context: Judging, object: Securable): void => {
  if (!context.access.owns(object) && !isOwnTemporary(context, object)) throw refusal(object)
}

export const requireGlobal = (context: Judging, privilege: string): void => {
  if (!context.access.holdsGlobally(privilege) && !context.access.owns(context.account.securable))
    throw refusal(context.account.securable)
}

/** New objects belong to the primary role. */
export const creatingRole = (context: Judging): Role => context.session.role ?? context.account.systemRole('PUBLIC')

/** What GRANT and REVOKE name: the objects, the principal, the privileges. */
import type { Database, Schema } from '../catalog/Container.ts'
import { isRelationKind } from '../catalog/ObjectKind.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { Principal } from '../catalog/Principal.ts'
import type { Securable } from '../catalog/Securable.ts'
import { everyPrivilege, isGrantable, takesBulkGrants } from '../privileges/grantable.ts'
import type { GranteeName, GrantScope, GrantTarget, PrivilegeNames } from '../sql/GrantStatement.ts'
import { StatementError, doesNotExist, unsupported } from '../StatementError.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { futureKind } from './applyFutureGrants.ts'
import { byManagement, findDatabase, findObject, findRole, findSchema } from './resolve.ts'
import type { StatementContext } from './StatementContext.ts'

export const findGrantee = (context: StatementContext, { kind, name }: GranteeName): Principal => {
  if (kind === 'ROLE') return findRole(context, displayRole(name))
  if (kind === 'DATABASE ROLE') return findObject(context, 'DATABASE ROLE', name, 'GRANT', byManagement) as Principal
  const user = name.length === 1 ? context.account.users.get(name[0] ?? '') : undefined
  if (user === undefined) throw doesNotExist('User', displayName(name))
  return user
}

/** An account role has one part; a longer name is the name of no role. */
const displayRole = (name: ReadonlyArray<string>): string => (name.length === 1 ? (name[0] ?? '') : name.join('.'))

/** The schema or database a bulk or future grant is about. */
export const findScope = (context: StatementContext, scope: GrantScope): Database | Schema =>
  scope.kind === 'DATABASE'
    ? findDatabase(context, displayRole(scope.name), byManagement)
    : findSchema(context, scope.name, 'GRANT', byManagement)

/** The objects named, as they are now. */
export const findTargets = (
  context: StatementContext,
  target: Exclude<GrantTarget, { kind: 'future' }>
): ReadonlyArray<Securable> => {
  if (target.kind === 'account') return [context.account.securable]
  if (target.kind === 'object') return [findObject(context, target.objectKind, target.name, 'GRANT', byManagement)]
  if (!takesBulkGrants(target.objectKind)) throw unsupported(`ON ALL ${target.objectKind}`)
  return objectsWithin(context, findScope(context, target.scope), target.objectKind)
}

const objectsWithin = (
  context: StatementContext,
  scope: Database | Schema,
  kind: ObjectKind
): ReadonlyArray<Securable> => {
  if (scope.kind === 'DATABASE' && kind === 'SCHEMA') {
    return Array.from(scope.schemas.values()).filter(
      schema => schema.owner !== undefined && context.access.sees(schema)
    )
  }
  const schemas = scope.kind === 'DATABASE' ? Array.from(scope.schemas.values()) : [scope]
  return schemas.flatMap(schema =>
    Array.from(schema.objects.values()).flatMap(namespace =>
      // A grant must stay with its object, so objects made up on demand are kept from here on.
      Array.from(namespace.values(), ({ name }) => namespace.get(name)).filter(
        (object): object is Securable =>
          object !== undefined && futureKind(object.kind) === kind && context.access.sees(object)
      )
    )
  )
}

/** The privileges by name, or all that this kind of object has. */
export const namedPrivileges = (privileges: PrivilegeNames, kind: ObjectKind): ReadonlyArray<string> => {
  if (privileges === 'ALL') {
    if (kind === 'TAG') throw unsupported('ALL PRIVILEGES ON TAG')
    return everyPrivilege(kind)
  }
  for (const privilege of privileges) {
    if (!isGrantable(privilege, kind)) {
      throw new StatementError(
        '003042',
        '42601',
        `SQL compilation error:\nInvalid grant: '${privilege}' cannot be granted on ${isRelationKind(kind) ? kind.toLowerCase() : kind}.`
      )
    }
  }
  return Array.from(new Set(privileges))
}

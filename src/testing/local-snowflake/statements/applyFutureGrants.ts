/**
 * Turns future grants into grants when an object is born. Those of the schema silence those of the database, whoever they are for.
 *
 * @see https://docs.snowflake.com/en/sql-reference/sql/grant-privilege#future-grants-on-database-or-schema-objects
 */
import type { FutureGrant } from '../catalog/Grants.ts'
import type { Schema } from '../catalog/Container.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { Securable } from '../catalog/Securable.ts'
import type { StatementContext } from './StatementContext.ts'

export const applyFutureGrants = (context: Pick<StatementContext, 'account'>, object: Securable): void => {
  const { grants, clock } = context.account
  const applicable = futureGrantsFor(context, object)
  const ownership = applicable.find(grant => grant.privilege === 'OWNERSHIP')
  const owner = ownership?.grantee
  if (owner !== undefined && owner.kind !== 'USER') object.owner = owner
  for (const future of applicable) {
    if (future.privilege === 'OWNERSHIP') continue
    const { privilege, grantee, grantOption } = future
    grants.add({ privilege, object, grantee, grantOption, grantor: object.owner, createdOn: clock.now() })
  }
}

const futureGrantsFor = (context: Pick<StatementContext, 'account'>, object: Securable): ReadonlyArray<FutureGrant> => {
  const { future } = context.account.grants
  const kind = futureKind(object.kind)
  const of = (scope: Securable | undefined): ReadonlyArray<FutureGrant> =>
    scope === undefined ? [] : future.in(scope).filter(grant => grant.objectKind === kind)
  if (object.kind === 'SCHEMA') return of(object.parent)
  const schema = object.parent as Schema | undefined
  const own = of(schema)
  if (own.length > 0) return own
  const inherited = of(schema?.parent)
  return schema?.managedAccess === true ? inherited.filter(grant => grant.privilege !== 'OWNERSHIP') : inherited
}

/** A hybrid table is granted on as a table. */
export const futureKind = (kind: ObjectKind): ObjectKind => (kind === 'HYBRID TABLE' ? 'TABLE' : kind)

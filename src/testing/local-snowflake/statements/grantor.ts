/**
 * In whose name a privilege is granted: the rules of SHOW GRANTS' granted_by.
 *
 * @see https://docs.snowflake.com/en/sql-reference/sql/show-grants#usage-notes
 */
import type { Schema } from '../catalog/Container.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import type { StatementContext } from './StatementContext.ts'

type Judging = Pick<StatementContext, 'account' | 'access'>

/** Undefined when no active role may grant the privilege on the object. */
export const grantorOf = ({ account, access }: Judging, privilege: string, object: Securable): Role | undefined => {
  if (object.kind === 'ACCOUNT') return accountGrantor({ account, access }, privilege)
  const managed = managedSchema(object)
  if (managed !== undefined) return access.owns(managed) || access.manages(object) ? managed.owner : undefined
  if (access.owns(object)) return object.owner
  return holderWithOption({ account, access }, privilege, object) ?? (access.manages(object) ? object.owner : undefined)
}

const accountGrantor = ({ account, access }: Judging, privilege: string): Role | undefined => {
  if (access.owns(account.securable)) return account.systemRole('ACCOUNTADMIN')
  const holder = holderWithOption({ account, access }, privilege, account.securable)
  return holder ?? (access.holdsGlobally('MANAGE GRANTS') ? account.systemRole('ACCOUNTADMIN') : undefined)
}

const holderWithOption = ({ account, access }: Judging, privilege: string, object: Securable): Role | undefined => {
  const grant = account.grants
    .on(object)
    .find(known => known.privilege === privilege && known.grantOption && access.principals().has(known.grantee))
  return grant === undefined || grant.grantee.kind === 'USER' ? undefined : grant.grantee
}

/** The managed access schema around the object: its owner decides instead of the object's. */
export const managedSchema = (object: Securable): Schema | undefined => {
  const schema = object.parent?.kind === 'SCHEMA' ? (object.parent as Schema) : undefined
  return schema?.managedAccess === true ? schema : undefined
}

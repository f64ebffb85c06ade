/**
 * What a set of principals may do: the one place where privileges are judged.
 *
 * @see https://docs.snowflake.com/en/user-guide/security-access-control-overview
 */
import type { Account } from '../catalog/Account.ts'
import { isRelationKind } from '../catalog/ObjectKind.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { Principal } from '../catalog/Principal.ts'
import { ancestry } from '../catalog/Securable.ts'
import type { Securable } from '../catalog/Securable.ts'

export interface Access {
  readonly principals: () => ReadonlySet<Principal>
  readonly owns: (object: Securable) => boolean
  /** Holds the privilege on the object, or owns it. */
  readonly holds: (privilege: string, object: Securable) => boolean
  /** Holds an account-level privilege. */
  readonly holdsGlobally: (privilege: string) => boolean
  /** MANAGE GRANTS on the account, or on the database or schema around the object. */
  readonly manages: (object: Securable) => boolean
  /** Holds anything at all on the object and on what is around it: the object exists for these principals. */
  readonly reaches: (object: Securable) => boolean
  /** A global policy or tag privilege opens the object: to find a policy, to set one on a table. */
  readonly governs: (object: Securable) => boolean
  /** What SHOW lists. */
  readonly sees: (object: Securable) => boolean
}

/** `principals` is asked again for every judgement: a session's roles may change between two. */
export const createAccess = (account: Account, principals: () => ReadonlySet<Principal>): Access => {
  const isActive = (principal: Principal | undefined): boolean => principal !== undefined && principals().has(principal)
  const owns = (object: Securable): boolean =>
    object.kind === 'ACCOUNT' ? isActive(account.systemRole('ACCOUNTADMIN')) : isActive(object.owner)
  const granted = (object: Securable, privilege?: string): boolean =>
    account.grants
      .on(object)
      .some(grant => (privilege === undefined || grant.privilege === privilege) && isActive(grant.grantee))
  const holdsGlobally = (privilege: string): boolean => granted(account.securable, privilege)
  const touches = (object: Securable): boolean => owns(object) || granted(object) || isInformationSchema(object)
  const managesWithin = (object: Securable): boolean =>
    Array.from(ancestry(object)).some(at => granted(at, 'MANAGE GRANTS'))
  const manages = (object: Securable): boolean => holdsGlobally('MANAGE GRANTS') || managesWithin(object)
  const reaches = (object: Securable): boolean => Array.from(ancestry(object)).every(touches)
  const governs = (object: Securable): boolean =>
    governing(object.kind).some(holdsGlobally) && Array.from(ancestry(object)).slice(1).every(touches)
  return {
    principals,
    owns,
    holds: (privilege, object) => owns(object) || granted(object, privilege),
    holdsGlobally,
    manages,
    reaches,
    governs,
    sees: object => manages(object) || reaches(object) || (!isRelationKind(object.kind) && governs(object))
  }
}

/** Whoever can use a database can read about it. */
const isInformationSchema = (object: Securable): boolean =>
  object.kind === 'SCHEMA' && object.name === 'INFORMATION_SCHEMA'

const governing = (kind: ObjectKind): ReadonlyArray<string> => {
  if (kind === 'MASKING POLICY') return ['APPLY MASKING POLICY']
  if (kind === 'ROW ACCESS POLICY') return ['APPLY ROW ACCESS POLICY']
  if (kind === 'TAG') return ['APPLY TAG']
  return isRelationKind(kind) ? ['APPLY MASKING POLICY', 'APPLY ROW ACCESS POLICY', 'APPLY TAG'] : []
}

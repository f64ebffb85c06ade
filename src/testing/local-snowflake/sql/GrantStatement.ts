/** GRANT and REVOKE in all their forms. */
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { ObjectName } from './Cursor.ts'

export type GrantStatement = GrantPrivileges | RevokePrivileges | GrantOwnership | GrantRole | RevokeRole

export type GrantTarget =
  | { readonly kind: 'account' }
  | { readonly kind: 'object'; readonly objectKind: ObjectKind; readonly name: ObjectName }
  | { readonly kind: 'all'; readonly objectKind: ObjectKind; readonly scope: GrantScope }
  | { readonly kind: 'future'; readonly objectKind: ObjectKind; readonly scope: GrantScope }

export interface GrantScope {
  readonly kind: 'DATABASE' | 'SCHEMA'
  readonly name: ObjectName
}

export interface GranteeName {
  readonly kind: 'ROLE' | 'DATABASE ROLE' | 'USER'
  readonly name: ObjectName
}

/** Upper case with single blanks, `CREATE MASKING POLICY`; `'ALL'` stands for ALL PRIVILEGES. */
export type PrivilegeNames = 'ALL' | ReadonlyArray<string>

export interface GrantPrivileges {
  readonly kind: 'grantPrivileges'
  readonly privileges: PrivilegeNames
  readonly target: GrantTarget
  readonly grantee: GranteeName
  readonly withGrantOption: boolean
}

export interface RevokePrivileges {
  readonly kind: 'revokePrivileges'
  readonly grantOptionOnly: boolean
  readonly privileges: PrivilegeNames
  readonly target: GrantTarget
  readonly grantee: GranteeName
  readonly cascade: boolean
}

export interface GrantOwnership {
  readonly kind: 'grantOwnership'
  readonly target: GrantTarget
  readonly grantee: GranteeName
  readonly currentGrants: 'COPY' | 'REVOKE' | undefined
}

export interface GrantRole {
  readonly kind: 'grantRole'
  readonly roleKind: 'ROLE' | 'DATABASE ROLE'
  readonly role: ObjectName
  readonly grantee: GranteeName
}

export interface RevokeRole {
  readonly kind: 'revokeRole'
  readonly roleKind: 'ROLE' | 'DATABASE ROLE'
  readonly role: ObjectName
  readonly grantee: GranteeName
}

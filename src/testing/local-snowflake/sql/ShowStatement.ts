/** SHOW and DESCRIBE. */
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { ObjectName } from './Cursor.ts'
import type { GranteeName } from './GrantStatement.ts'

export type ShowStatement = Show | ShowGrants | ShowFutureGrants | ShowParameters | ShowVariables | Describe

/** What a plain SHOW lists: kinds of object, and the lists that are none. */
export type ShowSubject = ObjectKind | 'OBJECTS' | 'COLUMNS' | 'PRIMARY KEYS' | 'TRANSACTIONS'

export interface Show {
  readonly kind: 'show'
  readonly subject: ShowSubject
  readonly terse: boolean
  readonly like: string | undefined
  readonly scope: ShowScope | undefined
  readonly startsWith: string | undefined
  readonly limit: number | undefined
  /** `LIMIT n FROM 'name'`: begins after this name. */
  readonly from: string | undefined
}

export interface ShowScope {
  /** `NAME` when only a name was given: its parts decide. */
  readonly kind: 'ACCOUNT' | 'DATABASE' | 'SCHEMA' | 'TABLE' | 'NAME'
  /** Absent: the session's current one. */
  readonly name: ObjectName | undefined
}

export interface ShowGrants {
  readonly kind: 'showGrants'
  readonly about: GrantsAbout
  readonly limit: number | undefined
}

export type GrantsAbout =
  | { readonly kind: 'currentUser' }
  | { readonly kind: 'account' }
  | { readonly kind: 'on'; readonly objectKind: ObjectKind; readonly name: ObjectName }
  | { readonly kind: 'to'; readonly grantee: GranteeName }
  | { readonly kind: 'of'; readonly roleKind: 'ROLE' | 'DATABASE ROLE'; readonly role: ObjectName }

export interface ShowFutureGrants {
  readonly kind: 'showFutureGrants'
  readonly about:
    | { readonly kind: 'in'; readonly scope: 'DATABASE' | 'SCHEMA'; readonly name: ObjectName | undefined }
    | { readonly kind: 'to'; readonly grantee: GranteeName }
  readonly limit: number | undefined
}

export interface ShowParameters {
  readonly kind: 'showParameters'
  readonly like: string | undefined
}

export interface ShowVariables {
  readonly kind: 'showVariables'
  readonly like: string | undefined
}

export interface Describe {
  readonly kind: 'describe'
  readonly objectKind: ObjectKind
  readonly name: ObjectName
}

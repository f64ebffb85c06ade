/** Who can hold a privilege: account roles, database roles and users. */
import type { Role, Securable } from './Securable.ts'

export interface User extends Securable {
  readonly kind: 'USER'
  /** Undefined: no login by password. */
  password: string | undefined
  /** PEM bodies of RSA_PUBLIC_KEY and RSA_PUBLIC_KEY_2. */
  readonly publicKeys: Map<'RSA_PUBLIC_KEY' | 'RSA_PUBLIC_KEY_2', string>
  readonly accessTokens: Map<string, AccessToken>
  defaultRole: string | undefined
  defaultWarehouse: string | undefined
  defaultNamespace: string | undefined
  /** Which roles a new session has besides its primary one. */
  defaultSecondaryRoles: 'ALL' | 'NONE'
  disabled: boolean
  /** Whatever else CREATE USER or ALTER USER set, shown by DESCRIBE USER. */
  readonly properties: Map<string, string>
}

/** A programmatic access token or an OAuth token: the secret logs in as the user. */
export interface AccessToken {
  readonly kind: 'PAT' | 'OAUTH'
  readonly secret: string
  readonly expiresOn: number
  /** The only role the session may have; undefined: any role of the user. */
  readonly role: string | undefined
}

export type Principal = Role | User

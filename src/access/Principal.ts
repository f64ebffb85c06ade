/** Who: roles and users of Snowflake, after every policy user, group and role has been mapped to one. */

/** A Snowflake account role or user, by exact stored name. */
export interface Principal {
  readonly type: 'role' | 'user'
  readonly name: string
}

/** A set of principals, as masks and row filters test it: in any of `anyOf` (or anyone at all), and in none of `noneOf`. */
export interface Who {
  readonly anyOf: 'everyone' | ReadonlyArray<Principal>
  readonly noneOf: ReadonlyArray<Principal>
}

/** Everyone without exception. */
export const everyone: Who = { anyOf: 'everyone', noneOf: [] }

/** A text that no two principals share. */
export const principalKey = ({ type, name }: Principal): string => `${type}:${name}`

/** In words: `role ANALYST`. */
export const describePrincipal = ({ type, name }: Principal): string => `${type} ${name}`

/** Roles that belong to Snowflake itself. They are never granted to and never revoked from. */
export const systemRoles: ReadonlySet<string> = new Set([
  'ACCOUNTADMIN',
  'GLOBALORGADMIN',
  'ORGADMIN',
  'PUBLIC',
  'SECURITYADMIN',
  'SYSADMIN',
  'USERADMIN'
])

/** Name patterns of the principals that the policies govern. Grants to all others are left alone. `*` stands for any text; case counts. */
export interface ManagedSet {
  readonly roles: ReadonlyArray<string>
  readonly users: ReadonlyArray<string>
}

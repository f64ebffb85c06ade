/** The users a server starts with. */
import { randomBytes } from 'node:crypto'
import type { Account } from './catalog/Account.ts'
import type { Role } from './catalog/Securable.ts'
import type { User } from './catalog/Principal.ts'
import type { LocalSnowflakeUser } from './LocalSnowflake.ts'
import { nameFromText } from './sql/Cursor.ts'
import { buildUser } from './statements/principals.ts'
import { setUserProperties } from './statements/userProperties.ts'

const defaultUser: LocalSnowflakeUser = { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' }

/** Names as SQL reads them; what is no SQL name is taken as it is. */
export const readUserName = (text: string): string => {
  try {
    const name = nameFromText(text)
    return name.length === 1 ? (name[0] ?? text) : text
  } catch {
    return text
  }
}

export const createUsers = (
  account: Account,
  given: ReadonlyArray<LocalSnowflakeUser> | undefined,
  warehouse: string | undefined
): ReadonlyArray<User> => {
  const wanted = given === undefined || given.length === 0 ? [defaultUser] : given
  return wanted.map(options => {
    const user = buildUser(account, readUserName(options.name), account.systemRole('ACCOUNTADMIN'))
    user.password = options.password ?? randomBytes(18).toString('base64url')
    user.defaultRole = options.defaultRole === undefined ? undefined : readUserName(options.defaultRole)
    user.defaultSecondaryRoles = options.defaultSecondaryRoles ?? 'NONE'
    user.defaultWarehouse = warehouse
    user.properties.set('LOGIN_NAME', user.name.toUpperCase())
    if (options.publicKey !== undefined) setUserProperties(user, new Map([['RSA_PUBLIC_KEY', options.publicKey]]))
    account.users.add(user)
    return user
  })
}

/** Grants the users their roles, as far as these exist by now. */
export const grantUserRoles = (account: Account, given: ReadonlyArray<LocalSnowflakeUser> | undefined): void => {
  for (const { name, defaultRole, roles = [] } of given ?? [defaultUser]) {
    const user = account.users.get(readUserName(name))
    for (const roleName of defaultRole === undefined ? roles : [defaultRole, ...roles]) {
      const role: Role | undefined = account.roles.get(readUserName(roleName))
      if (user === undefined || role === undefined) continue
      account.grants.addRoleGrant({
        role,
        grantee: user,
        grantor: account.systemRole('ACCOUNTADMIN'),
        createdOn: account.clock.now()
      })
    }
  }
}

/** From accepted credentials to a session: its role, and what it has in use from the start. */
import type { Account } from '../catalog/Account.ts'
import type { Role } from '../catalog/Securable.ts'
import type { User } from '../catalog/Principal.ts'
import { createAccess } from '../privileges/Access.ts'
import { activePrincipals, mayUseRole } from '../privileges/activeRoles.ts'
import { createSession } from '../Session.ts'
import type { Session } from '../Session.ts'
import { nameFromText } from '../sql/Cursor.ts'
import type { ObjectName } from '../sql/Cursor.ts'

/** What a client asks for when it connects. */
export interface LoginWishes {
  readonly role?: string | undefined
  readonly database?: string | undefined
  readonly schema?: string | undefined
  readonly warehouse?: string | undefined
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
}

/** Undefined when the role asked for is not the user's. */
export const openSession = (
  account: Account,
  id: number,
  user: User,
  onlyRole: string | undefined,
  wishes: LoginWishes
): Session | undefined => {
  const restricted = onlyRole === undefined ? undefined : account.roles.get(onlyRole)
  const session = createSession(id, user, restricted)
  const role = restricted ?? primaryRole(account, user, wishes.role)
  const wanted =
    wishes.role === undefined || wishes.role === ''
      ? undefined
      : findByText(wishes.role, name => account.roles.get(name))
  if (role === undefined || (wishes.role !== undefined && wishes.role !== '' && wanted !== role)) return undefined
  session.role = role
  for (const [name, value] of Object.entries(wishes.parameters ?? {}))
    session.parameters.set(name.toUpperCase(), String(value))
  putInUse(account, session, wishes)
  return session
}

const primaryRole = (account: Account, user: User, asked: string | undefined): Role | undefined => {
  if (asked !== undefined && asked !== '') {
    const role = findByText(asked, name => account.roles.get(name))
    return role !== undefined && mayUseRole(account, user, role) ? role : undefined
  }
  const own = user.defaultRole === undefined ? undefined : findByText(user.defaultRole, name => account.roles.get(name))
  return own !== undefined && mayUseRole(account, user, own) ? own : account.systemRole('PUBLIC')
}

/** A name as a client writes it: read as SQL reads it, or taken as it is when it is no SQL name. */
const findByText = <A>(text: string, find: (name: string) => A | undefined): A | undefined => {
  const [name] = readName(text)
  return (name === undefined ? undefined : find(name)) ?? find(text)
}

const readName = (text: string): ObjectName => {
  try {
    return nameFromText(text)
  } catch {
    return [text]
  }
}

/** What cannot be found is left out, as Snowflake leaves it out. */
const putInUse = (account: Account, session: Session, wishes: LoginWishes): void => {
  const access = createAccess(account, () => activePrincipals(account, session))
  const { user } = session
  const [defaultDatabase, defaultSchema] = user.defaultNamespace === undefined ? [] : user.defaultNamespace.split('.')
  const databaseText = wishes.database === undefined || wishes.database === '' ? defaultDatabase : wishes.database
  const database =
    databaseText === undefined ? undefined : findByText(databaseText, name => account.databases.get(name))
  if (database !== undefined && access.reaches(database)) {
    session.database = database
    const schemaText = wishes.schema === undefined || wishes.schema === '' ? (defaultSchema ?? 'PUBLIC') : wishes.schema
    const schema = findByText(schemaText, name => database.schemas.get(name))
    if (schema !== undefined && access.reaches(schema)) session.schema = schema
  }
  const warehouseText =
    wishes.warehouse === undefined || wishes.warehouse === '' ? user.defaultWarehouse : wishes.warehouse
  const warehouse =
    warehouseText === undefined ? undefined : findByText(warehouseText, name => account.warehouses.get(name))
  if (warehouse !== undefined && access.reaches(warehouse)) session.warehouse = warehouse
}

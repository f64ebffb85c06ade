/** Statements of this process: each text in a session of its own, with a role of the caller's choice. */
import type { Account } from './catalog/Account.ts'
import type { Role } from './catalog/Securable.ts'
import type { User } from './catalog/Principal.ts'
import { readUserName } from './createUsers.ts'
import { decodeRows } from './decodeRows.ts'
import type { Engine } from './engine/Engine.ts'
import type { ExecuteOptions, LocalSnowflake } from './LocalSnowflake.ts'
import { createSession } from './Session.ts'
import type { Session } from './Session.ts'
import { doesNotExist } from './StatementError.ts'
import type { StatementRunner } from './StatementRunner.ts'
import { dropObject } from './statements/dropObject.ts'
import type { ResultSet } from './statements/ResultSet.ts'

export interface Executor {
  readonly execute: LocalSnowflake['execute']
  /** The result itself; `unharmed` statements meet no fault switch. */
  readonly run: (sql: string, options: ExecuteOptions, unharmed: boolean) => Promise<ResultSet>
}

interface Parts {
  readonly account: Account
  readonly engine: Engine
  readonly runner: StatementRunner
  readonly nextSessionId: () => number
  readonly firstUser: User
}

export const createExecutor = ({ account, engine, runner, nextSessionId, firstUser }: Parts): Executor => {
  const open = ({ role, user: userName }: ExecuteOptions): Session => {
    const user = userName === undefined ? firstUser : account.users.get(readUserName(userName))
    if (user === undefined) throw doesNotExist('User', userName ?? '')
    const session = createSession(nextSessionId(), user)
    session.secondaryRoles = 'NONE'
    session.role = roleFor(account, user, role, userName !== undefined)
    session.warehouse = account.warehouses.get(user.defaultWarehouse ?? '') ?? firstWarehouse(account)
    return session
  }
  const run: Executor['run'] = async (sql, options, unharmed) => {
    const session = open(options)
    try {
      let last: ResultSet = { columns: [], rows: [], statementType: 'session' }
      for (const statement of runner.split(session, sql, 0)) last = await runner.run(session, statement, { unharmed })
      return last
    } finally {
      for (const object of Array.from(session.temporaries.values())) dropObject({ account, session, engine }, object)
      engine.closeSession(session)
    }
  }
  return { run, execute: async (sql, options = {}) => decodeRows(await run(sql, options, false)) }
}

const roleFor = (account: Account, user: User, role: string | undefined, asUser: boolean): Role => {
  const name = role ?? (asUser ? (user.defaultRole ?? 'PUBLIC') : 'ACCOUNTADMIN')
  const found = account.roles.get(readUserName(name))
  if (found === undefined) throw doesNotExist('Role', name)
  return found
}

/** The server's own statements need no warehouse of a user's. */
const firstWarehouse = (account: Account): Session['warehouse'] => {
  const [first] = account.warehouses.values()
  return first
}

/** Puts the parts together and starts listening. */
import type { AddressInfo } from 'node:net'
import type { Server as HttpServer } from 'node:http'
import { systemClock } from '../../internal/Clock.ts'
import { createAccount } from './catalog/Account.ts'
import type { User } from './catalog/Principal.ts'
import { createGenerated } from './createGenerated.ts'
import { createStartWarehouse } from './createStartWarehouse.ts'
import { createUsers, grantUserRoles, readUserName } from './createUsers.ts'
import { createEngine } from './engine/createEngine.ts'
import { createExecutor } from './Executor.ts'
import { createFaults } from './Faults.ts'
import { defaultLocalSnowflakeOptions } from './LocalSnowflake.ts'
import type { LocalSnowflake, LocalSnowflakeOptions } from './LocalSnowflake.ts'
import { loadPeers } from './loadPeers.ts'
import { createStatementLog } from './StatementLog.ts'
import { createStatementRunner } from './StatementRunner.ts'
import { newSecret } from './statements/accessTokens.ts'
import { createApp } from './wire/createApp.ts'
import { createQueryRegistry } from './wire/QueryRegistry.ts'
import type { Server } from './wire/Server.ts'
import { createSessionStore } from './wire/SessionStore.ts'

/**
 * Starts a Snowflake account in this process: an HTTP server that speaks the driver protocol to the unmodified `snowflake-sdk`. It keeps databases,
 * roles, grants, masking and row access policies as Snowflake does, answers refusals with Snowflake's codes, and enforces: a SELECT by a role returns
 * what that role may see. Rows live in an embedded engine, `@duckdb/node-api`, loaded by the first query that needs it.
 *
 * **When to use**: tests and demos of anything that talks to Snowflake through `snowflake-sdk`.
 *
 * **Gotchas**: it has no stages, no COPY, no user-defined functions that run, no tasks that fire; what it does not support is error 000002 by name.
 * An explicit transaction reads the snapshot it began with. Timestamps hold microseconds, and TIMESTAMP_TZ its instant, not its offset.
 *
 * Needs the packages `hono`, `@hono/node-server` and `jose`, and for queries `@duckdb/node-api`; it names the one that is missing.
 *
 * @example
 * ```ts
 * import { startLocalSnowflake } from 'on-demand-sync/testing'
 *
 * await using snowflake = await startLocalSnowflake({ setup: 'CREATE DATABASE SALES; CREATE ROLE ANALYST' })
 * await snowflake.execute('GRANT USAGE ON DATABASE SALES TO ROLE ANALYST')
 * const grants = await snowflake.execute('SHOW GRANTS TO ROLE ANALYST')
 * if (grants[0]?.['privilege'] !== 'USAGE') throw new Error('not granted')
 * ```
 *
 * @see https://docs.snowflake.com/en/user-guide/security-access-control-overview
 */
export const startLocalSnowflake = async (options: LocalSnowflakeOptions = {}): Promise<LocalSnowflake> => {
  const settings = { ...defaultLocalSnowflakeOptions, ...options }
  const peers = await loadPeers()
  const account = createAccount(settings.account, settings.clock ?? systemClock)
  const warehouse = settings.warehouse === false ? undefined : createStartWarehouse(account, settings.warehouse)
  if (options.generate !== undefined) createGenerated(account, options.generate)
  const users = createUsers(account, options.users, warehouse?.name)
  const [firstUser] = users
  if (firstUser === undefined) throw new TypeError('startLocalSnowflake needs at least one user')

  let lastSessionId = 0
  const nextSessionId = (): number => (lastSessionId += 1)
  const engine = createEngine(account)
  const log = createStatementLog()
  const faults = createFaults(account.clock, sql => executor.run(sql, {}, true))
  const runner = createStatementRunner(account, engine, log, faults)
  const executor = createExecutor({ account, engine, runner, nextSessionId, firstUser })
  const sessions = createSessionStore(account.clock, {
    sessionSeconds: settings.sessionTokenSeconds,
    masterSeconds: settings.masterTokenSeconds
  })
  const server: Server = {
    account,
    engine,
    runner,
    log,
    faults,
    sessions,
    queries: createQueryRegistry(runner.results),
    jose: peers.jose,
    nextSessionId,
    inProgressAfterMs: settings.inProgressAfterMs
  }
  if (settings.setup.trim() !== '') await executor.run(settings.setup, {}, true)
  grantUserRoles(account, options.users)
  for (const rule of settings.faults) faults.add(rule)
  log.clear()

  const issueOAuthToken: LocalSnowflake['issueOAuthToken'] = (name, { role, validitySeconds = 600 } = {}) => {
    const user = findUser(account.users.get(readUserName(name)), name)
    const secret = newSecret()
    user.accessTokens.set(`OAUTH ${secret.slice(0, 8)}`, {
      kind: 'OAUTH',
      secret,
      role,
      expiresOn: account.clock.now() + validitySeconds * 1000
    })
    return secret
  }
  const administration = {
    account: settings.account,
    execute: executor.execute,
    statements: log,
    faults,
    issueOAuthToken
  }
  const app = createApp(peers, server, settings.control ? administration : undefined)
  const http = peers.createAdaptorServer({ fetch: app.fetch }) as HttpServer
  await listen(http, settings.port, settings.host)
  const { port } = http.address() as AddressInfo
  const accessUrl = `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`

  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= close(http, server))
  return {
    port,
    accessUrl,
    controlUrl: settings.control ? `${accessUrl}/control` : undefined,
    connectionOptions: name => {
      const user = name === undefined ? firstUser : findUser(account.users.get(readUserName(name)), name)
      if (user.password === undefined) throw new TypeError(`user ${user.name} has no password`)
      return { accessUrl, account: settings.account, username: user.name, password: user.password }
    },
    ...administration,
    stop,
    [Symbol.asyncDispose]: stop
  }
}

const findUser = (user: User | undefined, name: string): User => {
  if (user === undefined) throw new TypeError(`the local Snowflake has no user ${name}`)
  return user
}

const listen = (http: HttpServer, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.off('error', reject)
      resolve()
    })
  })

const close = async (http: HttpServer, { queries, faults, engine }: Server): Promise<void> => {
  queries.abortAll()
  faults.clear()
  await new Promise<void>(resolve => {
    http.close(() => resolve())
    http.closeAllConnections()
  })
  await engine.close()
}

/** The contract of the local Snowflake: what it can be told, and what it gives. */
import type { Clock } from '../../internal/Clock.ts'
import type { FaultRule, Faults } from './Faults.ts'
import type { StatementLog } from './StatementLog.ts'

/** A user of the local account. */
export interface LocalSnowflakeUser {
  /** As SQL reads it: upper case unless it is written in double quotes. */
  readonly name: string
  /** Default: a random one, which `connectionOptions` gives. */
  readonly password?: string
  /** PEM of an RSA public key, for logins by key pair. */
  readonly publicKey?: string
  /** Granted to the user, once it exists. Default `ACCOUNTADMIN` for the user that is there when none is given, else `PUBLIC`. */
  readonly defaultRole?: string
  /** Further roles granted to the user, once they exist. */
  readonly roles?: ReadonlyArray<string>
  /**
   * Whether a session begins with all of the user's roles active besides its primary one. Default `NONE`, so that a session shows what its role
   * alone may see. (Users made with CREATE USER begin with `ALL`, as in Snowflake.)
   */
  readonly defaultSecondaryRoles?: 'ALL' | 'NONE'
}

/**
 * A database whose tables are made up when a statement first names them: a million of them take neither time nor memory. They are like any other
 * table from then on, and until then too: SHOW lists them, and they are granted on, masked, written to, dropped.
 *
 * **When to use**: tests and measurements over catalogues too large to create table by table.
 *
 * @example
 * ```ts
 * import { startLocalSnowflake } from 'on-demand-sync/testing'
 *
 * await using snowflake = await startLocalSnowflake({ generate: { name: 'BIG', schemas: 100, tablesPerSchema: 10_000 } })
 * const found = await snowflake.execute("SHOW TABLES LIKE 'T09999' IN SCHEMA BIG.S042")
 * if (found.length !== 1) throw new Error('not one of a million')
 * ```
 */
export interface GeneratedDatabase {
  /** As stored. Default `GENERATED`. */
  readonly name?: string
  /** Schemas `S001`, `S002` …, with as many digits as this number has. Default 100, at most 10,000. */
  readonly schemas?: number
  /** Tables `T00001`, `T00002` … in each schema, with as many digits as this number has. Default 10,000, at most 10,000,000. */
  readonly tablesPerSchema?: number
  /** The columns of each table, as CREATE TABLE takes them. Default `ID NUMBER, NAME VARCHAR`. */
  readonly columns?: string
}

/** Options of {@link startLocalSnowflake}. */
export interface LocalSnowflakeOptions {
  /** Port to listen on. Default 0: any free one. */
  readonly port?: number
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string
  /** The account's name. Default `local`. */
  readonly account?: string
  /** Default: one user `ADMIN` with role ACCOUNTADMIN and a random password. */
  readonly users?: ReadonlyArray<LocalSnowflakeUser>
  /** SQL run as ACCOUNTADMIN before anyone can connect: statements separated by `;`. */
  readonly setup?: string
  /** A warehouse every role may use, and the default of every user given here. `false` for none. Default `COMPUTE_WH`. */
  readonly warehouse?: string | false
  /** A database of made-up tables, there before `setup` runs: for catalogues too large to create table by table. */
  readonly generate?: GeneratedDatabase
  /** Whether the control API is served, to anyone who can reach the port. Default true. */
  readonly control?: boolean
  /** Where time comes from: tokens, timeouts, timestamps, latency. Default the machine's. */
  readonly clock?: Clock
  /** Lifetime of a session token, in seconds. Default 3600. */
  readonly sessionTokenSeconds?: number
  /** Lifetime of a master token, in seconds. Default 14400. */
  readonly masterTokenSeconds?: number
  /** After this time a running statement is answered with "in progress", in milliseconds. Default 45000. */
  readonly inProgressAfterMs?: number
  /** Fault switches that are on from the start. */
  readonly faults?: ReadonlyArray<FaultRule>
}

/** The defaults of {@link LocalSnowflakeOptions}. */
export const defaultLocalSnowflakeOptions: Required<Omit<LocalSnowflakeOptions, 'users' | 'clock' | 'generate'>> = {
  port: 0,
  host: '127.0.0.1',
  account: 'local',
  setup: '',
  warehouse: 'COMPUTE_WH',
  control: true,
  sessionTokenSeconds: 3600,
  masterTokenSeconds: 14_400,
  inProgressAfterMs: 45_000,
  faults: []
}

/** What `createConnection` of snowflake-sdk takes; more options can be added beside them. */
export interface LocalConnectionOptions {
  readonly accessUrl: string
  readonly account: string
  readonly username: string
  readonly password: string
}

/** A value of a row of {@link LocalSnowflake.execute}: numbers that a JavaScript number cannot hold exactly come as text. */
export type LocalSnowflakeValue = string | number | boolean | Date | null | object

export type LocalSnowflakeRow = Readonly<Record<string, LocalSnowflakeValue>>

export interface ExecuteOptions {
  /** Acts with this role, whether it is the user's or not. Default ACCOUNTADMIN; with `user`, the user's default role. */
  readonly role?: string
  /** Acts as this user. Default: the first user. */
  readonly user?: string
}

export interface OAuthTokenOptions {
  /** The only role the token may act with. Default: any role of the user. */
  readonly role?: string
  /** Default 600. */
  readonly validitySeconds?: number
}

/**
 * A running local Snowflake.
 *
 * With `control` it can be driven from another process, in JSON over HTTP under `controlUrl`:
 * `POST execute` `{sql, role?, user?}` answers `{rows}` or, with status 400, `{error: {code, sqlState, message}}`;
 * `GET statements` (`?kind=read|write|session`) and `DELETE statements`: the statement log; `GET requests`: counts of HTTP requests by path;
 * `GET faults`, `POST faults` (a fault rule, with `sqlPattern` for an expression) answers `{id}`, `DELETE faults/<id>`, `DELETE faults`;
 * `POST oauth-tokens` `{user, role?, validitySeconds?}` answers `{token}`.
 */
export interface LocalSnowflake extends AsyncDisposable {
  readonly port: number
  /** For the driver's `accessUrl`. */
  readonly accessUrl: string
  /** Undefined without `control`. */
  readonly controlUrl: string | undefined
  readonly account: string
  /** How to connect as this user, by password. Default: the first user. Throws when the user has none. */
  readonly connectionOptions: (user?: string) => LocalConnectionOptions
  /** Runs one or many statements in this process and answers the rows of the last; throws a `StatementError` like the one a client would get. */
  readonly execute: (sql: string, options?: ExecuteOptions) => Promise<ReadonlyArray<LocalSnowflakeRow>>
  /** An OAuth token that logs in as the user. */
  readonly issueOAuthToken: (user: string, options?: OAuthTokenOptions) => string
  readonly statements: StatementLog
  readonly faults: Faults
  /** Ends running statements, closes every connection and frees the port. May be called again. */
  readonly stop: () => Promise<void>
}

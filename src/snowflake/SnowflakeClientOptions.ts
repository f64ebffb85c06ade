/** How to get into Snowflake, and how patient to be with it. */
import type { ConnectionOptions } from 'snowflake-sdk'
import type { Fault } from '../Fault.ts'
import { atLeast } from '../checkOptions.ts'
import type { Clock } from '../internal/Clock.ts'
import { compact } from '../internal/objects.ts'

/** How to get in: exactly one of them. */
export type SnowflakeCredentials =
  | { readonly password: string }
  /** An RSA private key in PEM, and its passphrase where it has one. */
  | { readonly privateKey: string; readonly privateKeyPassphrase?: string }
  | { readonly oauthToken: string }
  | { readonly programmaticAccessToken: string }

/** Options of `createSnowflakeClient`. */
export interface SnowflakeClientOptions {
  /** The account identifier, such as `myorg-myaccount`. */
  readonly account: string
  readonly username: string
  readonly credentials: SnowflakeCredentials
  /** The role to work under: the one of `docs/snowflake.md`, not an administrator's. Default: the user's own. */
  readonly role?: string
  /** Needed for masks and row filters. Default: the user's own. */
  readonly warehouse?: string
  /** Where the account is, if not at its usual address. */
  readonly accessUrl?: string
  /** Shows in Snowflake's query history, for statements that are not for certain tasks. Default `on-demand-sync`. */
  readonly queryTag?: string
  /** Longest time for one statement, its attempts included, in milliseconds. Default 120,000, at least 1. */
  readonly statementTimeoutMs?: number
  /** Most sessions at the same time. Several statements share one. Default 4, at least 1. */
  readonly maxSessions?: number
  /** Idle time after which a session is checked before it is used, in milliseconds. Default 60,000, at least 0. */
  readonly validateAfterMs?: number
  /** Most attempts of a statement that met a dead session or an unavailable service, with growing, dithered pauses from 200 ms to 5 s. Default 3, at least 1. */
  readonly maxAttempts?: number
  /** Failures in a row (unavailable, or out of time) after which statements are answered Unavailable at once. Default 5, at least 1. */
  readonly breakerFailures?: number
  /** How long they are, until a single one is let through to see whether the service is back, in milliseconds. Default 5,000, at least 1. */
  readonly breakerOpenMs?: number
  /** Default: the system clock. */
  readonly clock?: Clock
}

type Defaulted =
  | 'queryTag'
  | 'statementTimeoutMs'
  | 'maxSessions'
  | 'validateAfterMs'
  | 'maxAttempts'
  | 'breakerFailures'
  | 'breakerOpenMs'

/** The defaults of {@link SnowflakeClientOptions}. */
export const defaultSnowflakeClientOptions: Required<Pick<SnowflakeClientOptions, Defaulted>> = Object.freeze({
  queryTag: 'on-demand-sync',
  statementTimeoutMs: 120_000,
  maxSessions: 4,
  validateAfterMs: 60_000,
  maxAttempts: 3,
  breakerFailures: 5,
  breakerOpenMs: 5_000
})

/** The faults of client options. */
export const clientOptionFaults = (
  options: Required<Pick<SnowflakeClientOptions, Defaulted>>
): ReadonlyArray<Fault | undefined> => [
  atLeast('statementTimeoutMs', options.statementTimeoutMs, 1),
  atLeast('maxSessions', options.maxSessions, 1),
  atLeast('validateAfterMs', options.validateAfterMs, 0),
  atLeast('maxAttempts', options.maxAttempts, 1),
  atLeast('breakerFailures', options.breakerFailures, 1),
  atLeast('breakerOpenMs', options.breakerOpenMs, 1)
]

/** The same for the driver. */
export const connectionOptions = ({
  account,
  username,
  credentials,
  role,
  warehouse,
  accessUrl
}: SnowflakeClientOptions): ConnectionOptions => ({
  ...compact({ account, username, role, warehouse, accessUrl }),
  ...authentication(credentials),
  application: 'on-demand-sync',
  clientSessionKeepAlive: false
})

const authentication = (credentials: SnowflakeCredentials): Partial<ConnectionOptions> => {
  if ('password' in credentials) return { password: credentials.password }
  if ('privateKey' in credentials)
    return {
      authenticator: 'SNOWFLAKE_JWT',
      privateKey: credentials.privateKey,
      ...compact({ privateKeyPass: credentials.privateKeyPassphrase })
    }
  if ('oauthToken' in credentials) return { authenticator: 'OAUTH', token: credentials.oauthToken }
  return { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', token: credentials.programmaticAccessToken }
}

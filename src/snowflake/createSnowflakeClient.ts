/** The client over the unmodified `snowflake-sdk`. */
import * as E from 'fp-ts/lib/Either.js'
import { requireOptions } from '../checkOptions.ts'
import { withDeadline } from '../internal/abort.ts'
import { backoffMs } from '../internal/backoff.ts'
import { createCircuitBreaker } from '../internal/CircuitBreaker.ts'
import { sleep, systemClock } from '../internal/Clock.ts'
import { isSyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import { connect, disconnect, execute } from './connection.ts'
import { quoteText } from './identifiers.ts'
import { createSessionPool } from './SessionPool.ts'
import type { Row, SnowflakeClient, Statement } from './SnowflakeClient.ts'
import type { SnowflakeClientOptions } from './SnowflakeClientOptions.ts'
import { clientOptionFaults, connectionOptions, defaultSnowflakeClientOptions } from './SnowflakeClientOptions.ts'
import { toSnowflakeError } from './snowflakeError.ts'

/** Pauses between attempts, in milliseconds. */
const baseDelayMs = 200
const maxDelayMs = 5_000

/** Snowflake's limit for a query tag, in characters. */
const maxTag = 2_000

type Answer = E.Either<SyncError, ReadonlyArray<Row>>

/**
 * Opens a client. Nothing goes over the wire before the first statement.
 *
 * **Details**: the driver's own log is switched off for the whole process (it would write to the console and to a file in the working directory, before anything is
 * configured). The driver never logs in again by itself; here a session that dies is replaced, and what ran on it is tried again: all statements of this library may run twice.
 *
 * @example
 * ```ts no-run
 * import { createSnowflakeClient } from 'on-demand-sync/snowflake'
 *
 * await using client = createSnowflakeClient({
 *   account: 'myorg-myaccount',
 *   username: 'SYNC',
 *   credentials: { password: process.env['SNOWFLAKE_PASSWORD'] ?? '' },
 *   role: 'POLICY_SYNC',
 *   warehouse: 'POLICY_SYNC_WH'
 * })
 * ```
 */
export const createSnowflakeClient = (options: SnowflakeClientOptions): SnowflakeClient => {
  const settings = { ...defaultSnowflakeClientOptions, clock: systemClock, ...options }
  const { clock, statementTimeoutMs, queryTag, maxAttempts } = settings
  requireOptions('createSnowflakeClient', clientOptionFaults(settings))
  const breaker = createCircuitBreaker({ failures: settings.breakerFailures, openMs: settings.breakerOpenMs, clock })
  const pool = createSessionPool({
    open: async () => {
      const connection = await connect(connectionOptions(options))
      await execute(
        connection,
        `ALTER SESSION SET QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE, QUERY_TAG = ${quoteText(queryTag)}`
      )
      return connection
    },
    close: disconnect,
    maxSessions: settings.maxSessions,
    validateAfterMs: settings.validateAfterMs,
    clock
  })

  const attempt = async (statement: Statement, tag: string | undefined, signal: AbortSignal): Promise<Answer> => {
    const parameters = tag === undefined ? undefined : { parameters: { QUERY_TAG: tag.slice(0, maxTag) } }
    try {
      const { sql, binds = [] } = statement
      return E.right(await pool.use(connection => execute(connection, sql, { binds, signal, ...parameters })))
    } catch (cause) {
      return E.left(isSyncException(cause) ? cause.error : toSnowflakeError(cause, statement))
    }
  }

  const tryAgain = async (statement: Statement, tag: string | undefined, signal: AbortSignal): Promise<Answer> => {
    for (let attempts = 1; ; attempts += 1) {
      const answer = await ended(attempt(statement, tag, signal), signal)
      if (E.isRight(answer) || answer.left._tag !== 'Unavailable' || attempts >= maxAttempts) return answer
      if (!(await sleep(clock, backoffMs(clock, attempts, baseDelayMs, maxDelayMs), signal))) return answer
    }
  }

  return {
    role: options.role,
    query:
      (statement, { signal, tag } = {}) =>
      async () => {
        const { operation, object } = statement
        if (signal?.aborted === true) return E.left(SyncError.Aborted({ operation }))
        if (!breaker.mayTry())
          return E.left(SyncError.Unavailable({ service: 'snowflake', operation, code: 'circuit open' }))
        return withDeadline(clock, statementTimeoutMs, signal, async deadline => {
          const answer = await tryAgain(statement, tag, deadline)
          if (signal?.aborted === true) {
            breaker.abandoned()
            return E.left(SyncError.Aborted({ operation }))
          }
          const late = deadline.aborted && E.isLeft(answer)
          if (late || (E.isLeft(answer) && answer.left._tag === 'Unavailable')) breaker.failed()
          else breaker.succeeded()
          if (!late) return answer
          // One slow statement may be waiting for a lock; one after another without any answer is an outage.
          return E.left(
            breaker.isOpen()
              ? SyncError.Unavailable({ service: 'snowflake', operation, code: 'no answer in time' })
              : SyncError.TimedOut({ operation: `${operation} on ${object}`, afterMs: statementTimeoutMs })
          )
        })
      },
    close: pool.close,
    [Symbol.asyncDispose]: pool.close
  }
}

/** The answer, or none as soon as the signal fires: a login, or the driver's own retries, can't be called off. */
const ended = (answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
  new Promise(resolve => {
    const giveUp = () => resolve(E.left(SyncError.Aborted({ operation: 'statement' })))
    signal.addEventListener('abort', giveUp, { once: true })
    void answer.then(result => {
      signal.removeEventListener('abort', giveUp)
      resolve(result)
    })
    if (signal.aborted) giveUp()
  })

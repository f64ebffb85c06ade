/** The client over `snowflake-sdk`. */
import * as E from 'fp-ts/lib/Either.js'
import type { Connection } from 'snowflake-sdk'
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
import type { Wire } from './Wire.ts'

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
 * configured). The driver never logs in again by itself; here a session that dies is replaced, and what ran on it is tried again: all statements of this library may run twice. A statement
 * that was given up is never sent again, and the session that left it without an answer is replaced as well. What the driver sends for this client goes through its own HTTP client under our
 * control, so that nothing of it is left when the client is closed; connections that others open by the driver are left as they are. Semi-structured values are JSON, or, where they are none, text:
 * the driver would run those as a program.
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
    open: async wire => {
      const connection = await connect(connectionOptions(options), wire)
      const settings = `ALTER SESSION SET QUOTED_IDENTIFIERS_IGNORE_CASE = FALSE, QUERY_TAG = ${quoteText(queryTag)}`
      try {
        await execute(connection, wire, settings)
      } catch (cause) {
        await disconnect(connection)
        throw cause
      }
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
      const run = (connection: Connection, wire: Wire) =>
        execute(connection, wire, sql, { binds, signal, ...parameters })
      return E.right(await pool.use(run, signal))
    } catch (cause) {
      return E.left(isSyncException(cause) ? cause.error : toSnowflakeError(cause, statement))
    }
  }

  const tryAgain = async (statement: Statement, tag: string | undefined, signal: AbortSignal): Promise<Answer> => {
    for (let attempts = 1; ; attempts += 1) {
      const answer = await attempt(statement, tag, signal)
      if (E.isRight(answer) || answer.left._tag !== 'Unavailable' || attempts >= maxAttempts) return answer
      if (!(await sleep(clock, backoffMs(clock, attempts, baseDelayMs, maxDelayMs), signal))) return answer
    }
  }

  /** What is under way, to be given up when the client is closed. */
  const underWay = new Set<() => void>()
  let closed = false

  const query = async (statement: Statement, tag: string | undefined, signal: AbortSignal): Promise<Answer> => {
    const { operation, object } = statement
    return withDeadline(clock, statementTimeoutMs, signal, async deadline => {
      const answer = await tryAgain(statement, tag, deadline)
      if (E.isLeft(answer) && signal.aborted) {
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
  }

  const close = async (): Promise<void> => {
    closed = true
    for (const giveUp of underWay) giveUp()
    await pool.close()
  }

  return {
    role: options.role,
    query:
      (statement, { signal, tag } = {}) =>
      async () => {
        const { operation } = statement
        if (closed) return E.left(SyncError.Closed({ what: 'the Snowflake client' }))
        if (signal?.aborted === true) return E.left(SyncError.Aborted({ operation }))
        if (!breaker.mayTry())
          return E.left(SyncError.Unavailable({ service: 'snowflake', operation, code: 'circuit open' }))
        const given = new AbortController()
        const giveUp = () => given.abort()
        underWay.add(giveUp)
        signal?.addEventListener('abort', giveUp, { once: true })
        try {
          return await query(statement, tag, given.signal)
        } finally {
          underWay.delete(giveUp)
          signal?.removeEventListener('abort', giveUp)
        }
      },
    close,
    [Symbol.asyncDispose]: close
  }
}

/**
 * What a connection of the driver sends, in our hands.
 *
 * The driver (`snowflake-sdk` 3.3.0) can't call a request off: a statement that was given up is sent again for a minute and a half, and may be carried out long after others have taken its place; requests without an answer,
 * and the pauses between them, hold the process after a goodbye; an error while it reads an answer can end the process, or leave the statement without any; and a token that can't be renewed is asked for again without a
 * pause or an end. All it sends goes through one method, and for connections of ours that method asks here.
 */
import { backoffMs } from '../internal/backoff.ts'
import type { Clock } from '../internal/Clock.ts'
import type { AnswerKind } from './answerKind.ts'
import { answerKindOf } from './answerKind.ts'
import type { Answer, Callback, DriverRequest, Sent } from './driverRequest.ts'
import { asRepeated, requestIdOf } from './driverRequest.ts'

/** Its class of HTTP clients, one for each connection. */
interface HttpClient {
  readonly _connectionConfig?: { readonly agentClass?: unknown }
  readonly request: (request: DriverRequest) => Sent
}

/** The requests of one connection. */
export interface Wire {
  /** Goes to the driver as `agentClass`: it keeps it with the connection, and where what it answers is no agent, uses its own. */
  readonly mark: () => object
  /** Ends what is on its way of a statement, and lets no more of it through. */
  readonly callOff: (requestId: string) => void
  /** Sends nothing again any more but what ends statements and sessions. */
  readonly wane: () => void
  /** Ends all that is on its way, and lets nothing through any more. */
  readonly cut: () => void
}

type Send = (request: DriverRequest, pass: (request: DriverRequest) => Sent) => Sent

const sends = new WeakMap<object, Send>()

/** Has a class of HTTP clients ask the wires of their connections; answers whether it is such a class. Others' connections are left alone. */
export const putOnWires = (client: unknown): boolean => {
  if (typeof client !== 'function') return false
  const prototype = client.prototype as { request?: (this: HttpClient, request: DriverRequest) => Sent }
  const plain = prototype.request
  if (plain === undefined) return false
  prototype.request = function (request) {
    const mark = this._connectionConfig?.agentClass
    const send = typeof mark === 'function' ? sends.get(mark) : undefined
    return send === undefined ? plain.call(this, request) : send(request, again => plain.call(this, again))
  }
  return true
}

/** Repetitions, and the pauses before them, in milliseconds: some twenty seconds in all. They keep the statement's request id, by which Snowflake carries it out once. */
const maxRepeats = 7
const baseDelayMs = 200
const maxDelayMs = 5_000

/** A token lasts an hour. One that is refused more often than this, within this time, is not mended by renewing it. */
const maxRenewals = 3
const renewalWindowMs = 10_000

/** The code by which the driver knows not to try again. */
const calledOff = (cause?: unknown): Error =>
  Object.assign(new Error('the request was called off', { cause }), { code: 'ERR_CANCELED' })

export const createWire = (clock: Clock): Wire => {
  const underWay = new Map<() => void, string | undefined>()
  const gone = new Set<string>()
  let isWaning = false
  let isCut = false
  let renewedAtMs: ReadonlyArray<number> = []

  const mayPass = (kind: AnswerKind, id: string | undefined): boolean => {
    if (isCut || (id !== undefined && gone.has(id))) return false
    if (kind.name !== 'renewal') return true
    renewedAtMs = [...renewedAtMs.filter(atMs => clock.now() - atMs < renewalWindowMs), clock.now()]
    return renewedAtMs.length <= maxRenewals
  }

  /** Sends a request until it is answered, for good or ill. */
  const carry = (request: DriverRequest, kind: AnswerKind, pass: (request: DriverRequest) => Sent, tell: Callback) => {
    let leave: (() => void) | undefined
    const abort = () => {
      underWay.delete(abort)
      leave?.()
      tell(calledOff())
    }
    const hear =
      (number: number): Callback =>
      (error, response, body) => {
        if (!underWay.has(abort)) return
        const fault = faultOf(kind, error, response, body)
        const mayRepeat = isWaning ? kind.name === 'cancel' || kind.name === 'goodbye' : kind.repeated
        if (fault?.passing === true && mayRepeat && number <= maxRepeats) {
          leave = clock.schedule(backoffMs(clock, number, baseDelayMs, maxDelayMs), () => attempt(number + 1))
          return
        }
        underWay.delete(abort)
        if (fault?.error === undefined) tell(error, response, body)
        else tell(fault.error)
      }
    const since = clock.now()
    const attempt = (number: number): void => {
      const url = number === 1 ? request.url : asRepeated(request, number - 1, since)
      leave = pass({ ...request, url, useSnowflakeRetryMiddleware: false, callback: hear(number) }).abort
    }
    underWay.set(abort, requestIdOf(request))
    attempt(1)
    return { abort }
  }

  const send: Send = (request, pass) => {
    const kind = answerKindOf(request.url, request.appendRequestId === false)
    const tell = tellOnce(kind, request.callback)
    if (mayPass(kind, requestIdOf(request))) return carry(request, kind, pass, tell)
    process.nextTick(() => tell(calledOff()))
    return {}
  }

  const mark = () => ({})
  sends.set(mark, send)
  return {
    mark,
    callOff: requestId => {
      gone.add(requestId)
      for (const [abort, id] of [...underWay]) if (id === requestId) abort()
    },
    wane: () => {
      isWaning = true
    },
    cut: () => {
      isCut = true
      for (const abort of [...underWay.keys()]) abort()
    }
  }
}

interface AnswerFault {
  /** Whether it may be otherwise the next time. */
  readonly passing: boolean
  /** Where the driver would take the answer for a good one. */
  readonly error?: Error
}

const faultOf = (
  kind: AnswerKind,
  error: unknown,
  response: Answer | null | undefined,
  body: unknown
): AnswerFault | undefined => {
  if (error !== null && error !== undefined) return { passing: true }
  const status = response?.statusCode ?? 0
  if (status !== 200) return { passing: status >= 500 || kind.passing.includes(status) }
  return kind.isSound(body) ? undefined : { passing: true, error: new Error('the answer is not one of Snowflake') }
}

/**
 * Tells the driver of an answer, once. Where it fails over it, it is told that there was none, as it would do itself; where it fails over that too, whoever waits has a time limit, and the process goes on.
 * A renewal that failed is told as refused: over a lost one the driver would begin anew without a pause. Of a part of a result that is missing it is told last of all, for it would pause and try again by itself.
 */
const tellOnce = (kind: AnswerKind, callback: Callback | undefined): Callback => {
  let told = false
  const tell = async (error: unknown, response?: Answer | null, body?: unknown): Promise<void> => {
    const lost = error !== null && error !== undefined
    if (kind.name === 'renewal' && lost) await callback?.(null, { statusCode: 503 }, '')
    else if (kind.name === 'part' && (lost || response?.statusCode !== 200)) await callback?.(calledOff(error))
    else await callback?.(error, response, body)
  }
  return (...answer) => {
    if (told) return
    told = true
    void tell(...answer)
      .catch((cause: unknown) => tell(cause))
      .catch(() => undefined)
  }
}

/** One GET to Ranger Admin: what it answers, as one of a few cases. */
import * as E from 'fp-ts/lib/Either.js'
import { fault } from '../../../../Fault.ts'
import { waitFor, withDeadline } from '../../../../internal/abort.ts'
import type { Clock } from '../../../../internal/Clock.ts'
import { SyncError } from '../../../../SyncError.ts'
import type { RangerAuth } from './RangerAuth.ts'
import { authHeaders } from './RangerAuth.ts'

/** Options of {@link createAdminClient}. */
export interface AdminClientOptions {
  /** Without a slash at its end. */
  readonly url: string
  readonly serviceName: string
  readonly auth: RangerAuth
  readonly timeoutMs: number
  readonly maxBodyBytes: number
  readonly clock: Clock
  readonly fetch: typeof fetch
}

/** A document, or that there is nothing newer than what was named. */
export type AdminAnswer = { readonly type: 'not modified' } | { readonly type: 'document'; readonly text: string }

/** The client. */
export interface AdminClient {
  /** `what`: for people, such as `download of policies`. Never rejects. */
  readonly get: (
    path: string,
    query: Readonly<Record<string, string>>,
    what: string,
    signal: AbortSignal
  ) => Promise<E.Either<SyncError, AdminAnswer>>
}

const service = 'Ranger Admin'

/** A body that would not fit is not read to its end. Undefined: too long. Throws on what is not UTF-8. */
const readBody = async (response: Response, maxBytes: number): Promise<string | undefined> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

/** Makes a client. Redirects are not followed: they lead to login pages, and would carry the password elsewhere. */
export const createAdminClient = (options: AdminClientOptions): AdminClient => {
  const { url, serviceName, auth, timeoutMs, maxBodyBytes, clock, fetch: send } = options

  const failureOf = (status: number, what: string): SyncError => {
    const code = String(status)
    if (status === 401 || status === 403 || (status >= 300 && status < 400))
      return SyncError.LoginRefused({ service, code })
    if (status === 404) return SyncError.NotFound({ object: `service ${serviceName} of ${service}` })
    if (status === 408 || status === 425 || status === 429 || status >= 500)
      return SyncError.Unavailable({ service, operation: what, code })
    return SyncError.PolicySourceFailed({ source: service, detail: `${what} was answered with ${code}` })
  }

  const documentIn = async (response: Response, what: string): Promise<E.Either<SyncError, AdminAnswer>> => {
    const refused = (rule: string) =>
      E.left(SyncError.InvalidInput({ subject: `${service}, ${what}`, faults: [fault('', rule)] }))
    try {
      const text = await readBody(response, maxBodyBytes)
      return text === undefined
        ? refused(`must be no longer than ${maxBodyBytes} bytes`)
        : E.right({ type: 'document', text })
    } catch (cause) {
      if (cause instanceof TypeError && 'code' in cause && cause.code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
        return refused('must be UTF-8')
      return E.left(SyncError.Unavailable({ service, operation: what, cause }))
    }
  }

  const exchange = async (
    address: string,
    what: string,
    signal: AbortSignal
  ): Promise<E.Either<SyncError, AdminAnswer>> => {
    const login = await authHeaders(auth)
    if (login === undefined) return E.left(SyncError.LoginRefused({ service }))
    try {
      const response = await send(address, {
        headers: { ...login, accept: 'application/json' },
        redirect: 'manual',
        signal
      })
      const { status } = response
      if (status === 200) return await documentIn(response, what)
      // Nobody reads the answer's body; left open, it would hold the connection.
      await response.body?.cancel()
      return status === 304 || status === 204 ? E.right({ type: 'not modified' }) : E.left(failureOf(status, what))
    } catch (cause) {
      return E.left(SyncError.Unavailable({ service, operation: what, cause }))
    }
  }

  return {
    get: (path, query, what, signal) =>
      withDeadline(clock, timeoutMs, signal, async deadline => {
        const address = `${url}${path}${encodeURIComponent(serviceName)}?${new URLSearchParams(query).toString()}`
        const answer = await waitFor<E.Either<SyncError, AdminAnswer> | undefined>(deadline, undefined, found => {
          void exchange(address, what, deadline).then(found)
          return () => undefined
        })
        if (!deadline.aborted && answer !== undefined) return answer
        if (answer !== undefined && E.isRight(answer)) return answer
        const error = signal.aborted
          ? SyncError.Aborted({ operation: what })
          : SyncError.TimedOut({ operation: `${service}, ${what}`, afterMs: timeoutMs })
        return E.left(error)
      })
  }
}

/** The one place where errors of the Azure client become ours. */
import { fault } from '../Fault.ts'
import { compact } from '../internal/objects.ts'
import { SyncError } from '../SyncError.ts'

const codeOf = (cause: unknown): string | undefined => {
  const { code, errors } = (cause ?? {}) as { readonly code?: unknown; readonly errors?: ReadonlyArray<unknown> }
  if (typeof code === 'string') return code
  // When its retries are used up the client throws an AggregateError without a code of its own.
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors.at(-1)) : undefined
}

/** Codes after which trying again with the same settings can't help. */
const words: { readonly [code: string]: string } = {
  MessagingEntityNotFoundError: 'the event hub, consumer group or partition does not exist',
  UnauthorizedError: 'the credentials were refused: check the key or token and its Listen right',
  ArgumentError: 'the client refused its settings',
  AddressAlreadyInUseError: 'the address is in use',
  ENOTFOUND: 'the namespace has no such host',
  QuotaExceededError: 'too many readers: at most five without load balancing per partition and consumer group'
}

/** The stored offset lies behind the partition's last event: the hub was made anew since. Words of the service, as its error guide quotes them. */
export const isBeyondTheEnd = (cause: unknown): boolean =>
  cause instanceof Error && /^The supplied (offset|sequence number) '[^']*' is invalid/.test(cause.message)

/** Client errors in our words; `source` names the hub. Messages of the client are not repeated: they may hold addresses and tokens. */
export const toSourceError = (source: string, cause: unknown): SyncError => {
  const code = codeOf(cause)
  const known = code === undefined ? undefined : words[code]
  return SyncError.SourceFailed({
    source,
    detail: known ?? `the client reported ${code ?? (cause instanceof Error ? cause.name : 'an unknown error')}`,
    retryable: known === undefined,
    cause
  })
}

/** The same for what is sent. */
export const toSenderError = (hub: string, cause: unknown): SyncError => {
  const code = codeOf(cause)
  if (code === 'MessagingEntityNotFoundError') return SyncError.NotFound({ object: `event hub ${hub}` })
  if (code === 'UnauthorizedError') return SyncError.LoginRefused({ service: `event hub ${hub}`, code, cause })
  if (isTooLarge(cause))
    return SyncError.InvalidInput({
      subject: 'event',
      faults: [fault('', "must fit the hub's largest message: name fewer resources per request")]
    })
  return SyncError.Unavailable({ service: `event hub ${hub}`, operation: 'send', cause, ...compact({ code }) })
}

/** The buffered client has words of its own for what it finds too large before sending it. */
const isTooLarge = (cause: unknown): boolean =>
  codeOf(cause) === 'MessageTooLargeError' ||
  (cause instanceof Error && /max message size exceeded/i.test(cause.message))

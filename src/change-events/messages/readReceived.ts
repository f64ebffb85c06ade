/** A message as it arrives: text or parsed JSON, in an SNS envelope or not. */
import * as E from 'fp-ts/lib/Either.js'
import { fault } from '../../Fault.ts'
import { isObject, ownField } from '../../internal/objects.ts'
import type { InvalidInput } from '../../SyncError.ts'
import { SyncError } from '../../SyncError.ts'

export interface Received {
  readonly body: object
  readonly attributes: object
}

/** A field that is a text. */
export const text = (object: object, field: string): string | undefined => {
  const value = ownField(object, field)
  return typeof value === 'string' ? value : undefined
}

const parsed = (source: string): unknown => {
  try {
    return JSON.parse(source)
  } catch {
    // What a JSON error says quotes the text; the rule below says enough.
    return undefined
  }
}

/** SNS wraps a body in an envelope unless raw message delivery is on (docs.aws.amazon.com, SNS message and JSON formats). */
const unwrap = (body: object, attributes: object): { readonly body: unknown; readonly attributes: object } => {
  const message = text(body, 'Message')
  if (text(body, 'Type') !== 'Notification' || message === undefined) return { body, attributes }
  const wrapped = ownField(body, 'MessageAttributes')
  const inner = isObject(wrapped)
    ? Object.fromEntries(
        Object.entries(wrapped).map(([name, value]) => [name, isObject(value) ? ownField(value, 'Value') : undefined])
      )
    : {}
  return { body: parsed(message), attributes: { ...attributes, ...inner } }
}

/** Body and attributes; `subject` is what a fault calls the message. */
export const readReceived = (
  subject: string,
  source: unknown,
  attributes: object = {}
): E.Either<InvalidInput, Received> => {
  const invalid = (path: string): E.Either<InvalidInput, never> =>
    E.left(SyncError.InvalidInput({ subject, faults: [fault(path, 'must be a JSON object')] }))
  const outer = typeof source === 'string' ? parsed(source) : source
  if (!isObject(outer)) return invalid('')
  const { body, attributes: all } = unwrap(outer, attributes)
  return isObject(body) ? E.right({ body, attributes: all }) : invalid('Message')
}

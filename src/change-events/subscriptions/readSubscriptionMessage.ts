/** For those who are told: a subscription's message read back, whatever else it carries. */
import * as E from 'fp-ts/lib/Either.js'
import { fault } from '../../Fault.ts'
import { codecFaults } from '../../internal/codecFaults.ts'
import type { InvalidInput } from '../../SyncError.ts'
import { SyncError } from '../../SyncError.ts'
import { SubscriptionMessageCodec } from '../messages/messageCodecs.ts'
import { readReceived } from '../messages/readReceived.ts'
import type { SubscriptionMessage } from './Subscription.ts'

/**
 * Reads a message to a subscriber: its body as text or parsed JSON. An SNS envelope is taken off, unknown fields are passed over.
 *
 * **Errors**: InvalidInput, with every fault's path, and none of the message's values.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { readSubscriptionMessage } from 'on-demand-sync/change-events'
 *
 * const read = readSubscriptionMessage('{"schema":"Order","operation":"CREATE","id":"1","after":{"id":"1"},"addedLater":true}')
 * if (E.isLeft(read) || read.right.operation !== 'CREATE') throw new Error('unexpected')
 * ```
 */
export const readSubscriptionMessage = (source: unknown): E.Either<InvalidInput, SubscriptionMessage> => {
  const subject = 'subscription message'
  const received = readReceived(subject, source)
  if (E.isLeft(received)) return received
  const { body } = received.right
  if (SubscriptionMessageCodec.is(body)) return E.right(body)
  const faults = codecFaults(SubscriptionMessageCodec, body).map(({ path, rule }) => fault(path.join('.'), rule))
  return E.left(SyncError.InvalidInput({ subject, faults }))
}

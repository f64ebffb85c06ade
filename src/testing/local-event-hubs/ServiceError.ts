/**
 * What the service says when it refuses: an AMQP condition and a sentence, in its own words wherever a public report quotes them.
 * Clients tell errors apart by condition, and in places by words ("The messaging entity '…' could not be found").
 *
 * Sources: "Messaging exceptions" and "Troubleshoot AMQP errors" of the Event Hubs documentation, and error texts
 * quoted in the issue trackers of the Azure SDKs.
 */

/** A refusal: thrown by the broker, turned into a detach, a rejected delivery or a status code at the wire. */
export class ServiceError extends Error {
  readonly condition: string
  constructor(condition: string, description: string) {
    super(description)
    this.name = 'ServiceError'
    this.condition = condition
  }
}

/** The errors that a fault may name. */
export type NamedError =
  | 'server-busy'
  | 'timeout'
  | 'internal-error'
  | 'detach-forced'
  | 'connection-forced'
  | 'stolen'
  | 'unauthorized'
  | 'not-found'
  | 'resource-limit'
  | 'not-allowed'
  | 'partition-not-owned'

/** Conditions a fault may name, and what the service says with each. */
export const namedErrors: Readonly<Record<NamedError, readonly [condition: string, description: string]>> = {
  'server-busy': [
    'com.microsoft:server-busy',
    'The request was terminated because the entity is being throttled. Error code : 50002. Please wait 4 seconds and try again. To know more visit https://aka.ms/sbResourceMgrExceptions'
  ],
  timeout: [
    'com.microsoft:timeout',
    'The service was unable to process the request in the time it had; please retry the operation.'
  ],
  'internal-error': [
    'amqp:internal-error',
    'The service was unable to process the request; please retry the operation. For more information on exception types and proper exception handling, please refer to http://go.microsoft.com/fwlink/?LinkId=761101'
  ],
  'detach-forced': [
    'amqp:link:detach-forced',
    'The link is force detached by the broker due to errors occurred in the service. Detach origin: the broker moved the entity.'
  ],
  'connection-forced': [
    'amqp:connection:forced',
    'The connection was closed by the service because the node that served it is going away.'
  ],
  stolen: [
    'amqp:link:stolen',
    "New receiver 'nil' with higher epoch of '0' is created hence current receiver 'nil' with epoch '0' is getting disconnected. If you are recreating the receiver, make sure a higher epoch is used."
  ],
  unauthorized: ['amqp:unauthorized-access', 'Unauthorized access. The token does not cover the operation.'],
  'not-found': [
    'amqp:not-found',
    "The messaging entity 'unknown' could not be found. To know more visit https://aka.ms/sbResourceMgrExceptions."
  ],
  'resource-limit': [
    'amqp:resource-limit-exceeded',
    'A quota of the namespace was exceeded. To know more visit https://aka.ms/sbResourceMgrExceptions.'
  ],
  'not-allowed': ['amqp:not-allowed', 'The operation is not allowed in the present state of the entity.'],
  'partition-not-owned': ['com.microsoft:partition-not-owned', 'The partition is not owned by the node that was asked.']
}

/** The hub, or something in it, is not there. */
export const entityNotFound = (entity: string): ServiceError =>
  new ServiceError(
    'amqp:not-found',
    `The messaging entity '${entity}' could not be found. To know more visit https://aka.ms/sbResourceMgrExceptions.`
  )

/** The partition is not one of the hub's. */
export const invalidPartition = (partitions: number): ServiceError =>
  new ServiceError(
    'com.microsoft:argument-out-of-range',
    `The specified partition is invalid for an EventHub partition sender or receiver. It should be between 0 and ${partitions - 1}.\r\nParameter name: PartitionId`
  )

/** The address of a link names nothing an event hub has. */
export const invalidAddress = (address: string): ServiceError =>
  new ServiceError(
    'amqp:not-allowed',
    'Invalid EventHub address. It must be either of the following.\r\n' +
      'Sender: <EventHubName>, <EventHubName>/Partitions/<PartitionNumber>\r\n' +
      'Receiver: <EventHubName>/ConsumerGroups/<ConsumerGroupName>/Partitions/<PartitionNumber>\r\n' +
      `Address: '${address}'`
  )

/** A connection puts its tokens over one pair of links. */
export const nodeAlreadyOpen = (connection: number, node: string): ServiceError =>
  new ServiceError('amqp:not-allowed', `A link to connection '${connection}' $${node} node has already been opened.`)

/** The token lacks the right, or there is no token at all. */
export const missingClaim = (right: 'Listen' | 'Send', resource: string): ServiceError =>
  new ServiceError(
    'amqp:unauthorized-access',
    `Unauthorized access. '${right}' claim(s) are required to perform this operation. Resource: '${resource}'.`
  )

/** A token that lapsed, at `$cbs` or under an open link. */
export const expiredToken = (expiresAtMs: number): ServiceError => {
  const time = new Date(expiresAtMs).toISOString().replace('T', ' ').slice(0, 19)
  return new ServiceError('amqp:unauthorized-access', `ExpiredToken: The token is expired. Expiration time: '${time}Z'`)
}

/** The position asked for lies beyond the last event. */
export const invalidPosition = (what: 'offset' | 'sequence number', supplied: string, last: string): ServiceError =>
  new ServiceError(
    'com.microsoft:argument-error',
    `The supplied ${what} '${supplied}' is invalid. The last ${what} in the system is '${last}'`
  )

/** A receiver with a higher epoch is attached. */
export const lowerEpoch = (present: Reader, refused: Reader): ServiceError =>
  new ServiceError(
    'amqp:link:stolen',
    `Receiver '${present.name}' with a higher epoch '${epochOf(present)}' already exists. Receiver '${refused.name}' with epoch ${epochOf(refused)} cannot be created. ` +
      'Make sure you are creating receiver with increasing epoch value to ensure connectivity, or ensure all old epoch receivers are closed or disconnected.'
  )

/** A receiver with the same or a higher epoch took the partition. */
export const stolenBy = (winner: Reader, loser: Reader): ServiceError =>
  new ServiceError(
    'amqp:link:stolen',
    `New receiver '${winner.name}' with higher epoch of '${epochOf(winner)}' is created hence current receiver '${loser.name}' with epoch '${epochOf(loser)}' is getting disconnected. ` +
      'If you are recreating the receiver, make sure a higher epoch is used.'
  )

/** A receiver without an epoch meets one that has it. */
export const epochReaderPresent = (present: Reader): ServiceError =>
  new ServiceError(
    'amqp:link:stolen',
    `At least one receiver for the endpoint is created with epoch of '${epochOf(present)}', and so non-epoch receiver is not allowed. ` +
      'Either reconnect with a higher epoch, or make sure all epoch receivers are closed or disconnected.'
  )

/** One receiver too many. */
export const tooManyReaders = (limit: number, present: ReadonlyArray<Reader>): ServiceError =>
  new ServiceError(
    'amqp:resource-limit-exceeded',
    `Exceeded the maximum number of allowed receivers per partition in a consumer group which is ${limit}. ` +
      `List of connected receivers - ${present.map(reader => reader.name).join(', ')}.`
  )

/** A message larger than the link allows. */
export const messageTooLarge = (deliveryId: number, sizeBytes: number, limitBytes: number): ServiceError =>
  new ServiceError(
    'amqp:link:message-size-exceeded',
    `The received message (delivery-id:${deliveryId}, size:${sizeBytes} bytes) exceeds the limit (${limitBytes} bytes) currently allowed on the link.`
  )

/** How a receiver is named in these sentences. */
interface Reader {
  readonly name: string
  readonly epoch: number | undefined
}

const epochOf = ({ epoch }: Reader): string => (epoch === undefined ? '-1' : String(epoch))

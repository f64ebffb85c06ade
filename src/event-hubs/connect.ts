/** How a client is opened. */
import type { EventHubConsumerClientOptions, TokenCredential } from '@azure/event-hubs'
import { EventHubConsumerClient, parseEventHubConnectionString } from '@azure/event-hubs'
import { fault } from '../Fault.ts'
import { SyncException } from '../Promises.ts'
import { SyncError } from '../SyncError.ts'
import type { CheckpointStore } from './CheckpointStore.ts'
import { openConnectionsOnce } from './openOnce.ts'

/** Where the hub is, and who we are: a connection string, or a namespace with a credential. */
export interface EventHubsConnection {
  /** The namespace's connection string, with a key that may Listen (to read) or Send (to publish). */
  readonly connectionString?: string
  /** `my-namespace.servicebus.windows.net`; together with `credential`, instead of a connection string. */
  readonly fullyQualifiedNamespace?: string
  /** A credential of `@azure/identity`. */
  readonly credential?: TokenCredential
  /** Needed unless the connection string has an `EntityPath`. */
  readonly eventHubName?: string
}

const invalid = (path: string, rule: string): SyncException =>
  new SyncException(SyncError.InvalidInput({ subject: 'Event Hubs connection', faults: [fault(path, rule)] }))

/** The hub's name out of a connection string; what the string says beyond that is never repeated. */
const entityPathOf = (connectionString: string): string | undefined => {
  try {
    const { eventHubName, sharedAccessKey, sharedAccessSignature } = parseEventHubConnectionString(connectionString)
    if (sharedAccessKey === undefined && sharedAccessSignature === undefined) throw new TypeError('no key')
    return eventHubName
  } catch {
    // The parser's words quote the string, which holds a key.
    throw invalid(
      'connectionString',
      'must be an Event Hubs connection string: Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…'
    )
  }
}

/** A connection whose parts fit together. */
export type Address =
  | { readonly connectionString: string; readonly eventHubName: string }
  | {
      readonly fullyQualifiedNamespace: string
      readonly credential: TokenCredential
      readonly eventHubName: string
    }

/** Reads a connection. Throws InvalidInput. */
export const addressOf = ({
  connectionString,
  fullyQualifiedNamespace,
  credential,
  eventHubName
}: EventHubsConnection): Address => {
  if (connectionString !== undefined) {
    const inString = entityPathOf(connectionString)
    const hub = eventHubName ?? inString
    if (hub === undefined)
      throw invalid('eventHubName', 'must be given, here or as EntityPath in the connection string')
    if (inString !== undefined && inString !== hub)
      throw invalid('eventHubName', 'must be the EntityPath of the connection string, or be left out')
    return { connectionString, eventHubName: hub }
  }
  if (fullyQualifiedNamespace === undefined || credential === undefined || eventHubName === undefined)
    throw invalid('', 'must have a connectionString, or fullyQualifiedNamespace, credential and eventHubName')
  return { fullyQualifiedNamespace, credential, eventHubName }
}

/** Opens a consumer; nothing goes over the wire yet. Throws InvalidInput. */
export const connect = (
  connection: EventHubsConnection,
  consumerGroup: string,
  store: CheckpointStore,
  options: EventHubConsumerClientOptions
): EventHubConsumerClient => {
  const address = addressOf(connection)
  const { eventHubName } = address
  const client =
    'connectionString' in address
      ? new EventHubConsumerClient(consumerGroup, address.connectionString, eventHubName, store, options)
      : new EventHubConsumerClient(
          consumerGroup,
          address.fullyQualifiedNamespace,
          eventHubName,
          address.credential,
          store,
          options
        )
  openConnectionsOnce(client)
  return client
}

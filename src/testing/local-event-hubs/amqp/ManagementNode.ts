/** `$management`: reads the runtime properties of a hub or one of its partitions. */
import rhea from 'rhea'
import type { Claims } from '../Claims.ts'
import type { Hub } from '../Hub.ts'
import { missingClaim, ServiceError } from '../ServiceError.ts'
import { verifyToken } from './CbsNode.ts'
import type { LinkHost } from './EventLink.ts'
import type { NodeRequest, NodeResponse, RequestNode } from './RequestNode.ts'
import { createRequestNode } from './RequestNode.ts'

export const createManagementNode = (host: LinkHost, claims: Claims): RequestNode => {
  const { broker } = host

  /** The token in the request, or one put before, must allow something on the hub: to read of it needs no certain right. */
  const authorize = async (name: string, { properties }: NodeRequest) => {
    const put = (['Listen', 'Send'] as const).some(
      right => claims.allow(right, name) || claims.allow(right, `${name}/$management`)
    )
    if (put) return
    const token = properties['security_token']
    if (typeof token !== 'string') throw missingClaim('Listen', name)
    const type = token.startsWith('SharedAccessSignature ') ? 'servicebus.windows.net:sastoken' : 'jwt'
    await verifyToken(type, token, name, broker)
  }

  return createRequestNode({
    name: 'management',
    host,
    single: false,
    targetOf: ({ properties: { name, partition } }) => ({
      ...(typeof name === 'string' ? { hub: name } : {}),
      ...(typeof partition === 'string' ? { partition } : {})
    }),
    answer: async request => {
      const { operation, type, name, partition } = request.properties
      if (operation !== 'READ' || typeof name !== 'string') {
        throw new ServiceError(
          'amqp:not-implemented',
          'The management node answers the operation READ of a named entity.'
        )
      }
      await authorize(name, request)
      const hub = broker.namespace.get(name)
      switch (type) {
        case 'com.microsoft:eventhub':
          return readHub(hub)
        case 'com.microsoft:partition':
          return readPartition(hub, String(partition))
        default:
          throw new ServiceError(
            'amqp:not-implemented',
            'The management node reads the types com.microsoft:eventhub and com.microsoft:partition.'
          )
      }
    }
  })
}

const readHub = (hub: Hub): NodeResponse => ({
  status: 200,
  description: 'OK',
  body: {
    name: hub.name,
    type: 'com.microsoft:eventhub',
    created_at: rhea.types.wrap_timestamp(hub.createdAtMs),
    partition_count: rhea.types.wrap_int(hub.partitions.length),
    partition_ids: rhea.types.wrap_array(
      hub.partitions.map(({ id }) => id),
      0xa1,
      undefined
    ),
    georeplication_factor: rhea.types.wrap_int(1)
  }
})

const readPartition = (hub: Hub, partitionId: string): NodeResponse => {
  const properties = hub.partition(partitionId).properties()
  return {
    status: 200,
    description: 'OK',
    body: {
      name: hub.name,
      type: 'com.microsoft:partition',
      partition: properties.partitionId,
      begin_sequence_number: rhea.types.wrap_long(properties.beginningSequenceNumber),
      last_enqueued_sequence_number: rhea.types.wrap_long(properties.lastEnqueuedSequenceNumber),
      last_enqueued_offset: properties.lastEnqueuedOffset,
      last_enqueued_time_utc: rhea.types.wrap_timestamp(properties.lastEnqueuedAtMs),
      is_partition_empty: properties.isEmpty
    }
  }
}

/**
 * `$cbs`: a client puts a token before it opens links.
 *
 * Source: OASIS "AMQP Claims-based Security" (draft), as "AMQP 1.0 in Azure Service Bus and Event Hubs protocol guide" uses it.
 */
import type { Broker } from '../Broker.ts'
import type { Claims } from '../Claims.ts'
import { entityPath } from '../EntityAddress.ts'
import type { Grant } from '../SasToken.ts'
import { verifySasToken } from '../SasToken.ts'
import { entityNotFound, ServiceError } from '../ServiceError.ts'
import type { LinkHost } from './EventLink.ts'
import type { NodeRequest, RequestNode } from './RequestNode.ts'
import { createRequestNode } from './RequestNode.ts'

export const createCbsNode = (host: LinkHost, claims: Claims): RequestNode => {
  const { broker } = host
  return createRequestNode({
    name: 'cbs',
    host,
    single: true,
    targetOf: ({ properties }) => hubOf(properties['name']),
    answer: async request => {
      const audience = textProperty(request, 'name')
      if (textProperty(request, 'operation') !== 'put-token') throw badProperty('operation')
      const grant = await verifyToken(textProperty(request, 'type'), request.body, audience, broker)
      const [hub] = entityPath(audience)
      // A namespace's key opens all its hubs; a hub that is not there is said to be missing only to those who hold a key.
      if (hub !== undefined && broker.namespace.find(hub) === undefined) throw entityNotFound(audience)
      claims.put(audience, grant)
      return { status: 202, description: 'Accepted' }
    }
  })
}

/** Checks a token of either type. Throws `amqp:unauthorized-access`. */
export const verifyToken = async (type: string, token: unknown, audience: string, broker: Broker): Promise<Grant> => {
  if (typeof token !== 'string')
    throw new ServiceError('amqp:unauthorized-access', 'MalformedToken: The token is not a string.')
  switch (type) {
    case 'servicebus.windows.net:sastoken':
      return verifySasToken(token, audience, broker.keys, broker.clock.now())
    case 'jwt':
    case 'amqp:jwt':
      return verifyJwt(token, broker)
    default:
      throw badProperty('type')
  }
}

const verifyJwt = async (token: string, { verifyJwt: verify, clock }: Broker): Promise<Grant> => {
  if (verify === undefined) {
    throw new ServiceError(
      'amqp:unauthorized-access',
      'InvalidToken: This server takes no JSON Web Tokens; it was given no way to check one.'
    )
  }
  const grant = await verify(token).catch((cause: unknown) => {
    throw new ServiceError(
      'amqp:unauthorized-access',
      `InvalidToken: ${cause instanceof Error ? cause.message : 'The token is not valid'}.`
    )
  })
  if (grant.expiresAtMs <= clock.now())
    throw new ServiceError('amqp:unauthorized-access', 'ExpiredToken: The token is expired.')
  return grant
}

const textProperty = ({ properties }: NodeRequest, name: string): string => {
  const value = properties[name]
  if (typeof value !== 'string') throw badProperty(name)
  return value
}

const hubOf = (audience: unknown): { readonly hub?: string } => {
  const [hub] = typeof audience === 'string' ? entityPath(audience) : []
  return hub === undefined ? {} : { hub }
}

const badProperty = (name: string): ServiceError =>
  new ServiceError(
    'com.microsoft:argument-error',
    `Property '${name}' in the 'application-properties' section is either missing, has the wrong type, or has an unexpected value.`
  )

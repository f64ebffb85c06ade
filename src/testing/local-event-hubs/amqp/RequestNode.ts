/**
 * Request and response over a pair of links, as `$cbs` and `$management` do it. A response goes over the link that the request's
 * `reply-to` names: clients write the link's name there, or the address of its target.
 */
import rhea from 'rhea'
import type { Broker } from '../Broker.ts'
import type { FaultSwitch, FaultTarget } from '../Faults.ts'
import { errorOf } from '../Faults.ts'
import { afterDelay } from '../FaultTraps.ts'
import { nodeAlreadyOpen, ServiceError } from '../ServiceError.ts'
import type { LinkHost } from './EventLink.ts'
import type { AnyLink, IncomingLink, OutgoingLink, RawMessage } from './Rhea.ts'
import { answerAttach, toWire } from './Rhea.ts'

/** Requests a client may have under way. */
const CREDIT = 100

/** A request, decoded. */
export interface NodeRequest {
  readonly body: unknown
  readonly properties: Readonly<Record<string, unknown>>
}

/** What is answered when all is well; a thrown {@link ServiceError} becomes the status it stands for. */
export interface NodeResponse {
  readonly status: number
  readonly description: string
  readonly body?: unknown
}

export interface RequestNodeOptions {
  readonly name: 'cbs' | 'management'
  readonly host: LinkHost
  /** Whether a connection may have one link only in each direction. */
  readonly single: boolean
  /** Which hub a request is about, so that faults can be meant for one. */
  readonly targetOf: (request: NodeRequest) => FaultTarget
  readonly answer: (request: NodeRequest) => NodeResponse | Promise<NodeResponse>
}

/** A node of one connection. */
export interface RequestNode {
  /** A link the client sends requests over. */
  readonly addRequests: (link: IncomingLink) => void
  /** A link the client gets responses over. */
  readonly addResponses: (link: OutgoingLink) => void
  readonly links: () => ReadonlyArray<AnyLink>
  /** The link has ended. */
  readonly forget: (link: AnyLink) => void
}

export const createRequestNode = ({ name, host, single, targetOf, answer }: RequestNodeOptions): RequestNode => {
  const { broker } = host
  const connection = broker.counters.connections
  const requests = new Set<IncomingLink>()
  const responses = new Set<OutgoingLink>()

  const admit = <Link>(links: Set<Link>, link: Link) => {
    if (single && links.size > 0) throw nodeAlreadyOpen(connection, name)
    links.add(link)
  }

  const respond = (request: DecodedRequest, response: Response) => {
    const link = findLink(responses, request.reply_to)
    // A client that asks and asks and takes no answers gets none.
    if (link === undefined || link.session.outgoing.available() === 0) return
    void link.send({
      ...correlationOf(request.message_id),
      application_properties: {
        'status-code': rhea.types.wrap_int(response.status),
        'status-description': response.description,
        ...(response.condition === undefined ? {} : { 'error-condition': rhea.types.wrap_symbol(response.condition) })
      },
      body: response.body ?? null
    } as never)
  }

  const carryOut = async (request: DecodedRequest) => {
    try {
      respond(request, await answer(contentOf(request)))
    } catch (cause) {
      respond(request, toResponse(cause, name, broker))
    }
  }

  const meetFault = (fault: FaultSwitch, request: DecodedRequest) => {
    if (fault.do === 'delay') void carryOut(request)
    if (fault.do === 'refuse') {
      respond(request, toResponse(errorOf(fault.error, name === 'cbs' ? 'unauthorized' : 'server-busy'), name, broker))
    }
    if (fault.do === 'close-connection') host.closeConnection(errorOf(fault.error, 'connection-forced'))
    if (fault.do === 'destroy') host.destroyConnection()
  }

  const onMessage = ({ message, delivery }: RawMessage) => {
    const request = decode(message)
    if (request === undefined) {
      delivery.reject({ condition: 'amqp:decode-error', description: 'The request could not be decoded.' })
    } else {
      delivery.accept()
      take(request)
    }
  }

  const take = (request: DecodedRequest) => {
    const fault = broker.traps.armed(name) ? broker.traps.spring(name, targetOf(contentOf(request))) : undefined
    if (fault === undefined) void carryOut(request)
    else afterDelay(broker.timers, fault, () => meetFault(fault, request))
  }

  return {
    addRequests: link => {
      admit(requests, link)
      answerAttach(link)
      link.add_credit(CREDIT)
      link.on('message', (received: RawMessage) => {
        onMessage(received)
        if (link.credit < CREDIT / 2) link.add_credit(CREDIT - link.credit)
      })
    },
    addResponses: link => {
      admit(responses, link)
      answerAttach(link)
    },
    links: () => [...requests, ...responses],
    forget: link => {
      requests.delete(link as IncomingLink)
      responses.delete(link as OutgoingLink)
    }
  }
}

interface DecodedRequest {
  readonly message_id?: unknown
  readonly reply_to?: string
  readonly application_properties?: Readonly<Record<string, unknown>>
  readonly body?: unknown
}

interface Response extends NodeResponse {
  readonly condition?: string
}

const decode = (message: Buffer | undefined): DecodedRequest | undefined => {
  try {
    return message && (rhea.message.decode(message) as unknown as DecodedRequest)
  } catch {
    // Whatever the bytes broke, the sender learns that they did.
    return undefined
  }
}

const contentOf = ({ body, application_properties: properties = {} }: DecodedRequest): NodeRequest => ({
  body,
  properties
})

/** Names the request in its response; an id of a type that AMQP does not allow for one is left out. */
const correlationOf = (id: unknown): { readonly correlation_id?: unknown } => {
  if (typeof id === 'string' || typeof id === 'number') return { correlation_id: id }
  // rhea takes every buffer for a UUID.
  if (Buffer.isBuffer(id)) return { correlation_id: id.length === 16 ? id : rhea.types.wrap_binary(id) }
  return {}
}

const findLink = (links: ReadonlySet<OutgoingLink>, replyTo: string | undefined): OutgoingLink | undefined => {
  const open = Array.from(links).filter(link => link.is_open())
  const addressOf = (link: OutgoingLink) => (link.target as { readonly address?: string } | null)?.address
  return open.find(link => link.name === replyTo) ?? open.find(link => addressOf(link) === replyTo) ?? open.at(-1)
}

const statuses: ReadonlyMap<string, number> = new Map([
  ['amqp:unauthorized-access', 401],
  ['amqp:not-found', 404],
  ['amqp:not-allowed', 400],
  ['amqp:not-implemented', 501],
  ['amqp:resource-limit-exceeded', 403],
  ['amqp:link:stolen', 410],
  ['com.microsoft:partition-not-owned', 410],
  ['com.microsoft:argument-error', 400],
  ['com.microsoft:argument-out-of-range', 400],
  ['com.microsoft:timeout', 408],
  ['com.microsoft:server-busy', 503]
])

const toResponse = (cause: unknown, entity: string, { clock }: Broker): Response => {
  const error =
    cause instanceof ServiceError
      ? cause
      : new ServiceError('amqp:internal-error', 'The request could not be carried out.')
  const { condition, description } = toWire(error, entity, clock.now())
  return { status: statuses.get(condition) ?? 500, condition, description }
}

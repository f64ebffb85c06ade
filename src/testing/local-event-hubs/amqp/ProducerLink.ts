/** A link over which a client sends events: to a hub as a whole, or to one of its partitions. */
import type { Hub } from '../Hub.ts'
import type { PublishingLink } from '../IdempotentProducers.ts'
import { createIdleWatch } from '../IdleWatch.ts'
import type { PartitionLog } from '../PartitionLog.ts'
import { ServiceError } from '../ServiceError.ts'
import type { EventLink, LinkSite } from './EventLink.ts'
import { applyToLink, createLinkEnd } from './EventLink.ts'
import { ingest } from './Ingest.ts'
import { answerPublishing, capabilitiesOf, wantedPublishing } from './LinkProperties.ts'
import type { IncomingLink, RawMessage } from './Rhea.ts'
import { answerAttach } from './Rhea.ts'
import { createSendQueue } from './SendQueue.ts'
import { createSettlement } from './Settlement.ts'

/** Messages a producer may have under way. */
const CREDIT = 300
const IDEMPOTENT = 'com.microsoft:idempotent-producer'

export interface ProducerLinkOptions {
  readonly hub: Hub
  /** Undefined for the hub as a whole. */
  readonly partitionId: string | undefined
}

/** Opens the link and grants credit. Throws where it is refused. */
export const openProducerLink = (link: IncomingLink, host: LinkSite, options: ProducerLinkOptions): EventLink => {
  const { hub, partitionId } = options
  const { broker } = host
  const { limits, counters, timers, clock } = broker
  const partition = partitionId === undefined ? undefined : hub.partition(partitionId)
  const target = {
    hub: hub.name,
    role: 'producer',
    ...(partitionId === undefined ? {} : { partition: partitionId })
  } as const
  let events = 0

  const end = createLinkEnd(link, hub.name, host, () => {
    idle.close()
    queue.close()
    publishing?.close()
  })
  const publishing = capabilitiesOf(link).includes(IDEMPOTENT)
    ? openPublishing(link, hub, partition, end.detach)
    : undefined
  const idle = createIdleWatch(clock, timers, limits.idleProducerMs, () =>
    end.detach(idleProducer(link.name, limits.idleProducerMs))
  )

  const settlement = createSettlement({
    broker,
    entity: hub.name,
    store: received => {
      events += ingest(received, { hub, partition, publishing, limits, counters })
    },
    apply: fault => applyToLink(fault, entry, host)
  })
  const queue = createSendQueue({ target, traps: broker.traps, timers, ...settlement, onRoom: () => refill() })
  /** Credit for as many as do not wait already, granted in large lots. */
  const refill = () => {
    const room = CREDIT - link.credit - queue.size()
    if (room > CREDIT / 2) link.add_credit(room)
  }

  const entry: EventLink = {
    target,
    address: host.written,
    right: 'Send',
    link,
    detach: end.detach,
    close: end.close,
    wake: () => undefined,
    stats: () => ({ ...target, name: link.name, credit: link.credit, events })
  }

  answerAttach(link)
  link.local.attach.max_message_size = limits.maxMessageSizeBytes
  refill()
  link.on('message', (received: RawMessage) => {
    idle.touch()
    queue.push(received)
    refill()
  })
  return entry
}

const openPublishing = (
  link: IncomingLink,
  hub: Hub,
  partition: PartitionLog | undefined,
  disconnect: (error: ServiceError) => void
): PublishingLink => {
  if (partition === undefined)
    throw new ServiceError('amqp:not-allowed', 'Idempotent publishing needs a link to a partition.')
  const opened = hub.producers(partition).open(wantedPublishing(link), disconnect)
  answerPublishing(link, opened.publishing)
  link.local.attach.offered_capabilities = IDEMPOTENT
  return opened
}

const idleProducer = (link: string, idleMs: number): ServiceError =>
  new ServiceError(
    'amqp:link:detach-forced',
    `The link '${link}' is force detached by the broker due to errors occurred in publisher. ` +
      `Detach origin: AmqpEventHubPublisher.IdleTimerExpired: Idle timeout: ${new Date(idleMs).toISOString().slice(11, 19)}.`
  )

/** A link over which a client receives one partition's events in one consumer group. */
import { parseSelector } from '../EventPosition.ts'
import type { Hub } from '../Hub.ts'
import { createDeliveryPump } from './DeliveryPump.ts'
import type { EventLink, LinkSite } from './EventLink.ts'
import { applyToLink, createLinkEnd } from './EventLink.ts'
import { capabilitiesOf, epochOf, receiverNameOf, selectorOf } from './LinkProperties.ts'
import type { OutgoingLink } from './Rhea.ts'
import { answerAttach, settleWithPeer } from './Rhea.ts'

const RUNTIME_METRIC = 'com.microsoft:enable-receiver-runtime-metric'

export interface ConsumerLinkOptions {
  readonly hub: Hub
  readonly consumerGroup: string
  readonly partitionId: string
}

/** Opens the link: the reader is admitted, and events flow as credit allows. Throws where it is refused. */
export const openConsumerLink = (link: OutgoingLink, host: LinkSite, options: ConsumerLinkOptions): EventLink => {
  const { hub, consumerGroup, partitionId } = options
  const roster = hub.readers(consumerGroup, partitionId)
  const partition = hub.partition(partitionId)
  const receiver = receiverNameOf(link)
  const epoch = epochOf(link)
  const tellsLast = capabilitiesOf(link).includes(RUNTIME_METRIC)
  const target = { hub: hub.name, consumerGroup, partition: partitionId, role: 'consumer', receiver } as const

  const end = createLinkEnd(link, `${hub.name}|${consumerGroup}`, host, () => {
    pump.close()
    stopListening()
    roster.leave(reader)
  })
  const reader = { name: receiver, epoch, detach: end.detach }
  const pump = createDeliveryPump({
    link,
    partition,
    from: partition.seek(parseSelector(selectorOf(link))),
    tellsLast,
    target,
    broker: host.broker,
    hold: host.hold,
    apply: fault => applyToLink(fault, entry, host)
  })
  const entry: EventLink = {
    target,
    address: host.written,
    right: 'Listen',
    link,
    detach: end.detach,
    close: end.close,
    wake: pump.run,
    stats: () => ({
      ...target,
      name: link.name,
      ...(epoch === undefined ? {} : { epoch }),
      credit: pump.credit(),
      events: pump.sent()
    })
  }

  roster.admit(reader)
  const stopListening = partition.onAppend(pump.run)
  answerAttach(link)
  if (tellsLast) link.local.attach.offered_capabilities = RUNTIME_METRIC
  link.on('sendable', pump.run)
  link.on('sender_draining', () => {
    pump.run()
    link.set_drained(true)
  })
  settleWithPeer(link)
  return entry
}

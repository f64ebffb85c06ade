/**
 * What the buffered producer (`@azure/event-hubs` 6.0.4) has no option for, and a publisher can't do without. Where a version of the client is built differently, that part is as that version makes it.
 *
 * - **Connections**: see `openOnce.ts`.
 * - **Renewals**: opening a detached link again starts a second renewal of its token and forgets the first, whose timer (45 minutes) then keeps the process from ending. Here the first one is ended.
 * - **Answers**: what was sent over a connection that is lost before the answer is tried again only when the answer's time is over. Here it is tried again at once.
 * - **Closing**: a link whose connection is lost while it is being closed is done with it.
 * - **Partitions**: it asks for them every ten seconds; that timer keeps the process from ending after the goodbye, and one question without an answer ends the asking. Here it is asked on until the goodbye, and not after.
 */
import type { Clock } from '../internal/Clock.ts'
import { contextOf, eachConnection } from './eachConnection.ts'
import { openConnectionsOnce } from './openOnce.ts'
import type { ClosableLink } from './orLost.ts'
import { connectionLost, ending, orLost } from './orLost.ts'

interface SenderLink extends ClosableLink {
  send?: (...given: ReadonlyArray<unknown>) => Promise<object>
}

interface SenderConnection {
  createAwaitableSender?: (options?: { readonly name?: string }) => Promise<SenderLink>
}

/** The insides of the client, as far as they are known. */
interface Context {
  connection?: unknown
  /** Senders, by the name of their link. */
  readonly senders?: Readonly<Record<string, { readonly authLoop?: { readonly stop: () => void } } | undefined>>
}

interface Insides {
  _startPartitionIdsUpdateLoop?: () => Promise<void>
  readonly _updatePartitionIds?: () => Promise<void>
}

const partitionsAskedEveryMs = 10_000

/** Its sending ends with its connection, for the client's own retry. The hub knows again what it had taken. */
const answering = (link: SenderLink): SenderLink => {
  const send = link.send?.bind(link)
  if (send !== undefined)
    link.send = async (...given) => {
      const delivery = await orLost(link.connection, send(...given))
      if (delivery === undefined) throw connectionLost()
      return delivery
    }
  return link
}

const tameSenders = (connection: SenderConnection, { senders }: Context): void => {
  const createSender = connection.createAwaitableSender?.bind(connection)
  if (createSender === undefined) return
  connection.createAwaitableSender = async options => {
    senders?.[options?.name ?? '']?.authLoop?.stop()
    return answering(ending(await createSender(options)))
  }
}

/** Tames a producer, before its first use; what it answers ends what goes on beside it. */
export const tameProducer = (client: object, clock: Clock): (() => void) => {
  openConnectionsOnce(client)
  const context: Context | undefined = contextOf(client)
  if (context !== undefined) eachConnection(context, connection => tameSenders(connection, context))

  const insides = client as Insides
  const state: { isEnded: boolean; cancel?: () => void } = { isEnded: false }
  const askOn = () => {
    if (!state.isEnded) state.cancel = clock.schedule(partitionsAskedEveryMs, () => void ask())
  }
  const ask = () =>
    insides
      ._updatePartitionIds?.()
      .catch(() => undefined)
      .finally(askOn)
  if (typeof insides._updatePartitionIds === 'function')
    insides._startPartitionIdsUpdateLoop = () => {
      askOn()
      return Promise.resolve()
    }
  return () => {
    state.isEnded = true
    state.cancel?.()
  }
}

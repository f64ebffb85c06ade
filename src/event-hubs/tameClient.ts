/**
 * What the client (`@azure/event-hubs` 6.0.4) has no option for, and a consumer can't do without. It reaches into the client, so it says what it did not find; where a version of the client is built differently,
 * that part is as that version makes it.
 *
 * - **Credit**: on every call for events the client adds the full prefetch count to a link's credit, without taking off what is still outstanding. While a partition is idle the credit grows with every wait, and
 *   the next burst is pulled into memory whole, however slow its handler (Azure/azure-sdk-for-js#39452). Here what is outstanding is taken off: the sum is what the client meant it to be.
 * - **Links**: a link that was taken by another host while our handler was busy is opened again by the client, with the same epoch, which takes the partition back from its new owner (#15893). Here the owner is
 *   asked before a link is opened.
 * - **Renewals**: opening a detached link again starts a second renewal of its token and forgets the first, whose timer then keeps the process from ending. Here the client is made to begin with a new receiver.
 * - **Closing**: a link whose connection is lost while it is being closed is never done with it, and whoever waits for the end of a partition waits for ever. Here it is done when the connection is lost.
 * - **Load balancing**: the loop asks the hub for its partitions with the default retries, 30 seconds apart, whatever `retryOptions` say. Here it asks with ours.
 */
import type { RetryOptions } from '@azure/event-hubs'
import { contextOf, eachConnection } from './eachConnection.ts'
import type { ClosableLink } from './orLost.ts'
import { ending } from './orLost.ts'

/** The parts of a rhea-promise receiver that matter here. */
interface CreditLink extends ClosableLink {
  readonly credit: number
  addCredit: (credit: number) => void
}

interface LinkOptions {
  readonly name?: string
  readonly source?: { readonly address?: unknown }
}

interface LinkConnection {
  createReceiver: (options?: LinkOptions) => Promise<CreditLink>
}

type ReadProperties = (options?: object) => Promise<unknown>

/** The insides of the client, as far as they are known. */
interface Context {
  connection?: unknown
  /** Open receivers, by the name of their link. */
  readonly receivers?: Readonly<Record<string, { readonly close: () => Promise<unknown> } | undefined>>
  readonly managementSession?: { getEventHubProperties?: ReadProperties } | undefined
}

/** A part of the client that was not found where it was in the version this was made for. */
export type Untamed = 'links' | 'load balancing'

/** Options of {@link tameClient}. */
export interface TameOptions {
  /** Called before a link to a partition is opened; a rejection keeps it from being opened, and ends the partition's reading. */
  readonly beforeLink: (partitionId: string) => Promise<void>
  readonly retryOptions: RetryOptions
}

const isConnection = (u: unknown): u is LinkConnection =>
  typeof (u as Partial<LinkConnection> | undefined)?.createReceiver === 'function'

/** Tames all links that a client opens from now on; answers what it could not find. */
export const tameClient = (client: object, { beforeLink, retryOptions }: TameOptions): ReadonlyArray<Untamed> => {
  const context: Context | undefined = contextOf(client)
  const untamed: Array<Untamed> = []
  if (context === undefined || !isConnection(context.connection)) untamed.push('links')
  else
    eachConnection(context, connection => {
      if (isConnection(connection)) tame(connection, context, beforeLink)
    })
  const session = context?.managementSession
  const read = session?.getEventHubProperties
  if (session === undefined || typeof read !== 'function') untamed.push('load balancing')
  else session.getEventHubProperties = options => read.call(session, { retryOptions, ...options })
  return untamed
}

const partitionOf = (options: LinkOptions | undefined): string | undefined => {
  const address = options?.source?.address
  return typeof address === 'string' ? /\/Partitions\/([^/]+)$/i.exec(address)?.[1] : undefined
}

/** For the client's own retry, which finds its receiver closed and makes a new one. It never gets out of the client. */
const beginAnew = Object.assign(new Error('the link was detached'), { retryable: true })

const tame = (connection: LinkConnection, context: Context, beforeLink: TameOptions['beforeLink']): void => {
  const createReceiver = connection.createReceiver.bind(connection)
  connection.createReceiver = async options => {
    const partitionId = partitionOf(options)
    if (partitionId !== undefined) {
      const detached = context.receivers?.[options?.name ?? '']
      if (detached !== undefined) {
        await detached.close()
        throw beginAnew
      }
      await beforeLink(partitionId)
    }
    const link = await createReceiver(options)
    const addCredit = link.addCredit.bind(link)
    link.addCredit = wanted => {
      const missing = wanted - link.credit
      if (missing > 0) addCredit(missing)
    }
    return ending(link)
  }
}

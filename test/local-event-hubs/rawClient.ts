/** A bare AMQP client, for what the real one cannot be made to do. */
import type {
  AmqpError,
  Connection,
  ConnectionOptions,
  Message,
  Receiver,
  ReceiverOptions,
  Sender,
  SenderOptions
} from 'rhea'
import rhea from 'rhea'
import { onTestFinished } from 'vitest'
import type { LocalEventHubs } from '../../src/testing/local-event-hubs/index.ts'
import { createSasToken } from '../../src/testing/local-event-hubs/index.ts'

export interface RawClient {
  readonly connection: Connection
  /** Puts a token; answers the response's application properties. */
  readonly putToken: (audience: string, token: string, type?: string) => Promise<Readonly<Record<string, unknown>>>
  /** Sends a request to a node and answers the response. */
  readonly request: (node: string, message: Partial<Message>) => Promise<Message>
  readonly openReceiver: (options: ReceiverOptions) => Promise<Receiver>
  readonly openSender: (options: SenderOptions) => Promise<Sender>
  /** The error the connection was closed with, once it is. */
  readonly closed: Promise<AmqpError | undefined>
}

const keyOf = (connectionString: string) => {
  const field = (name: string) => new RegExp(`${name}=([^;]*)`).exec(connectionString)![1]!
  return { name: field('SharedAccessKeyName'), key: field('SharedAccessKey') }
}

/** A token for a resource of the server, signed with its first key. */
export const tokenFor = (
  hubs: LocalEventHubs,
  resource = 'sb://127.0.0.1/tasks',
  expiresAtMs = Date.now() + 86_400_000
): string => createSasToken(keyOf(hubs.connectionString()), { resource, expiresAtMs })

/** Connects, and puts a token for everything unless told not to. */
export const connectRaw = async (
  hubs: LocalEventHubs,
  { authorize = true, ...options }: Partial<ConnectionOptions> & { readonly authorize?: boolean } = {}
): Promise<RawClient> => {
  const container = rhea.create_container()
  container.on('error', () => undefined)
  const connection = container.connect({
    host: '127.0.0.1',
    port: hubs.port,
    reconnect: false,
    username: 'anyone',
    ...options
  })
  onTestFinished(() => connection.close())
  const closed = new Promise<AmqpError | undefined>(resolve => {
    connection.on('connection_error', () => undefined)
    connection.on('connection_close', () => resolve(connection.error as AmqpError | undefined))
    connection.on('disconnected', () => resolve(undefined))
  })
  await opened(connection, 'connection')
  const client = toClient(connection, closed)
  if (authorize) await client.putToken('sb://127.0.0.1/', tokenFor(hubs, 'sb://127.0.0.1/'))
  return client
}

/** Resolves when a link or connection is open, and rejects with its error where it is refused. */
const opened = (emitter: Connection | Sender | Receiver, name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    emitter.once(`${name}_error`, () => reject(toError(emitter.error as AmqpError)))
    // A refusal comes right behind the answer to the attach: one turn later it is there.
    emitter.once(`${name}_open`, () => setImmediate(resolve))
    emitter.on(`${name}_error`, () => undefined)
    emitter.on(`${name}_close`, () => undefined)
  })

const toError = ({ condition, description }: AmqpError): Error => Object.assign(new Error(description), { condition })

const toClient = (connection: Connection, closed: Promise<AmqpError | undefined>): RawClient => {
  const openReceiver: RawClient['openReceiver'] = async options => {
    const receiver = connection.open_receiver({ credit_window: 0, ...options })
    await opened(receiver, 'receiver')
    return receiver
  }
  const openSender: RawClient['openSender'] = async options => {
    const sender = connection.open_sender(options)
    await opened(sender, 'sender')
    return sender
  }
  let lastId = 0
  const request: RawClient['request'] = async (node, message) => {
    lastId += 1
    const replyTo = `reply-${lastId}`
    const receiver = await openReceiver({ name: replyTo, source: node, target: { address: replyTo } })
    const sender = await openSender({ target: node })
    receiver.add_credit(1)
    const response = new Promise<Message>(resolve =>
      receiver.once('message', ({ message: answer }: { readonly message: Message }) => resolve(answer))
    )
    sender.send({ body: null, message_id: lastId, reply_to: replyTo, to: node, ...message })
    const answer = await response
    sender.close()
    receiver.close()
    return answer
  }
  return {
    connection,
    closed,
    openReceiver,
    openSender,
    request,
    putToken: async (audience, token, type = 'servicebus.windows.net:sastoken') => {
      const application_properties = { operation: 'put-token', name: audience, type }
      const answer = await request('$cbs', { body: token, application_properties })
      return answer.application_properties ?? {}
    }
  }
}

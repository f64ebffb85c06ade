/** What other AMQP clients do, and what no client should. */
import { connect } from 'node:net'
import type { Message } from 'rhea'
import rhea from 'rhea'
import { describe, expect, onTestFinished, test } from 'vitest'
import { bodies, numbered, startHubs, until } from './client.ts'
import { connectRaw } from './rawClient.ts'
import { encodeMessage } from './sentEvent.ts'

const filter = (expression: string) => ({
  'apache.org:selector-filter:string': rhea.types.wrap_described(expression, 0x468c00000004)
})
const source = (expression = "amqp.annotation.x-opt-offset > '-1'", partition = '0') => ({
  address: `tasks/ConsumerGroups/$Default/Partitions/${partition}`,
  filter: filter(expression)
})
const settled = (sender: {
  once: (
    event: string,
    listener: (context: { readonly delivery: { readonly remote_state?: { readonly error?: unknown } } }) => void
  ) => void
}) =>
  new Promise<unknown>(resolve => {
    sender.once('accepted', () => resolve('accepted'))
    sender.once('rejected', ({ delivery }) => resolve(delivery.remote_state?.error))
  })

describe('sending', () => {
  test('a plain message is an event, and keeps its types', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks/Partitions/0' })
    sender.send({
      body: { nested: [1, 'two'] },
      application_properties: { n: rhea.types.wrap_long(1) },
      message_annotations: { 'x-opt-partition-key': 'k' }
    })
    expect(await settled(sender)).toBe('accepted')
    expect(hubs.hub('tasks').events()).toMatchObject([
      { body: { nested: [1, 'two'] }, properties: { n: 1 }, partitionKey: 'k', partitionId: '0' }
    ])
  })

  test('in many frames, without waiting for acknowledgements, beyond the first credit', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks/Partitions/0' })
    let sent = 0
    const push = () => {
      while (sent < 1000 && sender.sendable())
        sender.send({ body: rhea.message.data_section(Buffer.from(JSON.stringify({ n: sent++ }))) as never })
    }
    sender.on('sendable', push)
    push()
    await until('a thousand', () => hubs.stats().totals.eventsIn === 1000)
    expect(bodies(hubs.hub('tasks').events())).toEqual(bodies(numbered(1000)))
  })

  test('settled messages are stored too', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks/Partitions/0', snd_settle_mode: 1 })
    sender.send({ body: 'settled' })
    await until('it', () => hubs.hub('tasks').events().length === 1)
  })

  test('bytes that are no message, and formats that are not known, are rejected; the link goes on', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks/Partitions/0' })
    sender.send(Buffer.from('this is not AMQP'), undefined, 0)
    expect(await settled(sender)).toMatchObject({ condition: 'amqp:decode-error' })
    sender.send(Buffer.from([0x00, 0x53, 0x75, 0xa0, 0xff]), undefined, 0x80013700)
    expect(await settled(sender)).toMatchObject({ condition: 'amqp:decode-error' })
    sender.send(encodeMessage({ body: 'x' }), undefined, 77)
    expect(await settled(sender)).toMatchObject({ condition: 'amqp:not-implemented' })
    sender.send({ body: 'good' })
    expect(await settled(sender)).toBe('accepted')
    expect(bodies(hubs.hub('tasks').events())).toEqual(['good'])
  })

  test('an empty batch is accepted and stores nothing', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks' })
    sender.send(Buffer.alloc(0), undefined, 0x80013700)
    expect(await settled(sender)).toBe('accepted')
    expect(hubs.hub('tasks').events()).toEqual([])
  })

  test('events with keys of their own in one message to the hub each find their partition', async () => {
    const hubs = await startHubs({ hubs: { tasks: { partitions: 5 } } })
    const client = await connectRaw(hubs)
    const sender = await client.openSender({ target: 'tasks' })
    const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
    const inner = keys.map(key => encodeMessage({ message_annotations: { 'x-opt-partition-key': key }, body: key }))
    sender.send(encodeMessage({ body: rhea.message.data_sections(inner) }), undefined, 0x80013700)
    expect(await settled(sender)).toBe('accepted')
    expect(
      hubs
        .hub('tasks')
        .events()
        .map(({ partitionKey }) => partitionKey)
        .sort()
    ).toEqual(keys)
    expect(
      new Set(
        hubs
          .hub('tasks')
          .events()
          .map(({ partitionId }) => partitionId)
      ).size
    ).toBeGreaterThan(1)
  })
})

describe('receiving', () => {
  test('as much as the credit says, and the rest when there is more', async () => {
    const hubs = await startHubs()
    hubs.hub('tasks').append(numbered(10), { partitionId: '0' })
    const client = await connectRaw(hubs)
    const receiver = await client.openReceiver({ source: source() })
    const found: Message[] = []
    receiver.on('message', ({ message }: { readonly message: Message }) => found.push(message))
    receiver.add_credit(3)
    await until('three', () => found.length === 3)
    expect(hubs.stats().links).toMatchObject([{ role: 'consumer', credit: 0, events: 3, receiver: 'nil' }])
    receiver.add_credit(100)
    await until('ten', () => found.length === 10)
    expect(hubs.stats().links).toMatchObject([{ credit: 93, events: 10 }])
  })

  test('draining gives what there is and takes the rest of the credit back', async () => {
    const hubs = await startHubs()
    hubs.hub('tasks').append(numbered(4), { partitionId: '0' })
    const client = await connectRaw(hubs)
    const receiver = await client.openReceiver({ source: source() })
    let found = 0
    receiver.on('message', () => (found += 1))
    const drained = new Promise(resolve => receiver.once('receiver_drained', resolve))
    receiver.add_credit(10)
    receiver.drain_credit()
    await drained
    expect(found).toBe(4)
    expect(hubs.stats().links).toMatchObject([{ credit: 0 }])
    receiver.drain = false
    receiver.add_credit(2)
    hubs.hub('tasks').append(numbered(5), { partitionId: '0' })
    await until('two more', () => found === 6)
    expect(hubs.stats().links).toMatchObject([{ credit: 0, events: 6 }])
  })

  test('several links on one session do not hold each other up', async () => {
    const hubs = await startHubs()
    const hub = hubs.hub('tasks')
    hub.append(numbered(50), { partitionId: '0' })
    hub.append(numbered(50), { partitionId: '1' })
    const client = await connectRaw(hubs)
    const starved = await client.openReceiver({ source: source(undefined, '0') })
    const fed = await client.openReceiver({ source: source(undefined, '1') })
    let found = 0
    fed.on('message', () => (found += 1))
    starved.add_credit(1)
    fed.add_credit(50)
    await until('all of partition 1', () => found === 50)
  })

  test('settled deliveries for a receiver that wants them so, and one that settles second', async () => {
    const hubs = await startHubs()
    hubs.hub('tasks').append(numbered(6000), { partitionId: '0' })
    const client = await connectRaw(hubs)
    for (const mode of [{ snd_settle_mode: 1 as const }, { rcv_settle_mode: 1 as const }]) {
      const receiver = await client.openReceiver({ source: source(), ...mode })
      let found = 0
      receiver.on('message', () => (found += 1))
      receiver.add_credit(6000)
      await until('all of it, which is more than a session holds', () => found === 6000)
      receiver.close()
    }
  })

  test('go out settled, as the service sends them, unless the receiver wants to settle them', async () => {
    const hubs = await startHubs()
    hubs.hub('tasks').append(numbered(3), { partitionId: '0' })
    const client = await connectRaw(hubs)
    const settledWith = async (mode: object) => {
      const receiver = await client.openReceiver({ source: source(), autoaccept: false, ...mode })
      const found: unknown[] = []
      receiver.on('message', ({ delivery }: { readonly delivery: { readonly remote_settled: unknown } }) =>
        found.push(delivery.remote_settled)
      )
      receiver.add_credit(3)
      await until('three', () => found.length === 3)
      receiver.close()
      return found
    }
    const settled = [true, true, true]
    const unsettled = [false, false, false]
    expect(await settledWith({})).toEqual(settled)
    expect(await settledWith({ snd_settle_mode: 2, rcv_settle_mode: 0 })).toEqual(settled)
    expect(await settledWith({ snd_settle_mode: 1 })).toEqual(settled)
    expect(await settledWith({ snd_settle_mode: 0 })).toEqual(unsettled)
    expect(await settledWith({ rcv_settle_mode: 1 })).toEqual(unsettled)
  })

  test('a filter of another kind is refused', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const refused = { condition: 'amqp:not-allowed' }
    await expect(client.openReceiver({ source: source('color = 1') })).rejects.toMatchObject(refused)
    const wrong = {
      address: source().address,
      filter: { 'apache.org:selector-filter:string': rhea.types.wrap_described({ a: 1 }, 0x468c00000004) }
    }
    await expect(client.openReceiver({ source: wrong })).rejects.toMatchObject(refused)
  })
})

describe('addresses', () => {
  test.each(['tasks/Publishers/p', 'tasks/Partitions/ ', 'a/b/c/d', ''])(
    '%j names nothing to send to',
    async target => {
      const hubs = await startHubs()
      const client = await connectRaw(hubs)
      await expect(client.openSender({ target: { address: target } })).rejects.toMatchObject({
        condition: 'amqp:not-allowed',
        message: expect.stringContaining('Invalid EventHub address. It must be either of the following.') as string
      })
    }
  )

  test('one cannot receive from a hub as a whole, nor send to a consumer group', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    await expect(client.openReceiver({ source: 'tasks' })).rejects.toMatchObject({ condition: 'amqp:not-allowed' })
    await expect(client.openSender({ target: 'tasks/ConsumerGroups/sync/Partitions/0' })).rejects.toMatchObject({
      condition: 'amqp:not-allowed'
    })
  })

  test('an idempotent link to a hub as a whole is refused', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const idempotent = { desired_capabilities: 'com.microsoft:idempotent-producer' }
    await expect(client.openSender({ target: 'tasks', ...idempotent })).rejects.toMatchObject({
      condition: 'amqp:not-allowed'
    })
    const sender = await client.openSender({ target: 'tasks/Partitions/0', ...idempotent })
    expect(sender.properties).toEqual({
      'com.microsoft:producer-id': 1,
      'com.microsoft:producer-epoch': 0,
      'com.microsoft:producer-sequence-number': 0
    })
  })
})

describe('a connection', () => {
  const garbage = async (port: number, bytes: Buffer): Promise<void> => {
    const socket = connect(port, '127.0.0.1')
    onTestFinished(() => void socket.destroy())
    socket.on('error', () => undefined)
    socket.resume()
    socket.write(bytes)
    await new Promise(resolve => socket.once('close', resolve))
  }

  test('that speaks no AMQP is ended, and the server serves on', async () => {
    const hubs = await startHubs()
    await garbage(hubs.port, Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))
    await garbage(
      hubs.port,
      Buffer.concat([Buffer.from('AMQP\0\x01\0\0', 'latin1'), Buffer.from([0, 0, 0, 8, 1, 0, 0, 0])])
    )
    await garbage(
      hubs.port,
      Buffer.concat([
        Buffer.from('AMQP\0\x01\0\0', 'latin1'),
        Buffer.from([0, 0, 0, 12, 2, 0, 0, 0, 0, 0x53, 0x10, 0xff])
      ])
    )
    const client = await connectRaw(hubs)
    expect(client.connection.is_open()).toBe(true)
    await until('only that one is left', () => hubs.stats().connections === 1)
  })

  test('may come without SASL, and with the mechanism of tokens', async () => {
    const hubs = await startHubs()
    const plain = await connectRaw(hubs, { username: undefined as never })
    expect(plain.connection.is_open()).toBe(true)
    const mechanisms = rhea.sasl.client_mechanisms() as unknown as Record<string, unknown> & {
      enable_anonymous: (name: string) => void
    }
    mechanisms.enable_anonymous('x')
    const { ANONYMOUS } = mechanisms
    const named = await connectRaw(hubs, { sasl_mechanisms: { MSSBCBS: ANONYMOUS } } as never)
    expect(named.connection.is_open()).toBe(true)
  })

  test('puts its tokens over one pair of links; a second one is refused for as long as that is there', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs, { authorize: false })
    const session = client.connection.create_session()
    session.begin()
    session.open_sender({ target: '$cbs' })
    await expect(client.openSender({ target: '$cbs' })).rejects.toMatchObject({
      condition: 'amqp:not-allowed',
      message: expect.stringMatching(/^A link to connection '\d+' \$cbs node has already been opened\./) as string
    })
    await client.openReceiver({ source: '$cbs', name: 'answers' })
    await expect(client.openReceiver({ source: '$cbs' })).rejects.toMatchObject({ condition: 'amqp:not-allowed' })
    session.close()
    const sender = await client.openSender({ target: '$cbs' })
    sender.close()
    await client.openSender({ target: '$cbs' })
    await client.openSender({ target: '$management' })
    await client.openSender({ target: '$management' })
  })

  test('that ends its session takes the links of it along', async () => {
    const hubs = await startHubs()
    const client = await connectRaw(hubs)
    const session = client.connection.create_session()
    session.begin()
    session.open_receiver({ source: source(), credit_window: 0 })
    await until('the reader', () => hubs.hub('tasks').readers().length === 1)
    session.close()
    await until('it is gone', () => hubs.hub('tasks').readers().length === 0)
  })
})

import { describe, expect, test } from 'vitest'
import type { LocalEventHubs } from '../../src/testing/local-event-hubs/index.ts'
import { consumerOf, numbered, read, startHubs, until } from './client.ts'

const readersOf = (hubs: LocalEventHubs) => hubs.hub('tasks').readers()

/** Reads partition 0 and waits until it is attached; answers the name the client gave its receiver. */
const own = async (hubs: LocalEventHubs, ownerLevel?: number) => {
  const before = readersOf(hubs).map(({ name }) => name)
  const reading = read(consumerOf(hubs), ownerLevel === undefined ? {} : { ownerLevel })
  await until('the reader', () => readersOf(hubs).some(({ name }) => !before.includes(name)))
  return { reading, name: readersOf(hubs).find(({ name }) => !before.includes(name))!.name }
}

describe('owners', () => {
  test('the one with the higher level takes the partition; the other learns of it in the service’s words', async () => {
    const hubs = await startHubs()
    const first = await own(hubs, 1)
    const second = await own(hubs, 2)
    await until('the first is told', () => first.reading.errors.length > 0)
    expect(first.reading.errors[0]).toMatchObject({ code: 'ReceiverDisconnectedError', retryable: false })
    expect(first.reading.errors[0]!.message).toContain(
      `New receiver '${second.name}' with higher epoch of '2' is created hence current receiver '${first.name}' with epoch '1' is getting disconnected.`
    )
    await until('it is over', () => first.reading.closed.length > 0)
    expect(first.reading.closed).toEqual(['OwnershipLost'])
    expect(readersOf(hubs)).toEqual([{ consumerGroup: '$Default', partitionId: '0', name: second.name, epoch: 2 }])
    hubs.hub('tasks').append(numbered(3), { partitionId: '0' })
    await until('the second reads on', () => second.reading.events.length === 3)
  })

  test('of two with the same level the later one wins', async () => {
    const hubs = await startHubs()
    const first = await own(hubs, 7)
    const second = await own(hubs, 7)
    await until('the first is told', () => first.reading.errors.length > 0)
    expect(first.reading.errors[0]!.code).toBe('ReceiverDisconnectedError')
    expect(readersOf(hubs).map(({ name }) => name)).toEqual([second.name])
  })

  test('the one with the lower level is refused', async () => {
    const hubs = await startHubs()
    const first = await own(hubs, 5)
    const second = read(consumerOf(hubs), { ownerLevel: 4 })
    await until('the refusal', () => second.errors.length > 0)
    expect(second.errors[0]!.code).toBe('ReceiverDisconnectedError')
    expect(second.errors[0]!.message).toMatch(
      new RegExp(
        `^Receiver '${first.name}' with a higher epoch '5' already exists\\. Receiver '[^']+' with epoch 4 cannot be created\\.`
      )
    )
    expect(readersOf(hubs).map(({ name }) => name)).toEqual([first.name])
  })

  test('a level counts in its own consumer group and partition only', async () => {
    const hubs = await startHubs()
    const readings = [
      read(consumerOf(hubs), { ownerLevel: 9 }),
      read(consumerOf(hubs, 'sync'), { ownerLevel: 1 }),
      read(consumerOf(hubs), { partition: '1', ownerLevel: 1 })
    ]
    await until('all three', () => readersOf(hubs).length === 3)
    expect(readings.flatMap(({ errors }) => errors)).toEqual([])
  })
})

describe('readers without a level', () => {
  test('are refused beside an owner, and sent away when one comes', async () => {
    const hubs = await startHubs()
    const plain = await own(hubs)
    const owner = await own(hubs, 3)
    await until('it is sent away', () => plain.reading.errors.length > 0)
    const late = read(consumerOf(hubs))
    await until('it is refused', () => late.errors.length > 0)
    for (const { errors } of [plain.reading, late]) {
      expect(errors[0]!.code).toBe('ReceiverDisconnectedError')
      expect(errors[0]!.message).toContain(
        "At least one receiver for the endpoint is created with epoch of '3', and so non-epoch receiver is not allowed."
      )
    }
    expect(owner.reading.errors).toEqual([])
  })

  test('are five at most; a place that is given up is free again', async () => {
    const hubs = await startHubs()
    const present = []
    for (let i = 0; i < 5; i++) present.push(await own(hubs))
    const sixth = read(consumerOf(hubs))
    await until('the refusal', () => sixth.errors.length > 0)
    expect(sixth.errors[0]!.code).toBe('QuotaExceededError')
    expect(sixth.errors[0]!.message).toContain(
      `Exceeded the maximum number of allowed receivers per partition in a consumer group which is 5. List of connected receivers - ${present.map(({ name }) => name).join(', ')}.`
    )
    await present[0]!.reading.close()
    await until('a place', () => readersOf(hubs).length === 4)
    const next = await own(hubs)
    expect(next.reading.errors).toEqual([])
  })

  test('a reader whose connection is cut gives its place up at once', async () => {
    const hubs = await startHubs()
    const { reading, name } = await own(hubs, 1)
    expect(hubs.faults.strike({ do: 'destroy', receiver: name })).toBe(1)
    await until('it is gone', () => readersOf(hubs).every(reader => reader.name !== name))
    await reading.close()
  })
})

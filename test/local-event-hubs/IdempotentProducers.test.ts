import { describe, expect, test } from 'vitest'
import { createIdempotentProducers } from '../../src/testing/local-event-hubs/IdempotentProducers.ts'
import type { ServiceError } from '../../src/testing/local-event-hubs/ServiceError.ts'

const ignore = () => undefined
const conditionOf = (run: () => unknown): string => {
  try {
    run()
    return 'none'
  } catch (cause) {
    return (cause as ServiceError).condition
  }
}

describe('a producer', () => {
  test('is given an id, an epoch and where to begin', () => {
    const producers = createIdempotentProducers()
    expect(producers.open({}, ignore).publishing).toEqual({ producerId: 1, epoch: 0, sequenceNumber: 0 })
    expect(producers.open({}, ignore).publishing.producerId).toBe(2)
  })

  test('publishes in order; a batch sent again is a duplicate; a gap and an overlap are refused', () => {
    const link = createIdempotentProducers().open({ producerId: 9, epoch: 1, sequenceNumber: 10 }, ignore)
    const send = (sequenceNumber: number, count: number) =>
      link.check({ producerId: 9, epoch: 1, sequenceNumber }, count)
    expect(send(11, 3)).toBe('store')
    expect(send(11, 3)).toBe('duplicate')
    expect(send(12, 1)).toBe('duplicate')
    expect(conditionOf(() => send(15, 1))).toBe('com.microsoft:out-of-order-sequence')
    expect(conditionOf(() => send(13, 2))).toBe('com.microsoft:out-of-order-sequence')
    expect(send(14, 1)).toBe('store')
  })

  test('that comes back with the same epoch is known still, even where it does not know how far it got', () => {
    const producers = createIdempotentProducers()
    const first = producers.open({ producerId: 9, epoch: 1, sequenceNumber: 0 }, ignore)
    expect(first.check({ producerId: 9, epoch: 1, sequenceNumber: 1 }, 5)).toBe('store')
    first.close()
    const second = producers.open({ producerId: 9, epoch: 1, sequenceNumber: 0 }, ignore)
    expect(second.publishing.sequenceNumber).toBe(0)
    expect(second.check({ producerId: 9, epoch: 1, sequenceNumber: 1 }, 5)).toBe('duplicate')
    expect(second.check({ producerId: 9, epoch: 1, sequenceNumber: 6 }, 1)).toBe('store')
  })

  test('with a higher epoch takes over; the one before is disconnected and can send no more', () => {
    const producers = createIdempotentProducers()
    const errors: string[] = []
    const first = producers.open({ producerId: 9, epoch: 1, sequenceNumber: 0 }, error => errors.push(error.condition))
    producers.open({ producerId: 9, epoch: 2, sequenceNumber: 50 }, ignore)
    expect(errors).toEqual(['com.microsoft:producer-epoch-stolen'])
    expect(conditionOf(() => first.check({ producerId: 9, epoch: 1, sequenceNumber: 1 }, 1))).toBe(
      'com.microsoft:producer-epoch-stolen'
    )
    expect(conditionOf(() => producers.open({ producerId: 9, epoch: 1 }, ignore))).toBe(
      'com.microsoft:producer-epoch-stolen'
    )
  })

  test('must number its events', () => {
    const link = createIdempotentProducers().open({}, ignore)
    expect(conditionOf(() => link.check(undefined, 1))).toBe('amqp:not-allowed')
  })
})

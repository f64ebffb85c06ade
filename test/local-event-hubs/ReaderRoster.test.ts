import { describe, expect, test } from 'vitest'
import { createReaderRoster } from '../../src/testing/local-event-hubs/ReaderRoster.ts'
import type { ServiceError } from '../../src/testing/local-event-hubs/ServiceError.ts'

const reader = (name: string, epoch?: number) => {
  const detached: ServiceError[] = []
  return { name, epoch, detach: (error: ServiceError) => detached.push(error), detached }
}
const admit = (quota = 5) => {
  const roster = createReaderRoster(quota)
  return {
    roster,
    admit: (name: string, epoch?: number) => {
      const admitted = reader(name, epoch)
      roster.admit(admitted)
      return admitted
    }
  }
}

describe('readers with an epoch', () => {
  test('a higher epoch takes over', () => {
    const { roster, admit: let_ } = admit()
    const first = let_('first', 1)
    let_('second', 5)
    expect(first.detached.map(({ condition, message }) => [condition, message])).toEqual([
      [
        'amqp:link:stolen',
        "New receiver 'second' with higher epoch of '5' is created hence current receiver 'first' with epoch '1' is getting disconnected. If you are recreating the receiver, make sure a higher epoch is used."
      ]
    ])
    expect(roster.readers().map(({ name }) => name)).toEqual(['second'])
  })

  test('an equal epoch takes over too: the later one wins', () => {
    const { admit: let_ } = admit()
    const first = let_('first', 0)
    let_('second', 0)
    expect(first.detached).toHaveLength(1)
  })

  test('a lower epoch is refused and disturbs nobody', () => {
    const { roster, admit: let_ } = admit()
    const first = let_('first', 7)
    expect(() => let_('second', 6)).toThrow(
      "Receiver 'first' with a higher epoch '7' already exists. Receiver 'second' with epoch 6 cannot be created."
    )
    expect(first.detached).toEqual([])
    expect(roster.readers()).toHaveLength(1)
  })

  test('readers without an epoch have to go, and are not let in', () => {
    const { admit: let_ } = admit()
    const [a, b] = [let_('a'), let_('b')]
    let_('owner', 3)
    for (const gone of [a, b]) {
      expect(gone.detached.map(({ message }) => message)).toEqual([
        expect.stringContaining("created with epoch of '3', and so non-epoch receiver is not allowed")
      ])
    }
    expect(() => let_('late')).toThrow('non-epoch receiver is not allowed')
  })
})

describe('readers without an epoch', () => {
  test('are five at most; the refusal names those that are there', () => {
    const { roster, admit: let_ } = admit()
    const present = ['a', 'b', 'c', 'd', 'e'].map(name => let_(name))
    expect(() => let_('f')).toThrow(
      'Exceeded the maximum number of allowed receivers per partition in a consumer group which is 5. List of connected receivers - a, b, c, d, e.'
    )
    roster.leave(present[0]!)
    let_('f')
    expect(roster.readers()).toHaveLength(5)
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/internal/Clock.ts'
import type { PartitionLog } from '../../src/testing/local-event-hubs/PartitionLog.ts'
import { createPartitionLog } from '../../src/testing/local-event-hubs/PartitionLog.ts'
import { sentEvent } from './sentEvent.ts'

/** A clock that is set, forward or back. */
const settableClock = (startMs = 1_700_000_000_000) => {
  const clock = { ...systemClock, nowMs: startMs, now: () => clock.nowMs }
  return clock
}

const forever = { retentionMs: 1e12, retentionEvents: Infinity }

const sequenceNumbers = (log: PartitionLog, from = 0): number[] => {
  const found: number[] = []
  for (let event = log.at(from); event !== undefined; event = log.at(event.sequenceNumber + 1))
    found.push(event.sequenceNumber)
  return found
}

describe('append', () => {
  test('numbers events from 0 without gaps, and gives offsets that are not sequence numbers', () => {
    const log = createPartitionLog('0', forever, settableClock())
    expect(log.append([sentEvent('a'), sentEvent('bb')])).toBe(0)
    expect(log.append([sentEvent('c')])).toBe(2)
    expect(sequenceNumbers(log)).toEqual([0, 1, 2])
    const offsets = [0, 1, 2].map(n => log.at(n)!.offset)
    expect(offsets[0]).toBe(0)
    expect(offsets[1]).toBeGreaterThan(1)
    expect(offsets[2]! - offsets[1]!).toBeGreaterThan(offsets[1]!)
  })

  test('never lets enqueued times go back, though the clock does', () => {
    const clock = settableClock(1000)
    const log = createPartitionLog('0', forever, clock)
    log.append([sentEvent('a')])
    clock.nowMs = 400
    log.append([sentEvent('b')])
    expect(log.at(1)!.enqueuedAtMs).toBe(1000)
  })

  test('wakes listeners once for a batch, and not after they left', () => {
    const log = createPartitionLog('0', forever, settableClock())
    let woken = 0
    const leave = log.onAppend(() => (woken += 1))
    log.append([sentEvent('a'), sentEvent('b')])
    leave()
    log.append([sentEvent('c')])
    expect(woken).toBe(1)
  })
})

describe('properties', () => {
  test('of a partition that never had an event', () => {
    const clock = settableClock(5000)
    expect(createPartitionLog('3', forever, clock).properties()).toEqual({
      partitionId: '3',
      beginningSequenceNumber: 0,
      lastEnqueuedSequenceNumber: -1,
      lastEnqueuedOffset: '-1',
      lastEnqueuedAtMs: 5000,
      isEmpty: true
    })
  })

  test('of a partition whose events have all expired: it begins at the last one', () => {
    const log = createPartitionLog('0', forever, settableClock())
    log.append([sentEvent('a'), sentEvent('b'), sentEvent('c')])
    log.truncate(3)
    expect(log.properties()).toMatchObject({ beginningSequenceNumber: 2, lastEnqueuedSequenceNumber: 2, isEmpty: true })
    expect(log.append([sentEvent('d')])).toBe(3)
  })
})

describe('retention', () => {
  test('drops what is older than the limit, and only that', () => {
    const clock = settableClock(0)
    const log = createPartitionLog('0', { retentionMs: 100, retentionEvents: Infinity }, clock)
    log.append([sentEvent('a')])
    clock.nowMs += 60
    log.append([sentEvent('b')])
    clock.nowMs += 40
    expect(sequenceNumbers(log)).toEqual([0, 1])
    clock.nowMs += 1
    expect(sequenceNumbers(log)).toEqual([1])
    clock.nowMs += 1000
    expect(sequenceNumbers(log)).toEqual([])
  })

  test('keeps at most so many', () => {
    const log = createPartitionLog('0', { retentionMs: 1e12, retentionEvents: 2 }, settableClock())
    for (let i = 0; i < 5000; i++) log.append([sentEvent(String(i))])
    expect(sequenceNumbers(log)).toEqual([4998, 4999])
    expect(log.properties().beginningSequenceNumber).toBe(4998)
  })
})

describe('seek', () => {
  const filled = () => {
    const clock = settableClock(1000)
    const log = createPartitionLog('0', forever, clock)
    for (let i = 0; i < 10; i++) {
      log.append([sentEvent(`event ${i}`)])
      clock.nowMs += 10
    }
    return log
  }

  test('to both ends', () => {
    const log = filled()
    expect(log.seek({ kind: 'earliest' })).toBe(0)
    expect(log.seek({ kind: 'latest' })).toBe(10)
  })

  test('to a position that retention has passed gives the first event that is left', () => {
    const log = filled()
    const early = log.at(2)!
    log.truncate(5)
    expect(log.seek({ kind: 'earliest' })).toBe(5)
    expect(log.seek({ kind: 'sequenceNumber', value: 2, inclusive: true })).toBe(5)
    expect(log.seek({ kind: 'offset', value: early.offset, inclusive: false })).toBe(5)
    expect(log.seek({ kind: 'enqueuedTime', value: early.enqueuedAtMs, inclusive: false })).toBe(5)
    expect(log.at(0)!.sequenceNumber).toBe(5)
  })

  test('beyond the last event is refused in the service’s words', () => {
    const log = filled()
    expect(() => log.seek({ kind: 'sequenceNumber', value: 10, inclusive: false })).toThrow(
      "The supplied sequence number '10' is invalid. The last sequence number in the system is '9'"
    )
    expect(() => log.seek({ kind: 'offset', value: 1e6, inclusive: true })).toThrow(
      /^The supplied offset '1000000' is invalid/
    )
    const empty = createPartitionLog('0', forever, settableClock())
    expect(() => empty.seek({ kind: 'sequenceNumber', value: 0, inclusive: true })).toThrow(
      "The last sequence number in the system is '-1'"
    )
  })

  test('to a time in the future waits for what comes', () => {
    expect(filled().seek({ kind: 'enqueuedTime', value: 9e12, inclusive: false })).toBe(10)
  })

  test('finds the first event behind any position, whatever was dropped before (property)', () => {
    const position = fc.record({
      kind: fc.constantFrom('offset' as const, 'sequenceNumber' as const, 'enqueuedTime' as const),
      index: fc.nat(39),
      inclusive: fc.boolean()
    })
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1, maxLength: 40 }),
        fc.nat(39),
        position,
        (texts, dropped, { kind, index, inclusive }) => {
          const clock = settableClock()
          const log = createPartitionLog('0', forever, clock)
          const all = texts.map(text => {
            const n = log.append([sentEvent(text)])
            clock.nowMs += 1 + (n % 3)
            return log.at(n)!
          })
          const pivot = all[index % all.length]!
          log.truncate(dropped)
          const keyOf = (event: typeof pivot) => (kind === 'enqueuedTime' ? event.enqueuedAtMs : event[kind])
          const expected = all.find(
            event =>
              event.sequenceNumber >= dropped &&
              (inclusive ? keyOf(event) >= keyOf(pivot) : keyOf(event) > keyOf(pivot))
          )
          const found = log.seek({ kind, value: keyOf(pivot), inclusive })
          expect(log.at(found)?.sequenceNumber).toBe(expected?.sequenceNumber)
        }
      )
    )
  })
})

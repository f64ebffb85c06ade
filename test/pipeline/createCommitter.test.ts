import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import fc from 'fast-check'
import type { AuditRecord, AuditSink } from 'on-demand-sync'
import { createMemoryAuditSink, createMemoryEventSource } from 'on-demand-sync'
import { createManualClock, sampleAuditRecord } from 'on-demand-sync/testing'
import { expect, it } from 'vitest'
import { createCommitter, flushSpacingMs } from '../../src/pipeline/createCommitter.ts'

const record = (n: number): AuditRecord => sampleAuditRecord(n)

const setUp = () => {
  const clock = createManualClock()
  const memory = createMemoryAuditSink()
  const source = createMemoryEventSource([])
  const flushes: Array<number> = []
  const audit: AuditSink = {
    ...memory,
    flush: () => TE.fromIO(() => void flushes.push(memory.records().length))
  }
  const committer = createCommitter({
    audit,
    source,
    deadLetters: undefined,
    giveUp: () => undefined,
    waitToRetry: () => Promise.resolve(false),
    emit: () => undefined,
    clock
  })
  return { clock, memory, source, flushes, committer }
}

it('flushes the first records at once, and those that follow closely together', async () => {
  const { clock, flushes, committer } = setUp()
  await committer.commit([record(0)], [])
  await clock.advance(0)
  expect(flushes).toEqual([1])
  for (let n = 1; n <= 5; n += 1) {
    await committer.commit([record(n)], [])
    await clock.advance(1)
  }
  expect(flushes).toEqual([1])
  await clock.advance(flushSpacingMs)
  expect(flushes).toEqual([1, 6])
})

it('makes nobody wait for what they drain', async () => {
  const { clock, committer, source, flushes } = setUp()
  await committer.commit([record(0)], [])
  await clock.advance(0)
  await committer.commit([record(1)], [])
  expect(E.isRight(await committer.drain())).toBe(true)
  expect(flushes).toEqual([1, 2])
  expect(source.acknowledged()).toHaveLength(2)
  expect(clock.timers()).toBe(0)
})

it('forgets no record, whenever it comes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 12 }), { maxLength: 30 }), async turns => {
      const { committer, memory, source } = setUp()
      for (const [n, ticks] of turns.entries()) {
        await committer.commit([record(n)], [])
        // So many microtasks later: any of them may be the one between two looks.
        for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve()
      }
      expect(E.isRight(await committer.drain())).toBe(true)
      expect(memory.records()).toHaveLength(turns.length)
      expect(source.acknowledged()).toHaveLength(turns.length)
    }),
    { numRuns: 200 }
  )
})

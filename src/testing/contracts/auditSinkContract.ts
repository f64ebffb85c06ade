/** What every {@link AuditSink} does. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { AuditRecord, AuditSink } from '../../AuditSink.ts'
import { orThrow } from '../../Promises.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { casesOver, withSkips } from './ContractCase.ts'

/** A sink under test, and a look at what it keeps. */
export interface AuditSinkSubject {
  readonly sink: AuditSink
  /** What is durable now, in any order. */
  readonly read: () => Promise<ReadonlyArray<AuditRecord>>
  /** Opens the same store again, as a restarted process would. Undefined for a store that ends with its process. */
  readonly reopen?: () => Promise<AuditSink>
  readonly teardown?: () => Promise<void>
}

/** How the suite gets a sink over an empty store. */
export interface AuditSinkHarness {
  readonly make: () => Promise<AuditSinkSubject>
}

/** A record at a position, for tests. */
export const sampleAuditRecord = (sequenceNumber: number, over: Partial<AuditRecord> = {}): AuditRecord => ({
  position: {
    hub: 'tasks',
    consumerGroup: '$Default',
    partitionId: '0',
    sequenceNumber,
    offset: String(sequenceNumber * 100)
  },
  taskId: `t-${sequenceNumber}`,
  status: 'SUCCESS',
  outcomes: [{ reference: { type: 'database', values: { database: `D "${sequenceNumber}"\n` } }, result: 'unchanged' }],
  statements: ['GRANT SELECT ON TABLE "D"."S"."T" TO ROLE "R"'],
  statementCount: 1,
  enqueuedAt: new Date(1_000 * (1 + sequenceNumber)).toISOString(),
  receivedAt: new Date(2_000_000).toISOString(),
  finishedAt: new Date(3_000_000).toISOString(),
  attempts: 1,
  ...over
})

const numbers = (records: ReadonlyArray<AuditRecord>) =>
  records.map(({ position }) => position.sequenceNumber).sort((a, b) => a - b)

/**
 * The contract of `AuditSink`.
 *
 * @example
 * ```ts
 * import { createMemoryAuditSink } from 'on-demand-sync'
 * import { auditSinkContract } from 'on-demand-sync/testing'
 *
 * const make = async () => {
 *   const sink = createMemoryAuditSink()
 *   return { sink, read: async () => sink.records() }
 * }
 * for (const { run } of auditSinkContract({ make })) await run()
 * ```
 */
export const auditSinkContract = (
  { make }: AuditSinkHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> => {
  const withSubject = casesOver(make, async ({ sink }) => {
    const closed = await sink.close()()
    assert.notEqual(E.isLeft(closed) && closed.left._tag, 'Defect')
  })
  const write = async (sink: AuditSink, records: ReadonlyArray<AuditRecord>) => {
    orThrow(await sink.append(records)())
    orThrow(await sink.flush()())
  }
  return withSkips(
    [
      withSubject('keeps every record whole once it is flushed', async ({ sink, read }) => {
        const records = [0, 1, 2].map(n => sampleAuditRecord(n))
        await write(sink, records)
        assert.deepEqual(
          [...(await read())].sort((a, b) => a.position.sequenceNumber - b.position.sequenceNumber),
          records
        )
      }),
      withSubject('keeps one record per position', async ({ sink, read }) => {
        await write(sink, [sampleAuditRecord(0), sampleAuditRecord(1), sampleAuditRecord(0, { status: 'FAILED' })])
        await write(sink, [sampleAuditRecord(1, { status: 'FAILED' }), sampleAuditRecord(2)])
        const records = await read()
        assert.deepEqual(numbers(records), [0, 1, 2])
        assert.deepEqual(new Set(records.map(({ status }) => status)), new Set(['SUCCESS']))
      }),
      withSubject('tells positions of different hubs, groups and partitions apart', async ({ sink, read }) => {
        const { position } = sampleAuditRecord(0)
        const others = [{ hub: 'other' }, { consumerGroup: 'other' }, { partitionId: '1' }].map(over =>
          sampleAuditRecord(0, { position: { ...position, ...over } })
        )
        await write(sink, [sampleAuditRecord(0), ...others])
        assert.equal((await read()).length, 4)
      }),
      withSubject('keeps what comes out of order', async ({ sink, read }) => {
        for (const n of [5, 3, 4, 0, 9]) await write(sink, [sampleAuditRecord(n)])
        assert.deepEqual(numbers(await read()), [0, 3, 4, 5, 9])
      }),
      withSubject('does not take the events of a hub that was made anew for redeliveries', async ({ sink, read }) => {
        await write(
          sink,
          [0, 1, 2].map(n => sampleAuditRecord(n))
        )
        await write(sink, [sampleAuditRecord(0, { taskId: 'new life', enqueuedAt: new Date(9_000_000).toISOString() })])
        assert.deepEqual(numbers(await read()), [0, 0, 1, 2])
      }),
      withSubject('remembers its positions when it is opened again', async ({ sink, read, reopen }) => {
        await write(
          sink,
          [0, 1, 2].map(n => sampleAuditRecord(n))
        )
        if (reopen === undefined) return
        orThrow(await sink.close()())
        const again = await reopen()
        await write(
          again,
          [1, 2, 3].map(n => sampleAuditRecord(n, { taskId: 'again' }))
        )
        const records = await read()
        assert.deepEqual(numbers(records), [0, 1, 2, 3])
        assert.equal(records.filter(({ taskId }) => taskId === 'again').length, 1)
        orThrow(await again.close()())
      }),
      withSubject('closes twice, having kept everything', async ({ sink, read }) => {
        orThrow(await sink.append([sampleAuditRecord(0)])())
        orThrow(await sink.close()())
        assert.equal(E.isRight(await sink.close()()), true)
        assert.deepEqual(numbers(await read()), [0])
      })
    ],
    options
  )
}

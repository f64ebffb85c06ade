/** What every {@link DeadLetterSink} does. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { DeadLetter, DeadLetterSink } from '../../DeadLetterSink.ts'
import { positionKey } from '../../Position.ts'
import { orThrow } from '../../Promises.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { casesOver, withSkips } from './ContractCase.ts'

/** A sink under test, and a look at what it keeps. */
export interface DeadLetterSinkSubject {
  readonly sink: DeadLetterSink
  /** What is durable now, in any order. */
  readonly read: () => Promise<ReadonlyArray<DeadLetter>>
  readonly teardown?: () => Promise<void>
}

/** How the suite gets a sink over an empty store. */
export interface DeadLetterSinkHarness {
  readonly make: () => Promise<DeadLetterSinkSubject>
}

/** A letter at a position, for tests: its body is no text in any encoding. */
export const sampleDeadLetter = (sequenceNumber: number, over: Partial<DeadLetter> = {}): DeadLetter => ({
  position: { hub: 'tasks', consumerGroup: '$Default', partitionId: '0', sequenceNumber, offset: `${sequenceNumber}` },
  body: Uint8Array.from([0xff, 0x00, 0x0a, 0xc3, sequenceNumber % 256]),
  enqueuedAt: new Date(1_000 * (1 + sequenceNumber)).toISOString(),
  status: 'FAILED',
  reason: `no "${sequenceNumber}"\nat all`,
  attempts: 3,
  taskId: `t-${sequenceNumber}`,
  ...over
})

const inOrder = (letters: ReadonlyArray<DeadLetter>) =>
  letters
    .map(({ body, ...rest }) => ({ ...rest, body: Buffer.from(body).toString('hex') }))
    .sort((a, b) => a.position.sequenceNumber - b.position.sequenceNumber)

/**
 * The contract of `DeadLetterSink`.
 *
 * @example
 * ```ts
 * import { createMemoryDeadLetterSink } from 'on-demand-sync'
 * import { deadLetterSinkContract } from 'on-demand-sync/testing'
 *
 * const make = async () => {
 *   const sink = createMemoryDeadLetterSink()
 *   return { sink, read: async () => sink.letters() }
 * }
 * for (const { run } of deadLetterSinkContract({ make })) await run()
 * ```
 */
export const deadLetterSinkContract = (
  { make }: DeadLetterSinkHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> => {
  const withSubject = casesOver(make, async ({ sink }) => {
    const closed = await sink.close()()
    assert.notEqual(E.isLeft(closed) && closed.left._tag, 'Defect')
  })
  const count = (n: number) => Array.from({ length: n }, (_, at) => sampleDeadLetter(at))
  return withSkips(
    [
      withSubject('keeps letters whole, bytes and all, before it answers', async ({ sink, read }) => {
        orThrow(await sink.append(count(3))())
        assert.deepEqual(inOrder(await read()), inOrder(count(3)))
      }),
      withSubject('keeps letters without a task, without a body, and with a large one', async ({ sink, read }) => {
        const { position, body, enqueuedAt, status, reason, attempts } = sampleDeadLetter(0)
        const unread: DeadLetter = { position, body, enqueuedAt, status, reason, attempts }
        const letters = [
          unread,
          sampleDeadLetter(1, { body: new Uint8Array() }),
          sampleDeadLetter(2, { body: new Uint8Array(100_000).fill(7) })
        ]
        orThrow(await sink.append(letters)())
        assert.deepEqual(inOrder(await read()), inOrder(letters))
      }),
      withSubject('keeps what is appended side by side', async ({ sink, read }) => {
        const answers = await Promise.all(count(50).map(letter => sink.append([letter])()))
        answers.forEach(orThrow)
        assert.deepEqual(inOrder(await read()), inOrder(count(50)))
      }),
      withSubject('has nothing against nothing', async ({ sink, read }) => {
        orThrow(await sink.append([])())
        assert.deepEqual(await read(), [])
      }),
      withSubject('keeps a letter that comes again under its position', async ({ sink, read }) => {
        orThrow(await sink.append(count(1))())
        orThrow(await sink.append(count(2))())
        assert.equal(new Set((await read()).map(({ position }) => positionKey(position))).size, 2)
      }),
      withSubject('closes twice, having kept everything, and takes nothing more', async ({ sink, read }) => {
        orThrow(await sink.append(count(1))())
        orThrow(await sink.close()())
        orThrow(await sink.close()())
        assert.ok(E.isLeft(await sink.append([sampleDeadLetter(1)])()))
        assert.deepEqual(inOrder(await read()), inOrder(count(1)))
      })
    ],
    options
  )
}

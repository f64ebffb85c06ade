/** What every {@link EventSource} does. */
import assert from 'node:assert/strict'
import * as E from 'fp-ts/lib/Either.js'
import type { EventSource, ReceivedEvent } from '../../EventSource.ts'
import { groupBy } from '../../internal/groupBy.ts'
import { partitionKey, positionKey } from '../../Position.ts'
import { orThrow } from '../../Promises.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { withSkips } from './ContractCase.ts'

/** A source under test, over a stream that already holds the given bodies. */
export interface EventSourceSubject {
  readonly source: EventSource
  /** A further source over the same stream and the same checkpoints, as a restarted process would open. Undefined where checkpoints end with the process. */
  readonly restart?: () => Promise<EventSource>
  readonly teardown?: () => Promise<void>
}

/** How the suite gets a source. Bodies are JSON texts that differ from each other. */
export interface EventSourceHarness {
  readonly make: (bodies: ReadonlyArray<string>) => Promise<EventSourceSubject>
}

/** Takes events until there are `count` of them, then ends the intake. */
const takeEvents = async (source: EventSource, count: number): Promise<ReadonlyArray<ReceivedEvent>> => {
  const abort = new AbortController()
  const events: Array<ReceivedEvent> = []
  for await (const chunk of source.events({ signal: abort.signal })) {
    assert.ok(chunk.length > 0, 'a chunk is never empty')
    events.push(...chunk)
    if (events.length >= count) abort.abort()
  }
  return events
}

const textOf = (body: unknown): string => {
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  return typeof body === 'string' ? body : JSON.stringify(body)
}

const texts = (events: ReadonlyArray<ReceivedEvent>) => events.map(({ body }) => textOf(body)).sort()

/** The first half of every partition's events, and the rest. */
const halves = (events: ReadonlyArray<ReceivedEvent>) => {
  const partitions = [...groupBy(events, ({ position }) => partitionKey(position)).values()]
  return {
    first: partitions.flatMap(partition => partition.slice(0, Math.floor(partition.length / 2))),
    rest: partitions.flatMap(partition => partition.slice(Math.floor(partition.length / 2)))
  }
}

const bodies = (count: number) => Array.from({ length: count }, (_, n) => JSON.stringify({ n }))

/**
 * The contract of `EventSource`.
 *
 * @example
 * ```ts
 * import { createMemoryEventSource } from 'on-demand-sync'
 * import { eventSourceContract } from 'on-demand-sync/testing'
 *
 * for (const { run } of eventSourceContract({ make: async bodies => ({ source: createMemoryEventSource(bodies) }) })) await run()
 * ```
 */
export const eventSourceContract = (
  { make }: EventSourceHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> => {
  const withSubject = (
    name: string,
    count: number,
    check: (subject: EventSourceSubject) => Promise<void>
  ): ContractCase => ({
    name,
    run: async () => {
      const subject = await make(bodies(count))
      try {
        await check(subject)
      } finally {
        orThrow(await subject.source.close()())
        await subject.teardown?.()
      }
    }
  })
  return withSkips(
    [
      withSubject(
        'delivers every event, each under its own position, in order within a partition',
        200,
        async ({ source }) => {
          const events = await takeEvents(source, 200)
          assert.deepEqual(texts(events), [...bodies(200)].sort())
          assert.equal(new Set(events.map(({ position }) => positionKey(position))).size, 200)
          for (const partition of groupBy(events, ({ position }) => partitionKey(position)).values()) {
            const sequence = partition.map(({ position }) => position.sequenceNumber)
            assert.deepEqual(
              sequence,
              [...sequence].sort((a, b) => a - b)
            )
          }
        }
      ),
      withSubject('ends normally when its signal fires before the first event is taken', 10, async ({ source }) => {
        assert.deepEqual(
          await takeEvents({ ...source, events: () => source.events({ signal: AbortSignal.abort() }) }, 1),
          []
        )
      }),
      withSubject('ends when its consumer breaks out of the loop', 100, async ({ source }) => {
        for await (const chunk of source.events({ signal: new AbortController().signal })) {
          assert.ok(chunk.length > 0)
          break
        }
      }),
      withSubject('takes acknowledgements in any order', 20, async ({ source }) => {
        const events = await takeEvents(source, 20)
        for (const { position } of [...events].reverse())
          assert.equal(E.isRight(await source.acknowledge([position])()), true)
      }),
      withSubject('delivers again what was not acknowledged, and nothing that was', 40, async ({ source, restart }) => {
        if (restart === undefined) return
        const events = await takeEvents(source, 40)
        const { first, rest } = halves(events)
        orThrow(await source.acknowledge(first.map(({ position }) => position))())
        orThrow(await source.close()())
        const again = await restart()
        assert.deepEqual(texts(await takeEvents(again, rest.length)), texts(rest))
        orThrow(await again.close()())
      }),
      withSubject('never checkpoints past a gap', 40, async ({ source, restart }) => {
        if (restart === undefined) return
        const events = await takeEvents(source, 40)
        const { first, rest } = halves(events)
        orThrow(await source.acknowledge(rest.map(({ position }) => position))())
        orThrow(await source.close()())
        const again = await restart()
        const redelivered = await takeEvents(again, events.length)
        for (const text of texts(first))
          assert.ok(texts(redelivered).includes(text), `${text} was not acknowledged, and did not come again`)
        orThrow(await again.close()())
      }),
      withSubject('closes twice', 1, async ({ source }) => {
        orThrow(await source.close()())
      })
    ],
    options
  )
}

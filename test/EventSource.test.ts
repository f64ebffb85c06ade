/** `EventSource.fromAsync`: a source of plain async functions is a whole one. */
import type { AsyncEventSource, LifecycleEvent, ReceivedEvent } from 'on-demand-sync'
import {
  createMemoryAuditSink,
  createMemoryPolicySource,
  createMemoryPolicySyncer,
  createMemoryResourceResolver,
  createOnDemandSync,
  EventSource
} from 'on-demand-sync'
import { eventSourceContract } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'

const eventOf = (body: unknown, sequenceNumber: number): ReceivedEvent => ({
  position: { hub: 'own', consumerGroup: 'main', partitionId: '0', sequenceNumber, offset: String(sequenceNumber) },
  body,
  enqueuedAtMs: 1
})

/** A stream with a checkpoint, as a class: its methods need their `this`. */
class Stream implements AsyncEventSource {
  private readonly finished = new Set<number>()
  private readonly bodies: ReadonlyArray<unknown>
  private readonly checkpoint: { next: number }
  constructor(bodies: ReadonlyArray<unknown>, checkpoint = { next: 0 }) {
    this.bodies = bodies
    this.checkpoint = checkpoint
  }
  async *events({ signal }: { readonly signal: AbortSignal }) {
    for (let at = this.checkpoint.next; at < this.bodies.length && !signal.aborted; at += 1)
      yield await Promise.resolve([eventOf(this.bodies[at], at)])
  }
  acknowledge(positions: ReadonlyArray<{ readonly sequenceNumber: number }>) {
    for (const { sequenceNumber } of positions) this.finished.add(sequenceNumber)
    while (this.finished.has(this.checkpoint.next)) this.checkpoint.next += 1
  }
  isOurs({ sequenceNumber }: { readonly sequenceNumber: number }) {
    return sequenceNumber < this.bodies.length - 1
  }
  health() {
    return { paused: this.bodies.length === 0, partitions: [] }
  }
}

describe('a source of plain async functions', () => {
  const cases = eventSourceContract({
    make: bodies => {
      const checkpoint = { next: 0 }
      const open = () => EventSource.fromAsync(new Stream(bodies, checkpoint))
      return Promise.resolve({ source: open(), restart: () => Promise.resolve(open()) })
    }
  })
  for (const { name, run } of cases) it(name, run)
})

const runOver = async (source: AsyncEventSource) => {
  const audit = createMemoryAuditSink()
  const events: Array<LifecycleEvent> = []
  const sync = createOnDemandSync({
    source: EventSource.fromAsync(source),
    resolver: createMemoryResourceResolver([]),
    policies: createMemoryPolicySource(resource => ({
      resource,
      grants: [],
      masks: [],
      managed: { roles: [], users: [] },
      notes: []
    })),
    syncer: createMemoryPolicySyncer(),
    audit,
    batch: { timeoutMs: 0 },
    onEvent: event => void events.push(event)
  })
  await sync.start()
  const error = await sync.done.then(
    () => undefined,
    (cause: unknown) => cause
  )
  return { records: audit.records(), events, error, health: sync.health() }
}

describe('a pipeline over one', () => {
  it('leaves events to the owner of their partition, and tells how the source stands', async () => {
    const { records, events, health } = await runOver(new Stream(['a', 'b', 'c']))
    expect(records.map(({ position }) => position.sequenceNumber)).toEqual([0, 1])
    expect(events.filter(({ type }) => type === 'let go')).toEqual([{ type: 'let go', events: 1 }])
    expect(health.source).toEqual({ paused: false, partitions: [] })
  })

  it('calls a checkpoint that failed a failed checkpoint', async () => {
    const { events, error } = await runOver({
      events: async function* () {
        yield await Promise.resolve([eventOf('a', 0)])
      },
      acknowledge: () => Promise.reject(new Error('the store is away'))
    })
    expect(events.find(({ type }) => type === 'checkpoint failed')).toMatchObject({
      error: { _tag: 'CheckpointFailed', detail: 'acknowledge rejected' }
    })
    expect(error).toBeUndefined()
  })

  it('calls a source that breaks a failed source, having audited what came before', async () => {
    const { records, error } = await runOver({
      events: async function* () {
        yield await Promise.resolve([eventOf('a', 0)])
        throw new Error('the connection is gone')
      }
    })
    expect(error).toMatchObject({ error: { _tag: 'SourceFailed', retryable: true } })
    expect(records).toHaveLength(1)
  })
})

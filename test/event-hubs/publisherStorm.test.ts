/**
 * A publisher among faults of every kind, a blow every few hundred milliseconds: every request is answered, what was answered well is in the hub, and the publisher ends. An error that nobody catches fails the run.
 *
 * `PUBLISHER_STORM_SECONDS` (default 8) is how long it goes on; `PUBLISHER_STORM_SEED` plays a run again.
 */
import { createSyncRequest, isSyncException, payloadCodec, ResourceReference, toPromise } from 'on-demand-sync'
import { createPublisher } from 'on-demand-sync/event-hubs'
import type { LocalEventHubs } from 'on-demand-sync/testing'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { expect, it, onTestFinished } from 'vitest'
import { pick, randomNumbers } from '../chaos/randomNumbers.ts'

const seconds = Number(process.env['PUBLISHER_STORM_SECONDS'] ?? 8)
const seed = Number(process.env['PUBLISHER_STORM_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const everyMs = 400

const errors = ['server-busy', 'timeout', 'internal-error', 'detach-forced'] as const
const blowsAt = ({ faults }: LocalEventHubs, random: () => number): ReadonlyArray<() => unknown> => [
  () => faults.strike({ role: 'producer', do: 'destroy', times: 1 }),
  () => faults.strike({ role: 'producer', do: 'close-connection', times: 1 }),
  () => faults.strike({ role: 'producer', do: 'close-connection', error: 'internal-error', times: 1 }),
  () => faults.strike({ role: 'producer', do: 'detach', error: pick(random, errors), times: 3 }),
  () => faults.strike({ role: 'producer', do: 'detach', times: 3 }),
  () => faults.inject({ on: 'attach', do: 'refuse', error: pick(random, errors), role: 'producer', times: 2 }),
  () => faults.inject({ on: 'send', do: 'refuse', error: pick(random, errors), times: 3 }),
  () => faults.inject({ on: 'send', do: 'silence', times: 1 }),
  () => faults.inject({ on: 'send', do: 'lose', times: 1 }),
  () => faults.inject({ on: 'send', do: 'destroy', times: 1 }),
  () => faults.inject({ on: 'cbs', do: 'silence', times: 1 }),
  () => faults.inject({ on: 'accept', do: 'delay', delayMs: 800, times: 1 })
]

it(
  `answers for every request in ${seconds} s of faults (PUBLISHER_STORM_SEED=${seed})`,
  { timeout: (seconds + 300) * 1_000 },
  async () => {
    const random = randomNumbers(seed)
    const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 4 } } })
    onTestFinished(() => hubs.stop())
    const publisher = createPublisher({ connectionString: hubs.connectionString('tasks') })
    const blows = blowsAt(hubs, random)
    const outcomes = new Map<string, string>()
    const publish = async (n: number): Promise<void> => {
      const id = `task-${n}`
      const resources = [ResourceReference.table('SALES', 'PUBLIC', `ORDERS_${n % 40}`)]
      const outcome = await toPromise(publisher.publish(createSyncRequest({ id, resources }))).then(
        () => 'stored',
        (cause: unknown) => (isSyncException(cause) ? cause.error._tag : String(cause))
      )
      outcomes.set(id, outcome)
    }
    const published: Array<Promise<void>> = []
    const until = Date.now() + seconds * 1_000
    for (let nextBlowAtMs = Date.now() + everyMs; Date.now() < until;) {
      published.push(publish(published.length))
      await new Promise(resolve => setTimeout(resolve, 5))
      if (Date.now() < nextBlowAtMs) continue
      nextBlowAtMs += everyMs
      pick(random, blows)()
    }
    hubs.faults.clear()
    await toPromise(publisher.close())
    await Promise.all(published)

    const stored = [...outcomes].filter(([, outcome]) => outcome === 'stored').map(([id]) => id)
    const inHub = new Set(
      hubs
        .hub('tasks')
        .events()
        .map(({ body }) => {
          const request = payloadCodec.decode(body)
          return request._tag === 'Right' ? request.right.id : 'not a request'
        })
    )
    process.stdout.write(
      `publisher storm (PUBLISHER_STORM_SEED=${seed}): ${published.length} published, ${stored.length} stored, ${hubs.hub('tasks').events().length} in the hub\n`
    )
    expect(outcomes.size).toBe(published.length)
    expect(stored.filter(id => !inHub.has(id))).toEqual([])
    // Whoever was told that it is not known whether the hub has it may try again; nobody is told anything else.
    expect([...outcomes.values()].filter(outcome => outcome !== 'stored' && outcome !== 'Unavailable')).toEqual([])
  }
)

/**
 * How far the partitions of this host reach. They are asked for it now and then: the hub can also say it with every event (`trackLastEnqueuedEventProperties`), but then an event is a tenth dearer to read, and of a
 * partition in which nothing happens nothing is known.
 */
import { withDeadline } from '../internal/abort.ts'
import type { Clock } from '../internal/Clock.ts'
import type { Partition } from './Partition.ts'

export interface LagMonitor {
  readonly start: () => void
  /** Calls off what was asked. */
  readonly close: () => void
}

export interface LagMonitorOptions {
  readonly partitions: () => Iterable<Partition>
  /** The sequence number of a partition's last event, -1 where it never had one. */
  readonly ask: (partitionId: string, signal: AbortSignal) => Promise<number>
  readonly clock: Clock
}

/** What the hub said holds for so long, in milliseconds. */
const freshMs = 5_000
const turnMs = 1_000
const answerWithinMs = 5_000
/** A namespace answers 50 such questions per second, to all of its clients together. */
const maxPerTurn = 10

/** A monitor that looks once per second from its start until it is closed, and asks where the last answer is five seconds old. */
export const createLagMonitor = ({ partitions, ask, clock }: LagMonitorOptions): LagMonitor => {
  const ended = new AbortController()
  let cancel: (() => void) | undefined

  const askFor = async (partition: Partition): Promise<void> => {
    partition.askedAtMs = clock.now()
    try {
      partition.lastEnqueuedSequenceNumber = await withDeadline(clock, answerWithinMs, ended.signal, signal =>
        ask(partition.partitionId, signal)
      )
    } catch {
      // The client says elsewhere what is the matter; until the next answer no number is better than an old one.
      partition.lastEnqueuedSequenceNumber = undefined
    }
  }

  const turn = async (): Promise<void> => {
    const isDue = ({ askedAtMs = -Infinity }: Partition) => clock.now() - askedAtMs >= freshMs
    const due = [...partitions()].filter(isDue).sort((a, b) => (a.askedAtMs ?? 0) - (b.askedAtMs ?? 0))
    for (const partition of due.slice(0, maxPerTurn)) if (!ended.signal.aborted) await askFor(partition)
    if (!ended.signal.aborted) schedule()
  }
  const schedule = () => (cancel = clock.schedule(turnMs, () => void turn()))

  return {
    start: () => {
      if (cancel === undefined) schedule()
    },
    close: () => {
      ended.abort()
      cancel?.()
    }
  }
}

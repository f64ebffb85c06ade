/**
 * Which positions have an audit record, as ranges per partition: a few numbers for millions of events.
 *
 * A hub that was deleted and made anew starts its sequence numbers again. Within the life of a partition, a later storing time never goes with a lower
 * sequence number; so an event that has one is from a new life, and what was recorded of the old one is forgotten. Taking it for a redelivery would lose it.
 */
import * as t from 'io-ts'

/** A run of recorded sequence numbers, both ends included. */
type Range = readonly [first: number, last: number]

interface Partition {
  /** Ascending, without touching neighbours. */
  readonly ranges: Array<[first: number, last: number]>
  /** When the event with the highest recorded sequence number was stored. */
  newestAtMs: number
}

/** For storing beside a closed file, so that it need not be read again. */
export type PositionsSnapshot = ReadonlyArray<{
  readonly partition: string
  readonly ranges: ReadonlyArray<Range>
  readonly newestAtMs: number
}>

const Snapshot: t.Type<PositionsSnapshot> = t.readonlyArray(
  t.readonly(
    t.type({
      partition: t.string,
      ranges: t.readonlyArray(t.readonly(t.tuple([t.number, t.number]))),
      newestAtMs: t.number
    })
  )
)

/** Whether what was stored can be restored. */
export const isPositionsSnapshot = (stored: unknown): stored is PositionsSnapshot => Snapshot.is(stored)

export interface RecordedPositions {
  /** Takes note of an event of a partition (named by any text of its own); false where it was known already. */
  readonly add: (partition: string, sequenceNumber: number, enqueuedAtMs: number) => boolean
  readonly snapshot: () => PositionsSnapshot
  readonly restore: (snapshot: PositionsSnapshot) => void
}

export const createRecordedPositions = (): RecordedPositions => {
  const partitions = new Map<string, Partition>()
  return {
    add: (key, sequenceNumber, enqueuedAtMs) => {
      const partition = partitions.get(key)
      const highest = partition?.ranges.at(-1)?.[1]
      if (
        partition === undefined ||
        highest === undefined ||
        (sequenceNumber <= highest && enqueuedAtMs > partition.newestAtMs)
      ) {
        partitions.set(key, { ranges: [[sequenceNumber, sequenceNumber]], newestAtMs: enqueuedAtMs })
        return true
      }
      if (sequenceNumber > highest) partition.newestAtMs = enqueuedAtMs
      return insert(partition.ranges, sequenceNumber)
    },
    snapshot: () =>
      [...partitions].map(([partition, { ranges, newestAtMs }]) => ({
        partition,
        ranges: ranges.map(([first, last]) => [first, last] as const),
        newestAtMs
      })),
    restore: snapshot => {
      for (const { partition, ranges, newestAtMs } of snapshot) {
        const known = partitions.get(partition)
        const sameLife =
          known !== undefined &&
          newestAtMs >= known.newestAtMs &&
          (ranges.at(-1)?.[1] ?? -1) >= (known.ranges.at(-1)?.[1] ?? -1)
        const merged = (sameLife ? [...known.ranges, ...ranges] : [...ranges])
          .sort(([a], [b]) => a - b)
          .reduce<Array<[number, number]>>(join, [])
        partitions.set(partition, { ranges: merged, newestAtMs })
      }
    }
  }
}

/** Adds a range that begins no earlier than the last one. */
const join = (ranges: Array<[number, number]>, [first, last]: Range): Array<[number, number]> => {
  const previous = ranges.at(-1)
  if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last)
  else ranges.push([first, last])
  return ranges
}

/** Puts a number into the ranges; false where it is in them already. Nearly always it follows the last one, or comes soon after. */
const insert = (ranges: Array<[number, number]>, n: number): boolean => {
  let at = ranges.length
  while (at > 0 && (ranges[at - 1]?.[0] ?? 0) > n) at -= 1
  const before = ranges[at - 1]
  const after = ranges[at]
  if (before !== undefined && n <= before[1]) return false
  const touchesAfter = after?.[0] === n + 1
  if (before?.[1] === n - 1) {
    before[1] = touchesAfter ? after[1] : n
    if (touchesAfter) ranges.splice(at, 1)
  } else if (touchesAfter) after[0] = n
  else ranges.splice(at, 0, [n, n])
  return true
}

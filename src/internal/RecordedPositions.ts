/**
 * Which positions have an audit record, as ranges per partition: a few numbers for millions of events.
 *
 * A hub that was deleted and made anew starts its sequence numbers again. Within the life of a partition, a later storing time never goes with a lower
 * sequence number; so an event that has one is from a new life, and what was recorded of the old one is forgotten. Taking it for a redelivery would lose it.
 */
/** A run of recorded sequence numbers, both ends included. */
type Range = readonly [first: number, last: number]

interface Partition {
  /** Ascending, without touching neighbours. */
  ranges: ReadonlyArray<Range>
  /** When the event with the highest recorded sequence number was stored. */
  newestAtMs: number
}

/** For storing beside a closed file, so that it need not be read again. */
export type PositionsSnapshot = ReadonlyArray<{
  readonly partition: string
  readonly ranges: ReadonlyArray<Range>
  readonly newestAtMs: number
}>

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
      const ranges = insert(partition.ranges, sequenceNumber)
      if (ranges === undefined) return false
      partition.ranges = ranges
      return true
    },
    snapshot: () => [...partitions].map(([partition, { ranges, newestAtMs }]) => ({ partition, ranges, newestAtMs })),
    restore: snapshot => {
      for (const { partition, ranges, newestAtMs } of snapshot) {
        const known = partitions.get(partition)
        const sameLife =
          known !== undefined &&
          newestAtMs >= known.newestAtMs &&
          (ranges.at(-1)?.[1] ?? -1) >= (known.ranges.at(-1)?.[1] ?? -1)
        const merged = sameLife
          ? [...known.ranges, ...ranges].sort(([a], [b]) => a - b).reduce<ReadonlyArray<Range>>(join, [])
          : ranges
        partitions.set(partition, { ranges: merged, newestAtMs })
      }
    }
  }
}

const join = (ranges: ReadonlyArray<Range>, next: Range): ReadonlyArray<Range> => {
  const last = ranges.at(-1)
  return last !== undefined && next[0] <= last[1] + 1
    ? [...ranges.slice(0, -1), [last[0], Math.max(last[1], next[1])]]
    : [...ranges, next]
}

/** The ranges with one more number, or undefined where it is in them already. */
const insert = (ranges: ReadonlyArray<Range>, n: number): ReadonlyArray<Range> | undefined => {
  let at = ranges.length
  while (at > 0 && (ranges[at - 1]?.[0] ?? 0) > n) at -= 1
  const before = ranges[at - 1]
  const after = ranges[at]
  if (before !== undefined && n <= before[1]) return undefined
  const touchesBefore = before?.[1] === n - 1
  const touchesAfter = after?.[0] === n + 1
  const grown: Range = [touchesBefore ? before[0] : n, touchesAfter ? after[1] : n]
  return [...ranges.slice(0, touchesBefore ? at - 1 : at), grown, ...ranges.slice(touchesAfter ? at + 1 : at)]
}

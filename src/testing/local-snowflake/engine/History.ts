/** Which committed change made which version, and when: what time travel asks. */

export interface History {
  /** The newest committed version. */
  readonly version: () => number
  /** Notes a committed change, and the statements that made it. */
  readonly commit: (timeMs: number, queryIds: ReadonlyArray<string>) => void
  /** The newest version that was committed at that time. */
  readonly atTime: (timeMs: number) => number
  readonly ofQuery: (queryId: string) => number | undefined
}

export const createHistory = (): History => {
  const times: number[] = []
  const queries = new Map<string, number>()
  return {
    version: () => times.length,
    commit: (timeMs, queryIds) => {
      times.push(timeMs)
      for (const queryId of queryIds) queries.set(queryId, times.length)
    },
    atTime: timeMs => countUpTo(times, timeMs),
    ofQuery: queryId => queries.get(queryId)
  }
}

/** How many of the rising numbers are at most `limit`. */
const countUpTo = (numbers: ReadonlyArray<number>, limit: number): number => {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? Infinity) <= limit) low = middle + 1
    else high = middle
  }
  return low
}

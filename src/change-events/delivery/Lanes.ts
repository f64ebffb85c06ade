/** Messages that wait, in lanes by key: a lane's next message is not taken before its last one is settled. */

/** One line of messages with the same key. */
export interface Lane<A> {
  readonly key: string
  readonly items: Array<A>
}

/** All lanes of a topic. */
export interface Lanes<A> {
  readonly size: () => number
  readonly push: (key: string, item: A) => void
  /** Takes up to `max` lanes whose turn it is; they are out of reach until they are given back. */
  readonly take: (max: number) => ReadonlyArray<Lane<A>>
  /** The lane's first message is settled: the next one's turn comes, after all others'. */
  readonly advance: (lane: Lane<A>) => void
  /** The lane's first message is to be tried again. */
  readonly giveBack: (lane: Lane<A>) => void
  /** Takes out everything that waits in lanes within reach. */
  readonly clear: () => ReadonlyArray<A>
}

export const createLanes = <A>(): Lanes<A> => {
  const lanes = new Map<string, Lane<A>>()
  /** Lanes whose turn it is, in order. A `Set` keeps the order of insertion, and its first element is found at once. */
  const ready = new Set<Lane<A>>()
  let size = 0

  const advance = (lane: Lane<A>): void => {
    lane.items.shift()
    size -= 1
    if (lane.items.length > 0) ready.add(lane)
    else lanes.delete(lane.key)
  }

  return {
    size: () => size,
    push: (key, item) => {
      size += 1
      const lane = lanes.get(key)
      if (lane !== undefined) {
        lane.items.push(item)
        return
      }
      const made = { key, items: [item] }
      lanes.set(key, made)
      ready.add(made)
    },
    take: max => {
      const taken: Array<Lane<A>> = []
      for (const lane of ready) {
        if (taken.length >= max) break
        ready.delete(lane)
        taken.push(lane)
      }
      return taken
    },
    advance,
    giveBack: lane => void ready.add(lane),
    clear: () => {
      const items = [...lanes.values()].flatMap(lane => lane.items)
      lanes.clear()
      ready.clear()
      size = 0
      return items
    }
  }
}

/** Chance that can be played again: numbers from 0 to 1, the same ones for the same seed (mulberry32, public domain). */
export const randomNumbers = (seed: number): (() => number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** One of several. */
export const pick = <A>(random: () => number, items: ReadonlyArray<A>): A =>
  items[Math.min(items.length - 1, Math.floor(random() * items.length))]!

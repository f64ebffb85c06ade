/** One at a time, in the order of asking. */
export const createExclusive = (): (<A>(run: () => Promise<A>) => Promise<A>) => {
  let last: Promise<unknown> = Promise.resolve()
  return run => {
    const turn = last.then(run)
    last = turn.catch(() => undefined) // the caller hears of it; the next in line need not
    return turn
  }
}

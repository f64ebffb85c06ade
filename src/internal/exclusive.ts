import { waitFor } from './abort.ts'

/** One at a time, in the order of asking. */
export type Exclusive = <A>(run: () => Promise<A>) => Promise<A>

export const createExclusive = (): Exclusive => {
  let last: Promise<unknown> = Promise.resolve()
  return run => {
    const turn = last.then(run)
    last = turn.catch(() => undefined) // the caller hears of it; the next in line need not
    return turn
  }
}

/** Runs in turn. Undefined, at once, where `signal` fires while it waits for its turn: then it does not run. Once it runs, ending it is its own business. */
export const runInTurn = async <A>(
  inTurn: Exclusive,
  signal: AbortSignal,
  run: () => Promise<A>
): Promise<A | undefined> => {
  let gone = false
  const release = await waitFor<(() => void) | undefined>(signal, undefined, begin => {
    void inTurn(() => new Promise<void>(end => (gone ? end() : begin(end))))
    return () => void (gone = true)
  })
  if (release === undefined) return undefined
  try {
    return await run()
  } finally {
    release()
  }
}

/** Waiting that an AbortSignal or a deadline can end at once, without a trace. */
import type { Clock } from './Clock.ts'

/**
 * Waits until `enter`'s callback is called. `enter` puts the caller in some line and returns how to leave it again;
 * when `signal` fires first, the caller is taken out of the line and answered `aborted`.
 */
export const waitFor = <A>(
  signal: AbortSignal | undefined,
  aborted: A,
  enter: (answer: (value: A) => void) => () => void
): Promise<A> => {
  if (signal?.aborted === true) return Promise.resolve(aborted)
  return new Promise(resolve => {
    const state = { answered: false }
    const finish = (value: A) => {
      state.answered = true
      signal?.removeEventListener('abort', onAbort)
      resolve(value)
    }
    const onAbort = () => {
      leave()
      finish(aborted)
    }
    const leave = enter(finish)
    // The answer may have come while entering: then there is nothing left to listen for.
    if (!state.answered) signal?.addEventListener('abort', onAbort, { once: true })
  })
}

/** How something ends that cannot be called off; rejects with `aborted()` where the signal fires first. Its own failure is heard even then. */
export const orAborted = async <A>(
  work: Promise<A>,
  signal: AbortSignal | undefined,
  aborted: () => Error
): Promise<A> => {
  work.catch(() => undefined)
  const isDone = await waitFor(signal, false, answer => {
    const done = () => answer(true)
    work.then(done, done)
    return () => undefined
  })
  if (!isDone) throw aborted()
  return work
}

/**
 * Runs something with a signal that fires when `signal` does or after `delayMs`, whichever is first. Timer and listener are gone when it returns.
 * (`AbortSignal.any` keeps its dependants on a long-lived signal in the older versions of Node that we support.)
 */
export const withDeadline = async <A>(
  clock: Clock,
  delayMs: number,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal) => Promise<A>
): Promise<A> => {
  const controller = new AbortController()
  const end = () => controller.abort()
  if (signal?.aborted === true) end()
  const cancel = clock.schedule(delayMs, end)
  signal?.addEventListener('abort', end, { once: true })
  try {
    return await run(controller.signal)
  } finally {
    cancel()
    signal?.removeEventListener('abort', end)
  }
}

/** Runs something with a signal that fires when either of two does. No listener is left behind; see above for why `AbortSignal.any` is not used. */
export const withEither = async <A>(
  first: AbortSignal | undefined,
  second: AbortSignal,
  run: (signal: AbortSignal) => Promise<A>
): Promise<A> => {
  if (first === undefined) return run(second)
  const controller = new AbortController()
  const end = () => controller.abort()
  const both = [first, second]
  if (both.some(({ aborted }) => aborted)) end()
  for (const signal of both) signal.addEventListener('abort', end, { once: true })
  try {
    return await run(controller.signal)
  } finally {
    for (const signal of both) signal.removeEventListener('abort', end)
  }
}

/** A gate that whoever passes waits at while it is shut. */
import { waitFor } from '../internal/abort.ts'

export interface Gate {
  readonly isOpen: () => boolean
  readonly open: () => void
  readonly shut: () => void
  /** Waits until the gate is open; false when the signal fired first. */
  readonly passed: (signal: AbortSignal) => Promise<boolean>
}

/** A gate that is open. */
export const createGate = (): Gate => {
  const waiting = new Set<() => void>()
  let open = true
  return {
    isOpen: () => open,
    open: () => {
      open = true
      for (const go of waiting) go()
      waiting.clear()
    },
    shut: () => (open = false),
    passed: signal => {
      if (open) return Promise.resolve(!signal.aborted)
      return waitFor(signal, false, answer => {
        const go = () => answer(true)
        waiting.add(go)
        return () => void waiting.delete(go)
      })
    }
  }
}

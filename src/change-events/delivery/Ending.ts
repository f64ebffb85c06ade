/** An end that many wait for at once. (Listeners of an `AbortSignal` stand in one list: each that comes or goes walks past all others.) */
export interface Ending {
  readonly isOver: () => boolean
  readonly end: () => void
  /** Calls the listener once, when it ends. The returned function takes it back. */
  readonly hear: (listener: () => void) => () => void
}

export const createEnding = (): Ending => {
  const listeners = new Set<() => void>()
  let isOver = false
  return {
    isOver: () => isOver,
    end: () => {
      isOver = true
      for (const listener of [...listeners]) listener()
      listeners.clear()
    },
    hear: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}

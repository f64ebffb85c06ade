/** Tells listeners, none of whom can do harm. */
export interface Emitter<E> {
  readonly emit: (event: E) => void
  readonly on: (listener: (event: E) => void) => () => void
}

export const createEmitter = <E>(first?: (event: E) => void): Emitter<E> => {
  const listeners = new Set(first === undefined ? [] : [first])
  return {
    emit: event => {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch {
          // A listener's own trouble: there is nobody to tell who did not just throw.
        }
      }
    },
    on: listener => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
  }
}

/** A text that must not be printed: every way of printing it says `[redacted]`. */
import { inspect } from 'node:util'

const redacted = '[redacted]'

/** A password, key, token or connection string. */
export interface Secret {
  /** The text itself: for handing to a driver, and for nothing else. */
  readonly reveal: () => string
  readonly toString: () => string
  readonly toJSON: () => string
}

/**
 * Wraps a text.
 *
 * @example
 * ```ts
 * import { createSecret } from 'on-demand-sync'
 *
 * const secret = createSecret('hunter2')
 * if (`${String(secret)} ${JSON.stringify({ secret })}`.includes('hunter2')) throw new Error('leaked')
 * if (secret.reveal() !== 'hunter2') throw new Error('unexpected')
 * ```
 */
export const createSecret = (text: string): Secret => {
  const secret = {
    reveal: () => text,
    toString: () => redacted,
    toJSON: () => redacted,
    [inspect.custom]: () => redacted
  }
  return Object.freeze(secret)
}

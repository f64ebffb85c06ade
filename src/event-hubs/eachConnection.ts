/** Reaching a client's connections. It has one at a time, and after a loss a new one in the same place. */

/** What a client keeps to itself, as far as it is known: `@azure/event-hubs` 6. */
interface Insides {
  readonly _context?: object
  /** A buffered producer has a producer in it. */
  readonly _producer?: { readonly _context?: object }
}

/** The client's context; undefined where it is not where it was in the version this was made for. */
export const contextOf = (client: object): object | undefined => {
  const { _context, _producer } = client as Insides
  return _context ?? _producer?._context
}

type Tame = (connection: object) => void

/** What is done to the connections of a context, in order. */
const tamers = new WeakMap<object, Array<Tame>>()

const isObject = (u: unknown): u is object => typeof u === 'object' && u !== null

/** Does something to the present connection, and to each that comes after it. */
export const eachConnection = (context: { connection?: unknown }, tame: Tame): void => {
  if (isObject(context.connection)) tame(context.connection)
  const known = tamers.get(context)
  if (known !== undefined) {
    known.push(tame)
    return
  }
  const all = [tame]
  tamers.set(context, all)
  let present = context.connection
  Object.defineProperty(context, 'connection', {
    configurable: true,
    enumerable: true,
    get: () => present,
    set: (next: unknown) => {
      present = next
      if (isObject(next)) for (const each of all) each(next)
    }
  })
}

/** Reading objects that came from outside. */

/** A JSON object: neither null nor a list. */
export const isObject = (u: unknown): u is object => typeof u === 'object' && u !== null && !Array.isArray(u)

/** Own properties only: `{"__proto__": …}` and inherited names are no fields. */
export const ownField = (object: object, key: string): unknown =>
  Object.hasOwn(object, key) ? (object as Readonly<Record<string, unknown>>)[key] : undefined

/** The object without its undefined fields, so that optional fields stay absent instead of present and empty. */
export const compact = <A extends object>(fields: A): { [K in keyof A]: Exclude<A[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof A]: Exclude<A[K], undefined>
  }

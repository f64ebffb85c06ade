/** Runs an async function over a list, at most `limit` at a time. Rejects with the first rejection, once all running ones have ended. */
export const forEachLimited = async <A>(
  items: Iterable<A>,
  limit: number,
  run: (item: A) => Promise<void>
): Promise<void> => {
  const rest = items[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (let next = rest.next(); next.done !== true; next = rest.next()) await run(next.value)
  }
  const ended = await Promise.allSettled(Array.from({ length: limit }, worker))
  const rejected = ended.find(result => result.status === 'rejected')
  if (rejected !== undefined) throw rejected.reason
}

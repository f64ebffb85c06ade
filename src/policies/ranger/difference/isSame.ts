/** Whether two documents, or parts of them, say the same. Of very many policies each is compared, which takes Node's own comparison several times as long. */

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

const isSameMap = (a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean => {
  if (a.size !== b.size) return false
  for (const [key, value] of a) if (!b.has(key) || !isSame(value, b.get(key))) return false
  return true
}

const isSameRecord = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean => {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && isSame(a[key], b[key]))
}

/** Compares plain values, lists, sets of plain values, maps (both in any order) and records, and what is in them. */
export const isSame = (a: unknown, b: unknown): boolean => {
  if (Object.is(a, b)) return true
  if (!isRecord(a) || !isRecord(b)) return false
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, index) => isSame(item, b[index]))
    )
  if (a instanceof Set || b instanceof Set)
    return a instanceof Set && b instanceof Set && a.size === b.size && [...a].every(item => b.has(item))
  if (a instanceof Map || b instanceof Map) return a instanceof Map && b instanceof Map && isSameMap(a, b)
  return isSameRecord(a, b)
}

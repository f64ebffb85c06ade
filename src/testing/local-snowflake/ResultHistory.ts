/** Results of past statements, for RESULT_SCAN and for clients that fetch later. The oldest go when they hold too much. */
import type { User } from './catalog/Principal.ts'
import type { ResultSet } from './statements/ResultSet.ts'

export interface ResultHistory {
  /** Undefined too when another user asks than the one whose statement it was. */
  readonly get: (queryId: string, user: User) => ResultSet | undefined
  readonly keep: (queryId: string, user: User, result: ResultSet) => void
}

/** Characters of cells kept in all. */
const capacity = 64 * 1024 * 1024

export const createResultHistory = (): ResultHistory => {
  const kept = new Map<string, { readonly user: User; readonly result: ResultSet; readonly size: number }>()
  let total = 0
  return {
    get: (queryId, user) => {
      const entry = kept.get(queryId)
      return entry?.user === user ? entry.result : undefined
    },
    keep: (queryId, user, result) => {
      const size = sizeOf(result)
      kept.set(queryId, { user, result, size })
      total += size
      for (const [oldest, entry] of kept) {
        if (total <= capacity || oldest === queryId) break
        kept.delete(oldest)
        total -= entry.size
      }
    }
  }
}

/** A sample is enough: rows of one result are much alike. */
const sizeOf = ({ rows }: ResultSet): number => {
  const sample = rows.slice(0, 100)
  const cells = sample.reduce((sum, row) => sum + row.reduce((length, cell) => length + 16 + (cell?.length ?? 0), 0), 0)
  return sample.length === 0 ? 16 : (cells / sample.length) * rows.length
}

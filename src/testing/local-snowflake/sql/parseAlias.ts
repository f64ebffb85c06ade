/** The name that may follow a select item or a table. */
import type { Cursor } from './Cursor.ts'

/** `AS name`, or a name alone that starts no clause. */
export const parseAlias = (cursor: Cursor): string | undefined => {
  if (cursor.take('AS')) return cursor.identifier()
  return cursor.atIdentifier() && !(cursor.peek().kind === 'word' && clauseStarts.has(cursor.peek().value))
    ? cursor.identifier()
    : undefined
}

const clauseStarts: ReadonlySet<string> = new Set(
  'AT BEFORE CHANGES ASOF EXCEPT FETCH LIMIT MATCH_CONDITION MATCH_RECOGNIZE OFFSET PIVOT UNPIVOT WINDOW CONNECT'.split(
    ' '
  )
)

/** DROP and COMMENT ON. */
import type { DropStatement } from './DropStatement.ts'
import type { Cursor } from './Cursor.ts'
import { parseObjectKind } from './parseObjectKind.ts'
import { skipArgumentTypes } from './skipArgumentTypes.ts'

export const parseDrop = (cursor: Cursor): DropStatement => {
  cursor.expect('DROP')
  const objectKind = parseObjectKind(cursor)
  const ifExists = cursor.take('IF', 'EXISTS')
  const name = cursor.name()
  skipArgumentTypes(cursor, objectKind)
  if (!cursor.take('CASCADE')) cursor.optional('RESTRICT')
  return { kind: 'drop', objectKind, name, ifExists }
}

export const parseComment = (cursor: Cursor): DropStatement => {
  cursor.expect('COMMENT')
  const ifExists = cursor.take('IF', 'EXISTS')
  cursor.expect('ON')
  if (cursor.take('COLUMN')) {
    const path = columnPath(cursor)
    const comment = commentText(cursor)
    return { kind: 'commentOn', objectKind: 'TABLE', name: path.slice(0, -1), column: path.at(-1), ifExists, comment }
  }
  const objectKind = parseObjectKind(cursor)
  const name = cursor.name()
  return { kind: 'commentOn', objectKind, name, column: undefined, ifExists, comment: commentText(cursor) }
}

/** One part more than a name may have. */
const columnPath = (cursor: Cursor): ReadonlyArray<string> => {
  const path = [cursor.identifier()]
  while (cursor.takeSymbol('.')) path.push(cursor.anyWord())
  if (path.length < 2 || path.length > 4) throw cursor.unexpected()
  return path
}

const commentText = (cursor: Cursor): string => {
  cursor.expect('IS')
  return cursor.string()
}

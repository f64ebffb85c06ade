/** `OR REPLACE`, `OR ALTER`, `IF NOT EXISTS`, and the tags any object may carry. */
import { unsupported } from '../StatementError.ts'
import type { CreateMode, TagSetting } from './CreateStatement.ts'
import type { Cursor } from './Cursor.ts'

/** What stands between CREATE and the kind of object. */
export const parseReplacing = (cursor: Cursor): CreateMode => {
  const orReplace = cursor.take('OR', 'REPLACE')
  const orAlter = !orReplace && cursor.take('OR', 'ALTER')
  return { orReplace, orAlter, ifNotExists: false }
}

/** What stands between the kind of object and its name. */
export const parseExistence = (cursor: Cursor, mode: CreateMode): CreateMode => {
  const ifNotExists = cursor.take('IF', 'NOT', 'EXISTS')
  if (ifNotExists && (mode.orReplace || mode.orAlter)) throw unsupported('OR REPLACE together with IF NOT EXISTS')
  return { ...mode, ifNotExists }
}

/** `[WITH] TAG (T = 'v', …)`, when it comes next. */
export const takeTags = (cursor: Cursor): ReadonlyArray<TagSetting> | undefined => {
  if (!cursor.take('WITH', 'TAG') && !cursor.take('TAG')) return undefined
  cursor.expectSymbol('(')
  const tags = parseTagSettings(cursor)
  cursor.expectSymbol(')')
  return tags
}

/** `T = 'v', U = 'w'`. */
export const parseTagSettings = (cursor: Cursor): ReadonlyArray<TagSetting> => {
  const tags: TagSetting[] = []
  do {
    const tag = cursor.name()
    cursor.expectSymbol('=')
    tags.push({ tag, value: cursor.string() })
  } while (cursor.takeSymbol(','))
  return tags
}

/** `COMMENT = 'text'`, when it comes next. */
export const takeComment = (cursor: Cursor): string | undefined => {
  if (!cursor.take('COMMENT')) return undefined
  cursor.optionalSymbol('=')
  return cursor.string()
}

/** One declaration of a DECLARE section or of LET. */
import type { Cursor } from './Cursor.ts'
import { atDataType, parseDataType } from './DataType.ts'
import type { Declaration, Fragment } from './ScriptStatement.ts'
import { takeFragment, withoutParentheses } from './takeFragment.ts'

export const takeDeclaration = (cursor: Cursor): Declaration | undefined => {
  if (!cursor.atIdentifier()) return undefined
  const name = cursor.identifier()
  if (cursor.take('CURSOR', 'FOR')) return { kind: 'cursor', name, query: takeFragment(cursor, []) }
  if (cursor.take('RESULTSET')) return { kind: 'resultSet', name, query: takeQuery(cursor) }
  if (cursor.take('EXCEPTION')) return parseException(cursor, name)
  const type = atDataType(cursor) ? parseDataType(cursor) : undefined
  return { kind: 'variable', name, type, value: takeValue(cursor) }
}

const takeValue = (cursor: Cursor): Fragment | undefined =>
  cursor.takeSymbol(':=') || cursor.take('DEFAULT') ? takeFragment(cursor, []) : undefined

const takeQuery = (cursor: Cursor): Fragment | undefined => {
  const value = takeValue(cursor)
  return value === undefined ? undefined : withoutParentheses(value)
}

const parseException = (cursor: Cursor, name: string): Declaration => {
  if (!cursor.takeSymbol('(')) return { kind: 'exception', name, number: -20000, message: 'User-defined exception' }
  const number = cursor.integer()
  const message = cursor.takeSymbol(',') ? cursor.string() : 'User-defined exception'
  cursor.expectSymbol(')')
  return { kind: 'exception', name, number, message }
}

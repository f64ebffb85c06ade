/** `KEY = value` lists, as CREATE and ALTER carry them. */
import type { Cursor } from './Cursor.ts'

export type PropertyValue = string | number | boolean | ReadonlyArray<string>

/** By upper-case name. */
export type Properties = ReadonlyMap<string, PropertyValue>

export const noProperties: Properties = new Map()

/** Reads as many as there are, with or without commas between them. */
export const parseProperties = (cursor: Cursor): Properties => {
  const properties = new Map<string, PropertyValue>()
  for (;;) {
    const mark = cursor.mark()
    cursor.optionalSymbol(',')
    if (cursor.peek().kind !== 'word' || !isAssignment(cursor)) {
      cursor.seek(mark)
      return properties
    }
    const key = cursor.next().value
    cursor.skip()
    properties.set(key, parseValue(cursor))
  }
}

const isAssignment = (cursor: Cursor): boolean => cursor.peek(1).kind === 'symbol' && cursor.peek(1).value === '='

const parseValue = (cursor: Cursor): PropertyValue => {
  if (cursor.takeSymbol('(')) return parseList(cursor)
  if (cursor.atSymbol('@')) return parseStage(cursor)
  if (cursor.peek().kind === 'string') return cursor.string()
  if (cursor.peek().kind === 'number' || cursor.atSymbol('-')) return cursor.integer()
  if (cursor.take('TRUE')) return true
  if (cursor.take('FALSE')) return false
  if (cursor.take('NULL')) return ''
  // A value may be a name: DEFAULT_ROLE = "my role", DEFAULT_NAMESPACE = DB.S
  const parts = [cursor.anyWord()]
  while (cursor.takeSymbol('.')) parts.push(cursor.anyWord())
  return parts.join('.')
}

/** `@db.s.stage/path`, up to the next blank. */
const parseStage = (cursor: Cursor): string => {
  const mark = cursor.mark()
  let end = cursor.peek().start
  while (cursor.peek().kind !== 'end' && cursor.peek().start === end) end = cursor.next().end
  return cursor.textSince(mark)
}

/** Strings and words between parentheses; nested `KEY = value` pairs (file formats and the like) are kept as their words. */
const parseList = (cursor: Cursor): ReadonlyArray<string> => {
  const values: string[] = []
  while (!cursor.takeSymbol(')')) {
    if (cursor.peek().kind === 'end') throw cursor.unexpected()
    const token = cursor.next()
    if (token.kind !== 'symbol') values.push(token.value)
  }
  return values
}

export const textProperty = (properties: Properties, key: string): string | undefined => {
  const value = properties.get(key)
  return value === undefined || typeof value === 'object' ? undefined : String(value)
}

export const flagProperty = (properties: Properties, key: string): boolean | undefined => {
  const value = textProperty(properties, key)?.toUpperCase()
  return value === undefined ? undefined : value === 'TRUE'
}

export const numberProperty = (properties: Properties, key: string): number | undefined => {
  const value = properties.get(key)
  return typeof value === 'number' ? value : undefined
}

export const listProperty = (properties: Properties, key: string): ReadonlyArray<string> | undefined => {
  const value = properties.get(key)
  return typeof value === 'object' ? value : undefined
}

/** `select …`: the language has it, and so it is read and printed; there are no rows here to run it on. */
import type { Name, Select, Source } from '../Expression.ts'
import type { Cursor } from './Cursor.ts'
import type { Parser } from './Parser.ts'

export const parseSelect = (parser: Parser): Select => {
  const { cursor, expression } = parser
  cursor.expect('select')
  const columns = separated(cursor, () => (cursor.take('*') ? ('*' as const) : parseAliased(parser)))
  cursor.expect('from')
  const from = separated(cursor, () => parseSource(parser))
  const where = cursor.take('where') ? expression() : undefined
  const groupBy = takeBy(cursor, 'group') ? separated(cursor, () => expression()) : []
  const orderBy = takeBy(cursor, 'order') ? separated(cursor, () => parseOrder(cursor)) : []
  const unions: Array<Select['unions'][number]> = []
  while (cursor.take('union')) {
    const all = cursor.take('all')
    if (!all) cursor.take('distinct')
    unions.push({ all, relation: expression() })
  }
  return { _tag: 'Select', columns, from, ...(where === undefined ? {} : { where }), groupBy, orderBy, unions }
}

const separated = <A>(cursor: Cursor, read: () => A): ReadonlyArray<A> => {
  const found = [read()]
  while (cursor.take(',')) found.push(read())
  return found
}

const takeBy = (cursor: Cursor, word: string): boolean => {
  const found = cursor.take(word)
  if (found) cursor.expect('by')
  return found
}

/** `x as y`, or `x y` where `y` is no keyword. */
const takeAlias = (cursor: Cursor): { readonly alias?: string } => {
  if (cursor.take('as')) return { alias: cursor.name() }
  return cursor.peek().kind === 'name' ? { alias: cursor.name() } : {}
}

const parseAliased = ({ cursor, expression }: Parser): Exclude<Select['columns'][number], '*'> => {
  const value = expression()
  return { value, ...takeAlias(cursor) }
}

const parseSource = (parser: Parser): Source => {
  const { cursor, expression } = parser
  let left = parseRelation(parser)
  for (;;) {
    const type = takeJoin(cursor)
    if (type === undefined) return left
    const right = parseRelation(parser)
    cursor.expect('on')
    left = { _tag: 'Join', type, left, right, on: expression() }
  }
}

const parseRelation = ({ cursor, expression }: Parser): Source => {
  const relation = expression()
  return { _tag: 'Relation', relation, ...takeAlias(cursor) }
}

const takeJoin = (cursor: Cursor): 'inner' | 'left' | 'right' | 'full' | undefined => {
  if (cursor.take('join')) return 'inner'
  const type = (['inner', 'left', 'right', 'full'] as const).find(word => cursor.take(word))
  if (type === undefined) return undefined
  if (type !== 'inner') cursor.take('outer')
  cursor.expect('join')
  return type
}

const parseOrder = (cursor: Cursor): Select['orderBy'][number] => {
  const path: [string, ...Array<string>] = [cursor.memberName()]
  while (cursor.take('.')) path.push(cursor.memberName())
  const order = cursor.take('desc') ? 'desc' : 'asc'
  if (order === 'asc') cursor.take('asc')
  return { path: path satisfies Name['path'], order }
}

/** `x of collection where condition`, and the quantifiers. */
import type { Expression, Iteration, Quantifier } from '../Expression.ts'
import type { Cursor } from './Cursor.ts'
import type { Parser } from './Parser.ts'

/** Whether `for any x of …` or `for all x of …` comes next. `[x for any of l]` is a loop over a variable called `any`. */
export const atQuantifier = (cursor: Cursor): boolean => {
  if (!cursor.at('for') || !(cursor.at('any', 1) || cursor.at('all', 1))) return false
  return cursor.at('(', 2) || (cursor.atName(2) && (!cursor.at('of', 2) || cursor.at('of', 3)))
}

/** Takes everything to its left as the predicate and everything after `of` as the collection. */
export const parseQuantifier = (parser: Parser, predicate: Expression): Quantifier => {
  const { cursor } = parser
  cursor.expect('for')
  const quantifier = cursor.take('any') ? 'any' : 'all'
  if (quantifier === 'all') cursor.expect('all')
  return { _tag: 'Quantifier', quantifier, predicate, iteration: parseIteration(parser) }
}

export const parseIteration = ({ cursor, expression }: Parser): Iteration => {
  const names = parseNames(cursor)
  cursor.expect('of')
  const collection = expression()
  return cursor.take('where') ? { names, collection, where: expression() } : { names, collection }
}

const parseNames = (cursor: Cursor): Iteration['names'] => {
  if (!cursor.take('(')) return [cursor.name()]
  const first = cursor.name()
  if (cursor.take(')')) return [first]
  cursor.expect(',')
  const second = cursor.name()
  cursor.expect(')')
  return [first, second]
}

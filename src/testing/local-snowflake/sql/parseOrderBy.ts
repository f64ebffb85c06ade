/** ORDER BY, of a query, a window or a WITHIN GROUP. */
import { unsupported } from '../StatementError.ts'
import type { Parser } from './Parser.ts'
import type { OrderItem } from './SyntaxTree.ts'

export const parseOrderBy = (parser: Parser): ReadonlyArray<OrderItem> => {
  parser.expect('ORDER', 'BY')
  if (parser.at('ALL')) throw unsupported('ORDER BY ALL')
  const items = [parseOrderItem(parser)]
  while (parser.takeSymbol(',')) items.push(parseOrderItem(parser))
  return items
}

const parseOrderItem = (parser: Parser): OrderItem => {
  const expression = parser.expression()
  const descending = parser.take('DESC')
  if (!descending) parser.optional('ASC')
  const nulls = parser.take('NULLS', 'FIRST') ? 'FIRST' : parser.take('NULLS', 'LAST') ? 'LAST' : undefined
  return { expression, descending, nulls }
}

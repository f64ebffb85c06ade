/** `VALUES (…), (…)`; the keyword was read. */
import type { Parser } from './Parser.ts'
import type { Values } from './SyntaxTree.ts'

export const parseValues = (parser: Parser): Values => {
  const rows: Values['rows'][number][] = []
  do {
    parser.expectSymbol('(')
    rows.push(parser.expressions())
    parser.expectSymbol(')')
  } while (parser.takeSymbol(','))
  return { kind: 'values', rows }
}

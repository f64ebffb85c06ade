/** Ties the circle of parsers together. */
import { createCursor, noPlaceholders } from './Cursor.ts'
import type { Placeholders } from './Cursor.ts'
import type { Expression } from './SyntaxTree.ts'
import { parseExpression } from './parseExpression.ts'
import type { Parser } from './Parser.ts'
import { parseQuery } from './parseQuery.ts'
import type { Token } from './Token.ts'

export const createParser = (
  source: string,
  tokens: ReadonlyArray<Token>,
  placeholders: Placeholders = noPlaceholders
): Parser => {
  const expressions = (): ReadonlyArray<Expression> => {
    const list = [parser.expression()]
    while (parser.takeSymbol(',')) list.push(parser.expression())
    return list
  }
  const cursor = createCursor(source, tokens, placeholders)
  const parser: Parser = {
    ...cursor,
    expression: () => cursor.nested(() => parseExpression(parser)),
    expressions,
    query: () => cursor.nested(() => parseQuery(parser))
  }
  return parser
}

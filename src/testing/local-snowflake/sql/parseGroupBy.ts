/** GROUP BY with ROLLUP, CUBE and GROUPING SETS. */
import type { Expression, GroupBy, GroupElement } from './SyntaxTree.ts'
import type { Parser } from './Parser.ts'

export const parseGroupBy = (parser: Parser): GroupBy => {
  if (!parser.take('GROUP', 'BY')) return { kind: 'none' }
  if (parser.take('ALL')) return { kind: 'all' }
  const elements = [parseElement(parser)]
  while (parser.takeSymbol(',')) elements.push(parseElement(parser))
  return { kind: 'by', elements }
}

const parseElement = (parser: Parser): GroupElement => {
  if (parser.take('ROLLUP')) return { kind: 'rollup', sets: parseSets(parser) }
  if (parser.take('CUBE')) return { kind: 'cube', sets: parseSets(parser) }
  if (parser.take('GROUPING', 'SETS')) return { kind: 'sets', sets: parseSets(parser) }
  return { kind: 'plain', sets: [[parser.expression()]] }
}

const parseSets = (parser: Parser): ReadonlyArray<ReadonlyArray<Expression>> => {
  parser.expectSymbol('(')
  const sets = [parseSet(parser)]
  while (parser.takeSymbol(',')) sets.push(parseSet(parser))
  parser.expectSymbol(')')
  return sets
}

const parseSet = (parser: Parser): ReadonlyArray<Expression> => {
  if (!parser.takeSymbol('(')) return [parser.expression()]
  const expressions = parser.atSymbol(')') ? [] : parser.expressions()
  parser.expectSymbol(')')
  return expressions
}

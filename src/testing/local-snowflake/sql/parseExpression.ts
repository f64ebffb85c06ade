/** Operators and their precedence, loosest first: OR, AND, NOT, predicates, `+ - ||`, `* / %`, sign, then casts and paths. */
import { unsupported } from '../StatementError.ts'
import { atQuery } from './atQuery.ts'
import type { Parser } from './Parser.ts'
import { parseDataType } from './DataType.ts'
import { textLiteral } from './Literal.ts'
import type { BinaryOperator, Expression, Like } from './SyntaxTree.ts'
import { parsePrimary } from './parsePrimary.ts'

export const parseExpression = (parser: Parser): Expression => {
  let left = parseConjunction(parser)
  while (parser.take('OR')) left = binary('OR', left, parseConjunction(parser))
  return left
}

const binary = (operator: BinaryOperator, left: Expression, right: Expression): Expression => ({
  kind: 'binary',
  operator,
  left,
  right
})

const parseConjunction = (parser: Parser): Expression => {
  let left = parseNegation(parser)
  while (parser.take('AND')) left = binary('AND', left, parseNegation(parser))
  return left
}

const parseNegation = (parser: Parser): Expression =>
  parser.take('NOT') ? { kind: 'unary', operator: 'NOT', operand: parseNegation(parser) } : parsePredicate(parser)

const comparisons: Readonly<Record<string, BinaryOperator>> = {
  '=': '=',
  '==': '=',
  '<>': '<>',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>='
}

const parsePredicate = (parser: Parser): Expression => {
  let left = parseSum(parser)
  for (;;) {
    const token = parser.peek()
    const comparison = token.kind === 'symbol' ? comparisons[token.value] : undefined
    if (comparison !== undefined) {
      parser.skip()
      if (parser.at('ANY') || parser.at('ALL') || parser.at('SOME')) throw unsupported('quantified comparison')
      left = binary(comparison, left, parseSum(parser))
    } else if (parser.take('IS')) {
      left = parseIs(parser, left)
    } else {
      const negated = parser.at('NOT') && isPredicateWord(parser.peek(1).value)
      if (negated) parser.skip()
      const predicate = parseWordPredicate(parser, left, negated)
      if (predicate === undefined) return left
      left = predicate
    }
  }
}

const isPredicateWord = (word: string): boolean => ['IN', 'BETWEEN', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP'].includes(word)

const parseIs = (parser: Parser, operand: Expression): Expression => {
  const negated = parser.take('NOT')
  if (parser.take('DISTINCT', 'FROM')) {
    return { kind: 'is', operand, test: 'DISTINCT FROM', other: parseSum(parser), negated }
  }
  const test = parser.takeOneOf('NULL', 'TRUE', 'FALSE')
  if (test === undefined) throw parser.unexpected()
  return { kind: 'is', operand, test, other: undefined, negated }
}

const parseWordPredicate = (parser: Parser, operand: Expression, negated: boolean): Expression | undefined => {
  if (parser.take('BETWEEN')) {
    const low = parseSum(parser)
    parser.expect('AND')
    return { kind: 'between', operand, low, high: parseSum(parser), negated }
  }
  if (parser.take('IN')) return parseIn(parser, operand, negated)
  if (parser.take('LIKE')) return parseLike(parser, 'LIKE', operand, negated)
  if (parser.take('ILIKE')) return parseLike(parser, 'ILIKE', operand, negated)
  if (parser.take('RLIKE') || parser.take('REGEXP')) return parseLike(parser, 'RLIKE', operand, negated)
  return undefined
}

const parseIn = (parser: Parser, operand: Expression, negated: boolean): Expression => {
  parser.expectSymbol('(')
  const inside: Expression = atQuery(parser)
    ? { kind: 'inQuery', operand, query: parser.query(), negated }
    : { kind: 'inList', operand, list: parser.expressions(), negated }
  parser.expectSymbol(')')
  return inside
}

const parseLike = (parser: Parser, operator: Like['operator'], operand: Expression, negated: boolean): Expression => {
  const quantifier = parser.takeOneOf('ANY', 'ALL') ?? 'ONE'
  if (quantifier !== 'ONE') parser.expectSymbol('(')
  const patterns = quantifier === 'ONE' ? [parseSum(parser)] : parser.expressions()
  if (quantifier !== 'ONE') parser.expectSymbol(')')
  const escape = parser.take('ESCAPE') ? parseSum(parser) : undefined
  return { kind: 'like', operator, operand, patterns, quantifier, escape, negated }
}

const parseSum = (parser: Parser): Expression => {
  let left = parseProduct(parser)
  for (;;) {
    const operator = (['+', '-', '||'] as const).find(symbol => parser.takeSymbol(symbol))
    if (operator === undefined) return left
    left = binary(operator, left, parseProduct(parser))
  }
}

const parseProduct = (parser: Parser): Expression => {
  let left = parseSign(parser)
  for (;;) {
    const operator = (['*', '/', '%'] as const).find(symbol => parser.takeSymbol(symbol))
    if (operator === undefined) return left
    left = binary(operator, left, parseSign(parser))
  }
}

const parseSign = (parser: Parser): Expression => {
  const operator = (['-', '+'] as const).find(symbol => parser.takeSymbol(symbol))
  return operator === undefined ? parsePostfix(parser) : { kind: 'unary', operator, operand: parseSign(parser) }
}

const parsePostfix = (parser: Parser): Expression => {
  let operand = parsePrimary(parser)
  for (;;) {
    if (parser.takeSymbol('::')) {
      operand = { kind: 'cast', operand, type: parseDataType(parser), attempt: false }
    } else if (parser.takeSymbol('[')) {
      operand = { kind: 'path', operand, key: parser.expression() }
      parser.expectSymbol(']')
    } else if (atPathStep(parser, operand)) {
      parser.skip()
      operand = { kind: 'path', operand, key: textLiteral(pathKey(parser)) }
    } else if (parser.at('COLLATE')) {
      throw unsupported('COLLATE')
    } else {
      return operand
    }
  }
}

/** `:key` after any operand, `.key` only after a step was taken: before that a dot qualifies a name. */
const atPathStep = (parser: Parser, operand: Expression): boolean => {
  const key = parser.peek(1).kind
  if (key !== 'word' && key !== 'quoted') return false
  return parser.atSymbol(':') || (parser.atSymbol('.') && operand.kind === 'path')
}

/** Keys keep the case they are written in, unlike identifiers. */
const pathKey = (parser: Parser): string => {
  const token = parser.next()
  return token.kind === 'quoted' ? token.value : parser.source.slice(token.start, token.end)
}

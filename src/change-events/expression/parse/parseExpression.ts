/** The public parser, and the operators: precedence climbing over the levels of `precedence.ts`. */
import type * as E from 'fp-ts/lib/Either.js'
import type { Expression } from '../Expression.ts'
import { binary, constant, logical } from '../Expression.ts'
import type { LimitExceeded, ParseFault } from '../ExpressionFault.ts'
import type { ExpressionLimits } from '../ExpressionLimits.ts'
import { withDefaultLimits } from '../ExpressionLimits.ts'
import { isDeeperThan } from '../isDeeperThan.ts'
import { binaryLevels, level, spellings } from '../precedence.ts'
import { attempt, limitExceeded, raiseFault } from '../raise.ts'
import type { Cursor } from './Cursor.ts'
import { createCursor } from './Cursor.ts'
import type { Parser } from './Parser.ts'
import { atQuantifier, parseQuantifier } from './parseIteration.ts'
import { parsePostfix } from './parsePostfix.ts'
import { parsePrimary } from './parsePrimary.ts'
import { createWithReader } from './WithReader.ts'

/**
 * Parses the text of an expression.
 *
 * **Details**: the grammar is that of the Basestar expression language (docs/expression-language.md). The whole text must be one
 * expression. Nothing is evaluated. `limits` bounds length, nesting and work.
 *
 * **Errors**: `ParseFault` with line, column and what was expected; `LimitExceeded` (maxTextLength, maxDepth, maxSteps).
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseExpression, printExpression } from 'on-demand-sync/change-events'
 *
 * const parsed = parseExpression("status = 'NEW' AND amount > 5")
 * if (E.isLeft(parsed) || printExpression(parsed.right) !== "status == 'NEW' && amount > 5") throw new Error('unexpected')
 * ```
 */
export const parseExpression = (
  text: string,
  limits: Partial<ExpressionLimits> = {}
): E.Either<ParseFault | LimitExceeded, Expression> => {
  const all = withDefaultLimits(limits)
  return attempt(all.maxDepth, () => {
    const cursor = createCursor(text, all)
    const parsed = createParser(cursor).expression()
    if (cursor.peek().kind !== 'end') cursor.unexpected('an operator or the end of the text')
    // A long chain of operators nests without the parser nesting.
    return isDeeperThan(parsed, all.maxDepth) ? raiseFault(limitExceeded('maxDepth', all.maxDepth)) : parsed
  })
}

const createParser = (cursor: Cursor): Parser => {
  const parser: Parser = {
    cursor,
    expression: (minimum = level.open) => cursor.deeper(() => parseOperators(parser, minimum)),
    ...createWithReader(cursor, () => parser.expression())
  }
  return parser
}

const parseOperators = (parser: Parser, minimum: number): Expression => {
  let left = parseUnary(parser)
  for (;;) {
    const longer = parseOneOperator(parser, left, minimum)
    if (longer === undefined) return left
    left = longer
  }
}

/** `left` with the operator that follows and its right side; undefined where none follows that binds as tightly as asked for. */
const parseOneOperator = (parser: Parser, left: Expression, minimum: number): Expression | undefined => {
  const { cursor } = parser
  const { kind, value } = cursor.peek()
  if (kind !== 'symbol' && kind !== 'keyword') return undefined
  const operator = spellings.get(value)
  if (operator !== undefined) {
    const { level: own, rightAssociative } = binaryLevels[operator]
    if (own < minimum || (operator === '-' && parser.endsHere())) return undefined
    cursor.next()
    return binary(operator, left, parser.expression(rightAssociative === true ? own : own + 1))
  }
  switch (value) {
    case '&&':
    case 'and':
      return minimum > level.and ? undefined : takeLogical(parser, '&&', left)
    case '||':
    case 'or':
      return minimum > level.or ? undefined : takeLogical(parser, '||', left)
    case 'is':
      return minimum > level.isNull ? undefined : takeIsNull(cursor, left)
    case '?':
      return minimum > level.conditional ? undefined : takeConditional(parser, left)
    case 'for':
      return minimum > level.quantifier || !atQuantifier(cursor) ? undefined : parseQuantifier(parser, left)
    default:
      return undefined
  }
}

/** All of `a && b && c` in one go: a long chain must not be put together anew for each of its terms. */
const takeLogical = (parser: Parser, operator: '&&' | '||', left: Expression): Expression => {
  const { cursor } = parser
  const word = operator === '&&' ? 'and' : 'or'
  const terms = [left]
  while (cursor.take(operator) || cursor.take(word))
    terms.push(parser.expression((operator === '&&' ? level.and : level.or) + 1))
  return logical(operator, terms)
}

const takeIsNull = (cursor: Cursor, left: Expression): Expression => {
  cursor.next()
  const operator = cursor.take('not') ? '!=' : '=='
  cursor.expect('null')
  return binary(operator, left, constant(null))
}

/** Left-associative, other than in most languages: `a ? 1 : b ? 2 : 3` is `(a ? 1 : b) ? 2 : 3`. */
const takeConditional = (parser: Parser, test: Expression): Expression => {
  parser.cursor.next()
  const then = parser.bracketed(() => parser.expression())
  parser.cursor.expect(':')
  const otherwise = parser.expression(level.conditional + 1)
  return { _tag: 'Conditional', test, then, otherwise }
}

const unaries: ReadonlyMap<string, '-' | '!' | '~'> = new Map([
  ['-', '-'],
  ['!', '!'],
  ['not', '!'],
  ['~', '~']
])

const parseUnary = (parser: Parser): Expression => {
  const { cursor } = parser
  const { kind, value } = cursor.peek()
  const operator = kind === 'symbol' || kind === 'keyword' ? unaries.get(value) : undefined
  if (operator === undefined) return parsePostfix(parser, parsePrimary(parser))
  cursor.next()
  return { _tag: 'Unary', operator, operand: cursor.deeper(() => parseUnary(parser)) }
}

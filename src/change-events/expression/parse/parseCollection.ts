/** What stands in square brackets and in braces: arrays, sets, objects, and loops that make them. */
import type { Expression, ObjectLiteral } from '../Expression.ts'
import { printExpression } from '../printExpression.ts'
import { parseIteration } from './parseIteration.ts'
import type { Parser } from './Parser.ts'

export const parseBrackets = (parser: Parser): Expression => {
  parser.cursor.expect('[')
  return parser.bracketed(() => parseElements(parser, 'array', ']'))
}

/** `{}` is the empty set; there is no literal for an empty object. */
export const parseBraces = (parser: Parser): Expression => {
  const { cursor } = parser
  cursor.expect('{')
  return parser.bracketed(() => parseElements(parser, 'set', '}'))
}

const parseElements = (parser: Parser, result: 'array' | 'set', close: string): Expression => {
  const { cursor, expression } = parser
  const _tag = result === 'array' ? 'ArrayLiteral' : 'SetLiteral'
  if (cursor.take(close)) return { _tag, elements: [] }
  const first = expression()
  if (result === 'set' && cursor.take(':')) return parseObject(parser, first)
  if (cursor.take('for')) {
    const iteration = parseIteration(parser)
    cursor.expect(close)
    return { _tag: 'Comprehension', result, element: first, iteration }
  }
  const elements = [first]
  while (cursor.take(',')) elements.push(expression())
  cursor.expect(close)
  return { _tag, elements }
}

const parseObject = (parser: Parser, key: Expression): Expression => {
  const { cursor, expression } = parser
  const value = expression()
  if (cursor.take('for')) {
    const iteration = parseIteration(parser)
    cursor.expect('}')
    return { _tag: 'ObjectComprehension', key, value, iteration }
  }
  const entries: Array<ObjectLiteral['entries'][number]> = [{ key, value }]
  // Keys are expressions; the same one twice is a slip that is seen before anything is evaluated.
  const seen = new Set([printExpression(key)])
  while (cursor.take(',')) {
    const at = cursor.mark()
    const next = expression()
    const text = printExpression(next)
    if (seen.has(text)) {
      cursor.seek(at)
      return cursor.unexpected('a key that the object does not have yet', 'duplicate-key')
    }
    seen.add(text)
    cursor.expect(':')
    entries.push({ key: next, value: expression() })
  }
  cursor.expect('}')
  return { _tag: 'ObjectLiteral', entries }
}

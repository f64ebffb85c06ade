/** Literals, names, brackets, and the forms that begin with a word of their own. */
import type { Case, Expression, Lambda } from '../Expression.ts'
import { constant } from '../Expression.ts'
import { float, integer } from '../values/Value.ts'
import type { Cursor } from './Cursor.ts'
import { parseBraces, parseBrackets } from './parseCollection.ts'
import type { Parser } from './Parser.ts'
import { parseSelect } from './parseSelect.ts'
import { parseWith } from './parseWith.ts'

export const parsePrimary = (parser: Parser): Expression => {
  const { cursor } = parser
  const parameters = lambdaParameters(cursor)
  if (parameters !== undefined) return parseLambda(parser, parameters)
  const { kind, value } = cursor.peek()
  if (kind === 'number') return parseNumber(cursor)
  if (kind === 'text') return constant(cursor.next().value)
  if (kind === 'name') return { _tag: 'Name', path: [cursor.next().value] }
  return (forms.get(value) ?? unexpected)(parser)
}

const unexpected = ({ cursor }: Parser): never => cursor.unexpected('an expression')

const literal =
  (value: null | boolean) =>
  ({ cursor }: Parser): Expression => {
    cursor.next()
    return constant(value)
  }

const parseParentheses = ({ cursor, expression, bracketed }: Parser): Expression => {
  cursor.expect('(')
  const inner = bracketed(() => expression())
  cursor.expect(')')
  return inner
}

const parseCast = ({ cursor, expression, bracketed }: Parser): Expression => {
  cursor.expect('cast')
  cursor.expect('(')
  const operand = bracketed(() => expression())
  cursor.expect('as')
  const type = cursor.name()
  cursor.expect(')')
  return { _tag: 'Cast', operand, type }
}

const parseCase = ({ cursor, expression, bracketed }: Parser): Case => {
  cursor.expect('case')
  return bracketed(() => {
    const subject = cursor.at('when') ? undefined : expression()
    const branches: Array<Case['branches'][number]> = []
    do {
      cursor.expect('when')
      const when = expression()
      cursor.expect('then')
      branches.push({ when, then: expression() })
    } while (cursor.at('when'))
    const otherwise = cursor.take('else') ? expression() : undefined
    cursor.expect('end')
    return {
      _tag: 'Case',
      ...(subject === undefined ? {} : { subject }),
      branches,
      ...(otherwise === undefined ? {} : { otherwise })
    }
  })
}

const forms: ReadonlyMap<string, (parser: Parser) => Expression> = new Map<string, (parser: Parser) => Expression>([
  ['null', literal(null)],
  ['true', literal(true)],
  ['false', literal(false)],
  ['(', parseParentheses],
  ['[', parseBrackets],
  ['{', parseBraces],
  ['cast', parseCast],
  ['case', parseCase],
  ['with', parseWith],
  ['select', parseSelect]
])

const maxInteger = 2n ** 63n - 1n

/** With a dot a binary64 number, without one a 64-bit integer. There is no sign: `-5` is an operator and 5. */
const parseNumber = (cursor: Cursor): Expression => {
  const digits = cursor.peek().value
  if (digits.includes('.')) return constant(float(Number(cursor.next().value)))
  // 2^63 has 19 digits: longer ones need no arithmetic to be refused.
  if (digits.length > 19 || BigInt(digits) > maxInteger)
    return cursor.unexpected('an integer of at most 9223372036854775807', 'number-range')
  return constant(integer(BigInt(cursor.next().value)))
}

/** The parameters, where a lambda comes next; the tokens are then taken up to its body. */
const lambdaParameters = (cursor: Cursor): ReadonlyArray<string> | undefined => {
  const start = cursor.mark()
  const names = takeParameters(cursor)
  if (names.length > 0 && cursor.take('=>')) return names
  cursor.seek(start)
  return undefined
}

const takeParameters = (cursor: Cursor): ReadonlyArray<string> => {
  if (cursor.atName() && cursor.at('=>', 1)) return [cursor.name()]
  if (!cursor.take('(')) return []
  const names: Array<string> = []
  while (cursor.atName()) {
    names.push(cursor.name())
    if (!cursor.take(',')) return cursor.take(')') ? names : []
  }
  return []
}

const parseLambda = ({ expression }: Parser, parameters: ReadonlyArray<string>): Lambda => ({
  _tag: 'Lambda',
  parameters,
  body: expression()
})

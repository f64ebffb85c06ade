/** What stands between operators: literals, names, calls, CASE, casts, subqueries and placeholders. */
import { bindNotSet, noSessionVariable, notHexadecimal, unsupported } from '../StatementError.ts'
import { atQuery } from './atQuery.ts'
import { parseDataType } from './DataType.ts'
import { booleanLiteral, nullLiteral, numberLiteral, textLiteral } from './Literal.ts'
import type { Literal } from './Literal.ts'
import type { Case, Expression, ObjectLiteral } from './SyntaxTree.ts'
import { call, parseCall } from './parseCall.ts'
import type { Parser } from './Parser.ts'
import { parseStar } from './parseStar.ts'

export const parsePrimary = (parser: Parser): Expression => {
  const token = parser.peek()
  switch (token.kind) {
    case 'string':
      return textLiteral(parser.next().value)
    case 'number':
      return numberLiteral(parser.next().value)
    case 'bind':
      parser.skip()
      return bound(parser, parser.countBind())
    case 'variable':
      return parseVariable(parser)
    case 'symbol':
      return parseSymbol(parser)
    case 'word':
      return parseKeyword(parser) ?? parseNamed(parser)
    case 'quoted':
      return parseNamed(parser)
    case 'end':
      throw parser.unexpected()
  }
}

const bound = (parser: Parser, index: number): Literal => {
  const value = parser.placeholders.bind(index)
  if (value === undefined) throw bindNotSet('?')
  return value
}

const parseVariable = (parser: Parser): Expression => {
  const { value } = parser.next()
  if (/^[0-9]+$/.test(value)) return { kind: 'position', index: Number(value) }
  const variable = parser.placeholders.sessionVariable(value)
  if (variable === undefined) throw noSessionVariable(value)
  return variable
}

const parseSymbol = (parser: Parser): Expression => {
  if (parser.takeSymbol('(')) return parseParenthesized(parser)
  if (parser.atSymbol('*')) return parseStar(parser, [])
  if (parser.takeSymbol('[')) return parseArray(parser)
  if (parser.takeSymbol('{')) return parseObject(parser)
  if (parser.takeSymbol(':')) return parseNamedBind(parser)
  throw parser.unexpected()
}

const parseNamedBind = (parser: Parser): Expression => {
  const token = parser.next()
  if (token.kind === 'number') return bound(parser, Number(token.value))
  const value =
    token.kind === 'word' || token.kind === 'quoted' ? parser.placeholders.scriptVariable(token.value) : undefined
  if (value === undefined) throw bindNotSet(`:${token.value}`)
  return value
}

const parseParenthesized = (parser: Parser): Expression => {
  if (atQuery(parser)) {
    const query = parser.query()
    parser.expectSymbol(')')
    return { kind: 'subquery', query }
  }
  const inside = parser.expression()
  if (parser.atSymbol(',')) throw unsupported('row value')
  parser.expectSymbol(')')
  return inside
}

const parseArray = (parser: Parser): Expression => {
  const elements = parser.atSymbol(']') ? [] : parser.expressions()
  parser.expectSymbol(']')
  return { kind: 'array', elements }
}

const parseObject = (parser: Parser): ObjectLiteral => {
  const entries: ObjectLiteral['entries'][number][] = []
  while (!parser.atSymbol('}')) {
    const key = parser.string()
    parser.expectSymbol(':')
    entries.push({ key, value: parser.expression() })
    if (!parser.takeSymbol(',')) break
  }
  parser.expectSymbol('}')
  return { kind: 'object', entries }
}

/** Functions that stand without parentheses. */
const bareFunctions: ReadonlySet<string> = new Set([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'CURRENT_USER',
  'LOCALTIME',
  'LOCALTIMESTAMP'
])

const parseKeyword = (parser: Parser): Expression | undefined => {
  if (parser.take('NULL')) return nullLiteral
  if (parser.take('TRUE')) return booleanLiteral(true)
  if (parser.take('FALSE')) return booleanLiteral(false)
  if (parser.take('CASE')) return parseCase(parser)
  const calls = parser.peek(1).kind === 'symbol' && parser.peek(1).value === '('
  if (calls && parser.take('EXISTS')) return parseExists(parser)
  if (calls && parser.take('CAST')) return parseCast(parser, false)
  if (calls && parser.take('TRY_CAST')) return parseCast(parser, true)
  if (calls && parser.take('EXTRACT')) return parseExtract(parser)
  if (!calls && bareFunctions.has(parser.peek().value)) return call(parser.next().value, [])
  if (parser.peek(1).kind === 'string') return parseTypedLiteral(parser)
  return undefined
}

const parseTypedLiteral = (parser: Parser): Expression | undefined => {
  if (parser.take('DATE')) return { kind: 'literal', type: 'date', text: parser.string() }
  if (parser.take('TIME')) return { kind: 'literal', type: 'time', text: parser.string() }
  if (parser.take('TIMESTAMP')) return { kind: 'literal', type: 'timestamp', text: parser.string() }
  if (parser.at('X')) return parseBinary(parser)
  if (parser.take('INTERVAL')) return call('INTERVAL', [textLiteral(parser.string())])
  return undefined
}

/** `X'0aff'`: bytes in hexadecimal digits, two for each. */
const parseBinary = (parser: Parser): Expression => {
  parser.skip()
  const text = parser.string()
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) throw notHexadecimal(text)
  return { kind: 'literal', type: 'binary', text }
}

const parseExists = (parser: Parser): Expression => {
  parser.expectSymbol('(')
  const query = parser.query()
  parser.expectSymbol(')')
  return { kind: 'exists', query }
}

const parseCast = (parser: Parser, attempt: boolean): Expression => {
  parser.expectSymbol('(')
  const operand = parser.expression()
  parser.expect('AS')
  const type = parseDataType(parser)
  parser.expectSymbol(')')
  return { kind: 'cast', operand, type, attempt }
}

const parseExtract = (parser: Parser): Expression => {
  parser.expectSymbol('(')
  const part = parser.peek().kind === 'string' ? parser.string() : parser.anyWord()
  if (!parser.takeSymbol(',')) parser.expect('FROM')
  const value = parser.expression()
  parser.expectSymbol(')')
  return call('DATE_PART', [textLiteral(part), value])
}

const parseCase = (parser: Parser): Case => {
  const operand = parser.at('WHEN') ? undefined : parser.expression()
  const branches: Case['branches'][number][] = []
  while (parser.take('WHEN')) {
    const when = parser.expression()
    parser.expect('THEN')
    branches.push({ when, then: parser.expression() })
  }
  if (branches.length === 0) throw parser.unexpected()
  const otherwise = parser.take('ELSE') ? parser.expression() : undefined
  parser.expect('END')
  return { kind: 'case', operand, branches, otherwise }
}

/** Keywords that are functions when a parenthesis follows. */
const callableKeywords: ReadonlySet<string> = new Set(['LEFT', 'RIGHT', 'LIKE', 'ILIKE', 'RLIKE', 'INSERT'])

const parseNamed = (parser: Parser): Expression => {
  const place = parser.place()
  const callable = parser.peek().kind === 'word' && callableKeywords.has(parser.peek().value)
  if (callable && parser.peek(1).value === '(') return parseCall(parser, [parser.next().value])
  if (!parser.atIdentifier()) throw parser.unexpected()
  const path = [parser.next().value]
  while (parser.takeSymbol('.')) {
    if (parser.atSymbol('*')) return parseStar(parser, path)
    if (parser.at('NEXTVAL')) {
      parser.skip()
      return { kind: 'nextValue', sequence: path }
    }
    path.push(parser.atSymbol('.') ? 'PUBLIC' : parser.anyWord())
  }
  if (parser.atSymbol('(')) return parseCall(parser, path)
  return { kind: 'column', path, line: place.line, column: place.column }
}

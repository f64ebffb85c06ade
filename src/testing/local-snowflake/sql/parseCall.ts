/** A function call with everything that may trail it: DISTINCT, WITHIN GROUP, IGNORE NULLS, OVER. */
import { atQuery } from './atQuery.ts'
import { textLiteral } from './Literal.ts'
import type { Expression, FrameBound, FunctionCall, Window, WindowFrame } from './SyntaxTree.ts'
import { parseOrderBy } from './parseOrderBy.ts'
import type { Parser } from './Parser.ts'

/** A call with plain arguments. */
export const call = (name: string, args: ReadonlyArray<Expression>): FunctionCall => ({
  kind: 'call',
  name,
  args,
  named: [],
  distinct: false,
  withinGroup: [],
  ignoreNulls: false,
  over: undefined
})

/** The name was read; the parenthesis comes next. */
export const parseCall = (parser: Parser, path: ReadonlyArray<string>): FunctionCall => {
  const name = path.join('.')
  parser.expectSymbol('(')
  const distinct = parser.take('DISTINCT')
  const args: Expression[] = []
  const named: FunctionCall['named'][number][] = []
  while (!parser.atSymbol(')')) {
    const label = argumentLabel(parser)
    if (label === undefined) args.push(parseArgument(parser, name, args.length))
    else named.push({ name: label, value: parser.expression() })
    if (!parser.takeSymbol(',')) break
  }
  const ignoresInside = parser.take('IGNORE', 'NULLS')
  parser.optional('RESPECT', 'NULLS')
  parser.expectSymbol(')')
  const withinGroup = parser.take('WITHIN', 'GROUP') ? parseWithinGroup(parser) : []
  const ignoreNulls = parser.take('IGNORE', 'NULLS') || ignoresInside
  parser.optional('RESPECT', 'NULLS')
  const over = parser.take('OVER') ? parseWindow(parser) : undefined
  return { kind: 'call', name, args, named, distinct, withinGroup, ignoreNulls, over }
}

const argumentLabel = (parser: Parser): string | undefined => {
  const arrow = parser.peek(1)
  if (parser.peek().kind !== 'word' || arrow.kind !== 'symbol' || arrow.value !== '=>') return undefined
  const label = parser.next().value
  parser.skip()
  return label
}

/** Functions whose first argument may be a bare date part: `DATEADD(day, …)`. */
const partFirst: ReadonlySet<string> = new Set([
  'DATEADD',
  'DATEDIFF',
  'TIMEADD',
  'TIMEDIFF',
  'TIMESTAMPADD',
  'TIMESTAMPDIFF',
  'DATE_PART',
  'TIME_SLICE'
])

const parseArgument = (parser: Parser, name: string, position: number): Expression => {
  const ends = parser.peek(1).kind === 'symbol' && [',', ')'].includes(parser.peek(1).value)
  const truncates =
    ['DATE_TRUNC', 'TRUNC'].includes(name) && parser.peek().kind === 'word' && dateParts.has(parser.peek().value)
  if (parser.peek().kind === 'word' && ends && ((partFirst.has(name) && position === 0) || truncates)) {
    return textLiteral(parser.next().value)
  }
  if (!atQuery(parser)) return parser.expression()
  return { kind: 'subquery', query: parser.query() }
}

const dateParts: ReadonlySet<string> = new Set(['YEAR', 'QUARTER', 'MONTH', 'WEEK', 'DAY', 'HOUR', 'MINUTE', 'SECOND'])

const parseWithinGroup = (parser: Parser): FunctionCall['withinGroup'] => {
  parser.expectSymbol('(')
  const items = parseOrderBy(parser)
  parser.expectSymbol(')')
  return items
}

const parseWindow = (parser: Parser): Window => {
  parser.expectSymbol('(')
  const partitionBy = parser.take('PARTITION', 'BY') ? parser.expressions() : []
  const orderBy = parser.at('ORDER') ? parseOrderBy(parser) : []
  const frame = parseFrame(parser)
  parser.expectSymbol(')')
  return { partitionBy, orderBy, frame }
}

const parseFrame = (parser: Parser): WindowFrame | undefined => {
  const unit = parser.takeOneOf('ROWS', 'RANGE')
  if (unit === undefined) return undefined
  if (!parser.take('BETWEEN')) return { unit, from: parseBound(parser), to: undefined }
  const from = parseBound(parser)
  parser.expect('AND')
  return { unit, from, to: parseBound(parser) }
}

const parseBound = (parser: Parser): FrameBound => {
  if (parser.take('CURRENT', 'ROW')) return { edge: 'CURRENT ROW', offset: undefined }
  const unbounded = parser.take('UNBOUNDED')
  const offset = unbounded ? undefined : parser.expression()
  const direction = parser.takeOneOf('PRECEDING', 'FOLLOWING')
  if (direction === undefined) throw parser.unexpected()
  return { edge: unbounded ? `UNBOUNDED ${direction}` : direction, offset }
}

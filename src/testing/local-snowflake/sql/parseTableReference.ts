/** What FROM holds: tables, joins, derived tables, table functions, time travel. */
import { unsupported } from '../StatementError.ts'
import { atQuery } from './atQuery.ts'
import { parseAlias } from './parseAlias.ts'
import { parseCall } from './parseCall.ts'
import type { Parser } from './Parser.ts'
import { parseValues } from './parseValues.ts'
import type {
  Alias,
  Changes,
  DerivedTable,
  Join,
  Query,
  TableFunction,
  TableReference,
  TimeTravel
} from './SyntaxTree.ts'

/** The tables after FROM; a comma is a cross join. */
export const parseFrom = (parser: Parser): TableReference => {
  let left = parseJoined(parser)
  while (parser.takeSymbol(',')) {
    left = { kind: 'join', type: 'CROSS', natural: false, left, right: parseJoined(parser), on: undefined, using: [] }
  }
  return left
}

const parseJoined = (parser: Parser): TableReference => {
  let left = parseTable(parser)
  for (;;) {
    const natural = parser.take('NATURAL')
    const type = parseJoinType(parser)
    if (type === undefined) return left
    const right = parseTable(parser)
    const on = parser.take('ON') ? parser.expression() : undefined
    const using = on === undefined && parser.take('USING') ? parser.names() : []
    left = { kind: 'join', type, natural, left, right, on, using }
  }
}

const parseJoinType = (parser: Parser): Join['type'] | undefined => {
  if (parser.at('ASOF')) throw unsupported('ASOF JOIN')
  if (parser.take('CROSS', 'JOIN')) return 'CROSS'
  if (parser.take('JOIN') || parser.take('INNER', 'JOIN')) return 'INNER'
  const side = parser.takeOneOf('LEFT', 'RIGHT', 'FULL')
  if (side === undefined) return undefined
  parser.optional('OUTER')
  parser.expect('JOIN')
  return side
}

const parseTable = (parser: Parser): TableReference => {
  const lateral = parser.take('LATERAL')
  if (parser.atSymbol('(')) return parseParenthesized(parser, lateral)
  if (parser.peek().kind === 'variable' && /^[0-9]+$/.test(parser.peek().value)) {
    return { kind: 'piped', back: Number(parser.next().value), ...parseAliases(parser) }
  }
  if (parser.at('TABLE') && parser.peek(1).value === '(') return parseTableFunction(parser)
  if (parser.take('VALUES')) return derived(parser, valuesQuery(parser), false)
  if (parser.atSymbol('@') || parser.peek().kind === 'string') throw unsupported('query over a stage')
  const { line, column } = parser.place()
  const name = parser.name()
  if (parser.atSymbol('(')) {
    const call = parseCall(parser, [name.at(-1) ?? ''])
    return { kind: 'function', name, call, line, column, ...parseAliases(parser) }
  }
  const changes = parser.take('CHANGES') ? parseChanges(parser) : undefined
  const timeTravel = changes === undefined ? parseTimeTravel(parser) : undefined
  const aliases = parseAliases(parser)
  for (const clause of ['PIVOT', 'UNPIVOT', 'MATCH_RECOGNIZE', 'SAMPLE', 'TABLESAMPLE'])
    if (parser.at(clause)) throw unsupported(clause)
  return { kind: 'table', name, timeTravel, changes, line, column, ...aliases }
}

const valuesQuery = (parser: Parser): Query => ({
  recursive: false,
  with: [],
  body: parseValues(parser),
  orderBy: [],
  limit: undefined,
  offset: undefined
})

const derived = (parser: Parser, query: Query, lateral: boolean): DerivedTable => ({
  kind: 'derived',
  query,
  lateral,
  ...parseAliases(parser)
})

const parseParenthesized = (parser: Parser, lateral: boolean): TableReference => {
  const isQuery = atQuery(parser, 1)
  parser.expectSymbol('(')
  if (!isQuery) {
    const inside = parseFrom(parser)
    parser.expectSymbol(')')
    return inside
  }
  const query = parser.query()
  parser.expectSymbol(')')
  return derived(parser, query, lateral)
}

/** `TABLE(f(…))`; `TABLE('name')` is the name itself. */
const parseTableFunction = (parser: Parser): TableReference => {
  parser.skip(2)
  const { line, column } = parser.place()
  const name = parser.name()
  if (!parser.atSymbol('(')) throw parser.unexpected()
  const call = parseCall(parser, [name.at(-1) ?? ''])
  parser.expectSymbol(')')
  const reference: TableFunction = { kind: 'function', name, call, line, column, ...parseAliases(parser) }
  return reference
}

const parseAliases = (parser: Parser): Alias => {
  const alias = parseAlias(parser)
  const columnAliases = alias !== undefined && parser.atSymbol('(') ? parser.names() : []
  return { alias, columnAliases }
}

const parseTimeTravel = (parser: Parser): TimeTravel | undefined => {
  const opens = parser.peek(1).kind === 'symbol' && parser.peek(1).value === '('
  if (!opens) return undefined
  const before = parser.take('BEFORE')
  return before || parser.take('AT') ? parseMoment(parser, before) : undefined
}

export const parseMoment = (parser: Parser, before: boolean): TimeTravel => {
  parser.expectSymbol('(')
  const kind = parser.takeOneOf('TIMESTAMP', 'OFFSET', 'STATEMENT', 'STREAM')
  if (kind === undefined) throw parser.unexpected()
  parser.expectSymbol('=>')
  const value = parser.expression()
  parser.expectSymbol(')')
  return { before, kind, value }
}

const parseChanges = (parser: Parser): Changes => {
  parser.expectSymbol('(')
  parser.expect('INFORMATION')
  parser.expectSymbol('=>')
  const mode = parser.takeOneOf('DEFAULT', 'APPEND_ONLY')
  if (mode === undefined) throw parser.unexpected()
  parser.expectSymbol(')')
  const before = parser.take('BEFORE')
  if (!before) parser.expect('AT')
  const from = parseMoment(parser, before)
  const to = parser.take('END') ? parseMoment(parser, false) : undefined
  return { appendOnly: mode === 'APPEND_ONLY', from, to }
}

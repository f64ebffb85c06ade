/** SELECT, VALUES, set operations, common tables, ORDER BY and LIMIT. What FROM holds is in parseTableReference. */
import { unsupported } from '../StatementError.ts'
import { numberLiteral } from './Literal.ts'
import type { CommonTable, Expression, Query, QueryBody, Select, SelectItem, SetOperation } from './SyntaxTree.ts'
import { parseAlias } from './parseAlias.ts'
import { parseGroupBy } from './parseGroupBy.ts'
import { parseOrderBy } from './parseOrderBy.ts'
import type { Parser } from './Parser.ts'
import { parseFrom } from './parseTableReference.ts'
import { parseValues } from './parseValues.ts'

export const parseQuery = (parser: Parser): Query => {
  const recursive = parser.take('WITH', 'RECURSIVE')
  const commonTables = recursive || parser.take('WITH') ? parseCommonTables(parser) : []
  const body = parseBody(parser)
  const orderBy = parser.at('ORDER') ? parseOrderBy(parser) : []
  const page = parsePage(parser)
  return { recursive, with: commonTables, body, orderBy, ...page }
}

const parseCommonTables = (parser: Parser): ReadonlyArray<CommonTable> => {
  const tables: CommonTable[] = []
  do {
    const name = parser.identifier()
    const columns = parser.atSymbol('(') ? parser.names() : []
    parser.expect('AS')
    parser.expectSymbol('(')
    tables.push({ name, columns, query: parser.query() })
    parser.expectSymbol(')')
  } while (parser.takeSymbol(','))
  return tables
}

const parsePage = (parser: Parser): Pick<Query, 'limit' | 'offset'> => {
  let limit: Expression | undefined
  let offset: Expression | undefined
  for (;;) {
    if (parser.take('LIMIT')) limit = parser.take('NULL') ? undefined : parser.expression()
    else if (parser.take('OFFSET')) {
      offset = parser.expression()
      if (!parser.take('ROWS')) parser.optional('ROW')
    } else if (parser.take('FETCH')) limit = parseFetch(parser)
    else return { limit, offset }
  }
}

const parseFetch = (parser: Parser): Expression => {
  if (!parser.take('FIRST')) parser.optional('NEXT')
  const count = parser.peek().kind === 'number' ? parser.expression() : numberLiteral(1)
  if (!parser.take('ROWS')) parser.optional('ROW')
  parser.optional('ONLY')
  return count
}

/** INTERSECT binds tighter than UNION and EXCEPT. */
const parseBody = (parser: Parser): QueryBody => {
  let left = parseIntersection(parser)
  for (;;) {
    const operator = parseSetOperator(parser)
    if (operator === undefined) return left
    left = { kind: 'set', operator, left, right: parseIntersection(parser) }
  }
}

const parseIntersection = (parser: Parser): QueryBody => {
  let left = parseTerm(parser)
  while (parser.take('INTERSECT')) left = { kind: 'set', operator: 'INTERSECT', left, right: parseTerm(parser) }
  return left
}

const parseSetOperator = (parser: Parser): SetOperation['operator'] | undefined => {
  if (parser.take('EXCEPT') || parser.take('MINUS')) return 'EXCEPT'
  if (!parser.take('UNION')) return undefined
  const all = parser.take('ALL')
  if (!all) parser.optional('DISTINCT')
  if (parser.take('BY', 'NAME')) return all ? 'UNION ALL BY NAME' : 'UNION BY NAME'
  return all ? 'UNION ALL' : 'UNION'
}

const parseTerm = (parser: Parser): QueryBody => {
  if (parser.takeSymbol('(')) {
    const query = parser.query()
    parser.expectSymbol(')')
    return { kind: 'nested', query }
  }
  if (parser.take('VALUES')) return parseValues(parser)
  parser.expect('SELECT')
  return parseSelect(parser)
}

const parseSelect = (parser: Parser): Select => {
  const distinct = parser.take('DISTINCT')
  if (!distinct) parser.optional('ALL')
  const top = parser.take('TOP') ? numberLiteral(parser.integer()) : undefined
  const items = parseSelectItems(parser)
  const from = parser.take('FROM') ? parseFrom(parser) : undefined
  const where = parser.take('WHERE') ? parser.expression() : undefined
  if (parser.at('CONNECT') || parser.at('START', 'WITH')) throw unsupported('CONNECT BY')
  const groupBy = parseGroupBy(parser)
  const having = parser.take('HAVING') ? parser.expression() : undefined
  const qualify = parser.take('QUALIFY') ? parser.expression() : undefined
  return { kind: 'select', distinct, top, items, from, where, groupBy, having, qualify }
}

const parseSelectItems = (parser: Parser): ReadonlyArray<SelectItem> => {
  const items = [parseSelectItem(parser)]
  while (parser.takeSymbol(',')) {
    if (parser.at('FROM')) break
    items.push(parseSelectItem(parser))
  }
  return items
}

const parseSelectItem = (parser: Parser): SelectItem => {
  const mark = parser.mark()
  const expression = parser.expression()
  const text = parser.textSince(mark)
  return { expression, text, alias: parseAlias(parser) }
}

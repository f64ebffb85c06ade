/** INSERT, UPDATE, DELETE, MERGE, TRUNCATE. */
import { unsupported } from '../StatementError.ts'
import type { Assignment, DataStatement, Insert, MergeBranch, TargetTable, ValueRow } from './DataStatement.ts'
import type { Parser } from './Parser.ts'
import { parseFrom } from './parseTableReference.ts'

export const parseInsert = (parser: Parser): Insert => {
  parser.expect('INSERT')
  const overwrite = parser.take('OVERWRITE')
  if (parser.at('ALL') || parser.at('FIRST')) throw unsupported('multi-table INSERT')
  parser.expect('INTO')
  const into = parser.name()
  const columns = parser.atSymbol('(') && !opensQuery(parser) ? parser.names() : []
  if (!parser.take('VALUES'))
    return { kind: 'insert', overwrite, into, columns, source: { kind: 'query', query: parser.query() } }
  const rows = [parseValueRow(parser)]
  while (parser.takeSymbol(',')) rows.push(parseValueRow(parser))
  return { kind: 'insert', overwrite, into, columns, source: { kind: 'rows', rows } }
}

const opensQuery = (parser: Parser): boolean =>
  ['SELECT', 'WITH'].includes(parser.peek(1).value) && parser.peek(1).kind === 'word'

const parseValueRow = (parser: Parser): ValueRow => {
  parser.expectSymbol('(')
  const row = [parseValue(parser)]
  while (parser.takeSymbol(',')) row.push(parseValue(parser))
  parser.expectSymbol(')')
  return row
}

const parseValue = (parser: Parser): ValueRow[number] => (parser.take('DEFAULT') ? undefined : parser.expression())

const parseTarget = (parser: Parser): TargetTable => {
  const name = parser.name()
  const named = parser.take('AS') || (parser.atIdentifier() && !parser.at('SET') && !parser.at('USING'))
  return { name, alias: named ? parser.identifier() : undefined }
}

const parseAssignments = (parser: Parser): ReadonlyArray<Assignment> => {
  const assignments: Assignment[] = []
  do {
    const path = [parser.identifier()]
    while (parser.takeSymbol('.')) path.push(parser.anyWord())
    parser.expectSymbol('=')
    assignments.push({ column: path.at(-1) ?? '', value: parseValue(parser) })
  } while (parser.takeSymbol(','))
  return assignments
}

export const parseUpdate = (parser: Parser): DataStatement => {
  parser.expect('UPDATE')
  const target = parseTarget(parser)
  parser.expect('SET')
  const assignments = parseAssignments(parser)
  const from = parser.take('FROM') ? parseFrom(parser) : undefined
  const where = parser.take('WHERE') ? parser.expression() : undefined
  return { kind: 'update', target, assignments, from, where }
}

export const parseDelete = (parser: Parser): DataStatement => {
  parser.expect('DELETE', 'FROM')
  const target = parseTarget(parser)
  const using = parser.take('USING') ? parseFrom(parser) : undefined
  const where = parser.take('WHERE') ? parser.expression() : undefined
  return { kind: 'delete', target, using, where }
}

export const parseMerge = (parser: Parser): DataStatement => {
  parser.expect('MERGE', 'INTO')
  const target = parseTarget(parser)
  parser.expect('USING')
  const source = parseFrom(parser)
  parser.expect('ON')
  const on = parser.expression()
  const branches: MergeBranch[] = []
  while (parser.take('WHEN')) branches.push(parseBranch(parser))
  if (branches.length === 0) throw parser.unexpected()
  return { kind: 'merge', target, source, on, branches }
}

const parseBranch = (parser: Parser): MergeBranch => {
  const matched = !parser.take('NOT')
  parser.expect('MATCHED')
  const condition = parser.take('AND') ? parser.expression() : undefined
  parser.expect('THEN')
  if (!matched) return parseMergeInsert(parser, condition)
  if (parser.take('DELETE')) return { kind: 'delete', condition }
  parser.expect('UPDATE', 'SET')
  return { kind: 'update', condition, assignments: parseAssignments(parser) }
}

const parseMergeInsert = (parser: Parser, condition: MergeBranch['condition']): MergeBranch => {
  parser.expect('INSERT')
  const columns = parser.atSymbol('(') ? parser.names() : []
  parser.expect('VALUES')
  return { kind: 'insert', condition, columns, values: parseValueRow(parser) }
}

export const parseTruncate = (parser: Parser): DataStatement => {
  parser.expect('TRUNCATE')
  parser.optional('TABLE')
  const ifExists = parser.take('IF', 'EXISTS')
  return { kind: 'truncate', name: parser.name(), ifExists }
}

/**
 * @see https://docs.snowflake.com/en/sql-reference/sql/create-table
 */
import { discard } from '../discard.ts'
import type { CreateMode, CreateTable, TableSource, TableVariant } from './CreateStatement.ts'
import { parseColumnList } from './parseColumnDefinition.ts'
import { parseExistence, takeComment, takeTags } from './parseCreateMode.ts'
import type { Parser } from './Parser.ts'
import { takeRowAccess } from './parsePolicyReference.ts'
import { parseProperties } from './Properties.ts'
import type { PropertyValue } from './Properties.ts'

interface TableWords {
  readonly variant: TableVariant
  readonly temporary: boolean
  readonly transient: boolean
}

/** TABLE itself was read. */
export const parseCreateTable = (parser: Parser, mode: CreateMode, words: TableWords): CreateTable => {
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  const none: TableSource = { kind: 'none' }
  const listed = parser.atSymbol('(')
    ? parseColumnList(parser)
    : { columns: [], typedColumns: [], primaryKey: [], unique: [] }
  let table: CreateTable = {
    kind: 'createTable',
    mode: fullMode,
    name,
    ...words,
    ...listed,
    source: parseCopySource(parser) ?? none,
    rowAccess: undefined,
    clusterBy: '',
    copyGrants: false,
    properties: new Map(),
    tags: []
  }
  for (;;) {
    const clause = parseClause(parser, table)
    if (clause === undefined) break
    table = { ...table, ...clause }
  }
  if (!parser.take('AS')) return table
  const mark = parser.mark()
  const query = parser.query()
  return { ...table, source: { kind: 'query', query, text: parser.textSince(mark) } }
}

const parseCopySource = (parser: Parser): TableSource | undefined => {
  const kind = parser.takeOneOf('LIKE', 'CLONE')
  if (kind === undefined) return undefined
  return { kind: kind === 'LIKE' ? 'like' : 'clone', table: parser.name() }
}

const parseClause = (parser: Parser, table: CreateTable): Partial<CreateTable> | undefined => {
  if (parser.take('CLUSTER', 'BY')) return { clusterBy: parseParenthesizedText(parser) }
  if (parser.take('COPY', 'GRANTS')) return { copyGrants: true }
  const rowAccess = takeRowAccess(parser)
  if (rowAccess !== undefined) return { rowAccess }
  const tags = takeTags(parser)
  if (tags !== undefined) return { tags }
  const comment = takeComment(parser)
  if (comment !== undefined) return { properties: withProperties(table, [['COMMENT', comment]]) }
  const properties = parseProperties(parser)
  return properties.size === 0 ? undefined : { properties: withProperties(table, properties) }
}

const withProperties = (
  table: CreateTable,
  more: Iterable<readonly [string, PropertyValue]>
): ReadonlyMap<string, PropertyValue> => new Map([...table.properties, ...more])

/** `(A, B)` as text, for clauses that are kept and shown, not acted upon. */
export const parseParenthesizedText = (parser: Parser): string => {
  const mark = parser.mark()
  if (parser.atIdentifier()) parser.skip()
  parser.expectSymbol('(')
  discard(parser.expressions())
  parser.expectSymbol(')')
  return parser.textSince(mark)
}

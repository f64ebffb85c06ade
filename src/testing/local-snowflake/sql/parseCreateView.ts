/**
 * @see https://docs.snowflake.com/en/sql-reference/sql/create-view
 */
import { discard } from '../discard.ts'
import type { CreateMode, CreateView, ViewColumn } from './CreateStatement.ts'
import { parseExistence, takeComment, takeTags } from './parseCreateMode.ts'
import { parseParenthesizedText } from './parseCreateTable.ts'
import type { Parser } from './Parser.ts'
import { takeMasking, takeRowAccess } from './parsePolicyReference.ts'
import { parseProperties } from './Properties.ts'

interface ViewWords {
  readonly variant: CreateView['variant']
  readonly secure: boolean
  readonly temporary: boolean
}

/** VIEW itself was read; `start` marks the word CREATE. */
export const parseCreateView = (parser: Parser, mode: CreateMode, words: ViewWords, start: number): CreateView => {
  const fullMode = parseExistence(parser, mode)
  const name = parser.name()
  let clauses: ViewClauses = { columns: [], rowAccess: undefined, copyGrants: false, comment: undefined, tags: [] }
  if (parser.atSymbol('(')) clauses = { ...clauses, columns: parseViewColumns(parser) }
  for (;;) {
    const clause = parseClause(parser)
    if (clause === undefined) break
    clauses = { ...clauses, ...clause }
  }
  parser.expect('AS')
  const mark = parser.mark()
  const query = parser.query()
  const queryText = parser.textSince(mark)
  return {
    kind: 'createView',
    mode: fullMode,
    name,
    ...words,
    ...clauses,
    query,
    queryText,
    text: parser.textSince(start)
  }
}

type ViewClauses = Pick<CreateView, 'columns' | 'rowAccess' | 'copyGrants' | 'comment' | 'tags'>

const parseClause = (parser: Parser): Partial<ViewClauses> | undefined => {
  if (parser.take('COPY', 'GRANTS')) return { copyGrants: true }
  if (parser.take('CLUSTER', 'BY')) {
    discard(parseParenthesizedText(parser))
    return {}
  }
  const comment = takeComment(parser)
  if (comment !== undefined) return { comment }
  const rowAccess = takeRowAccess(parser)
  if (rowAccess !== undefined) return { rowAccess }
  const tags = takeTags(parser)
  if (tags !== undefined) return { tags }
  return parseProperties(parser).size === 0 ? undefined : {}
}

const parseViewColumns = (parser: Parser): ReadonlyArray<ViewColumn> => {
  parser.expectSymbol('(')
  const columns = [parseViewColumn(parser)]
  while (parser.takeSymbol(',')) columns.push(parseViewColumn(parser))
  parser.expectSymbol(')')
  return columns
}

const parseViewColumn = (parser: Parser): ViewColumn => {
  let column: ViewColumn = { name: parser.identifier(), comment: undefined, masking: undefined, tags: [] }
  for (;;) {
    const comment = takeComment(parser)
    const masking = comment === undefined ? takeMasking(parser) : undefined
    const tags = comment === undefined && masking === undefined ? takeTags(parser) : undefined
    if (comment === undefined && masking === undefined && tags === undefined) return column
    column = {
      ...column,
      comment: comment ?? column.comment,
      masking: masking ?? column.masking,
      tags: tags ?? column.tags
    }
  }
}

/** The columns and constraints between the parentheses of CREATE TABLE, and after ADD COLUMN. */
import { discard } from '../discard.ts'
import { unsupported } from '../StatementError.ts'
import type { ColumnDefault, ColumnDefinition, CreateTable } from './CreateStatement.ts'
import { atDataType, parseDataType, variantType } from './DataType.ts'
import { takeComment, takeTags } from './parseCreateMode.ts'
import type { Parser } from './Parser.ts'
import { takeMasking } from './parsePolicyReference.ts'

type ColumnList = Pick<CreateTable, 'columns' | 'typedColumns' | 'primaryKey' | 'unique'>

export const parseColumnList = (parser: Parser): ColumnList => {
  const columns: ColumnDefinition[] = []
  const typedColumns: string[] = []
  let primaryKey: ReadonlyArray<string> = []
  let unique: ReadonlyArray<string> = []
  parser.expectSymbol('(')
  do {
    const constraint = takeConstraint(parser)
    if (constraint === undefined) {
      const typed = isTyped(parser)
      const column = parseColumnDefinition(parser)
      columns.push(column)
      if (typed) typedColumns.push(column.name)
    }
    primaryKey = constraint?.primaryKey ?? primaryKey
    unique = constraint?.unique ?? unique
  } while (parser.takeSymbol(','))
  parser.expectSymbol(')')
  return { columns, typedColumns, primaryKey, unique }
}

/** Whether a type follows the name that comes next. */
const isTyped = (parser: Parser): boolean => {
  const mark = parser.mark()
  parser.skip()
  const typed = atDataType(parser)
  parser.seek(mark)
  return typed
}

/** An out-of-line constraint. Foreign keys are read and forgotten: Snowflake does not enforce them either. */
export const takeConstraint = (
  parser: Parser
): { primaryKey?: ReadonlyArray<string>; unique?: ReadonlyArray<string> } | undefined => {
  const named = parser.take('CONSTRAINT')
  if (named) parser.skip()
  if (parser.take('PRIMARY', 'KEY')) return finished(parser, { primaryKey: parser.names() })
  if (parser.take('UNIQUE')) return finished(parser, { unique: parser.names() })
  if (parser.take('FOREIGN', 'KEY')) {
    discard(parser.names())
    skipReferences(parser)
    return finished(parser, {})
  }
  if (named) throw parser.unexpected()
  return undefined
}

const finished = <A>(parser: Parser, constraint: A): A => {
  while (
    parser.takeOneOf(
      'NOT',
      'ENFORCED',
      'RELY',
      'NORELY',
      'VALIDATE',
      'NOVALIDATE',
      'DEFERRABLE',
      'ENABLE',
      'DISABLE'
    ) !== undefined
  );
  return constraint
}

const skipReferences = (parser: Parser): void => {
  parser.expect('REFERENCES')
  discard(parser.name())
  if (parser.atSymbol('(')) discard(parser.names())
}

export const parseColumnDefinition = (parser: Parser): ColumnDefinition => {
  const name = parser.identifier()
  // A column of an external table or of CREATE TABLE … AS may leave its type out.
  const type = atDataType(parser) ? parseDataType(parser) : variantType
  let column: ColumnDefinition = {
    name,
    type,
    notNull: false,
    primaryKey: false,
    unique: false,
    default: undefined,
    comment: undefined,
    masking: undefined,
    tags: []
  }
  for (;;) {
    const part = parsePart(parser)
    if (part === undefined) return column
    column = { ...column, ...part }
  }
}

const parsePart = (parser: Parser): Partial<ColumnDefinition> | undefined => {
  if (parser.take('NOT', 'NULL')) return { notNull: true }
  if (parser.take('NULL')) return {}
  if (parser.take('CONSTRAINT')) {
    parser.skip()
    return {}
  }
  if (parser.take('PRIMARY', 'KEY')) return finished(parser, { primaryKey: true, notNull: true })
  if (parser.take('UNIQUE')) return finished(parser, { unique: true })
  if (parser.at('REFERENCES') || parser.take('FOREIGN', 'KEY')) {
    skipReferences(parser)
    return finished(parser, {})
  }
  const comment = takeComment(parser)
  if (comment !== undefined) return { comment }
  const masking = takeMasking(parser)
  if (masking !== undefined) return { masking }
  const tags = takeTags(parser)
  if (tags !== undefined) return { tags }
  const value = takeDefault(parser)
  if (value !== undefined) return { default: value }
  return takeGenerated(parser)
}

const takeDefault = (parser: Parser): ColumnDefault | undefined => {
  if (parser.take('DEFAULT')) {
    const mark = parser.mark()
    const expression = parser.expression()
    return { kind: 'expression', expression, text: parser.textSince(mark) }
  }
  if (!parser.take('AUTOINCREMENT') && !parser.take('IDENTITY')) return undefined
  const { start, increment } = parseSteps(parser)
  const ordered = !parser.take('NOORDER')
  parser.optional('ORDER')
  return { kind: 'identity', start, increment, ordered }
}

const parseSteps = (parser: Parser): { start: number; increment: number } => {
  if (parser.takeSymbol('(')) {
    const start = parser.integer()
    parser.expectSymbol(',')
    const increment = parser.integer()
    parser.expectSymbol(')')
    return { start, increment }
  }
  const start = parser.take('START') ? startOf(parser) : 1
  const increment = parser.take('INCREMENT') ? parser.integer() : 1
  return { start, increment }
}

const startOf = (parser: Parser): number => {
  parser.optional('WITH')
  return parser.integer()
}

/** `AS (expr)`: the columns of an external table. Read, and left without rows. */
const takeGenerated = (parser: Parser): Partial<ColumnDefinition> | undefined => {
  if (parser.take('GENERATED', 'ALWAYS') || parser.at('AS')) {
    parser.expect('AS')
    parser.expectSymbol('(')
    discard(parser.expression())
    parser.expectSymbol(')')
    parser.optional('VIRTUAL')
    return {}
  }
  if (parser.at('CHECK')) throw unsupported('CHECK constraint')
  return undefined
}

/**
 * ALTER TABLE, ALTER VIEW and the other kinds of table.
 *
 * @see https://docs.snowflake.com/en/sql-reference/sql/alter-table
 */
import { unsupported } from '../StatementError.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { AlterRelation, ColumnChange, RelationAction } from './AlterStatement.ts'
import type { ColumnDefinition } from './CreateStatement.ts'
import { parseColumnDefinition, takeConstraint } from './parseColumnDefinition.ts'
import { parseColumnChange } from './parseColumnChange.ts'
import { parseTagSettings } from './parseCreateMode.ts'
import { parseParenthesizedText } from './parseCreateTable.ts'
import type { Parser } from './Parser.ts'
import { parseRowAccessReference } from './parsePolicyReference.ts'
import { parseProperties } from './Properties.ts'

/** `ALTER <kind>` was read. */
export const parseAlterRelation = (parser: Parser, objectKind: ObjectKind): AlterRelation => {
  // Event and hybrid tables are altered as tables.
  if (objectKind === 'EVENT TABLE' || objectKind === 'HYBRID TABLE') throw parser.unexpected()
  const ifExists = parser.take('IF', 'EXISTS')
  const name = parser.name()
  const start = parser.mark()
  const action = parseAction(parser)
  if (governing.has(action.kind) && !governedKinds.has(objectKind)) {
    parser.seek(start)
    throw parser.unexpected()
  }
  return { kind: 'alterRelation', objectKind, ifExists, name, action }
}

/** What concerns policies, tags and columns; a materialized view takes it by ALTER VIEW, an external table by ALTER TABLE. */
const governing: ReadonlySet<RelationAction['kind']> = new Set(['rowAccess', 'alterColumns', 'setTags', 'unsetTags'])

/**
 * @see https://docs.snowflake.com/en/sql-reference/sql/alter-dynamic-table
 * @see https://docs.snowflake.com/en/sql-reference/sql/alter-iceberg-table
 * @see https://docs.snowflake.com/en/sql-reference/sql/alter-external-table#usage-notes
 * @see https://docs.snowflake.com/en/sql-reference/sql/alter-materialized-view#usage-notes
 */
const governedKinds: ReadonlySet<ObjectKind> = new Set(['TABLE', 'VIEW', 'DYNAMIC TABLE', 'ICEBERG TABLE'])

const parseAction = (parser: Parser): RelationAction => {
  if (parser.take('RENAME', 'TO')) return { kind: 'rename', to: parser.name() }
  if (parser.take('RENAME', 'COLUMN')) return parseRenameColumn(parser)
  if (parser.take('SWAP', 'WITH')) return { kind: 'swap', with: parser.name() }
  if (parser.take('ADD', 'ROW', 'ACCESS', 'POLICY')) {
    return { kind: 'rowAccess', drop: undefined, add: parseRowAccessReference(parser) }
  }
  if (parser.take('DROP', 'ALL', 'ROW', 'ACCESS', 'POLICIES')) return { kind: 'rowAccess', drop: 'ALL', add: undefined }
  if (parser.take('DROP', 'ROW', 'ACCESS', 'POLICY')) return parseDropRowAccess(parser)
  if (parser.take('ALTER') || parser.take('MODIFY')) return { kind: 'alterColumns', changes: parseChanges(parser) }
  if (parser.take('ADD')) return parseAdd(parser)
  if (parser.take('DROP')) return parseDrop(parser)
  if (parser.take('SET')) return parseSet(parser)
  if (parser.take('UNSET')) return parseUnset(parser)
  if (parser.take('CLUSTER', 'BY')) return { kind: 'clusterBy', keys: parseParenthesizedText(parser) }
  return parseMaintenance(parser)
}

const parseRenameColumn = (parser: Parser): RelationAction => {
  const from = parser.identifier()
  parser.expect('TO')
  return { kind: 'renameColumn', from, to: parser.identifier() }
}

const parseDropRowAccess = (parser: Parser): RelationAction => {
  const drop = parser.name()
  if (!parser.takeSymbol(',')) return { kind: 'rowAccess', drop, add: undefined }
  parser.expect('ADD', 'ROW', 'ACCESS', 'POLICY')
  return { kind: 'rowAccess', drop, add: parseRowAccessReference(parser) }
}

const parseChanges = (parser: Parser): ReadonlyArray<ColumnChange> => {
  const grouped = parser.takeSymbol('(')
  const changes = [parseColumnChange(parser)]
  while (parser.takeSymbol(',')) {
    if (!parser.take('ALTER')) parser.optional('MODIFY')
    changes.push(parseColumnChange(parser))
  }
  if (grouped) parser.expectSymbol(')')
  return changes
}

const parseAdd = (parser: Parser): RelationAction => {
  const constraint = takeConstraint(parser)
  if (constraint !== undefined)
    return { kind: 'constraint', primaryKey: constraint.primaryKey ?? [], unique: constraint.unique ?? [] }
  for (const words of ['SEARCH OPTIMIZATION', 'STORAGE LIFECYCLE', 'DATA METRIC']) {
    if (parser.at(...words.split(' '))) throw unsupported(`ALTER TABLE … ADD ${words}`)
  }
  parser.optional('COLUMN')
  const ifNotExists = parser.take('IF', 'NOT', 'EXISTS')
  const columns: ColumnDefinition[] = []
  do {
    parser.optional('COLUMN')
    columns.push(parseColumnDefinition(parser))
  } while (parser.takeSymbol(','))
  return { kind: 'addColumns', columns, ifNotExists }
}

const parseDrop = (parser: Parser): RelationAction => {
  if (parser.take('CLUSTERING', 'KEY')) return { kind: 'clusterBy', keys: '' }
  for (const word of ['CONSTRAINT', 'PRIMARY', 'UNIQUE', 'FOREIGN', 'SEARCH', 'STORAGE', 'DATA']) {
    if (parser.at(word)) throw unsupported(`ALTER TABLE … DROP ${word}`)
  }
  parser.optional('COLUMN')
  const ifExists = parser.take('IF', 'EXISTS')
  const columns = [parser.identifier()]
  while (parser.takeSymbol(',')) columns.push(parser.identifier())
  return { kind: 'dropColumns', columns, ifExists }
}

const parseSet = (parser: Parser): RelationAction => {
  if (parser.take('TAG')) return { kind: 'setTags', tags: parseTagSettings(parser) }
  if (parser.take('SECURE')) return { kind: 'set', properties: new Map(), secure: true }
  for (const kind of ['AGGREGATION', 'PROJECTION', 'JOIN'])
    if (parser.at(kind, 'POLICY')) throw unsupported(`${kind} POLICY`)
  const properties = parseProperties(parser)
  if (properties.size === 0) throw parser.unexpected()
  return { kind: 'set', properties, secure: false }
}

const parseUnset = (parser: Parser): RelationAction => {
  if (parser.take('SECURE')) return { kind: 'unset', names: [], secure: true }
  if (parser.take('TAG')) return { kind: 'unsetTags', tags: parseNames(parser, () => parser.name()) }
  return { kind: 'unset', names: parseNames(parser, () => parser.anyWord()), secure: false }
}

export const parseNames = <A>(parser: Parser, parse: () => A): ReadonlyArray<A> => {
  const names = [parse()]
  while (parser.takeSymbol(',')) names.push(parse())
  return names
}

const parseMaintenance = (parser: Parser): RelationAction => {
  const word = parser.takeOneOf('SUSPEND', 'RESUME', 'REFRESH')
  if (word === undefined) throw parser.unexpected()
  parser.optional('RECLUSTER')
  return { kind: 'maintenance', word }
}

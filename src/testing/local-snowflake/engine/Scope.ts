/** Which columns an expression may name, and what each is in the engine. */
import type { DataType } from '../sql/DataType.ts'
import type { ColumnReference } from '../sql/SyntaxTree.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { StatementError, invalidIdentifier } from '../StatementError.ts'
import type { Compiled } from './Compiled.ts'
import type { KnownValue } from './KnownValue.ts'

export interface ScopeColumn {
  readonly name: string
  readonly sql: string
  readonly type: DataType | undefined
  readonly known?: KnownValue
  /** Set for columns that JOIN … USING has merged away: only their qualified name finds them. */
  readonly merged?: boolean
}

export interface ScopeRelation {
  /** The alias alone, or database, schema and table. */
  readonly qualifier: ReadonlyArray<string>
  readonly columns: ReadonlyArray<ScopeColumn>
}

export interface Scope {
  readonly relations: ReadonlyArray<ScopeRelation>
  /** Columns that JOIN … USING made of two. */
  readonly shared: ReadonlyArray<ScopeColumn>
  /** Expressions of the select list by their alias: columns go first. */
  readonly aliases: ReadonlyMap<string, Compiled>
  readonly parent: Scope | undefined
}

export const emptyScope: Scope = { relations: [], shared: [], aliases: new Map(), parent: undefined }

/** The column or alias that a path names; the scopes outside are asked last. */
export const resolveColumn = (scope: Scope, reference: ColumnReference): Compiled => {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const found = find(at, reference)
    // A row outside is not the row of the query that asks.
    if (found !== undefined) return at === scope ? found : withoutRow(found)
  }
  throw invalidIdentifier(reference, displayName(reference.path))
}

const withoutRow = ({ sql, type, literal }: Compiled): Compiled =>
  literal === undefined ? { sql, type } : { sql, type, literal }

/** What a column is to an expression. */
export const columnValue = ({ sql, type, known }: ScopeColumn): Compiled =>
  known === undefined ? { sql, type } : { sql, type, known }

const find = (scope: Scope, reference: ColumnReference): Compiled | undefined => {
  const qualifier = reference.path.slice(0, -1)
  const name = reference.path.at(-1) ?? ''
  const columns = scope.relations
    .filter(relation => isSuffix(qualifier, relation.qualifier))
    .flatMap(relation => relation.columns)
    .filter(column => column.name === name && (qualifier.length > 0 || column.merged !== true))
  const shared = qualifier.length === 0 ? scope.shared.filter(column => column.name === name) : []
  const [found, second] = [...shared, ...columns]
  if (second !== undefined) throw ambiguous(reference)
  if (found !== undefined) return columnValue(found)
  return qualifier.length === 0 ? scope.aliases.get(name) : undefined
}

const ambiguous = (reference: ColumnReference): StatementError =>
  new StatementError(
    '002028',
    '42601',
    `SQL compilation error: error line ${reference.line} at position ${reference.column}\nambiguous column name '${displayName(reference.path)}'`,
    reference
  )

const isSuffix = (suffix: ReadonlyArray<string>, whole: ReadonlyArray<string>): boolean => {
  const from = whole.length - suffix.length
  return from >= 0 && suffix.every((part, i) => part === whole[from + i])
}

/** The columns a star stands for, in order. */
export const starColumns = (scope: Scope, qualifier: ReadonlyArray<string>): ReadonlyArray<ScopeColumn> | undefined => {
  const relations = scope.relations.filter(relation => isSuffix(qualifier, relation.qualifier))
  if (relations.length === 0) return undefined
  const columns = relations.flatMap(relation => relation.columns)
  return qualifier.length > 0 ? columns : [...scope.shared, ...columns.filter(column => column.merged !== true)]
}

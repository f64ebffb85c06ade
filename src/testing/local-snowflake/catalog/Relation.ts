/** Tables and views of every kind, and their columns. */
import type { ColumnDefault } from '../sql/CreateStatement.ts'
import type { DataType } from '../sql/DataType.ts'
import type { Query } from '../sql/SyntaxTree.ts'
import type { RelationKind } from './ObjectKind.ts'
import type { Policy } from './Policy.ts'
import type { Securable } from './Securable.ts'
import type { Sequence } from './Sequence.ts'

export interface Relation extends Securable {
  readonly kind: RelationKind
  /** In the order of the table. Replaced as a whole by ALTER. */
  columns: ReadonlyArray<Column>
  /** The number the next new column gets; numbers are never used again. */
  nextColumnId: number
  /** The session that alone can see it. */
  readonly temporaryIn: number | undefined
  readonly transient: boolean
  view: ViewDefinition | undefined
  rowAccess: RowAccess | undefined
  primaryKey: ReadonlyArray<string>
  clusterBy: string
  retentionDays: number
  changeTracking: boolean
  /** Rows as of the last committed change. */
  rowCount: number
}

export interface Column {
  /** Unique in its table, and the same for as long as the column lives: it names the column's storage. */
  readonly id: number
  readonly name: string
  readonly type: DataType
  readonly nullable: boolean
  readonly default: StoredDefault | undefined
  readonly comment: string
  readonly unique: boolean
  readonly masking: ColumnMasking | undefined
  readonly tags: ReadonlyMap<Securable, string>
}

/** What fills a column that INSERT leaves out. */
export type StoredDefault =
  | Exclude<ColumnDefault, { readonly kind: 'identity' }>
  | { readonly kind: 'sequence'; readonly sequence: Sequence }
  | { readonly kind: 'identity'; readonly sequence: Sequence }

export interface ColumnMasking {
  readonly policy: Policy
  /** Numbers of the columns that fill the policy's arguments, the masked one first. */
  readonly using: ReadonlyArray<number>
}

export interface RowAccess {
  readonly policy: Policy
  /** Numbers of the columns that fill the policy's arguments. */
  readonly columns: ReadonlyArray<number>
}

export interface ViewDefinition {
  readonly query: Query
  /** The query as written, and the whole statement as written. */
  readonly queryText: string
  text: string
  secure: boolean
}

export const columnNamed = (relation: Relation, name: string): Column | undefined =>
  relation.columns.find(column => column.name === name)

export const columnNumbered = (relation: Relation, id: number): Column | undefined =>
  relation.columns.find(column => column.id === id)

/** A table whose rows are stored here, as opposed to a view. */
export const storesRows = (relation: Relation): boolean => relation.kind !== 'VIEW'

/** Statements that read or change rows. */
import type { ObjectName } from './Cursor.ts'
import type { Expression, Query, TableReference } from './SyntaxTree.ts'

export type DataStatement = QueryStatement | Insert | Update | Delete | Merge | Truncate

export interface QueryStatement {
  readonly kind: 'query'
  readonly query: Query
}

/** A table to change, with the name the rest of the statement knows it by. */
export interface TargetTable {
  readonly name: ObjectName
  readonly alias: string | undefined
}

export interface Insert {
  readonly kind: 'insert'
  readonly overwrite: boolean
  readonly into: ObjectName
  /** Empty: every column, in order. */
  readonly columns: ReadonlyArray<string>
  /** `undefined` in a row stands for DEFAULT. */
  readonly source:
    | { readonly kind: 'query'; readonly query: Query }
    | { readonly kind: 'rows'; readonly rows: ReadonlyArray<ValueRow> }
}

export type ValueRow = ReadonlyArray<Expression | undefined>

export interface Assignment {
  readonly column: string
  /** Undefined stands for DEFAULT. */
  readonly value: Expression | undefined
}

export interface Update {
  readonly kind: 'update'
  readonly target: TargetTable
  readonly assignments: ReadonlyArray<Assignment>
  readonly from: TableReference | undefined
  readonly where: Expression | undefined
}

export interface Delete {
  readonly kind: 'delete'
  readonly target: TargetTable
  readonly using: TableReference | undefined
  readonly where: Expression | undefined
}

export interface Merge {
  readonly kind: 'merge'
  readonly target: TargetTable
  readonly source: TableReference
  readonly on: Expression
  readonly branches: ReadonlyArray<MergeBranch>
}

export type MergeBranch =
  | {
      readonly kind: 'update'
      readonly condition: Expression | undefined
      readonly assignments: ReadonlyArray<Assignment>
    }
  | { readonly kind: 'delete'; readonly condition: Expression | undefined }
  | {
      readonly kind: 'insert'
      readonly condition: Expression | undefined
      readonly columns: ReadonlyArray<string>
      readonly values: ValueRow
    }

export interface Truncate {
  readonly kind: 'truncate'
  readonly name: ObjectName
  readonly ifExists: boolean
}

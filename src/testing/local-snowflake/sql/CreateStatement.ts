/** CREATE in all its forms. */
import type { InertKind, PolicyKind } from '../catalog/ObjectKind.ts'
import type { ObjectName } from './Cursor.ts'
import type { DataType } from './DataType.ts'
import type { Expression, Query, TimeTravel } from './SyntaxTree.ts'
import type { Properties } from './Properties.ts'

export type CreateStatement =
  | CreateContainer
  | CreatePrincipal
  | CreateTable
  | CreateView
  | CreatePolicy
  | CreateTag
  | CreateSequence
  | CreateWarehouse
  | CreateStream
  | CreateInert

export interface CreateMode {
  readonly orReplace: boolean
  readonly orAlter: boolean
  readonly ifNotExists: boolean
}

interface Creation {
  readonly mode: CreateMode
  readonly name: ObjectName
}

/** `TAG (T = 'v')` and the like. */
export interface TagSetting {
  readonly tag: ObjectName
  readonly value: string
}

export interface CreateContainer extends Creation {
  readonly kind: 'createContainer'
  readonly objectKind: 'DATABASE' | 'SCHEMA'
  readonly transient: boolean
  readonly managedAccess: boolean
  readonly properties: Properties
  readonly tags: ReadonlyArray<TagSetting>
}

export interface CreatePrincipal extends Creation {
  readonly kind: 'createPrincipal'
  readonly objectKind: 'ROLE' | 'DATABASE ROLE' | 'USER'
  readonly properties: Properties
}

export interface MaskingReference {
  readonly policy: ObjectName
  /** Empty without USING. */
  readonly using: ReadonlyArray<string>
}

export interface RowAccessReference {
  readonly policy: ObjectName
  readonly columns: ReadonlyArray<string>
}

export interface ColumnDefinition {
  readonly name: string
  readonly type: DataType
  readonly notNull: boolean
  readonly primaryKey: boolean
  readonly unique: boolean
  readonly default: ColumnDefault | undefined
  readonly comment: string | undefined
  readonly masking: MaskingReference | undefined
  readonly tags: ReadonlyArray<TagSetting>
}

export type ColumnDefault =
  | { readonly kind: 'expression'; readonly expression: Expression; readonly text: string }
  | { readonly kind: 'identity'; readonly start: number; readonly increment: number; readonly ordered: boolean }

export type TableVariant =
  'TABLE' | 'EXTERNAL TABLE' | 'DYNAMIC TABLE' | 'ICEBERG TABLE' | 'HYBRID TABLE' | 'EVENT TABLE'

export interface CreateTable extends Creation {
  readonly kind: 'createTable'
  readonly variant: TableVariant
  readonly temporary: boolean
  readonly transient: boolean
  readonly columns: ReadonlyArray<ColumnDefinition>
  /** Columns whose type was written: CREATE TABLE … AS may leave it to the query. */
  readonly typedColumns: ReadonlyArray<string>
  readonly primaryKey: ReadonlyArray<string>
  readonly unique: ReadonlyArray<string>
  readonly source: TableSource
  readonly rowAccess: RowAccessReference | undefined
  readonly clusterBy: string
  readonly copyGrants: boolean
  readonly properties: Properties
  readonly tags: ReadonlyArray<TagSetting>
}

export type TableSource =
  | { readonly kind: 'none' }
  | { readonly kind: 'query'; readonly query: Query; readonly text: string }
  | { readonly kind: 'like'; readonly table: ObjectName }
  | { readonly kind: 'clone'; readonly table: ObjectName }

export interface ViewColumn {
  readonly name: string
  readonly comment: string | undefined
  readonly masking: MaskingReference | undefined
  readonly tags: ReadonlyArray<TagSetting>
}

export interface CreateView extends Creation {
  readonly kind: 'createView'
  readonly variant: 'VIEW' | 'MATERIALIZED VIEW'
  readonly secure: boolean
  readonly temporary: boolean
  readonly columns: ReadonlyArray<ViewColumn>
  readonly query: Query
  readonly queryText: string
  /** The whole statement: what SHOW VIEWS and GET_DDL return. */
  readonly text: string
  readonly rowAccess: RowAccessReference | undefined
  readonly copyGrants: boolean
  readonly comment: string | undefined
  readonly tags: ReadonlyArray<TagSetting>
}

export interface PolicyArgument {
  readonly name: string
  readonly type: DataType
}

export interface CreatePolicy extends Creation {
  readonly kind: 'createPolicy'
  readonly policyKind: PolicyKind
  readonly signature: ReadonlyArray<PolicyArgument>
  readonly returns: DataType
  readonly body: Expression
  readonly bodyText: string
  readonly comment: string | undefined
  readonly exemptOtherPolicies: boolean
}

export interface CreateTag extends Creation {
  readonly kind: 'createTag'
  readonly allowedValues: ReadonlyArray<string> | undefined
  readonly comment: string | undefined
}

export interface CreateSequence extends Creation {
  readonly kind: 'createSequence'
  readonly start: number
  readonly increment: number
  readonly ordered: boolean
  readonly comment: string | undefined
}

export interface CreateWarehouse extends Creation {
  readonly kind: 'createWarehouse'
  readonly properties: Properties
}

export interface CreateStream extends Creation {
  readonly kind: 'createStream'
  readonly sourceKind: 'TABLE' | 'VIEW'
  readonly source: ObjectName
  readonly start: TimeTravel | undefined
  readonly copyGrants: boolean
  readonly properties: Properties
}

export interface CreateInert extends Creation {
  readonly kind: 'createInert'
  readonly objectKind: InertKind | 'INTEGRATION'
  readonly text: string
}

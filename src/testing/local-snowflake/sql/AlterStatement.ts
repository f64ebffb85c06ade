/** ALTER in all its forms. */
import type { ObjectKind, PolicyKind } from '../catalog/ObjectKind.ts'
import type { ColumnDefinition, MaskingReference, RowAccessReference, TagSetting } from './CreateStatement.ts'
import type { ObjectName } from './Cursor.ts'
import type { DataType } from './DataType.ts'
import type { Expression } from './SyntaxTree.ts'
import type { Properties } from './Properties.ts'

export type AlterStatement = AlterRelation | AlterPolicy | AlterTag | AlterObject | AlterAccount

export interface AlterRelation {
  readonly kind: 'alterRelation'
  /** What the statement called it: `TABLE`, `VIEW`, `DYNAMIC TABLE`. */
  readonly objectKind: ObjectKind
  readonly name: ObjectName
  readonly ifExists: boolean
  readonly action: RelationAction
}

export type RelationAction =
  | { readonly kind: 'rename'; readonly to: ObjectName }
  | { readonly kind: 'swap'; readonly with: ObjectName }
  | { readonly kind: 'addColumns'; readonly columns: ReadonlyArray<ColumnDefinition>; readonly ifNotExists: boolean }
  | { readonly kind: 'dropColumns'; readonly columns: ReadonlyArray<string>; readonly ifExists: boolean }
  | { readonly kind: 'renameColumn'; readonly from: string; readonly to: string }
  | { readonly kind: 'alterColumns'; readonly changes: ReadonlyArray<ColumnChange> }
  | {
      readonly kind: 'rowAccess'
      readonly drop: ObjectName | 'ALL' | undefined
      readonly add: RowAccessReference | undefined
    }
  | { readonly kind: 'set'; readonly properties: Properties; readonly secure: boolean }
  | { readonly kind: 'unset'; readonly names: ReadonlyArray<string>; readonly secure: boolean }
  | { readonly kind: 'setTags'; readonly tags: ReadonlyArray<TagSetting> }
  | { readonly kind: 'unsetTags'; readonly tags: ReadonlyArray<ObjectName> }
  | { readonly kind: 'constraint'; readonly primaryKey: ReadonlyArray<string>; readonly unique: ReadonlyArray<string> }
  | { readonly kind: 'clusterBy'; readonly keys: string }
  /** SUSPEND, RESUME, REFRESH and their like: accepted, without effect here. */
  | { readonly kind: 'maintenance'; readonly word: string }

export interface ColumnChange {
  readonly column: string
  readonly change:
    | ({ readonly kind: 'setMasking'; readonly force: boolean } & MaskingReference)
    | { readonly kind: 'unsetMasking' }
    | { readonly kind: 'setType'; readonly type: DataType }
    | { readonly kind: 'setNotNull' | 'dropNotNull' | 'dropDefault' }
    | { readonly kind: 'setDefault'; readonly sequence: ObjectName }
    | { readonly kind: 'comment'; readonly comment: string }
    | { readonly kind: 'setTags'; readonly tags: ReadonlyArray<TagSetting> }
    | { readonly kind: 'unsetTags'; readonly tags: ReadonlyArray<ObjectName> }
}

export interface AlterPolicy {
  readonly kind: 'alterPolicy'
  readonly policyKind: PolicyKind
  readonly name: ObjectName
  readonly ifExists: boolean
  readonly action:
    | { readonly kind: 'setBody'; readonly body: Expression; readonly bodyText: string }
    | { readonly kind: 'rename'; readonly to: ObjectName }
    | { readonly kind: 'comment'; readonly comment: string }
}

export interface AlterTag {
  readonly kind: 'alterTag'
  readonly name: ObjectName
  readonly ifExists: boolean
  readonly action:
    | { readonly kind: 'rename'; readonly to: ObjectName }
    | { readonly kind: 'setMasking'; readonly policies: ReadonlyArray<ObjectName>; readonly force: boolean }
    | { readonly kind: 'unsetMasking'; readonly policies: ReadonlyArray<ObjectName> }
    | { readonly kind: 'addValues' | 'dropValues'; readonly values: ReadonlyArray<string> }
    | { readonly kind: 'unsetValues' }
    | { readonly kind: 'comment'; readonly comment: string }
}

/** Databases, schemas, warehouses, roles, users, sequences, streams and inert objects. */
export interface AlterObject {
  readonly kind: 'alterObject'
  readonly objectKind: ObjectKind
  readonly name: ObjectName
  readonly ifExists: boolean
  readonly action:
    | { readonly kind: 'rename'; readonly to: ObjectName }
    | { readonly kind: 'set'; readonly properties: Properties }
    | { readonly kind: 'unset'; readonly names: ReadonlyArray<string> }
    | { readonly kind: 'setTags'; readonly tags: ReadonlyArray<TagSetting> }
    | { readonly kind: 'unsetTags'; readonly tags: ReadonlyArray<ObjectName> }
    | { readonly kind: 'managedAccess'; readonly enabled: boolean }
    | { readonly kind: 'maintenance'; readonly word: string }
    | { readonly kind: 'addAccessToken'; readonly token: string; readonly properties: Properties }
    | { readonly kind: 'removeAccessToken'; readonly token: string }
}

export interface AlterAccount {
  readonly kind: 'alterAccount'
  readonly set: Properties
  readonly unset: ReadonlyArray<string>
}

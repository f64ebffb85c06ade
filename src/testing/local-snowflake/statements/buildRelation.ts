/** Tables and columns from their definitions. */
import type { Schema } from '../catalog/Container.ts'
import type { Account } from '../catalog/Account.ts'
import type { RelationKind } from '../catalog/ObjectKind.ts'
import type { Role } from '../catalog/Securable.ts'
import type { Column, Relation, StoredDefault, ViewDefinition } from '../catalog/Relation.ts'
import type { Sequence } from '../catalog/Sequence.ts'
import type { ColumnDefault, ColumnDefinition } from '../sql/CreateStatement.ts'
import type { DataType } from '../sql/DataType.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { refused } from '../StatementError.ts'

interface RelationParts {
  readonly kind: RelationKind
  readonly schema: Schema
  readonly name: string
  readonly owner: Role
  readonly temporaryIn?: number | undefined
  readonly transient?: boolean
  readonly comment?: string | undefined
  readonly view?: ViewDefinition
}

/** A relation without columns. */
export const buildRelation = (account: Account, parts: RelationParts): Relation => ({
  ...account.createSecurable(parts.kind, parts.name, {
    owner: parts.owner,
    parent: parts.schema,
    comment: parts.comment
  }),
  columns: [],
  nextColumnId: 1,
  temporaryIn: parts.temporaryIn,
  transient: parts.transient ?? parts.schema.transient,
  view: parts.view,
  rowAccess: undefined,
  primaryKey: [],
  clusterBy: '',
  retentionDays: parts.schema.retentionDays,
  changeTracking: false,
  rowCount: 0
})

/** A column as a query result or a view brings it: a name and a type. */
export const plainColumn = (name: string, type: DataType, nullable = true): ColumnDefinition => ({
  name,
  type,
  notNull: !nullable,
  primaryKey: false,
  unique: false,
  default: undefined,
  comment: undefined,
  masking: undefined,
  tags: []
})

/** Appends columns; policies and tags are set afterwards, by the rules of their own. */
export const appendColumns = (
  account: Account,
  relation: Relation,
  definitions: ReadonlyArray<ColumnDefinition>
): void => {
  for (const definition of definitions) {
    if (relation.columns.some(column => column.name === definition.name)) {
      throw refused(`duplicate column name '${displayIdentifier(definition.name)}'`)
    }
    relation.columns = [...relation.columns, buildColumn(account, relation.nextColumnId, definition)]
    relation.nextColumnId += 1
  }
}

const buildColumn = (account: Account, id: number, definition: ColumnDefinition): Column => ({
  id,
  name: definition.name,
  type: definition.type,
  nullable: !definition.notNull,
  default: definition.default === undefined ? undefined : storedDefault(account, definition.default),
  comment: definition.comment ?? '',
  unique: definition.unique,
  masking: undefined,
  tags: new Map()
})

const storedDefault = (account: Account, value: ColumnDefault): StoredDefault =>
  value.kind === 'expression'
    ? value
    : { kind: 'identity', sequence: identitySequence(account, value.start, value.increment, value.ordered) }

const identitySequence = (account: Account, start: number, increment: number, ordered: boolean): Sequence => ({
  ...account.createSecurable('SEQUENCE', 'IDENTITY', { owner: undefined, parent: undefined }),
  nextValue: start,
  increment,
  ordered
})

/** ALTER TABLE … ALTER COLUMN: all changes of the statement, or none. */
import { trackPolicies } from '../catalog/trackPolicies.ts'
import type { Tag } from '../catalog/Policy.ts'
import type { Column, Relation } from '../catalog/Relation.ts'
import type { Sequence } from '../catalog/Sequence.ts'
import { engineType } from '../engine/engineTypes.ts'
import { columnName, tableName } from '../engine/Storage.ts'
import type { ColumnChange } from '../sql/AlterStatement.ts'
import { displayType } from '../sql/DataType.ts'
import type { DataType } from '../sql/DataType.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { StatementError, refused } from '../StatementError.ts'
import { requireApplyPolicy, requireColumn, resolveMasking } from './attachPolicies.ts'
import { requireOwnership } from './require.ts'
import { findObject } from './resolve.ts'
import type { StatementContext } from './StatementContext.ts'
import { findTag, forgetUntagged, resolveTags } from './tagging.ts'

export const changeColumns = async (
  context: StatementContext,
  relation: Relation,
  changes: ReadonlyArray<ColumnChange>
): Promise<void> => {
  // Each change is judged against what the ones before it left, on a draft that nobody else sees.
  let draft: Relation = { ...relation }
  for (const { column: name, change } of changes) {
    const column = requireColumn(draft, name)
    const changed = changeColumn(context, relation, draft, column, change)
    draft = { ...draft, columns: draft.columns.map(known => (known.id === column.id ? changed : known)) }
  }
  await requireNoNulls(context, relation, draft)
  await retype(context, relation, draft)
  trackPolicies(relation, () => {
    relation.columns = draft.columns
  })
  noteTags(relation, changes, context)
}

const changeColumn = (
  context: StatementContext,
  relation: Relation,
  draft: Relation,
  column: Column,
  change: ColumnChange['change']
): Column => {
  switch (change.kind) {
    case 'setMasking':
      return { ...column, masking: resolveMasking(context, draft, column, change, change.force) }
    case 'unsetMasking':
      if (column.masking !== undefined) requireApplyPolicy(context, column.masking.policy, relation)
      return { ...column, masking: undefined }
    case 'setTags':
      return { ...column, tags: new Map([...column.tags, ...resolveTags(context, relation, change.tags)]) }
    case 'unsetTags': {
      const gone = change.tags.map(name => findTag(context, name))
      return { ...column, tags: new Map([...column.tags].filter(([tag]) => !gone.includes(tag as Tag))) }
    }
    case 'setType':
    case 'setNotNull':
    case 'dropNotNull':
    case 'dropDefault':
    case 'setDefault':
    case 'comment':
      requireOwnership(context, relation)
      return reshapeColumn(context, column, change)
  }
}

type ShapeChange = Exclude<ColumnChange['change'], { kind: 'setMasking' | 'unsetMasking' | 'setTags' | 'unsetTags' }>

const reshapeColumn = (context: StatementContext, column: Column, change: ShapeChange): Column => {
  switch (change.kind) {
    case 'setType':
      requireWider(column, change.type)
      return { ...column, type: change.type }
    case 'setNotNull':
      return { ...column, nullable: false }
    case 'dropNotNull':
      return { ...column, nullable: true }
    case 'dropDefault':
      return { ...column, default: undefined }
    case 'setDefault': {
      const sequence = findObject(context, 'SEQUENCE', change.sequence, 'ALTER TABLE') as Sequence
      return { ...column, default: { kind: 'sequence', sequence } }
    }
    case 'comment':
      return { ...column, comment: change.comment }
  }
}

/** Texts may grow, numbers may change their precision; nothing else moves. */
const requireWider = (column: Column, to: DataType): void => {
  const from = column.type
  const wider = from.name === to.name && from.scale === to.scale && (to.length ?? 0) >= (from.length ?? 0)
  if (wider) return
  throw new StatementError(
    '001043',
    '22023',
    `SQL compilation error:\ncannot change column ${displayIdentifier(column.name)} from type ${displayType(from)} to ${displayType(to)}`
  )
}

const requireNoNulls = async (context: StatementContext, relation: Relation, draft: Relation): Promise<void> => {
  const tightened = draft.columns.filter(
    column => !column.nullable && relation.columns.some(known => known.id === column.id && known.nullable)
  )
  for (const column of tightened) {
    if (await context.engine.holds(relation, `_to IS NULL AND ${columnName(column)} IS NULL`)) {
      throw refused(
        `column '${displayIdentifier(column.name)}' contains null values. Not null constraint cannot be added.`
      )
    }
  }
}

const retype = async (context: StatementContext, relation: Relation, draft: Relation): Promise<void> => {
  for (const column of draft.columns) {
    const before = relation.columns.find(known => known.id === column.id)
    if (before === undefined || engineType(before.type) === engineType(column.type)) continue
    await context.engine.reshape(relation, [
      `ALTER TABLE ${tableName(relation)} ALTER ${columnName(column)} TYPE ${engineType(column.type)}`
    ])
  }
}

const noteTags = (relation: Relation, changes: ReadonlyArray<ColumnChange>, context: StatementContext): void => {
  for (const column of relation.columns) for (const tag of column.tags.keys()) (tag as Tag).objects.add(relation)
  for (const { change } of changes) {
    if (change.kind === 'unsetTags') for (const name of change.tags) forgetUntagged(findTag(context, name), relation)
  }
}

/** ALTER TABLE and ALTER VIEW. */
import { trackPolicies } from '../catalog/trackPolicies.ts'
import type { Policy } from '../catalog/Policy.ts'
import { isViewKind } from '../catalog/ObjectKind.ts'
import { columnNamed } from '../catalog/Relation.ts'
import type { Relation } from '../catalog/Relation.ts'
import { createCompiler } from '../engine/createCompiler.ts'
import { castTo } from '../engine/coerce.ts'
import { engineType } from '../engine/engineTypes.ts'
import { defaultValue } from '../engine/rowChanges.ts'
import { columnName, tableName } from '../engine/Storage.ts'
import type { AlterRelation, RelationAction } from '../sql/AlterStatement.ts'
import type { ColumnDefinition } from '../sql/CreateStatement.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { flagProperty, numberProperty, textProperty } from '../sql/Properties.ts'
import { StatementError, refused, rowAccessPolicyAlreadyThere, unsupported } from '../StatementError.ts'
import {
  findPolicy,
  requireApplyPolicy,
  requireColumn,
  requireUnusedByPolicies,
  resolveRowAccess
} from './attachPolicies.ts'
import { appendColumns } from './buildRelation.ts'
import { changeColumns } from './columnChanges.ts'
import { renameObject } from './renameObject.ts'
import { requireOwnership } from './require.ts'
import { byGovernance, findObject } from './resolve.ts'
import { succeeded } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'
import { swapTables } from './swapTables.ts'
import { decorateColumns, replaceColumn, setPrimaryKey } from './tables.ts'
import { setTags, unsetTags } from './tagging.ts'

export const alterRelation = async (statement: AlterRelation, context: StatementContext): Promise<ResultSet> => {
  const relation = findToAlter(statement, context)
  if (relation !== undefined) await act(context, relation, statement.action)
  return succeeded()
}

const findToAlter = (statement: AlterRelation, context: StatementContext): Relation | undefined => {
  try {
    return findObject(
      context,
      statement.objectKind,
      statement.name,
      `ALTER ${statement.objectKind}`,
      byGovernance
    ) as Relation
  } catch (error) {
    if (statement.ifExists && error instanceof StatementError && error.code === '002003') return undefined
    throw error
  }
}

const act = async (context: StatementContext, relation: Relation, action: RelationAction): Promise<void> => {
  // Policies and tags have rules of their own; everything else is for the owner.
  if (action.kind === 'rowAccess') {
    changeRowAccess(context, relation, action)
    return
  }
  if (action.kind === 'setTags') {
    setTags(context, relation, action.tags)
    return
  }
  if (action.kind === 'unsetTags') {
    unsetTags(context, relation, action.tags)
    return
  }
  if (action.kind === 'alterColumns') return changeColumns(context, relation, action.changes)
  requireOwnership(context, relation)
  return change(context, relation, action)
}

type OwnersAction = Exclude<RelationAction, { kind: 'rowAccess' | 'setTags' | 'unsetTags' | 'alterColumns' }>

const change = async (context: StatementContext, relation: Relation, action: OwnersAction): Promise<void> => {
  switch (action.kind) {
    case 'rename':
      renameObject(context, relation, action.to)
      return
    case 'swap':
      swapTables(context, relation, action.with)
      return
    case 'addColumns':
      await addColumns(context, relation, action.columns, action.ifNotExists)
      return
    case 'dropColumns':
      dropColumns(relation, action.columns, action.ifExists)
      return
    case 'renameColumn':
      renameColumn(relation, action.from, action.to)
      return
    case 'set':
      setProperties(relation, action)
      return
    case 'unset':
      unsetProperties(relation, action)
      return
    case 'constraint':
      if (action.primaryKey.length > 0) setPrimaryKey(relation, action.primaryKey)
      for (const name of action.unique) replaceColumn(relation, { ...requireColumn(relation, name), unique: true })
      return
    case 'clusterBy':
      relation.clusterBy = action.keys
      return
    case 'maintenance':
  }
}

type RowAccessAction = Extract<RelationAction, { kind: 'rowAccess' }>

/** Drop and add are judged together and happen together: the table is never without a policy in between. */
const changeRowAccess = (context: StatementContext, relation: Relation, { drop, add }: RowAccessAction): void => {
  const dropped = drop === undefined ? undefined : policyToDrop(context, relation, drop)
  if (add !== undefined && relation.rowAccess !== undefined && dropped === undefined) {
    throw rowAccessPolicyAlreadyThere(displayIdentifier(relation.name))
  }
  const added = add === undefined ? undefined : resolveRowAccess(context, relation, add)
  trackPolicies(relation, () => {
    relation.rowAccess = added
  })
}

const policyToDrop = (
  context: StatementContext,
  relation: Relation,
  drop: NonNullable<RowAccessAction['drop']>
): Policy | undefined => {
  const attached = relation.rowAccess?.policy
  if (drop === 'ALL') {
    if (attached !== undefined) requireApplyPolicy(context, attached, relation)
    return attached
  }
  const policy = findPolicy(context, 'ROW ACCESS POLICY', drop)
  requireApplyPolicy(context, policy, relation)
  if (policy !== attached) {
    throw refused(
      `ROW_ACCESS_POLICY '${displayIdentifier(policy.name)}' is not attached to '${displayIdentifier(relation.name)}'.`
    )
  }
  return policy
}

const addColumns = async (
  context: StatementContext,
  relation: Relation,
  definitions: ReadonlyArray<ColumnDefinition>,
  ifNotExists: boolean
): Promise<void> => {
  if (relation.view !== undefined) throw unsupported('ADD COLUMN on a view')
  const wanted = definitions.filter(({ name }) => !ifNotExists || columnNamed(relation, name) === undefined)
  const known = new Set(relation.columns)
  const before = { columns: relation.columns, nextColumnId: relation.nextColumnId }
  try {
    appendColumns(context.account, relation, wanted)
    decorateColumns(context, relation, wanted)
  } catch (error) {
    trackPolicies(relation, () => Object.assign(relation, before))
    throw error
  }
  const compiler = createCompiler(context)
  const added = relation.columns.filter(column => !known.has(column))
  for (const column of added) {
    const value = castTo(defaultValue(compiler, column), column.type).sql
    await context.engine.reshape(relation, [
      `ALTER TABLE ${tableName(relation)} ADD COLUMN ${columnName(column)} ${engineType(column.type)}`,
      ...(column.default === undefined ? [] : [`UPDATE ${tableName(relation)} SET ${columnName(column)} = ${value}`])
    ])
  }
}

/** The values stay in the engine, out of reach: only the catalogue forgets the column. */
const dropColumns = (relation: Relation, names: ReadonlyArray<string>, ifExists: boolean): void => {
  const columns = names.flatMap(name =>
    ifExists && columnNamed(relation, name) === undefined ? [] : requireColumn(relation, name)
  )
  for (const column of columns) requireUnusedByPolicies(relation, column)
  const rest = relation.columns.filter(column => !columns.includes(column))
  if (rest.length === 0) throw refused('Cannot drop the last column of a table.')
  trackPolicies(relation, () => {
    relation.columns = rest
  })
}

const renameColumn = (relation: Relation, from: string, to: string): void => {
  const column = requireColumn(relation, from)
  if (columnNamed(relation, to) !== undefined) throw refused(`duplicate column name '${displayIdentifier(to)}'`)
  replaceColumn(relation, { ...column, name: to })
  relation.primaryKey = relation.primaryKey.map(name => (name === from ? to : name))
}

const setProperties = (relation: Relation, { properties, secure }: Extract<RelationAction, { kind: 'set' }>): void => {
  relation.comment = textProperty(properties, 'COMMENT') ?? relation.comment
  relation.retentionDays = numberProperty(properties, 'DATA_RETENTION_TIME_IN_DAYS') ?? relation.retentionDays
  relation.changeTracking = flagProperty(properties, 'CHANGE_TRACKING') ?? relation.changeTracking
  if (secure) setSecure(relation, true)
}

const unsetProperties = (relation: Relation, { names, secure }: Extract<RelationAction, { kind: 'unset' }>): void => {
  if (names.includes('COMMENT')) relation.comment = ''
  if (names.includes('DATA_RETENTION_TIME_IN_DAYS')) relation.retentionDays = 1
  if (names.includes('CHANGE_TRACKING')) relation.changeTracking = false
  if (secure) setSecure(relation, false)
}

const setSecure = (relation: Relation, secure: boolean): void => {
  if (!isViewKind(relation.kind) || relation.view === undefined) throw refused('Only views can be secure.')
  relation.view = { ...relation.view, secure }
}

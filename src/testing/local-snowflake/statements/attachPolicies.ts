/**
 * The rules under which a policy may stand on a column or a table. Everything is judged before anything changes.
 *
 * @see https://docs.snowflake.com/en/user-guide/security-column-intro
 * @see https://docs.snowflake.com/en/user-guide/security-row-intro
 */
import type { Policy } from '../catalog/Policy.ts'
import { columnNamed, columnNumbered } from '../catalog/Relation.ts'
import type { Column, ColumnMasking, Relation, RowAccess } from '../catalog/Relation.ts'
import { sameKind } from '../sql/DataType.ts'
import type { MaskingReference, RowAccessReference } from '../sql/CreateStatement.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import {
  columnAlreadyMasked,
  insufficientPrivileges,
  invalidIdentifier,
  refused,
  unsupported
} from '../StatementError.ts'
import { byGovernance, findObject } from './resolve.ts'
import type { StatementContext } from './StatementContext.ts'

export const findPolicy = (context: StatementContext, kind: Policy['kind'], name: ObjectName): Policy =>
  findObject(context, kind, name, `SET ${kind}`, byGovernance) as Policy

/** The global privilege, or APPLY on the policy together with ownership of the table. */
export const requireApplyPolicy = (context: StatementContext, policy: Policy, relation: Relation): void => {
  const { access } = context
  if (access.holdsGlobally(`APPLY ${policy.kind}`)) return
  if (!access.holds('APPLY', policy))
    throw insufficientPrivileges(policy.kind.toLowerCase(), displayIdentifier(policy.name))
  if (!access.owns(relation))
    throw insufficientPrivileges(relation.kind.toLowerCase(), displayIdentifier(relation.name))
}

export const requireColumn = (relation: Pick<Relation, 'columns'>, name: string): Column => {
  const column = columnNamed(relation as Relation, name)
  if (column === undefined) throw invalidIdentifier({ line: 1, column: 0 }, displayIdentifier(name))
  return column
}

/** What the column's masking would be. `relation` shows the columns as the statement has left them so far. */
export const resolveMasking = (
  context: StatementContext,
  relation: Relation,
  column: Column,
  reference: MaskingReference,
  force: boolean
): ColumnMasking => {
  // Their columns are the service's own: ALTER TABLE knows row access policies and tags of event tables, no masks.
  if (relation.kind === 'EVENT TABLE') throw unsupported('masking policies on event tables')
  const policy = findPolicy(context, 'MASKING POLICY', reference.policy)
  requireApplyPolicy(context, policy, relation)
  if (column.masking !== undefined && column.masking.policy !== policy && !force) throw columnAlreadyMasked()
  const using = reference.using.length === 0 ? [column] : reference.using.map(name => requireColumn(relation, name))
  if (using[0] !== column)
    throw refused(`The first column of USING must be the masked column '${displayIdentifier(column.name)}'.`)
  requireSignature(policy, using)
  for (const argument of using.slice(1)) requireReadable(argument)
  if (!policy.exemptOtherPolicies) requireUnread(relation, column)
  return { policy, using: using.map(({ id }) => id) }
}

const requireSignature = (policy: Policy, columns: ReadonlyArray<Column>): void => {
  const name = displayIdentifier(policy.name)
  if (policy.signature.length !== columns.length) {
    throw refused(`Policy '${name}' takes ${policy.signature.length} column(s), ${columns.length} given.`)
  }
  policy.signature.forEach((argument, i) => {
    const column = columns[i]
    if (column !== undefined && !sameKind(argument.type, column.type)) {
      throw refused(
        `Column data type ${column.type.name} of '${displayIdentifier(column.name)}' does not match data type ${argument.type.name} of policy '${name}'.`
      )
    }
  })
}

/** A masked column feeds no other policy, unless its own policy allows it. */
const requireReadable = (column: Column): void => {
  if (column.masking === undefined || column.masking.policy.exemptOtherPolicies) return
  throw refused(
    `Column '${displayIdentifier(column.name)}' cannot be used as policy argument because it is masked by another policy`
  )
}

/** The other way round: a column that feeds another policy is not masked. */
const requireUnread = (relation: Relation, column: Column): void => {
  const conditional = relation.columns.some(
    other => other.id !== column.id && other.masking?.using.includes(column.id) === true
  )
  if (!conditional && relation.rowAccess?.columns.includes(column.id) !== true) return
  throw refused(
    `Column '${displayIdentifier(column.name)}' is already used as argument of another policy and cannot be masked.`
  )
}

export const resolveRowAccess = (
  context: StatementContext,
  relation: Relation,
  reference: RowAccessReference
): RowAccess => {
  const policy = findPolicy(context, 'ROW ACCESS POLICY', reference.policy)
  requireApplyPolicy(context, policy, relation)
  const columns = reference.columns.map(name => requireColumn(relation, name))
  requireSignature(policy, columns)
  columns.forEach(requireReadable)
  return { policy, columns: columns.map(({ id }) => id) }
}

/** Whether a column may go away: not while a policy reads it. */
export const requireUnusedByPolicies = (relation: Relation, column: Column): void => {
  const reading = relation.columns.some(
    other => other.id !== column.id && other.masking?.using.includes(column.id) === true
  )
  if (reading || relation.rowAccess?.columns.includes(column.id) === true) {
    throw refused(`Column '${displayIdentifier(column.name)}' is used by a policy and cannot be dropped.`)
  }
}

/** Columns of a policy's arguments, by name, for POLICY_REFERENCES. */
export const argumentNames = (relation: Relation, ids: ReadonlyArray<number>): ReadonlyArray<string> =>
  ids.flatMap(id => columnNumbered(relation, id)?.name ?? [])

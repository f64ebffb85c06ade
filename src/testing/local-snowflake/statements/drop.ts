/** DROP and COMMENT ON. */

import { isInUse } from '../catalog/Policy.ts'
import type { Policy, Tag } from '../catalog/Policy.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import type { CommentOn, Drop } from '../sql/DropStatement.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { StatementError, insufficientPrivileges, policyInUse, refused } from '../StatementError.ts'
import { requireColumn } from './attachPolicies.ts'
import { dropObject, inheritOwnership } from './dropObject.ts'
import { creatingRole, requireOwnership } from './require.ts'
import { byGovernance, byPrivilege, findObject, findRelation } from './resolve.ts'
import { statusResult, succeeded } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'
import { replaceColumn } from './tables.ts'

export const drop = (statement: Drop, context: StatementContext): ResultSet => {
  const name = displayIdentifier(statement.name.at(-1) ?? '')
  const object = findToDrop(statement, context)
  if (object === undefined) return statusResult(`Drop statement executed successfully (${name} already dropped).`)
  requireMayDrop(context, object)
  requireDroppable(context, object)
  if (object.kind === 'ROLE' || object.kind === 'DATABASE ROLE')
    inheritOwnership(context, object as Role, creatingRole(context))
  dropObject(context, object)
  return statusResult(`${name} successfully dropped.`)
}

const findToDrop = (statement: Drop, context: StatementContext): Securable | undefined => {
  try {
    return findObject(context, statement.objectKind, statement.name, `DROP ${statement.objectKind}`, byPrivilege)
  } catch (error) {
    if (statement.ifExists && error instanceof StatementError && error.code === '002003') return undefined
    throw error
  }
}

/** The owner of the object, or of the schema around it. */
const requireMayDrop = (context: StatementContext, object: Securable): void => {
  if (object.parent?.kind === 'SCHEMA' && context.access.owns(object.parent)) return
  requireOwnership(context, object)
}

const requireDroppable = (context: StatementContext, object: Securable): void => {
  const name = displayIdentifier(object.name)
  if (object.owner === undefined) throw insufficientPrivileges(object.kind.toLowerCase(), name)
  if (object === context.session.user) throw refused('A user cannot drop itself.')
  if ((object.kind === 'MASKING POLICY' || object.kind === 'ROW ACCESS POLICY') && isInUse(object as Policy))
    throw policyInUse(name)
  if (object.kind === 'TAG' && (object as Tag).masking.size > 0) {
    throw refused(`Tag '${name}' cannot be dropped as it is associated with one or more masking policies.`)
  }
}

export const commentOn = (statement: CommentOn, context: StatementContext): ResultSet => {
  const { objectKind, column, comment } = statement
  try {
    if (column !== undefined) {
      const relation = findRelation(context, statement.name, 'COMMENT')
      requireOwnership(context, relation)
      replaceColumn(relation, { ...requireColumn(relation, column), comment })
      return succeeded()
    }
    const object = findObject(context, objectKind, statement.name, 'COMMENT', byGovernance)
    requireOwnership(context, object)
    object.comment = comment
    return succeeded()
  } catch (error) {
    if (statement.ifExists && error instanceof StatementError && error.code === '002003') return succeeded()
    throw error
  }
}

/** Every statement to its executor. */
import type { Statement } from '../sql/Statement.ts'
import { alterAccount, alterObject, alterTag } from './alterObject.ts'
import { alterRelation } from './alterRelation.ts'
import { createContainer } from './containers.ts'
import { deleteRows, insert, runQuery, truncate } from './dataStatements.ts'
import { describe } from './describe.ts'
import { commentOn, drop } from './drop.ts'
import { executeImmediate, runBlock } from './scripts.ts'
import { grantOwnership } from './grantOwnership.ts'
import { grantPrivileges } from './grantPrivileges.ts'
import { grantRole, revokeRole } from './grantRole.ts'
import { alterPolicy, createPolicy } from './policies.ts'
import { isOn, parameterOf } from './parameters.ts'
import { patiently } from './patiently.ts'
import { createPrincipal } from './principals.ts'
import { succeeded } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import { revokePrivileges } from './revokePrivileges.ts'
import { alterSession, use, useSecondaryRoles } from './sessionStatements.ts'
import { show } from './show.ts'
import { showFutureGrants, showGrants } from './showGrants.ts'
import { setVariables, showParameters, showVariables, unsetVariables } from './variables.ts'
import { createInert, createSequence, createStream, createTag, createWarehouse } from './smallObjects.ts'
import type { StatementContext } from './StatementContext.ts'
import { createTable } from './tables.ts'
import { merge, update } from './updateStatements.ts'
import { createView } from './views.ts'

type Executors = {
  readonly [K in Statement['kind']]: (
    statement: Extract<Statement, { readonly kind: K }>,
    context: StatementContext
  ) => ResultSet | Promise<ResultSet>
}

const executors: Executors = {
  use,
  useSecondaryRoles,
  alterSession,
  setVariables,
  unsetVariables,
  transaction: async ({ action }, context) => {
    await context.engine.transaction(context, action)
    return succeeded('transaction')
  },
  createContainer,
  createPrincipal,
  createTable,
  createView,
  createPolicy,
  createTag,
  createSequence,
  createWarehouse,
  createStream,
  createInert,
  alterRelation,
  alterPolicy,
  alterTag,
  alterObject,
  alterAccount,
  drop,
  commentOn,
  grantPrivileges,
  revokePrivileges,
  grantOwnership,
  grantRole,
  revokeRole,
  show,
  showGrants,
  showFutureGrants,
  showParameters,
  showVariables,
  describe,
  query: runQuery,
  insert,
  update,
  delete: deleteRows,
  merge,
  truncate,
  block: runBlock,
  executeImmediate
}

export const executeStatement = async (statement: Statement, context: StatementContext): Promise<ResultSet> => {
  // A definition ends the transaction around it, as if COMMIT stood before it.
  if (defines(statement) && context.engine.inTransaction(context.session))
    await context.engine.transaction(context, 'COMMIT')
  const execute = executors[statement.kind] as (
    statement: Statement,
    context: StatementContext
  ) => ResultSet | Promise<ResultSet>
  if (!changesRows(statement)) return execute(statement, context)
  if (!isOn(parameterOf(context.account, context.session, 'AUTOCOMMIT')))
    await context.engine.transaction(context, 'BEGIN')
  return patiently(context, () => execute(statement, context))
}

/** What the statement log calls it. */
export type StatementKind = 'read' | 'write' | 'session'

const readKinds: ReadonlySet<Statement['kind']> = new Set([
  'query',
  'show',
  'showGrants',
  'showFutureGrants',
  'showParameters',
  'showVariables',
  'describe'
])
const sessionKinds: ReadonlySet<Statement['kind']> = new Set([
  'use',
  'useSecondaryRoles',
  'alterSession',
  'setVariables',
  'unsetVariables',
  'transaction'
])
const rowKinds: ReadonlySet<Statement['kind']> = new Set(['insert', 'update', 'delete', 'merge', 'truncate'])
const scriptKinds: ReadonlySet<Statement['kind']> = new Set(['block', 'executeImmediate'])

export const kindOf = ({ kind }: Statement): StatementKind =>
  readKinds.has(kind) ? 'read' : sessionKinds.has(kind) ? 'session' : 'write'

const changesRows = ({ kind }: Statement): boolean => rowKinds.has(kind)

const defines = ({ kind }: Statement): boolean =>
  !readKinds.has(kind) && !sessionKinds.has(kind) && !rowKinds.has(kind) && !scriptKinds.has(kind)

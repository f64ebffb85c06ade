/** CREATE, ALTER and the rules of masking and row access policies themselves. */
import type { Schema } from '../catalog/Container.ts'
import { namespaceOf, sentenceCase } from '../catalog/ObjectKind.ts'
import { isInUse } from '../catalog/Policy.ts'
import type { Policy } from '../catalog/Policy.ts'
import type { AlterPolicy } from '../sql/AlterStatement.ts'
import type { CreatePolicy, PolicyArgument } from '../sql/CreateStatement.ts'
import { sameKind } from '../sql/DataType.ts'
import type { DataType } from '../sql/DataType.ts'
import type { Expression } from '../sql/SyntaxTree.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { StatementError, maskingTypeMismatch, policyInUse, refused, rowAccessReturnType } from '../StatementError.ts'
import { checkPolicyBody } from '../engine/checkPolicyBody.ts'
import { createInSchema } from './createObject.ts'
import { creatingRole, requireOwnership } from './require.ts'
import { byPrivilege, findObject, locate } from './resolve.ts'
import { renameObject } from './renameObject.ts'
import { statusResult, succeeded } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

export const createPolicy = async (statement: CreatePolicy, context: StatementContext): Promise<ResultSet> => {
  const { signature, policyKind } = statement
  requireShape(statement)
  const existing = existingPolicy(statement, context)
  if (existing !== undefined && statement.mode.orAlter) return replaceInPlace(statement, context, existing)
  if (existing !== undefined && statement.mode.orReplace && isInUse(existing)) {
    // A row access policy may be replaced under its tables as long as they still fit; a masking policy may not.
    if (policyKind === 'MASKING POLICY' || !sameSignature(existing.signature, signature))
      throw policyInUse(displayIdentifier(existing.name))
    return replaceInPlace(statement, context, existing)
  }
  return createInSchema<Policy>(context, {
    kind: policyKind,
    name: statement.name,
    mode: statement.mode,
    noun: sentenceCase(policyKind),
    build: (schema, name) => buildPolicy(statement, context, schema, name)
  })
}

const buildPolicy = (statement: CreatePolicy, context: StatementContext, schema: Schema, name: string): Policy => {
  const { signature, returns, body, bodyText } = statement
  checkBody(context, schema, statement.policyKind, signature, returns, body)
  return {
    ...context.account.createSecurable(statement.policyKind, name, {
      owner: creatingRole(context),
      parent: schema,
      comment: statement.comment
    }),
    signature,
    returns,
    body,
    bodyText,
    exemptOtherPolicies: statement.exemptOtherPolicies,
    relations: new Set(),
    tagged: new Set()
  }
}

const existingPolicy = (statement: CreatePolicy, context: StatementContext): Policy | undefined => {
  const { schema, name } = locate(context, statement.name, `CREATE ${statement.policyKind}`)
  const found = schema.objects.get(namespaceOf(statement.policyKind))?.get(name)
  return found?.kind === statement.policyKind ? (found as Policy) : undefined
}

/** Rules that need no catalogue: distinct arguments, and the type that comes back. */
const requireShape = (statement: CreatePolicy): void => {
  const { signature, returns, policyKind } = statement
  const [first] = signature
  if (new Set(signature.map(argument => argument.name)).size < signature.length)
    throw refused('duplicate argument name in policy signature')
  if (policyKind === 'ROW ACCESS POLICY' && returns.name !== 'BOOLEAN') {
    throw rowAccessReturnType(displayIdentifier(statement.name.at(-1) ?? ''))
  }
  if (policyKind === 'MASKING POLICY' && (first === undefined || !sameKind(first.type, returns)))
    throw maskingTypeMismatch()
}

const checkBody = (
  context: StatementContext,
  schema: Schema,
  kind: Policy['kind'],
  signature: ReadonlyArray<PolicyArgument>,
  returns: DataType,
  body: Expression
): void => {
  const type = checkPolicyBody(context, schema, signature, body)
  if (type === undefined || canBecome(type, returns)) return
  throw kind === 'MASKING POLICY' ? maskingTypeMismatch() : rowAccessReturnType('')
}

/** Snowflake coerces a body's type where it can: text and numbers, but never a text to a boolean filter. */
const canBecome = (from: DataType, to: DataType): boolean => {
  const numeric = (type: DataType): boolean => type.name === 'NUMBER' || type.name === 'FLOAT'
  const timed = (type: DataType): boolean => type.name.startsWith('TIMESTAMP') || type.name === 'DATE'
  return sameKind(from, to) || (numeric(from) && numeric(to)) || (timed(from) && timed(to)) || to.name === 'VARIANT'
}

const sameSignature = (a: ReadonlyArray<PolicyArgument>, b: ReadonlyArray<PolicyArgument>): boolean =>
  a.length === b.length && a.every((argument, i) => argument.name === b[i]?.name && sameKind(argument.type, b[i].type))

const replaceInPlace = (statement: CreatePolicy, context: StatementContext, policy: Policy): ResultSet => {
  requireOwnership(context, policy)
  if (!sameSignature(policy.signature, statement.signature))
    throw refused('The signature of an existing policy cannot be changed.')
  if (policy.exemptOtherPolicies !== statement.exemptOtherPolicies && isInUse(policy))
    throw policyInUse(displayIdentifier(policy.name))
  checkBody(context, policy.parent as Schema, policy.kind, statement.signature, statement.returns, statement.body)
  policy.body = statement.body
  policy.bodyText = statement.bodyText
  policy.comment = statement.comment ?? ''
  return statusResult(`${sentenceCase(policy.kind)} ${displayIdentifier(policy.name)} successfully created.`)
}

export const alterPolicy = (statement: AlterPolicy, context: StatementContext): ResultSet => {
  const policy = findPolicyToAlter(statement, context)
  if (policy === undefined) return succeeded()
  requireOwnership(context, policy)
  const { action } = statement
  switch (action.kind) {
    case 'setBody':
      checkBody(context, policy.parent as Schema, policy.kind, policy.signature, policy.returns, action.body)
      policy.body = action.body
      policy.bodyText = action.bodyText
      break
    case 'rename':
      renameObject(context, policy, action.to)
      break
    case 'comment':
      policy.comment = action.comment
      break
  }
  return succeeded()
}

const findPolicyToAlter = (statement: AlterPolicy, context: StatementContext): Policy | undefined => {
  try {
    return findObject(
      context,
      statement.policyKind,
      statement.name,
      `ALTER ${statement.policyKind}`,
      byPrivilege
    ) as Policy
  } catch (error) {
    if (statement.ifExists && error instanceof StatementError && error.code === '002003') return undefined
    throw error
  }
}

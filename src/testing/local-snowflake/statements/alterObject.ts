/** ALTER of databases, schemas, warehouses, roles, users, tags and the rest. */
import type { Database, Schema } from '../catalog/Container.ts'
import type { Policy, Tag } from '../catalog/Policy.ts'
import type { User } from '../catalog/Principal.ts'
import type { Securable } from '../catalog/Securable.ts'
import type { Warehouse } from '../catalog/Warehouse.ts'
import { knownParameter } from './parameters.ts'
import type { AlterAccount, AlterObject, AlterTag } from '../sql/AlterStatement.ts'
import { numberProperty, textProperty } from '../sql/Properties.ts'
import type { Properties } from '../sql/Properties.ts'
import {
  StatementError,
  columnAlreadyMasked,
  insufficientPrivileges,
  invalidValue,
  refused
} from '../StatementError.ts'
import { addAccessToken } from './accessTokens.ts'
import { findPolicy } from './attachPolicies.ts'
import { renameObject } from './renameObject.ts'
import { requireAnyPrivilege, requireOwnership } from './require.ts'
import { byGovernance, findObject } from './resolve.ts'
import { succeeded } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'
import { setTags, unsetTags } from './tagging.ts'
import { setUserProperties, unsetUserProperties } from './userProperties.ts'

const find = (statement: AlterObject | AlterTag, context: StatementContext): Securable | undefined => {
  const kind = statement.kind === 'alterTag' ? 'TAG' : statement.objectKind
  try {
    return findObject(context, kind, statement.name, `ALTER ${kind}`, byGovernance)
  } catch (error) {
    if (statement.ifExists && error instanceof StatementError && error.code === '002003') return undefined
    throw error
  }
}

export const alterObject = (statement: AlterObject, context: StatementContext): ResultSet => {
  const object = find(statement, context)
  if (object === undefined) return succeeded()
  const { action } = statement
  switch (action.kind) {
    case 'setTags':
      setTags(context, object, action.tags)
      break
    case 'unsetTags':
      unsetTags(context, object, action.tags)
      break
    case 'addAccessToken':
      requireSelfOrOwner(context, object)
      return addAccessToken(context, object as User, action.token, action.properties)
    case 'removeAccessToken':
      requireSelfOrOwner(context, object)
      ;(object as User).accessTokens.delete(action.token)
      break
    case 'rename':
      requireOwnership(context, object)
      renameObject(context, object, action.to)
      break
    case 'managedAccess':
      requireOwnership(context, object)
      ;(object as Schema).managedAccess = action.enabled
      break
    case 'maintenance':
      requireAnyPrivilege(context, ['OPERATE', 'MODIFY'], object)
      if (object.kind === 'WAREHOUSE') (object as Warehouse).suspended = action.word === 'SUSPEND'
      break
    case 'set':
      requireMayModify(context, object)
      setProperties(object, action.properties)
      break
    case 'unset':
      requireMayModify(context, object)
      unsetProperties(object, action.names)
      break
  }
  return succeeded()
}

/** Users may change their own tokens and defaults. */
const requireSelfOrOwner = (context: StatementContext, object: Securable): void => {
  if (object !== context.session.user) requireOwnership(context, object)
}

const requireMayModify = (context: StatementContext, object: Securable): void => {
  if (object.kind === 'USER') requireSelfOrOwner(context, object)
  else if (object.kind === 'WAREHOUSE' || object.kind === 'DATABASE' || object.kind === 'SCHEMA')
    requireAnyPrivilege(context, ['MODIFY'], object)
  else requireOwnership(context, object)
}

const setProperties = (object: Securable, properties: Properties): void => {
  if (object.kind === 'USER') {
    setUserProperties(object as User, properties)
    return
  }
  object.comment = textProperty(properties, 'COMMENT') ?? object.comment
  if (object.kind === 'DATABASE' || object.kind === 'SCHEMA') {
    const container = object as Database | Schema
    container.retentionDays = numberProperty(properties, 'DATA_RETENTION_TIME_IN_DAYS') ?? container.retentionDays
  }
  if (object.kind === 'WAREHOUSE') {
    const warehouse = object as Warehouse
    warehouse.size = textProperty(properties, 'WAREHOUSE_SIZE') ?? warehouse.size
    for (const [key, value] of properties) warehouse.properties.set(key, String(value))
  }
}

const unsetProperties = (object: Securable, names: ReadonlyArray<string>): void => {
  if (object.kind === 'USER') unsetUserProperties(object as User, names)
  else if (names.includes('COMMENT')) object.comment = ''
}

export const alterTag = (statement: AlterTag, context: StatementContext): ResultSet => {
  const tag = find(statement, context) as Tag | undefined
  if (tag === undefined) return succeeded()
  const { action } = statement
  if (action.kind === 'setMasking' || action.kind === 'unsetMasking') changeTagMasking(context, tag, action)
  else changeTag(context, tag, action)
  return succeeded()
}

type TagAction = AlterTag['action']

const changeTag = (
  context: StatementContext,
  tag: Tag,
  action: Exclude<TagAction, { kind: 'setMasking' | 'unsetMasking' }>
): void => {
  requireOwnership(context, tag)
  const values = tag.allowedValues ?? []
  switch (action.kind) {
    case 'rename':
      renameObject(context, tag, action.to)
      break
    case 'addValues':
      tag.allowedValues = Array.from(new Set([...values, ...action.values]))
      break
    case 'dropValues':
      tag.allowedValues = values.filter(value => !action.values.includes(value))
      break
    case 'unsetValues':
      tag.allowedValues = undefined
      break
    case 'comment':
      tag.comment = action.comment
      break
  }
}

/** APPLY MASKING POLICY on the account, or APPLY on the policy together with ownership of the tag. */
const requireTagMasking = (context: StatementContext, tag: Tag, policy: Policy): void => {
  const { access } = context
  if (access.holdsGlobally('APPLY MASKING POLICY')) return
  if (!access.holds('APPLY', policy) || !access.owns(tag)) throw insufficientPrivileges('tag', tag.name)
}

const changeTagMasking = (
  context: StatementContext,
  tag: Tag,
  action: Extract<TagAction, { kind: 'setMasking' | 'unsetMasking' }>
): void => {
  const policies = action.policies.map(name => findPolicy(context, 'MASKING POLICY', name))
  for (const policy of policies) requireTagMasking(context, tag, policy)
  if (action.kind === 'unsetMasking') {
    for (const policy of policies) unsetTagPolicy(tag, policy)
    return
  }
  for (const policy of policies) {
    const present = tag.masking.get(policy.returns.name)
    if (present !== undefined && present !== policy && !action.force) throw columnAlreadyMasked()
  }
  if (new Set(policies.map(policy => policy.returns.name)).size < policies.length)
    throw refused('A tag can have one masking policy per data type.')
  for (const policy of policies) {
    tag.masking.get(policy.returns.name)?.tagged.delete(tag)
    tag.masking.set(policy.returns.name, policy)
    policy.tagged.add(tag)
  }
}

const unsetTagPolicy = (tag: Tag, policy: Policy): void => {
  if (tag.masking.get(policy.returns.name) !== policy)
    throw refused(`Masking policy '${policy.name}' is not set on tag '${tag.name}'.`)
  tag.masking.delete(policy.returns.name)
  policy.tagged.delete(tag)
}

export const alterAccount = (statement: AlterAccount, context: StatementContext): ResultSet => {
  requireOwnership(context, context.account.securable)
  for (const name of [...statement.set.keys(), ...statement.unset])
    if (!knownParameter(name)) throw invalidValue(`invalid parameter '${name}'`)
  for (const [name, value] of statement.set) context.account.parameters.set(name, String(value))
  for (const name of statement.unset) context.account.parameters.delete(name)
  return succeeded()
}

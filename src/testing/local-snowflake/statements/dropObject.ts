/** Takes an object, and everything in it, out of the catalogue. */
import { isRelationKind, namespaceOf } from '../catalog/ObjectKind.ts'
import type { Database, Namespace, Schema } from '../catalog/Container.ts'
import { isInUse } from '../catalog/Policy.ts'
import type { Policy, Tag } from '../catalog/Policy.ts'
import { trackPolicies } from '../catalog/trackPolicies.ts'
import { fullName, isWithin } from '../catalog/Securable.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import type { Relation } from '../catalog/Relation.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { policyInUse } from '../StatementError.ts'
import { temporaryKey } from '../Session.ts'
import type { StatementContext } from './StatementContext.ts'

type Dropping = Pick<StatementContext, 'account' | 'session' | 'engine'>

/** Refused while a policy inside still stands on something outside. */
export const dropObject = (context: Dropping, object: Securable): void => {
  for (const policy of policiesWithin(object)) requireUnusedOutside(policy, object)
  remove(context, object)
  context.account.grants.forget(object)
}

const remove = (context: Dropping, object: Securable): void => {
  for (const member of members(object)) remove(context, member)
  object.dropped = true
  for (const tag of object.tags.keys()) (tag as Tag).objects.delete(object)
  if (isRelationKind(object.kind)) {
    const relation = object as Relation
    for (const column of relation.columns) for (const tag of column.tags.keys()) (tag as Tag).objects.delete(relation)
    trackPolicies(relation, () => undefined)
    context.engine.forget(relation)
  }
  if (object.kind === 'TAG') for (const policy of (object as Tag).masking.values()) policy.tagged.delete(object as Tag)
  detach(context, object)
}

const detach = (context: Dropping, object: Securable): void => {
  const { account, session } = context
  const parent = object.parent
  if (parent?.kind === 'SCHEMA') {
    const schema = parent as Schema
    const key = temporaryKey(schema, object.name)
    if (session.temporaries.get(key) === object) session.temporaries.delete(key)
    else schema.objects.get(namespaceOf(object.kind))?.remove(object.name)
  } else if (parent?.kind === 'DATABASE') {
    const database = parent as Database
    if (object.kind === 'SCHEMA') database.schemas.remove(object.name)
    else database.roles.remove(object.name)
  } else {
    accountNamespace(account, object)?.remove(object.name)
  }
}

const accountNamespace = (
  account: Dropping['account'],
  object: Securable
): Pick<Namespace<Securable>, 'remove'> | undefined => {
  switch (namespaceOf(object.kind)) {
    case 'DATABASES':
      return account.databases
    case 'ROLES':
      return account.roles
    case 'USERS':
      return account.users
    case 'WAREHOUSES':
      return account.warehouses
    case 'INTEGRATIONS':
      return account.integrations
    default:
      return undefined
  }
}

const members = (object: Securable): ReadonlyArray<Securable> => {
  if (object.kind === 'DATABASE') {
    const database = object as Database
    return [...database.schemas.values(), ...database.roles.values()]
  }
  return object.kind === 'SCHEMA'
    ? Array.from((object as Schema).objects.values(), namespace => Array.from(namespace.values())).flat()
    : []
}

const policiesWithin = (object: Securable): ReadonlyArray<Policy> => {
  if (object.kind === 'MASKING POLICY' || object.kind === 'ROW ACCESS POLICY') return [object as Policy]
  if (object.kind === 'DATABASE') return Array.from((object as Database).schemas.values()).flatMap(policiesWithin)
  return object.kind === 'SCHEMA'
    ? (Array.from((object as Schema).objects.get('POLICIES')?.values() ?? []) as Policy[])
    : []
}

const requireUnusedOutside = (policy: Policy, container: Securable): void => {
  const users: ReadonlyArray<Securable> = [...policy.relations, ...policy.tagged]
  if (isInUse(policy) && users.some(user => !isWithin(user, container)))
    throw policyInUse(displayName(fullName(policy).slice(-1)))
}

/** What a dropped role owned goes to the role that dropped it. */
export const inheritOwnership = (context: Pick<StatementContext, 'account'>, from: Role, to: Role): void => {
  const { account } = context
  const inherit = (object: Securable): void => {
    if (object.owner === from) object.owner = to
    for (const member of members(object)) inherit(member)
  }
  for (const namespace of [account.databases, account.roles, account.users, account.warehouses, account.integrations]) {
    for (const object of namespace.values()) inherit(object)
  }
}

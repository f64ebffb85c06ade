/** What every CREATE does: judge the mode, make room for a replacement, put the object in its place, hand out future grants. */
import { createNamespace } from '../catalog/Container.ts'
import type { Namespace, Schema } from '../catalog/Container.ts'
import { isRelationKind, namespaceOf } from '../catalog/ObjectKind.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { Securable } from '../catalog/Securable.ts'
import { temporaryKey } from '../Session.ts'
import type { CreateMode } from '../sql/CreateStatement.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import { displayIdentifier } from '../sql/quoteIdentifier.ts'
import { StatementError, alreadyExists, refused } from '../StatementError.ts'
import { applyFutureGrants } from './applyFutureGrants.ts'
import { dropObject } from './dropObject.ts'
import { requireOwnership, requirePrivilege } from './require.ts'
import { locate } from './resolve.ts'
import { statusResult } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

/** The namespace of a schema that holds this kind, made when it is first needed. */
export const namespaceIn = (schema: Schema, kind: ObjectKind): Namespace<Securable> => {
  const known = schema.objects.get(namespaceOf(kind))
  if (known !== undefined) return known
  const made = createNamespace<Securable>()
  schema.objects.set(namespaceOf(kind), made)
  return made
}

interface Creation<T extends Securable> {
  readonly kind: ObjectKind
  readonly name: ObjectName
  readonly mode: CreateMode
  /** Keeps the replaced object's grants. */
  readonly copyGrants?: boolean
  /** The table is visible to this session only. */
  readonly temporary?: boolean
  /** How the object is called in the answer: `Table`, `Masking policy`. */
  readonly noun: string
  readonly build: (schema: Schema, name: string) => T | Promise<T>
}

/** Creates an object of a schema, after every rule that does not depend on its kind. */
export const createInSchema = async <T extends Securable>(
  context: StatementContext,
  creation: Creation<T>
): Promise<ResultSet> => {
  const { kind, mode, noun } = creation
  const { schema, name } = locate(context, creation.name, `CREATE ${kind}`)
  if (schema.name === 'INFORMATION_SCHEMA') throw refused(`Cannot create objects in schema '${schema.name}'.`)
  if (creation.temporary !== true) requirePrivilege(context, `CREATE ${kind}`, schema)
  const existing = existingObject(context, schema, creation, name)
  if (existing !== undefined && mode.ifNotExists)
    return statusResult(`${displayIdentifier(name)} already exists, statement succeeded.`)
  if (existing !== undefined && !mode.orReplace) throw alreadyExists(displayIdentifier(name))
  if (existing !== undefined) {
    requireOwnership(context, existing)
    requireReplaceable(existing, kind)
  }
  const object = await creation.build(schema, name)
  // Building may have waited for rows; whoever took the name meanwhile keeps it.
  if (existingObject(context, schema, creation, name) !== existing) throw alreadyExists(displayIdentifier(name))
  const grants = existing !== undefined && creation.copyGrants === true ? context.account.grants.on(existing) : []
  if (existing !== undefined) dropObject(context, existing)
  if (creation.temporary === true) context.session.temporaries.set(temporaryKey(schema, name), object)
  else namespaceIn(schema, kind).add(object)
  for (const grant of grants) context.account.grants.add({ ...grant, object })
  if (existing === undefined || creation.copyGrants !== true) applyFutureGrants(context, object)
  return statusResult(`${noun} ${displayIdentifier(name)} successfully created.`)
}

const existingObject = (
  context: StatementContext,
  schema: Schema,
  creation: Creation<Securable>,
  name: string
): Securable | undefined =>
  creation.temporary === true
    ? context.session.temporaries.get(temporaryKey(schema, name))
    : schema.objects.get(namespaceOf(creation.kind))?.get(name)

/** OR REPLACE replaces like with like. */
const requireReplaceable = (existing: Securable, kind: ObjectKind): void => {
  const family = (k: ObjectKind): string =>
    isRelationKind(k) && k !== 'VIEW' && k !== 'MATERIALIZED VIEW' ? 'TABLE' : k
  if (family(existing.kind) !== family(kind)) {
    throw new StatementError(
      '002002',
      '42710',
      `SQL compilation error:\nObject '${displayIdentifier(existing.name)}' already exists as ${existing.kind}`
    )
  }
}

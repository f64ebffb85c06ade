/** Walking the catalogue, as far as a session may see it. */
import type { Database, NameMatcher, Schema } from '../catalog/Container.ts'
import { isRelationKind, namespaceOf } from '../catalog/ObjectKind.ts'
import type { ObjectKind } from '../catalog/ObjectKind.ts'
import type { Relation } from '../catalog/Relation.ts'
import type { Securable } from '../catalog/Securable.ts'
import type { Finder } from './resolve.ts'
import type { StatementContext } from './StatementContext.ts'

type Walking = Pick<StatementContext, 'account' | 'session' | 'access'>

export function* databases(context: Walking, how: Finder, matcher?: NameMatcher): Generator<Database> {
  for (const database of context.account.databases.values(matcher)) if (how(context.access, database)) yield database
}

export function* schemas(context: Walking, database: Database, how: Finder, matcher?: NameMatcher): Generator<Schema> {
  for (const schema of database.schemas.values(matcher)) if (how(context.access, schema)) yield schema
}

/** Objects of one namespace of the schema, the session's temporary ones among them. */
export function* objectsIn(
  context: Walking,
  schema: Schema,
  kind: ObjectKind,
  how: Finder,
  matcher?: NameMatcher
): Generator<Securable> {
  const own = namespaceOf(kind) === 'RELATIONS' ? Array.from(context.session.temporaries.values()) : []
  for (const object of own) if (object.parent === schema && matcher?.test(object.name) !== false) yield object
  for (const object of schema.objects.get(namespaceOf(kind))?.values(matcher) ?? [])
    if (how(context.access, object)) yield object
}

export function* relationsIn(
  context: Walking,
  schema: Schema,
  how: Finder,
  matcher?: NameMatcher
): Generator<Relation> {
  for (const object of objectsIn(context, schema, 'TABLE', how, matcher))
    if (isRelationKind(object.kind)) yield object as Relation
}

/** The columns of SHOW for databases, schemas and the smaller things in them, in Snowflake's order. */
import { isViewKind } from '../catalog/ObjectKind.ts'
import type { Database, Schema } from '../catalog/Container.ts'
import type { Policy, Tag } from '../catalog/Policy.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Securable } from '../catalog/Securable.ts'
import type { Sequence } from '../catalog/Sequence.ts'
import { isStale, staleAfterMs } from '../catalog/Stream.ts'
import type { Stream } from '../catalog/Stream.ts'
import { currentDatabase, currentSchema } from '../Session.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { letterCell, timeCell, wordCell } from './ResultSet.ts'
import {
  comment,
  createdOn,
  databaseName,
  empty,
  name,
  none,
  number,
  owner,
  ownerRoleType,
  schemaName,
  text,
  time
} from './ShowColumn.ts'
import type { ShowColumn } from './ShowColumn.ts'

export const databaseColumns: ReadonlyArray<ShowColumn<Database>> = [
  createdOn,
  name,
  text('is_default', () => 'N'),
  text('is_current', (database, { session }) => letterCell(database === currentDatabase(session))),
  empty('origin'),
  owner,
  comment,
  text('options', database => (database.transient ? 'TRANSIENT' : '')),
  text('retention_time', database => String(database.retentionDays)),
  text('kind', () => 'STANDARD'),
  none('budget'),
  ownerRoleType,
  none('object_visibility')
]

export const schemaColumns: ReadonlyArray<ShowColumn<Schema>> = [
  createdOn,
  name,
  text('is_default', () => 'N'),
  text('is_current', (schema, { session }) => letterCell(schema === currentSchema(session))),
  text('database_name', schema => schema.parent?.name ?? null),
  owner,
  comment,
  text('options', schema =>
    [schema.transient ? 'TRANSIENT' : '', schema.managedAccess ? 'MANAGED ACCESS' : ''].filter(Boolean).join(', ')
  ),
  text('retention_time', schema => String(schema.retentionDays)),
  ownerRoleType
]

export const terseColumns: ReadonlyArray<ShowColumn<Securable>> = [
  createdOn,
  name,
  text('kind', object => (isViewKind(object.kind) ? 'VIEW' : object.kind)),
  text('database_name', object => fullName(object).at(-3) ?? object.parent?.name ?? null),
  text('schema_name', object => (object.parent?.kind === 'SCHEMA' ? object.parent.name : null))
]

export const policyColumns: ReadonlyArray<ShowColumn<Policy>> = [
  createdOn,
  name,
  databaseName,
  schemaName,
  text('kind', policy => policy.kind.replaceAll(' ', '_')),
  owner,
  comment,
  text('options', policy =>
    policy.kind === 'MASKING POLICY'
      ? JSON.stringify({ EXEMPT_OTHER_POLICIES: String(policy.exemptOtherPolicies) })
      : ''
  ),
  ownerRoleType
]

export const tagColumns: ReadonlyArray<ShowColumn<Tag>> = [
  createdOn,
  name,
  databaseName,
  schemaName,
  owner,
  comment,
  text('allowed_values', tag => (tag.allowedValues === undefined ? null : JSON.stringify(tag.allowedValues))),
  ownerRoleType
]

export const sequenceColumns: ReadonlyArray<ShowColumn<Sequence>> = [
  name,
  databaseName,
  schemaName,
  number('next_value', sequence => String(sequence.nextValue)),
  number('interval', sequence => String(sequence.increment)),
  createdOn,
  owner,
  comment,
  ownerRoleType,
  text('ordered', sequence => letterCell(sequence.ordered))
]

export const streamColumns: ReadonlyArray<ShowColumn<Stream>> = [
  createdOn,
  name,
  databaseName,
  schemaName,
  owner,
  comment,
  text('table_name', ({ source }) => (source.dropped ? null : displayName(fullName(source)))),
  text('source_type', () => 'Table'),
  text('base_tables', ({ source }) => (source.dropped ? null : displayName(fullName(source)))),
  text('type', () => 'DELTA'),
  text('stale', (stream, { account }) => wordCell(isStale(stream, account.clock.now()))),
  text('mode', stream => (stream.appendOnly ? 'APPEND_ONLY' : 'DEFAULT')),
  time('stale_after', stream => timeCell(staleAfterMs(stream))),
  text('invalid_reason', ({ source }) => (source.dropped ? 'Base table dropped' : 'N/A')),
  ownerRoleType
]

export const inertColumns: ReadonlyArray<ShowColumn<Securable>> = [
  createdOn,
  name,
  databaseName,
  schemaName,
  owner,
  comment,
  ownerRoleType
]

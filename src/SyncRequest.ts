/**
 * The nouns that travel.
 *
 * **Terminology**
 * - *sync request* (task): one event's payload; it names a few resources to be brought in line with the policies.
 * - *resource reference*: what a request names. Whether such a thing exists is another question ({@link Resource}).
 * - *name*: an exact stored Snowflake name, as `SHOW` prints it: `ORDERS`, `my table`. Case counts. No quoting is part of it.
 *
 * The field names and fixed values are those of Privacera's event-driven on-demand sync for Snowflake
 * (docs.privacera.com, connectors/snowflake/access/config-ondemand-sync-v2).
 */
import * as t from 'io-ts'
import type { JsonSchema } from './internal/jsonSchema.ts'
import { jsonSchemaOf, nonEmptyArray, stringWith } from './internal/jsonSchema.ts'

/** Snowflake's longest identifier, in characters (docs.snowflake.com, identifiers-syntax). */
export const maxNameLength = 255

/** Longest task id and source text, in characters: they are copied into every audit record. */
export const maxTextLength = 1024

/** The kinds of resource a request may name. */
export type ResourceType = 'database' | 'schema' | 'table' | 'view' | 'column'

/** All {@link ResourceType}s, outermost first. */
export const resourceTypes: ReadonlyArray<ResourceType> = ['database', 'schema', 'table', 'view', 'column']

/** What a request names: a type and the names that lead to it. A view's name stands under `table`. */
export type ResourceReference =
  | { readonly type: 'database'; readonly values: { readonly database: string } }
  | { readonly type: 'schema'; readonly values: { readonly database: string; readonly schema: string } }
  | {
      readonly type: 'table' | 'view'
      readonly values: { readonly database: string; readonly schema: string; readonly table: string }
    }
  | {
      readonly type: 'column'
      readonly values: {
        readonly database: string
        readonly schema: string
        readonly table: string
        readonly column: string
      }
    }

/**
 * Builds references from exact stored names.
 *
 * @example
 * ```ts
 * import { ResourceReference } from 'on-demand-sync/payload'
 *
 * const salary = ResourceReference.column('HR', 'PUBLIC', 'EMPLOYEES', 'SALARY')
 * if (salary.type !== 'column' || salary.values.column !== 'SALARY') throw new Error('unexpected')
 * ```
 */
export const ResourceReference: {
  readonly database: (database: string) => ResourceReference
  readonly schema: (database: string, schema: string) => ResourceReference
  readonly table: (database: string, schema: string, table: string) => ResourceReference
  readonly view: (database: string, schema: string, view: string) => ResourceReference
  readonly column: (database: string, schema: string, table: string, column: string) => ResourceReference
} = {
  database: database => ({ type: 'database', values: { database } }),
  schema: (database, schema) => ({ type: 'schema', values: { database, schema } }),
  table: (database, schema, table) => ({ type: 'table', values: { database, schema, table } }),
  view: (database, schema, view) => ({ type: 'view', values: { database, schema, table: view } }),
  column: (database, schema, table, column) => ({ type: 'column', values: { database, schema, table, column } })
}

/** One sync request in canonical form. */
export interface SyncRequest {
  /** Unique id of the task, given by the sender; 1 to 1,024 characters. */
  readonly id: string
  readonly type: 'RESOURCE_SYNC'
  readonly appType: 'PS_CONNECTOR'
  readonly appSubType: 'SNOWFLAKE'
  /** Where the request comes from, in the sender's words. */
  readonly source?: string
  /** When it was made: ISO 8601 with a zone. */
  readonly createTime?: string
  readonly requestInfo: { readonly resources: ReadonlyArray<ResourceReference> }
}

const textRule = `must be a string of 1 to ${maxTextLength} characters`
const nameRule = `must be a name of 1 to ${maxNameLength} characters`
const timeRule = 'must be an ISO 8601 time with a zone, like 2025-01-31T08:00:00Z'
const timePattern = '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:?\\d{2})$'
const timeExpression = new RegExp(timePattern)

/** Length in characters as Snowflake and JSON Schema count them: code points. */
const lengthWithin = (s: string, max: number): boolean =>
  s !== '' && (s.length <= max || [...s].length <= max) && s.isWellFormed()

const Text = stringWith('Text', textRule, s => lengthWithin(s, maxTextLength), {
  minLength: 1,
  maxLength: maxTextLength
})
const Name = stringWith('Name', nameRule, s => lengthWithin(s, maxNameLength), {
  minLength: 1,
  maxLength: maxNameLength
})
const Time = stringWith('Time', timeRule, s => timeExpression.test(s) && !Number.isNaN(Date.parse(s)), {
  pattern: timePattern
})

/** The rules of the single fields, for readers that collect faults one by one. */
export const fieldRules: {
  readonly [K in 'text' | 'name' | 'time']: { readonly codec: t.Type<string>; readonly rule: string }
} = {
  text: { codec: Text, rule: textRule },
  name: { codec: Name, rule: nameRule },
  time: { codec: Time, rule: timeRule }
}

/** The strict io-ts codec of a reference: canonical casing, exact keys, names within limits. */
export const ResourceReferenceCodec: t.Type<ResourceReference> = t.union(
  [
    t.strict({ type: t.literal('database'), values: t.strict({ database: Name }) }),
    t.strict({ type: t.literal('schema'), values: t.strict({ database: Name, schema: Name }) }),
    t.strict({ type: t.literal('table'), values: t.strict({ database: Name, schema: Name, table: Name }) }),
    t.strict({ type: t.literal('view'), values: t.strict({ database: Name, schema: Name, table: Name }) }),
    t.strict({
      type: t.literal('column'),
      values: t.strict({ database: Name, schema: Name, table: Name, column: Name })
    })
  ],
  'ResourceReference'
)

const Resources = nonEmptyArray(ResourceReferenceCodec, 'must name at least one resource')

/** The strict io-ts codec of a request in canonical form. To read events, use the tolerant `PayloadCodec`. */
export const SyncRequestCodec: t.Type<SyncRequest> = t.exact(
  t.intersection(
    [
      t.type({
        id: Text,
        type: t.literal('RESOURCE_SYNC'),
        appType: t.literal('PS_CONNECTOR'),
        appSubType: t.literal('SNOWFLAKE'),
        requestInfo: t.strict({ resources: Resources })
      }),
      t.partial({ source: Text, createTime: Time })
    ],
    'SyncRequest'
  )
)

/** The JSON Schema (draft 2020-12) of a request as producers should write it; also shipped as `on-demand-sync/schema/sync-request.json`. */
export const syncRequestSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Sync request',
  description: 'Names Snowflake resources whose access is to be brought in line with the policies.',
  ...jsonSchemaOf(SyncRequestCodec)
}

/** What Snowflake really has under a name. */
import { jsonText } from './internal/jsonText.ts'
import type { ResourceReference } from './SyncRequest.ts'

/** Exact stored names from the outside in: a database; a database's schema; a schema's table or view. */
export interface ResourceName {
  readonly database: string
  readonly schema?: string
  readonly table?: string
}

/** Everything that holds rows and shares one namespace per schema. */
export type RelationKind =
  | 'table'
  | 'view'
  | 'materialized view'
  | 'external table'
  | 'dynamic table'
  | 'iceberg table'
  | 'hybrid table'
  | 'event table'

export type ResourceKind = 'database' | 'schema' | RelationKind

/** A column's exact stored name and its Snowflake type, such as `VARCHAR(16777216)`. */
export interface Column {
  readonly name: string
  readonly dataType: string
}

/** One existing database, schema or relation. */
export interface Resource {
  readonly kind: ResourceKind
  readonly name: ResourceName
  /** The owning role, where our role may see it. */
  readonly owner?: string
  /** Empty for databases and schemas. */
  readonly columns: ReadonlyArray<Column>
  /** True for a schema WITH MANAGED ACCESS, where known. */
  readonly managedAccess?: boolean
}

/** True for what holds rows. */
export const isRelation = (kind: ResourceKind): kind is RelationKind => kind !== 'database' && kind !== 'schema'

/** Kinds that read other relations: their rows pass through the policies of what they read as well as their own. */
export const readsOthers = (kind: ResourceKind): boolean =>
  kind === 'view' || kind === 'materialized view' || kind === 'dynamic table'

/** A text that no two names share, however hostile. For maps and sets; never for people or SQL. */
export const resourceKey = ({ database, schema, table }: ResourceName): string => {
  if (schema === undefined)
    return table === undefined ? `[${jsonText(database)}]` : JSON.stringify([database, null, table])
  const inSchema = `[${jsonText(database)},${jsonText(schema)}`
  return table === undefined ? `${inSchema}]` : `${inSchema},${jsonText(table)}]`
}

/** The object a reference is about: a column's is its table. */
export const nameOf = (reference: ResourceReference): ResourceName => {
  switch (reference.type) {
    case 'database':
      return { database: reference.values.database }
    case 'schema':
      return { database: reference.values.database, schema: reference.values.schema }
    case 'table':
    case 'view':
    case 'column':
      return { database: reference.values.database, schema: reference.values.schema, table: reference.values.table }
  }
}

const plain = /^[A-Z_][A-Z0-9_$]*$/
const part = (name: string): string => (plain.test(name) ? name : `"${name.replaceAll('"', '""')}"`)

/** A name as Snowflake prints it, quoting only the parts that need it: `SALES.PUBLIC."my table"`. For messages. */
export const describeName = ({ database, schema, table }: ResourceName): string =>
  [database, schema, table]
    .filter(name => name !== undefined)
    .map(part)
    .join('.')

/** A reference in words: `table SALES.PUBLIC.ORDERS`, `column HR.PUBLIC.EMPLOYEES.SALARY`. For messages. */
export const describeReference = (reference: ResourceReference): string =>
  `${reference.type} ${describeName(nameOf(reference))}${reference.type === 'column' ? `.${part(reference.values.column)}` : ''}`

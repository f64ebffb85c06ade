/** Which databases, schemas and relations this host may touch at all. */
import { anyPattern } from './internal/NamePattern.ts'
import type { ResourceName } from './Resource.ts'

/** Patterns of one kind. `*` stands for any text in any part; case counts; exclude beats include; an empty include list means all. */
export interface NameLists {
  readonly include: ReadonlyArray<string>
  readonly exclude: ReadonlyArray<string>
}

/**
 * The managed lists, as the reference system defines them (docs.privacera.com, config-manage-resources-list): databases by name, schemas as `DB.SCHEMA`, tables and
 * views together as `DB.SCHEMA.TABLE`. A resource is managed when it, and everything that encloses it, is.
 */
export interface ManagedResources {
  readonly databases: NameLists
  readonly schemas: NameLists
  readonly tables: NameLists
}

const all: NameLists = { include: [], exclude: [] }

/** Everything is managed. */
export const everythingManaged: ManagedResources = { databases: all, schemas: all, tables: all }

const inLists = ({ include, exclude }: NameLists): ((name: string) => boolean) => {
  const included = anyPattern(include)
  const excluded = anyPattern(exclude)
  return name => !excluded(name) && (include.length === 0 || included(name))
}

/**
 * Tells whether a name is managed.
 *
 * @example
 * ```ts
 * import { isManagedResource } from 'on-demand-sync'
 *
 * const lists = { include: [], exclude: [] }
 * const isManaged = isManagedResource({ databases: { include: ['sales_*'], exclude: ['sales_test'] }, schemas: lists, tables: lists })
 * if (!isManaged({ database: 'sales_eu' }) || isManaged({ database: 'sales_test', schema: 'S' })) throw new Error('unexpected')
 * ```
 */
export const isManagedResource = ({
  databases,
  schemas,
  tables
}: ManagedResources): ((name: ResourceName) => boolean) => {
  const [database, schema, table] = [inLists(databases), inLists(schemas), inLists(tables)]
  return name =>
    database(name.database) &&
    (name.schema === undefined || schema(`${name.database}.${name.schema}`)) &&
    (name.schema === undefined || name.table === undefined || table(`${name.database}.${name.schema}.${name.table}`))
}

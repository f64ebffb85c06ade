/** Looks names up in Snowflake's catalogue with SHOW and DESCRIBE, many at a time. */
import * as E from 'fp-ts/lib/Either.js'
import type { Column, RelationKind, Resource, ResourceName } from '../Resource.ts'
import { describeName } from '../Resource.ts'
import type { SyncError } from '../SyncError.ts'
import { exactPattern, quoteName, quoteText } from './identifiers.ts'
import { describeType } from './objectType.ts'
import type { Answer, ReadOptions } from './readMany.ts'
import { readMany } from './readMany.ts'
import type { Row, SnowflakeClient, Statement } from './SnowflakeClient.ts'
import { textOf } from './SnowflakeClient.ts'

/** Most rows asked for in one `SHOW`. Snowflake gives at most 10,000, and cuts silently. */
const pageRows = 1_000

/** A relation without its columns. */
export interface Relation {
  readonly kind: RelationKind
  readonly name: Required<ResourceName>
  readonly owner?: string
}

/** What a lookup found: something, nothing (with what exactly is missing), or a failure. */
export type Lookup<A> = E.Either<SyncError, A>

export interface Catalogue {
  readonly databases: (names: ReadonlyArray<string>) => Promise<ReadonlyArray<Lookup<Resource>>>
  readonly schemas: (
    names: ReadonlyArray<{ readonly database: string; readonly schema: string }>
  ) => Promise<ReadonlyArray<Lookup<Resource>>>
  readonly relations: (names: ReadonlyArray<Required<ResourceName>>) => Promise<ReadonlyArray<Lookup<Relation>>>
  /** Relations with their columns; NotFound for one that is gone meanwhile. */
  readonly describe: (relations: ReadonlyArray<Relation>) => Promise<ReadonlyArray<Lookup<Resource>>>
  /** All schemas of a database, save INFORMATION_SCHEMA; page by page. */
  readonly schemasIn: (database: string) => AsyncIterable<Lookup<ReadonlyArray<Resource>>>
  /** All relations of a schema; page by page. */
  readonly relationsIn: (database: string, schema: string) => AsyncIterable<Lookup<ReadonlyArray<Relation>>>
}

const show = (sql: string, object: string): Statement => ({
  sql,
  operation: 'SHOW',
  object,
  needs: ['a privilege on it', 'MANAGE GRANTS on the account']
})

const scopeOf = (within: ResourceName | undefined): string =>
  within === undefined ? '' : ` IN ${within.schema === undefined ? 'DATABASE' : 'SCHEMA'} ${quoteName(within)}`

/** `LIKE` does not look at case, so the exact name is picked from what it finds. */
const showLike = (what: string, name: string, within: ResourceName | undefined): Statement =>
  show(
    `SHOW ${what} LIKE ${exactPattern(name)}${scopeOf(within)}`,
    within === undefined ? describeName({ database: name }) : describeName(within)
  )

const pick = <A>(answer: Answer | undefined, name: string, object: ResourceName, read: (row: Row) => A): Lookup<A> => {
  const missing = E.left<SyncError>({ _tag: 'NotFound', object: describeName(object) })
  if (answer === undefined) return missing
  if (E.isLeft(answer)) return answer
  const row = answer.right.find(each => textOf(each, 'name') === name)
  return row === undefined ? missing : E.right(read(row))
}

export const readCatalog = (client: SnowflakeClient, options: ReadOptions): Catalogue => {
  async function* pages(what: string, within: ResourceName): AsyncIterable<Answer> {
    for (let from = ''; ;) {
      const sql = `SHOW ${what}${scopeOf(within)} LIMIT ${pageRows}${from === '' ? '' : ` FROM ${quoteText(from)}`}`
      const rows = await client.query(show(sql, describeName(within)), { signal: options.signal })()
      yield rows
      if (E.isLeft(rows) || rows.right.length < pageRows) return
      from = textOf(rows.right[rows.right.length - 1] ?? {}, 'name') ?? ''
    }
  }

  return {
    databases: async names => {
      const answers = await readMany(
        client,
        names.map(name => showLike('DATABASES', name, undefined)),
        options
      )
      return names.map((name, index) =>
        pick(answers[index], name, { database: name }, row => ({
          kind: 'database',
          name: { database: name },
          columns: [],
          ...ownerOf(row)
        }))
      )
    },
    schemas: async names => {
      const answers = await readMany(
        client,
        names.map(({ database, schema }) => showLike('SCHEMAS', schema, { database })),
        options
      )
      return names.map((name, index) => pick(answers[index], name.schema, name, row => toSchema(name.database, row)))
    },
    relations: async names => {
      const answers = await readMany(
        client,
        names.map(({ database, schema, table }) => showLike('OBJECTS', table, { database, schema })),
        options
      )
      return names.map((name, index) =>
        pick(answers[index], name.table, name, row => toRelation(name.database, name.schema, row))
      )
    },
    describe: async relations => {
      const answers = await readMany(client, relations.map(describeRelation), options)
      return relations.map(({ kind, name, owner }, index) => {
        const answer = answers[index] ?? E.right([])
        return E.isLeft(answer)
          ? answer
          : E.right({ kind, name, columns: answer.right.map(toColumn), ...(owner === undefined ? {} : { owner }) })
      })
    },
    schemasIn: async function* (database) {
      for await (const rows of pages('SCHEMAS', { database }))
        yield E.isLeft(rows)
          ? rows
          : E.right(
              rows.right.filter(row => textOf(row, 'name') !== 'INFORMATION_SCHEMA').map(row => toSchema(database, row))
            )
    },
    relationsIn: async function* (database, schema) {
      for await (const rows of pages('OBJECTS', { database, schema }))
        yield E.isLeft(rows) ? rows : E.right(rows.right.map(row => toRelation(database, schema, row)))
    }
  }
}

const ownerOf = (row: Row): { readonly owner?: string } => {
  const owner = textOf(row, 'owner')
  return owner === undefined || owner === '' ? {} : { owner }
}

const toSchema = (database: string, row: Row): Resource => ({
  kind: 'schema',
  name: { database, schema: textOf(row, 'name') ?? '' },
  columns: [],
  managedAccess: (textOf(row, 'options') ?? '').includes('MANAGED ACCESS'),
  ...ownerOf(row)
})

const isYes = (row: Row, column: string): boolean =>
  ['Y', 'YES', 'TRUE'].includes((textOf(row, column) ?? '').toUpperCase())

const toRelation = (database: string, schema: string, row: Row): Relation => ({
  kind: kindOf(row),
  name: { database, schema, table: textOf(row, 'name') ?? '' },
  ...ownerOf(row)
})

/** As far as SHOW OBJECTS tells; the rest is told by SHOW GRANTS, which names the real kind. */
const kindOf = (row: Row): RelationKind => {
  if (isYes(row, 'is_dynamic')) return 'dynamic table'
  if (isYes(row, 'is_iceberg')) return 'iceberg table'
  if (isYes(row, 'is_hybrid')) return 'hybrid table'
  const kind = (textOf(row, 'kind') ?? '').toLowerCase()
  return kind === 'view' || kind === 'materialized view' ? kind : 'table'
}

/** The statement that lists a relation's columns. */
export const describeRelation = ({ kind, name }: Pick<Resource, 'kind' | 'name'>): Statement => ({
  sql: `DESCRIBE ${describeType(kind)} ${quoteName(name)}`,
  operation: 'DESCRIBE',
  object: describeName(name),
  needs: ['a privilege on it']
})

/** A row of its answer. */
export const toColumn = (row: Row): Column => ({ name: textOf(row, 'name') ?? '', dataType: textOf(row, 'type') ?? '' })

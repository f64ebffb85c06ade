/** The resolver for Snowflake: loads what is named, and nothing else, in a number of requests that does not grow with what is named. */
import * as E from 'fp-ts/lib/Either.js'
import { atLeast, requireOptions } from '../checkOptions.ts'
import type { ManagedResources } from '../ManagedResources.ts'
import { everythingManaged, isManagedResource } from '../ManagedResources.ts'
import type { Resource, ResourceName } from '../Resource.ts'
import { nameOf } from '../Resource.ts'
import type { Resolution, ResourceResolver } from '../ResourceResolver.ts'
import { SyncError } from '../SyncError.ts'
import type { ResourceReference } from '../SyncRequest.ts'
import type { ExplainAbsence } from './explainAbsence.ts'
import { createExplainAbsence } from './explainAbsence.ts'
import type { Catalogue, Lookup } from './readCatalog.ts'
import { readCatalog } from './readCatalog.ts'
import { readSubtree } from './readSubtree.ts'
import type { SnowflakeClient } from './SnowflakeClient.ts'

/** Options of {@link createSnowflakeResolver}. */
export interface SnowflakeResolverOptions {
  readonly client: SnowflakeClient
  /** What may be touched at all. Default: everything. */
  readonly managed?: ManagedResources
  /** Whether there is a warehouse. Without one reads go out one by one, as SHOW and DESCRIBE, which need none. Default true. */
  readonly warehouse?: boolean
  /** Most requests at the same time, where reads go out one by one. Default 8, at least 1. */
  readonly concurrency?: number
  /** Most resources per chunk, 1 to 250. Default 50 for named relations; what lies in a database or schema comes in chunks of four times as many. */
  readonly chunkSize?: number
}

/** The defaults of {@link SnowflakeResolverOptions}. */
export const defaultSnowflakeResolverOptions: {
  readonly warehouse: boolean
  readonly concurrency: number
  readonly chunkSize: number
} = Object.freeze({
  warehouse: true,
  concurrency: 8,
  chunkSize: 50
})

/** Why a managed list leaves something out. */
export const outsideManagedLists = 'lies outside the managed lists'

/**
 * A `ResourceResolver` over Snowflake's `SHOW` and `DESCRIBE`.
 *
 * **Details**: up to 50 relations, of whatever schemas and databases, cost two requests. What lies in a database is read schema by schema and page by page, so memory stays
 * bounded, however much there is.
 *
 * @example
 * ```ts no-run
 * import { createSnowflakeClient, createSnowflakeResolver } from 'on-demand-sync/snowflake'
 *
 * const client = createSnowflakeClient({ account: 'a', username: 'SYNC', credentials: { password: '' } })
 * const resolver = createSnowflakeResolver({ client })
 * void resolver
 * ```
 */
export const createSnowflakeResolver = (options: SnowflakeResolverOptions): ResourceResolver => {
  const { client, managed, warehouse, concurrency, chunkSize } = {
    ...defaultSnowflakeResolverOptions,
    managed: everythingManaged,
    ...options
  }
  requireOptions('createSnowflakeResolver', [
    atLeast('concurrency', concurrency, 1),
    atLeast('chunkSize', chunkSize, 1)
  ])
  const isManaged = isManagedResource(managed)

  return {
    resolve: async function* (references, { signal }) {
      if (signal.aborted) {
        yield references.map(reference => ({
          _tag: 'Unresolved',
          reference,
          error: SyncError.Aborted({ operation: 'resolve' })
        }))
        return
      }
      const catalogue = readCatalog(client, { signal, warehouse, concurrency })
      const explain = createExplainAbsence(client, catalogue, signal)
      const outside = references.filter(reference => !isManaged(nameOf(reference)))
      if (outside.length > 0)
        yield outside.map(reference => ({ _tag: 'Absent', reference, reason: outsideManagedLists }))
      const inside = references.filter(reference => isManaged(nameOf(reference)))

      const relations = inside.filter(reference => !isContainer(reference))
      for (let at = 0; at < relations.length; at += chunkSize) {
        const chunk = relations.slice(at, at + chunkSize)
        yield await answerAll(chunk, await lookUpRelations(catalogue, chunk.map(relationName)), explain)
      }
      const containers = inside.filter(isContainer)
      for (const own of await answerAll(
        containers,
        await lookUpContainers(catalogue, containers.map(nameOf)),
        explain
      )) {
        yield [own]
        if (own._tag === 'Found') yield* readSubtree(catalogue, own.resource, isManaged, chunkSize * 4)
      }
    }
  }
}

const isContainer = ({ type }: ResourceReference): boolean => type === 'database' || type === 'schema'

const relationName = (reference: ResourceReference): Required<ResourceName> => {
  const { database, schema = '', table = '' } = nameOf(reference)
  return { database, schema, table }
}

const answerAll = (
  references: ReadonlyArray<ResourceReference>,
  found: ReadonlyArray<Lookup<Resource>>,
  explain: ExplainAbsence
): Promise<ReadonlyArray<Resolution>> =>
  Promise.all(
    references.map((reference, index) =>
      explain(reference, found[index] ?? E.left(SyncError.Defect({ where: 'resolver', cause: undefined })))
    )
  )

/** Relations with their columns: what is there, and then what it is made of. */
const lookUpRelations = async (
  catalogue: Catalogue,
  names: ReadonlyArray<Required<ResourceName>>
): Promise<ReadonlyArray<Lookup<Resource>>> => {
  const relations = await catalogue.relations(names)
  const there = relations.flatMap(found => (E.isRight(found) ? [found.right] : []))
  const described = (await catalogue.describe(there))[Symbol.iterator]()
  return relations.map(found => (E.isLeft(found) ? found : (described.next().value as Lookup<Resource>)))
}

const lookUpContainers = async (
  catalogue: Catalogue,
  names: ReadonlyArray<ResourceName>
): Promise<ReadonlyArray<Lookup<Resource>>> => {
  const databases = await catalogue.databases(
    names.filter(({ schema }) => schema === undefined).map(({ database }) => database)
  )
  const schemas = await catalogue.schemas(
    names.flatMap(({ database, schema }) => (schema === undefined ? [] : [{ database, schema }]))
  )
  const [nextDatabase, nextSchema] = [databases[Symbol.iterator](), schemas[Symbol.iterator]()]
  return names.map(({ schema }) => (schema === undefined ? nextDatabase : nextSchema).next().value as Lookup<Resource>)
}

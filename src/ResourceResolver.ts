/** Stage 5: references become resources: what is really there under the names of a request, and nothing else. */
import type { Resource } from './Resource.ts'
import { isRelation, nameOf, resourceKey } from './Resource.ts'
import { isSyncException } from './Promises.ts'
import { SyncError } from './SyncError.ts'
import type { ResourceReference } from './SyncRequest.ts'

/**
 * One answer of a resolver.
 * - `Found`: one resource that lies under a reference (a database lies under itself, and so does all that it holds);
 * - `Absent`: nothing is there, as far as our role can see, or it lies outside the managed lists;
 * - `Unresolved`: it could not be found out.
 */
export type Resolution =
  | { readonly _tag: 'Found'; readonly resource: Resource }
  | { readonly _tag: 'Absent'; readonly reference: ResourceReference; readonly reason: string }
  | { readonly _tag: 'Unresolved'; readonly reference: ResourceReference; readonly error: SyncError }

/** Options of {@link ResourceResolver.resolve}. */
export interface ResolveOptions {
  readonly signal: AbortSignal
}

/**
 * Port: finds what references name.
 *
 * **For implementers**: read only what is named; answer in chunks, and keep at most one chunk in memory, however large a database is. A resource under
 * several references is answered once. A database or schema comes before what lies in it. Never throw: what fails is `Unresolved`, an outage too (each reference not answered yet,
 * with the outage as its error). Names are exact: `%` and `_` in them are ordinary characters. Column references arrive here as their table; whether the column exists is
 * seen from the columns you report. Retrying, merging of references and policies are not your job.
 */
export interface ResourceResolver {
  readonly resolve: (
    references: ReadonlyArray<ResourceReference>,
    options: ResolveOptions
  ) => AsyncIterable<ReadonlyArray<Resolution>>
}

/** The Promise-shaped {@link ResourceResolver}: one lookup for one reference. */
export interface AsyncResourceResolver {
  /** All resources under a reference; none for one that is absent. A rejection makes the reference `Unresolved`. */
  readonly lookUp: (reference: ResourceReference, options: ResolveOptions) => Promise<ReadonlyArray<Resource>>
}

/**
 * Ways to make a resolver without writing a vendor adapter.
 *
 * @example
 * ```ts
 * import { ResourceResolver } from 'on-demand-sync'
 *
 * const resolver = ResourceResolver.fromAsync({
 *   lookUp: async reference =>
 *     reference.type === 'database' ? [{ kind: 'database', name: { database: reference.values.database }, columns: [] }] : []
 * })
 * void resolver
 * ```
 */
export const ResourceResolver: { readonly fromAsync: (resolver: AsyncResourceResolver) => ResourceResolver } = {
  fromAsync: ({ lookUp }) => ({
    resolve: async function* (references, options) {
      for (const reference of references) {
        if (options.signal.aborted)
          yield [{ _tag: 'Unresolved', reference, error: SyncError.Aborted({ operation: 'resolve' }) }]
        else yield await answer(reference, lookUp, options)
      }
    }
  })
}

const answer = async (
  reference: ResourceReference,
  lookUp: AsyncResourceResolver['lookUp'],
  options: ResolveOptions
): Promise<ReadonlyArray<Resolution>> => {
  try {
    const found = await lookUp(reference, options)
    if (found.length === 0) return [{ _tag: 'Absent', reference, reason: doesNotExist }]
    return found.map(resource => ({ _tag: 'Found', resource }))
  } catch (cause) {
    return [
      {
        _tag: 'Unresolved',
        reference,
        error: isSyncException(cause) ? cause.error : SyncError.Defect({ where: 'ResourceResolver', cause })
      }
    ]
  }
}

/** The words for absence. Snowflake answers alike whether there is nothing or nothing for us to see. */
export const doesNotExist = 'does not exist, or our role may not see it'

/**
 * A resolver over a list of resources held in memory. For tests and examples.
 *
 * @example
 * ```ts
 * import { createMemoryResourceResolver } from 'on-demand-sync'
 *
 * const resolver = createMemoryResourceResolver([{ kind: 'table', name: { database: 'D', schema: 'S', table: 'T' }, columns: [] }])
 * void resolver
 * ```
 */
export const createMemoryResourceResolver = (resources: ReadonlyArray<Resource>): ResourceResolver => {
  const inOrder = [...resources].sort((a, b) => depth(a) - depth(b))
  return ResourceResolver.fromAsync({
    lookUp: reference => {
      const name = nameOf(reference)
      const lies = (resource: Resource) =>
        resource.name.database === name.database &&
        (name.schema === undefined || resource.name.schema === name.schema) &&
        (name.table === undefined || resource.name.table === name.table)
      const found = inOrder.filter(lies)
      const there = found.some(resource => resourceKey(resource.name) === resourceKey(name))
      return Promise.resolve(there ? found : [])
    }
  })
}

const depth = ({ kind }: Resource): number => (isRelation(kind) ? 2 : kind === 'schema' ? 1 : 0)

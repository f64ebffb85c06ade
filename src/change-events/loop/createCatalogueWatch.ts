/** Watches databases and schemas for what comes, changes and goes in them. */
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { atLeast, requireOptions } from '../../checkOptions.ts'
import type { Clock } from '../../internal/Clock.ts'
import { sleep, systemClock } from '../../internal/Clock.ts'
import { createExclusive } from '../../internal/exclusive.ts'
import { fromPromise, SyncException } from '../../Promises.ts'
import type { Resource } from '../../Resource.ts'
import { resourceKey } from '../../Resource.ts'
import type { ResourceResolver } from '../../ResourceResolver.ts'
import { SyncError } from '../../SyncError.ts'
import type { ResourceReference } from '../../SyncRequest.ts'
import type { ChangeEvents } from '../ChangeEvents.ts'
import type { ObjectChange, ObjectImage } from '../ObjectChange.ts'
import type { CatalogueMemory, CatalogueSnapshot, SeenObject } from './CatalogueMemory.ts'
import { digestOf } from '../ObjectChange.ts'
import { imageOfResource, schemaOfResource } from './CatalogueChange.ts'

/** Options of {@link createCatalogueWatch}. */
export interface CatalogueWatchOptions {
  readonly resolver: ResourceResolver
  /** Databases and schemas to watch. */
  readonly watch: ReadonlyArray<Extract<ResourceReference, { readonly type: 'database' | 'schema' }>>
  readonly events: Pick<ChangeEvents, 'catalogueChanged'>
  /** The dataset of a database. Default: the one with the database's name. */
  readonly datasetOf?: (database: string) => string
  /** Default: none; the first poll then only looks. */
  readonly memory?: CatalogueMemory
  /** Time between polls, in milliseconds. Default 300,000 (five minutes), at least 1,000. */
  readonly periodMs?: number
  /** Hears of polls that failed. The next one makes good for it. */
  readonly onFailure?: (error: SyncError) => void
  readonly clock?: Clock
}

/** The running watch. */
export interface CatalogueWatch extends AsyncDisposable {
  readonly start: () => void
  /** One poll, now. Answers how many changes were told. */
  readonly poll: () => TaskEither<SyncError, number>
  readonly stop: () => Promise<void>
}

/**
 * Looks which tables, views and schemas there are, and tells what came (CREATE), changed its columns, kind or owner (UPDATE) or went (DELETE), under the schemas `Table`, `Schema` and `Database`.
 *
 * **When to use**: so that a new table is under policy within one poll: with a rule on `Table` and a topic made by `createSyncRequestTopic`.
 *
 * **Details**: what was told is remembered only once it is told, so that a change is told at least once, under one event id. An outage is a failed poll, not a deletion; what our role may not see
 * any more is as good as gone, Snowflake does not tell the two apart.
 *
 * **Gotchas**: names and columns of all that is watched are kept in memory: watch the schemas that matter. A table that is replaced by one with the same columns between two polls is not seen.
 *
 * **Errors**: whatever the resolver answers; Defect where the memory cannot be read or written. Bad options throw InvalidInput.
 *
 * @example
 * ```ts
 * import { createMemoryResourceResolver, ResourceReference } from 'on-demand-sync'
 * import { createCatalogueWatch, createChangeEvents, createMemoryTopic } from 'on-demand-sync/change-events'
 *
 * const topic = createMemoryTopic()
 * const events = createChangeEvents({ definition: { datasets: [{ id: 'SALES', notifications: { topic: 'topic' } }] }, topics: { topic } })
 * const watch = createCatalogueWatch({
 *   resolver: createMemoryResourceResolver([]),
 *   watch: [{ type: 'schema', values: { database: 'SALES', schema: 'PUBLIC' } }],
 *   events
 * })
 * await watch.poll()()
 * void ResourceReference
 * ```
 */
export const createCatalogueWatch = (options: CatalogueWatchOptions): CatalogueWatch => {
  const { resolver, watch, events, memory, clock = systemClock, periodMs = 300_000 } = options
  const datasetOf = options.datasetOf ?? ((database: string) => database)
  requireOptions('createCatalogueWatch', [atLeast('periodMs', periodMs, 1_000)])
  const inTurn = createExclusive()
  const ending = new AbortController()
  let seen: CatalogueSnapshot | undefined
  let running: Promise<void> | undefined

  const look = async (): Promise<CatalogueSnapshot['objects']> => {
    const found: { [key: string]: SeenObject } = {}
    for (const reference of watch)
      for (const resource of await resourcesIn(resolver, reference, ending.signal))
        found[resourceKey(resource.name)] = { schema: schemaOfResource(resource), image: imageOfResource(resource) }
    return found
  }

  const changeOf = (
    since: string,
    key: string,
    before: SeenObject | undefined,
    after: SeenObject | undefined
  ): ObjectChange => {
    const { schema, image } = after ?? before ?? { schema: '', image: {} }
    const change = {
      datasetId: datasetOf(textIn(image, 'database')),
      schema,
      id: textIn(image, 'id'),
      eventId: digestOf('catalogue', since, key)
    }
    if (after === undefined) return { ...change, operation: 'DELETE', before: image }
    if (before === undefined) return { ...change, operation: 'CREATE', after: image }
    return { ...change, operation: 'UPDATE', before: before.image, after: image }
  }

  const poll = async (): Promise<number> => {
    const last = seen ?? (await memory?.load())
    const after = await look()
    const { id: since, objects: before } = last ?? { id: '', objects: after }
    const changes = [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter(key => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
      .map(key => changeOf(since, key, before[key], after[key]))
    const ends = await Promise.all(changes.map(change => events.catalogueChanged(change)))
    if (ends.includes('lost'))
      throw new SyncException(
        SyncError.TopicFailed({ topic: 'catalogue watch', detail: 'a change could not be told', retryable: true })
      )
    // Each snapshot has an id of its own, so that a table that comes, goes and comes again is told under three.
    const next = last !== undefined && changes.length === 0 ? last : { id: randomUUID(), objects: after }
    if (next !== last) await memory?.save(next)
    seen = next
    return changes.length
  }

  const turn = (): TaskEither<SyncError, number> => fromPromise('catalogue watch', () => inTurn(poll))

  const run = async (): Promise<void> => {
    do {
      const polled = await turn()()
      if (E.isLeft(polled)) options.onFailure?.(polled.left)
    } while (await sleep(clock, periodMs, ending.signal))
  }

  const stop = async (): Promise<void> => {
    ending.abort()
    await running
  }

  return {
    start: () => {
      running ??= run()
    },
    poll: turn,
    stop,
    [Symbol.asyncDispose]: stop
  }
}

const resourcesIn = async (
  resolver: ResourceResolver,
  reference: ResourceReference,
  signal: AbortSignal
): Promise<ReadonlyArray<Resource>> => {
  const found: Array<Resource> = []
  for await (const answers of resolver.resolve([reference], { signal }))
    for (const answer of answers) {
      if (answer._tag === 'Unresolved') throw new SyncException(answer.error)
      if (answer._tag === 'Found') found.push(answer.resource)
    }
  return found
}

const textIn = (image: ObjectImage, field: string): string => {
  const value = image[field]
  return typeof value === 'string' ? value : ''
}

/** Closes the loop: what is told of a change becomes a request to bring its resource under policy. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import { isObject, ownField } from '../../internal/objects.ts'
import { fromPromise } from '../../Promises.ts'
import { SyncError } from '../../SyncError.ts'
import type { SyncRequest } from '../../SyncRequest.ts'
import { ResourceReference, ResourceReferenceCodec } from '../../SyncRequest.ts'
import type { ChangeTopic, Refusal, TopicMessage } from '../ChangeTopic.ts'

/** Options of {@link createSyncRequestTopic}. */
export interface SyncRequestTopicOptions {
  /** Does what the request asks for, or hands it on: `request => sync.run([request])`, or a producer's send. A left is tried again where that may help. */
  readonly submit: (request: SyncRequest) => TaskEither<SyncError, unknown>
  /** What a message asks to be synced. Default: {@link referencesOfMessage}. None: the message asks for nothing, and is done. */
  readonly referencesOf?: (message: TopicMessage) => ReadonlyArray<ResourceReference>
  /** The `source` of the requests. Default `change events`. */
  readonly source?: string
}

const textField = (object: object, field: string): string | undefined => {
  const value = ownField(object, field)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * The resources that a message names: those of `context.resources` where a rule lists them (`[{type, values}]`), else the one that the object's fields `database`, `schema` and `table` name, as the
 * changes of a catalogue watch have them.
 */
export const referencesOfMessage = ({ body }: Pick<TopicMessage, 'body'>): ReadonlyArray<ResourceReference> => {
  const context = ownField(body, 'context')
  const listed = isObject(context) ? ownField(context, 'resources') : undefined
  if (Array.isArray(listed)) return listed.filter(reference => ResourceReferenceCodec.is(reference))
  const image = ownField(body, 'after')
  // What is gone needs no policy.
  if (!isObject(image)) return []
  const [database, schema, table] = ['database', 'schema', 'table'].map(field => textField(image, field))
  if (database === undefined) return []
  if (schema === undefined) return [ResourceReference.database(database)]
  return [
    table === undefined
      ? ResourceReference.schema(database, schema)
      : textField(image, 'kind')?.endsWith('view') === true
        ? ResourceReference.view(database, schema, table)
        : ResourceReference.table(database, schema, table)
  ]
}

/**
 * A topic whose messages become sync requests. Name it as the topic of a rule, and what matches the rule is brought under policy.
 *
 * **Details**: the request's id is the message's, so that one that is delivered again is the same task. The retries and dead letters are those of every topic.
 *
 * @example
 * ```ts
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 * import type { SyncRequest } from 'on-demand-sync/payload'
 * import { createChangeEvents, createSyncRequestTopic } from 'on-demand-sync/change-events'
 *
 * const requests: SyncRequest[] = []
 * const sync = createSyncRequestTopic({ submit: request => TE.fromIO(() => requests.push(request)) })
 * const events = createChangeEvents({
 *   definition: { datasets: [{ id: 'SALES', subscriptions: { topic: 'sync', subscriptions: [{ schemas: ['Table'], operations: ['CREATE'] }] } }] },
 *   topics: { sync }
 * })
 * const after = { database: 'SALES', schema: 'PUBLIC', table: 'ORDERS' }
 * await events.catalogueChanged({ datasetId: 'SALES', schema: 'Table', operation: 'CREATE', id: 'SALES.PUBLIC.ORDERS', after })
 * if (requests[0]?.requestInfo.resources[0]?.type !== 'table') throw new Error('unexpected')
 * ```
 */
export const createSyncRequestTopic = (options: SyncRequestTopicOptions): ChangeTopic => {
  const { submit, referencesOf = referencesOfMessage, source = 'change events' } = options
  const name = 'sync requests'
  const submitOne = async (message: TopicMessage): Promise<SyncError | undefined> => {
    const resources = referencesOf(message)
    if (resources.length === 0) return undefined
    const request: SyncRequest = {
      id: message.id,
      type: 'RESOURCE_SYNC',
      appType: 'PS_CONNECTOR',
      appSubType: 'SNOWFLAKE',
      source,
      requestInfo: { resources }
    }
    const submitted = await fromPromise(
      name,
      () => submit(request)(),
      cause => SyncError.TopicFailed({ topic: name, detail: 'the request was not taken', retryable: true, cause })
    )()
    if (E.isLeft(submitted)) return submitted.left
    return E.isLeft(submitted.right) ? submitted.right.left : undefined
  }
  return {
    name,
    maxBatch: 50,
    publish: messages => async () => {
      const ends = await Promise.all(messages.map(submitOne))
      return E.right(
        ends.flatMap((error, index): ReadonlyArray<Refusal> => (error === undefined ? [] : [{ index, error }]))
      )
    }
  }
}

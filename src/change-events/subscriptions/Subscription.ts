/** A rule that says who is told of which changes. */
import * as E from 'fp-ts/lib/Either.js'
import type { Fault } from '../../Fault.ts'
import { fault } from '../../Fault.ts'
import { compact, isObject, ownField } from '../../internal/objects.ts'
import type { Filter } from '../expression/compileFilter.ts'
import { compileFilter } from '../expression/compileFilter.ts'
import { describeExpressionFault } from '../expression/ExpressionFault.ts'
import type { ExpressionLimits } from '../expression/ExpressionLimits.ts'
import type { TopicMessage } from '../ChangeTopic.ts'
import type { IdentifiedChange, ObjectImage, Operation } from '../ObjectChange.ts'
import { digestOf, objectKey, operations } from '../ObjectChange.ts'

/**
 * One rule. A field that is left out restricts nothing.
 *
 * The fields are those of Stage Depot's subscriptions (stage-tech.github.io/stage-depot, development/event/subscriptions); `topic` is ours.
 */
export interface Subscription {
  readonly schemas?: ReadonlyArray<string>
  readonly operations?: ReadonlyArray<Operation>
  /** An expression over the object's own fields (docs/expression-language.md): tried on `before`, then on `after`; true on either is a match. */
  readonly filter?: string
  /** Echoed with every message. Any JSON. */
  readonly context?: unknown
  /** The topic to tell. Default: the one of the dataset's subscriptions. */
  readonly topic?: string
}

/** A rule ready to be asked. */
export interface RegisteredSubscription {
  /** Unique in its dataset: `static 0`, or `dynamic` and the object's id. */
  readonly key: string
  readonly schemas: ReadonlySet<string> | undefined
  readonly operations: ReadonlySet<Operation> | undefined
  readonly filter: Filter | undefined
  readonly context: unknown
  readonly topic: string | undefined
}

const listRule = 'must be a list of texts'

const texts = (u: unknown): ReadonlyArray<string> | undefined =>
  Array.isArray(u) && u.every(each => typeof each === 'string') ? u : undefined

const isAbsent = (u: unknown): boolean => u === undefined || u === null

/** Most texts in the lists of one rule. */
const maxListed = 10_000

/**
 * Reads a rule from a stranger's data. Unknown fields are passed over: an object of a subscriptions schema has others beside these. All faults are reported at once.
 */
export const readSubscription = (
  key: string,
  u: unknown,
  limits: Partial<ExpressionLimits>
): E.Either<ReadonlyArray<Fault>, RegisteredSubscription> => {
  if (!isObject(u)) return E.left([fault('', 'must be an object')])
  const [schemas, wanted, filter, context, topic] = ['schemas', 'operations', 'filter', 'context', 'topic'].map(name =>
    ownField(u, name)
  )
  const listFault = (path: string, list: unknown): Fault | undefined => {
    if (isAbsent(list)) return undefined
    if (texts(list) === undefined) return fault(path, listRule)
    return (texts(list) ?? []).length > maxListed ? fault(path, `must be a list of at most ${maxListed}`) : undefined
  }
  const compiled = typeof filter === 'string' && filter.trim() !== '' ? compileFilter(filter, limits) : undefined
  const faults = [
    listFault('schemas', schemas),
    listFault('operations', wanted),
    (texts(wanted) ?? []).every(each => operations.some(operation => operation === each))
      ? undefined
      : fault('operations', `must be some of ${operations.join(', ')}`),
    isAbsent(filter) || typeof filter === 'string' ? undefined : fault('filter', 'must be a text'),
    compiled !== undefined && E.isLeft(compiled)
      ? fault('filter', `must be an expression: ${describeExpressionFault(compiled.left)}`)
      : undefined,
    isAbsent(topic) || typeof topic === 'string' ? undefined : fault('topic', 'must be the name of a topic')
  ].filter(found => found !== undefined)
  if (faults.length > 0) return E.left(faults)
  const setOf = <A extends string>(list: unknown): ReadonlySet<A> | undefined =>
    isAbsent(list) ? undefined : new Set(texts(list) as ReadonlyArray<A>)
  return E.right({
    key,
    schemas: setOf(schemas),
    operations: setOf<Operation>(wanted),
    filter: compiled !== undefined && E.isRight(compiled) ? compiled.right : undefined,
    context: isAbsent(context) ? undefined : context,
    topic: typeof topic === 'string' ? topic : undefined
  })
}

/** The message to a subscriber: exactly the published fields. */
export interface SubscriptionMessage {
  readonly schema: string
  readonly operation: Operation
  readonly id: string
  readonly before?: ObjectImage
  readonly after?: ObjectImage
  readonly context?: unknown
}

/** The message for one match. */
export const subscriptionMessage = (
  change: IdentifiedChange,
  { context, key }: Pick<RegisteredSubscription, 'context' | 'key'>
): TopicMessage => {
  const { datasetId, schema, operation, id, before, after } = change
  // One change may be told to one topic by two rules: these are two messages.
  const eventId = digestOf(change.eventId, key)
  const body: SubscriptionMessage = compact({ schema, operation, id, before, after, context })
  return {
    id: eventId,
    key: objectKey(change),
    body,
    attributes: { datasetId, schema, operation, subscription: key, eventId }
  }
}

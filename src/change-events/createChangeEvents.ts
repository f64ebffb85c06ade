/** Change events, put together: rules, topics, and who is told of what. */
import { randomUUID } from 'node:crypto'
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { atLeast, requireOptions } from '../checkOptions.ts'
import type { Clock } from '../internal/Clock.ts'
import { systemClock } from '../internal/Clock.ts'
import { createEmitter } from '../internal/createEmitter.ts'
import { describeFault } from '../Fault.ts'
import type { ChangeEvents, Told } from './ChangeEvents.ts'
import type { ChangeEventsDefinition } from './ChangeEventsDefinition.ts'
import { definitionFaults } from './ChangeEventsDefinition.ts'
import type { ChangeTopic, TopicMessage } from './ChangeTopic.ts'
import type { DeadLetters } from './DeadLetter.ts'
import { createMemoryDeadLetters } from './DeadLetter.ts'
import { answerWithin } from './delivery/answerWithin.ts'
import { createEnding } from './delivery/Ending.ts'
import { createBurial } from './delivery/createBurial.ts'
import type { Delivered, Delivery } from './delivery/createDelivery.ts'
import { createDelivery } from './delivery/createDelivery.ts'
import type { DeliveryOptions } from './delivery/DeliveryOptions.ts'
import { defaultDeliveryOptions, deliveryFaults } from './delivery/DeliveryOptions.ts'
import type { ExpressionLimits } from './expression/ExpressionLimits.ts'
import type { IdentifiedChange, ObjectChange } from './ObjectChange.ts'
import { asJson, changeFaults, identified, imagesOf, storable } from './ObjectChange.ts'
import { createKeeper } from './journal/createKeeper.ts'
import { changeEntry, imagesOfEntry } from './journal/changeEntry.ts'
import type { TellingJournal } from './journal/TellingJournal.ts'
import { objectNotification, transactionNotification } from './notifications/Notification.ts'
import type { Origin } from './routesOf.ts'
import { routesOf } from './routesOf.ts'
import type { TellingEvent, TellingListener } from './TellingEvent.ts'
import { createToldVersions } from './ToldVersions.ts'
import type { DatasetTeller } from './DatasetTeller.ts'
import { createDatasetTeller } from './DatasetTeller.ts'

/** Options of {@link createChangeEvents}. */
export interface ChangeEventsOptions {
  readonly definition: ChangeEventsDefinition
  /** The topics that the definition names. */
  readonly topics: Readonly<Record<string, ChangeTopic>>
  /** Default: the newest 10,000 in memory. */
  readonly deadLetters?: DeadLetters
  /** Keeps what is told in real time until it is told, so that a crash loses none of it: {@link createFileJournal}. Default: none. Captured changes have Snowflake's outbox. */
  readonly journal?: TellingJournal
  readonly delivery?: DeliveryOptions
  /** Limits of filters; see {@link ExpressionLimits}. */
  readonly limits?: Partial<ExpressionLimits>
  /** Failures in a row after which a rule is no longer asked; three that met a limit are enough. Default 100, at least 1. */
  readonly maxRuleFailures?: number
  /** Most dynamic rules per dataset. Default 10,000, at least 0. */
  readonly maxDynamicSubscriptions?: number
  /** Most characters of filters, contexts and lists of all dynamic rules of a dataset together; a rule beyond that is rejected. Default 5,000,000, at least 0. */
  readonly maxDynamicSize?: number
  /** Most real-time changes per dataset that wait for their rules to be asked. Default 10,000, at least 1. */
  readonly maxWaitingChanges?: number
  /** With `combineRealTime`: of how many objects the last told version is remembered. Default 100,000, at least 1. */
  readonly maxRememberedObjects?: number
  readonly clock?: Clock
  readonly onEvent?: TellingListener
}

/** The defaults of {@link ChangeEventsOptions}. */
export const defaultChangeEventsOptions: Required<
  Pick<
    ChangeEventsOptions,
    'maxRuleFailures' | 'maxDynamicSubscriptions' | 'maxDynamicSize' | 'maxWaitingChanges' | 'maxRememberedObjects'
  >
> = Object.freeze({
  maxRuleFailures: 100,
  maxDynamicSubscriptions: 10_000,
  maxDynamicSize: 5_000_000,
  maxWaitingChanges: 10_000,
  maxRememberedObjects: 100_000
})

/**
 * Puts change events together.
 *
 * **When to use**: beside the pipeline (`followSync`), beside an API of your own (`changed`), with capture from Snowflake (`createStreamCapture`), or all of them.
 *
 * **Details**: who is told of what follows the matrix in docs/change-events.md. Every message is delivered at least once, or becomes a dead letter with its reason; messages
 * about one object reach one topic in order; each carries an `eventId` that stays the same when it comes again. A topic or a rule that fails harms nobody else.
 *
 * **Errors**: a definition or an option that breaks a rule throws InvalidInput, with all faults. Nothing fails later.
 *
 * @example
 * ```ts
 * import { createChangeEvents, createMemoryTopic } from 'on-demand-sync/change-events'
 *
 * const orders = createMemoryTopic('orders')
 * const events = createChangeEvents({
 *   definition: {
 *     datasets: [{ id: 'sales', subscriptions: { topic: 'orders', subscriptions: [{ schemas: ['Order'], filter: 'amount > 100' }] } }]
 *   },
 *   topics: { orders }
 * })
 * const told = await events.changed({ datasetId: 'sales', schema: 'Order', operation: 'CREATE', id: '1', after: { id: '1', amount: 200 } })
 * if (told !== 'told' || orders.messages().length !== 1) throw new Error('unexpected')
 * await events.stop()
 * ```
 */
export const createChangeEvents = (options: ChangeEventsOptions): ChangeEvents => {
  const { definition, topics, clock = systemClock, limits = {}, deadLetters = createMemoryDeadLetters() } = options
  const numbers = { ...defaultChangeEventsOptions, ...options }
  const delivery = { ...defaultDeliveryOptions, ...options.delivery }
  requireOptions('createChangeEvents', [
    ...definitionFaults(definition, Object.keys(topics), limits),
    ...deliveryFaults(delivery),
    atLeast('maxRuleFailures', numbers.maxRuleFailures, 1),
    atLeast('maxDynamicSubscriptions', numbers.maxDynamicSubscriptions, 0),
    atLeast('maxDynamicSize', numbers.maxDynamicSize, 0),
    atLeast('maxWaitingChanges', numbers.maxWaitingChanges, 1),
    atLeast('maxRememberedObjects', numbers.maxRememberedObjects, 1)
  ])

  const { emit, on } = createEmitter<TellingEvent>(options.onEvent)
  /** The end of waiting for messages and rules, and a little later that of waiting for anything. */
  const [ending, over] = [createEnding(), createEnding()]
  const patience = { clock, timeoutMs: delivery.timeoutMs, ending: over }
  const buryLetter = createBurial(deadLetters, patience, emit)
  const deliveries = new Map<string, Delivery>(
    Object.entries(topics).map(([name, topic]) => [
      name,
      createDelivery({ topic, bury: buryLetter, clock, emit }, delivery)
    ])
  )
  const deliver = (topic: string, message: TopicMessage, isBounded: boolean): Promise<Delivered> =>
    deliveries.get(topic)?.deliver(message, isBounded) ?? Promise.resolve('lost')

  const bury = (change: ObjectChange, reason: string, subscription?: string): Promise<Delivered> =>
    buryLetter({ type: 'change', change, reason, ...(subscription === undefined ? {} : { subscription }) })

  const tellers = new Map<string, DatasetTeller>(
    definition.datasets.map(dataset => [
      dataset.id,
      createDatasetTeller({ dataset, ...numbers, limits, deliver, bury, emit, ending })
    ])
  )
  const locations = new Map((definition.locations ?? []).map(location => [location.id, location]))
  const locationOf = new Map(
    definition.datasets.map(({ id, location = '' }) => [id, locations.get(location) ?? { id: '' }])
  )
  const told = createToldVersions(numbers.maxRememberedObjects)
  const { broadcast } = definition
  let stopping: Promise<void> | undefined

  /** To the Broadcast topic, and to the dataset's own. */
  const notify = (datasetId: string, message: TopicMessage, isBounded: boolean): ReadonlyArray<Promise<Delivered>> =>
    [broadcast, tellers.get(datasetId)?.notificationTopic].flatMap(topic =>
      topic === undefined ? [] : [deliver(topic, message, isBounded)]
    )

  const keeper = createKeeper({
    journal: options.journal,
    keeping: { ...patience, ending },
    marking: patience,
    emit,
    isEnding: () => stopping !== undefined
  })

  const tell = async (change: IdentifiedChange, images: Images, origin: Origin, isNew = true): Promise<Told> => {
    const location = locationOf.get(change.datasetId) ?? {}
    const routes = routesOf(origin, location, change.datasetId)
    const { datasetId, schema, id } = change
    const teller = tellers.get(datasetId)
    const isCombined = origin !== 'catalogue' && routes.subscriptions && routes.notifications
    if (isCombined && origin === 'captured') {
      const known = told.knows(change)
      if (known === true || (known !== false && (await known))) {
        emit({ type: 'duplicate', datasetId, schema, id })
        return 'duplicate'
      }
    }
    if (origin === 'unitary' && !routes.subscriptions) emit({ type: 'suppressed', datasetId, schema, id })
    // What is captured, or was kept by an earlier run, is bounded where it comes from, and waits however much it is.
    const isBounded = origin !== 'captured' && isNew
    const telling = async (): Promise<Told> => {
      const ends = routes.notifications ? [...notify(datasetId, objectNotification(change), isBounded)] : []
      const asked = routes.subscriptions ? teller?.tellSubscribers(change, images, isBounded) : undefined
      // An object that is a rule holds for the changes after it.
      if (isNew) teller?.follow(change)
      ends.push(...((await asked) ?? []))
      return worst(await Promise.all(ends))
    }
    const end = telling()
    if (isCombined)
      told.note(
        change,
        end.then(word => word !== 'lost')
      )
    const word = await end
    return word === 'told' && origin === 'unitary' && !routes.subscriptions ? 'suppressed' : word
  }

  const tellTransaction = async (message: TopicMessage, datasetId: string, isBounded: boolean): Promise<Told> =>
    worst(await Promise.all(notify(datasetId, message, isBounded)))
  const transaction = (message: TopicMessage, datasetId: string): Promise<Told> =>
    keeper.keep({ type: 'transaction', id: randomUUID(), datasetId, message }, () =>
      tellTransaction(message, datasetId, true)
    )

  const now = (): string => new Date(clock.now()).toISOString()

  /** Takes a change in; it never rejects. */
  const take = async (change: ObjectChange, origin: Origin): Promise<Told> => {
    const [fault] = changeFaults(change)
    const read = fault === undefined ? asJson(change) : E.left(fault)
    const reason =
      stopping !== undefined ? 'change events were stopped' : E.isLeft(read) ? describeFault(read.left) : undefined
    if (E.isLeft(read) || reason !== undefined)
      return (await bury(storable(change), reason ?? '')) === 'lost' ? 'lost' : 'refused'
    const known = identified(read.right)
    const telling = (): Promise<Told> => tell(known, imagesOf(change), origin)
    return origin === 'captured'
      ? telling()
      : keeper.keep(changeEntry(randomUUID(), origin, known, imagesOf(change)), telling)
  }

  const end = async (timeoutMs: number): Promise<void> => {
    const cancels = [clock.schedule(timeoutMs, ending.end), clock.schedule(timeoutMs + lastWordsMs, over.end)]
    await keeper.settled()
    await Promise.all([...tellers.values()].map(teller => teller.idle()))
    await Promise.all([...deliveries.values()].map(each => each.stop(ending)))
    await keeper.close()
    // What a part has to say about its own closing changes nothing any more.
    await Promise.all(
      [...Object.values(topics), deadLetters].map(part =>
        answerWithin('close', patience, () => part.close?.() ?? TE.right(undefined))
      )
    )
    for (const cancel of cancels) cancel()
  }

  const stop: ChangeEvents['stop'] = ({ timeoutMs = 30_000 } = {}) => (stopping ??= end(timeoutMs))

  return {
    changed: change => take(change, 'unitary'),
    catalogueChanged: change => take(change, 'catalogue'),
    // What is captured is safe where it comes from: after the end it stays there.
    captured: changes =>
      stopping !== undefined
        ? Promise.resolve(changes.map(() => 'lost'))
        : Promise.all(changes.map(change => take(change, 'captured'))),
    started: each => transaction(transactionNotification(each, 'STARTED', now()), each.datasetId),
    completed: (each, status, reason) =>
      transaction(transactionNotification(each, status, now(), reason), each.datasetId),
    restore: (datasetId, objects) => {
      for (const after of objects) {
        const id = after['id']
        if (typeof id === 'string') tellers.get(datasetId)?.restore(id, after)
      }
    },
    recover: () =>
      keeper.recover(entry =>
        entry.type === 'change'
          ? tell(entry.change, imagesOfEntry(entry), entry.origin, false)
          : tellTransaction(entry.message, entry.datasetId, false)
      ),
    subscriptions: datasetId => tellers.get(datasetId)?.rules() ?? 0,
    on,
    stop,
    [Symbol.asyncDispose]: () => stop()
  }
}

/** After the time limit of a goodbye: for dead letters, marks and closing, in milliseconds. */
const lastWordsMs = 5_000

/** What filters are asked about: the images as the host gave them. */
type Images = Pick<ObjectChange, 'before' | 'after'>

const worst = (ends: ReadonlyArray<Delivered>): Told =>
  ends.includes('lost') ? 'lost' : ends.includes('dead letter') ? 'dead letter' : 'told'

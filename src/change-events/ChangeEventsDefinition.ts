/**
 * Who is told of what, as plain data: in options, or in YAML.
 *
 * ```yaml
 * broadcast: internal
 * locations:
 *   - id: warehouse
 *     enableEvents: true
 * datasets:
 *   - id: sales
 *     location: warehouse
 *     subscriptions:
 *       topic: orders
 *       subscriptions:
 *         - schemas: [Order]
 *           operations: [CREATE, UPDATE]
 *           filter: status == 'NEW' && amount > 100
 *           context: { team: billing }
 *     notifications:
 *       topic: sales-events
 * ```
 */
import type { Fault } from '../Fault.ts'
import { fault } from '../Fault.ts'
import type { ExpressionLimits } from './expression/ExpressionLimits.ts'
import type { Subscription } from './subscriptions/Subscription.ts'
import { subscriptionFaults } from './subscriptions/createSubscriptions.ts'

/** Where datasets keep their objects. */
export interface Location {
  readonly id: string
  /** Row changes are captured from change streams. In the compatible mode that takes the place of real-time events. Default false. */
  readonly enableEvents?: boolean
  /**
   * With `enableEvents`: tell in real time as well, filter captured changes too, and leave out what was told already. Default false: the compatible mode, in which
   * subscriptions of a captured location are told nothing.
   */
  readonly combineRealTime?: boolean
}

/** Who is told of single changes of a dataset. */
export interface DatasetSubscriptions {
  /** Default true. */
  readonly enabled?: boolean
  /** The topic of all rules that name none. */
  readonly topic: string
  readonly subscriptions?: ReadonlyArray<Subscription>
  /** Objects of this schema are rules themselves: with `schemas`, `operations`, `filter` and `context`. */
  readonly subscriptionsSchema?: string
  /** Topics that such objects may name beside `topic`. Default none: whoever may write an object must not be able to write to any topic. */
  readonly dynamicTopics?: ReadonlyArray<string>
}

/** Who is told of everything that happens to a dataset. */
export interface DatasetNotifications {
  /** Default true. */
  readonly enabled?: boolean
  readonly topic: string
}

/** A group of schemas with one set of topics. A database is one. */
export interface Dataset {
  readonly id: string
  /** The id of a location. Default: one without `enableEvents`. */
  readonly location?: string
  readonly subscriptions?: DatasetSubscriptions
  readonly notifications?: DatasetNotifications
}

/** The whole definition. */
export interface ChangeEventsDefinition {
  readonly locations?: ReadonlyArray<Location>
  readonly datasets: ReadonlyArray<Dataset>
  /** A topic that is told all transaction events and all captured changes, of every dataset. Default: none. */
  readonly broadcast?: string
}

const repeated = (path: string, ids: ReadonlyArray<string>): ReadonlyArray<Fault> =>
  ids.flatMap((id, index) =>
    ids.indexOf(id) === index ? [] : [fault(`${path}[${index}].id`, 'must be unique in its list')]
  )

/** What is wrong with a definition whose form is right. */
export const definitionFaults = (
  { locations = [], datasets, broadcast }: ChangeEventsDefinition,
  topics: ReadonlyArray<string> | undefined,
  limits: Partial<ExpressionLimits>
): ReadonlyArray<Fault> => {
  const topicFault = (path: string, topic: string | undefined): ReadonlyArray<Fault> =>
    topic === undefined || topics === undefined || topics.includes(topic)
      ? []
      : [fault(path, 'must be the name of one of the given topics')]
  const datasetFaults = ({ location, subscriptions, notifications }: Dataset, index: number): ReadonlyArray<Fault> => {
    const path = `datasets[${index}]`
    const rules = subscriptions?.subscriptions ?? []
    return [
      ...(location === undefined || locations.some(({ id }) => id === location)
        ? []
        : [fault(`${path}.location`, 'must be the id of one of the locations')]),
      ...topicFault(`${path}.subscriptions.topic`, subscriptions?.topic),
      ...topicFault(`${path}.notifications.topic`, notifications?.topic),
      ...(subscriptions?.dynamicTopics ?? []).flatMap((topic, at) =>
        topicFault(`${path}.subscriptions.dynamicTopics[${at}]`, topic)
      ),
      ...rules.flatMap((rule, at) => topicFault(`${path}.subscriptions.subscriptions[${at}].topic`, rule.topic)),
      ...subscriptionFaults(`${path}.subscriptions.subscriptions`, rules, limits)
    ]
  }
  return [
    ...topicFault('broadcast', broadcast),
    ...repeated(
      'locations',
      locations.map(({ id }) => id)
    ),
    ...repeated(
      'datasets',
      datasets.map(({ id }) => id)
    ),
    ...datasets.flatMap(datasetFaults)
  ]
}

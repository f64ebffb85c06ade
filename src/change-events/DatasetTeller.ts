/** Tells the subscribers of one dataset. */
import * as E from 'fp-ts/lib/Either.js'
import { fault } from '../Fault.ts'
import { createExclusive } from '../internal/exclusive.ts'
import { compact } from '../internal/objects.ts'
import type { Dataset } from './ChangeEventsDefinition.ts'
import type { TopicMessage } from './ChangeTopic.ts'
import type { Delivered } from './delivery/createDelivery.ts'
import type { Ending } from './delivery/Ending.ts'
import type { ExpressionLimits } from './expression/ExpressionLimits.ts'
import { jsonImage } from './jsonImage.ts'
import type { IdentifiedChange, ObjectChange, ObjectImage } from './ObjectChange.ts'
import { createSubscriptions } from './subscriptions/createSubscriptions.ts'
import type { RegisteredSubscription } from './subscriptions/Subscription.ts'
import { subscriptionMessage } from './subscriptions/Subscription.ts'
import type { TellingListener } from './TellingEvent.ts'

export interface DatasetTeller {
  /** Where notifications go, if anywhere. */
  readonly notificationTopic: string | undefined
  readonly rules: () => number
  /** Asks the rules about `images`, after those changes that came before, and hands their messages on. `isBounded`: it may be one too many. */
  readonly tellSubscribers: (
    change: IdentifiedChange,
    images: Pick<ObjectChange, 'before' | 'after'>,
    isBounded: boolean
  ) => Promise<ReadonlyArray<Promise<Delivered>>>
  /** Takes note of an object that is a rule itself. It holds for later changes. */
  readonly follow: (change: ObjectChange) => void
  readonly restore: (id: string, image: ObjectImage) => void
  /** Ends when all rules were asked about all changes. */
  readonly idle: () => Promise<void>
}

export interface DatasetTellerParts {
  readonly dataset: Dataset
  readonly limits: Partial<ExpressionLimits>
  readonly maxRuleFailures: number
  readonly maxDynamicSubscriptions: number
  readonly maxDynamicSize: number
  readonly maxWaitingChanges: number
  readonly deliver: (topic: string, message: TopicMessage, isBounded: boolean) => Promise<Delivered>
  readonly bury: (change: ObjectChange, reason: string, subscription?: string) => Promise<Delivered>
  readonly emit: TellingListener
  /** Fires when rules are asked no more: what is not asked by then becomes a dead letter. */
  readonly ending: Ending
}

const nextTurn = (): Promise<void> => new Promise(resolve => void setImmediate(resolve))

export const createDatasetTeller = (parts: DatasetTellerParts): DatasetTeller => {
  const { dataset, deliver, bury, emit, maxWaitingChanges, ending } = parts
  const isOn = dataset.subscriptions?.enabled !== false
  const { topic: ownTopic, subscriptionsSchema, dynamicTopics = [] } = dataset.subscriptions ?? {}
  const subscriptions = createSubscriptions({
    datasetId: dataset.id,
    subscriptions: (isOn ? dataset.subscriptions?.subscriptions : undefined) ?? [],
    limits: parts.limits,
    maxFailures: parts.maxRuleFailures,
    maxDynamic: parts.maxDynamicSubscriptions,
    maxDynamicSize: parts.maxDynamicSize,
    dynamicTopics: ownTopic === undefined ? dynamicTopics : [ownTopic, ...dynamicTopics],
    emit,
    yieldTurn: nextTurn,
    ending
  })
  const inTurn = createExclusive()
  let waiting = 0

  const send = (
    change: IdentifiedChange,
    rule: RegisteredSubscription,
    isBounded: boolean
  ): ReadonlyArray<Promise<Delivered>> => {
    const topic = rule.topic ?? ownTopic
    return topic === undefined ? [] : [deliver(topic, subscriptionMessage(change, rule), isBounded)]
  }

  const ask = async (
    change: IdentifiedChange,
    { before, after }: Pick<ObjectChange, 'before' | 'after'>,
    isBounded: boolean
  ): Promise<ReadonlyArray<Promise<Delivered>>> => {
    const { matched, failed, isCutShort } = await subscriptions.match(compact({ ...change, before, after }))
    return [
      ...matched.flatMap(rule => send(change, rule, isBounded)),
      ...failed.map(({ subscription, reason }) => bury(change, reason, subscription)),
      ...(isCutShort ? [bury(change, 'stopped before all rules were asked')] : [])
    ]
  }

  return {
    notificationTopic: dataset.notifications?.enabled === false ? undefined : dataset.notifications?.topic,
    rules: subscriptions.size,
    tellSubscribers: async (change, images, isBounded) => {
      if (!isOn || (subscriptions.size() === 0 && subscriptionsSchema === undefined)) return []
      if (isBounded && waiting >= maxWaitingChanges)
        return [bury(change, `more than ${maxWaitingChanges} changes of the dataset wait for its rules`)]
      const share = isBounded ? 1 : 0
      waiting += share
      try {
        return await inTurn(() => ask(change, images, isBounded))
      } finally {
        waiting -= share
      }
    },
    follow: change => {
      // In turn, so that a rule holds for no change that came before it.
      if (isOn && change.schema === subscriptionsSchema)
        void inTurn(async () => {
          await Promise.resolve()
          subscriptions.follow(change)
        })
    },
    restore: (id, image) => {
      if (!isOn || subscriptionsSchema === undefined) return
      const read = jsonImage(image)
      if (E.isRight(read)) subscriptions.follow({ id, operation: 'REFRESH', after: read.right })
      else {
        const faults = [fault('', `must be data: it ${read.left}`)]
        emit({ type: 'rule rejected', datasetId: dataset.id, subscription: `dynamic ${id}`, faults })
      }
    },
    idle: () => inTurn(() => Promise.resolve())
  }
}

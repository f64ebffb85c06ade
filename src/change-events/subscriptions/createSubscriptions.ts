/** The rules of one dataset, static and dynamic, and who of them a change concerns. */
import * as E from 'fp-ts/lib/Either.js'
import { fault } from '../../Fault.ts'
import { ownField } from '../../internal/objects.ts'
import type { Ending } from '../delivery/Ending.ts'
import type { EvaluationFault, LimitExceeded } from '../expression/ExpressionFault.ts'
import { describeExpressionFault } from '../expression/ExpressionFault.ts'
import type { ExpressionLimits } from '../expression/ExpressionLimits.ts'
import type { ObjectChange, ObjectImage } from '../ObjectChange.ts'
import type { TellingListener } from '../TellingEvent.ts'
import { matchesChange } from './matchesChange.ts'
import type { RegisteredSubscription, Subscription } from './Subscription.ts'
import { readSubscription } from './Subscription.ts'
import { createSubscriptionIndex } from './SubscriptionIndex.ts'

/** A filter that has no answer for a change. */
export interface FilterFailure {
  readonly subscription: string
  readonly reason: string
}

/** Who is to be told of a change, and whose filter failed on it. */
export interface Matches {
  readonly matched: ReadonlyArray<RegisteredSubscription>
  readonly failed: ReadonlyArray<FilterFailure>
  /** Whether the end came before all rules were asked. */
  readonly isCutShort: boolean
}

export interface Subscriptions {
  readonly size: () => number
  readonly match: (change: ObjectChange) => Promise<Matches>
  /** An object of the subscriptions schema was written or deleted: a rule comes, changes or ends. */
  readonly follow: (change: Pick<ObjectChange, 'id' | 'operation' | 'after'>) => void
}

export interface SubscriptionsOptions {
  readonly datasetId: string
  readonly subscriptions: ReadonlyArray<Subscription>
  readonly limits: Partial<ExpressionLimits>
  /** Failures in a row after which a rule is no longer asked. */
  readonly maxFailures: number
  /** Most dynamic rules. */
  readonly maxDynamic: number
  /** Most characters of the filters, contexts and lists of all dynamic rules together. */
  readonly maxDynamicSize: number
  /** Topics that dynamic rules may name. */
  readonly dynamicTopics: ReadonlyArray<string>
  readonly emit: TellingListener
  /** Gives the host's other work a turn. */
  readonly yieldTurn: () => Promise<void>
  /** Fires when rules are asked no more. */
  readonly ending: Pick<Ending, 'isOver'>
}

/** How long filters are asked in one go, in milliseconds, before the host gets a turn. */
const sliceMs = 5

/** How many filters are asked before the clock is looked at. */
const lookEvery = 8

/** The characters of what a rule is made of. */
const sizeOf = (image: ObjectImage): number =>
  ['schemas', 'operations', 'filter', 'context', 'topic'].reduce((sum, name) => {
    const part = ownField(image, name)
    return sum + (part === undefined ? 0 : JSON.stringify(part).length)
  }, 0)

const topicFault = fault('topic', 'must be left out, or be one of the topics that this dataset allows its rules')

export const createSubscriptions = (options: SubscriptionsOptions): Subscriptions => {
  const { datasetId, limits, maxFailures, maxDynamic, maxDynamicSize, emit, yieldTurn, ending } = options
  const index = createSubscriptionIndex()
  const failures = new Map<string, number>()
  /** The dynamic rules, and how many characters each has. */
  const dynamic = new Map<string, number>()
  let dynamicSize = 0
  for (const [position, rule] of options.subscriptions.entries()) {
    const read = readSubscription(`static ${position}`, rule, limits)
    // The constructor has checked them all, and names every fault there.
    if (E.isRight(read)) index.add(read.right)
  }

  const end = (key: string): void => {
    failures.delete(key)
    dynamicSize -= dynamic.get(key) ?? 0
    dynamic.delete(key)
    if (index.remove(key)) emit({ type: 'rule ended', datasetId, subscription: key })
  }

  const mayTell = ({ topic }: RegisteredSubscription): boolean =>
    topic === undefined || options.dynamicTopics.includes(topic)

  const readDynamic = (key: string, image: ObjectImage): ReturnType<typeof readSubscription> => {
    const refuse = (rule: string) => E.left([fault('', rule)])
    if (dynamic.size >= maxDynamic && !dynamic.has(key))
      return refuse(`must be one of at most ${maxDynamic} rules of this dataset`)
    // Before it is parsed: that is what costs.
    if (dynamicSize - (dynamic.get(key) ?? 0) + sizeOf(image) > maxDynamicSize)
      return refuse(`must have at most ${maxDynamicSize} characters, together with the other rules of this dataset`)
    const read = readSubscription(key, image, limits)
    return E.isLeft(read) || mayTell(read.right) ? read : E.left([topicFault])
  }

  const register = (key: string, image: ObjectImage): void => {
    const read = readDynamic(key, image)
    if (E.isLeft(read)) {
      // What the rule was before is not what its author wants any more.
      end(key)
      emit({ type: 'rule rejected', datasetId, subscription: key, faults: read.left })
      return
    }
    failures.delete(key)
    dynamicSize += sizeOf(image) - (dynamic.get(key) ?? 0)
    dynamic.set(key, sizeOf(image))
    index.add(read.right)
    emit({ type: 'rule registered', datasetId, subscription: key })
  }

  /** One more failure in a row. One that met a limit was costly, and counts as a third of all that are allowed. */
  const fail = (key: string, fault: EvaluationFault | LimitExceeded): FilterFailure => {
    const reason = describeExpressionFault(fault)
    const weight = fault._tag === 'LimitExceeded' ? Math.ceil(maxFailures / 3) : 1
    const count = (failures.get(key) ?? 0) + weight
    failures.set(key, count)
    emit({ type: 'filter failed', datasetId, subscription: key, reason })
    if (count < maxFailures) return { subscription: key, reason }
    end(key)
    emit({ type: 'rule suspended', datasetId, subscription: key })
    return { subscription: key, reason: `${reason}; suspended, for it failed too often in a row` }
  }

  return {
    size: index.size,
    follow: ({ id, operation, after }) => {
      const key = `dynamic ${id}`
      if (operation === 'DELETE' || after === undefined) end(key)
      else register(key, after)
    },
    match: async change => {
      const matched: Array<RegisteredSubscription> = []
      const failed: Array<FilterFailure> = []
      let sliceStart = performance.now()
      for (const [count, rule] of index.candidates(change).entries()) {
        if (ending.isOver()) return { matched, failed, isCutShort: true }
        if (count % lookEvery === 0 && performance.now() - sliceStart > sliceMs) {
          await yieldTurn()
          sliceStart = performance.now()
        }
        const found = matchesChange(rule, change)
        if (E.isLeft(found)) failed.push(fail(rule.key, found.left))
        else {
          failures.delete(rule.key)
          if (found.right) matched.push(rule)
        }
      }
      return { matched, failed, isCutShort: false }
    }
  }
}

/** The faults of static rules, for the constructor of whoever holds them. */
export const subscriptionFaults = (
  path: string,
  rules: ReadonlyArray<unknown>,
  limits: Partial<ExpressionLimits>
): ReadonlyArray<{ readonly path: string; readonly rule: string }> =>
  rules.flatMap((rule, position) => {
    const read = readSubscription(`static ${position}`, rule, limits)
    if (E.isRight(read)) return []
    return read.left.map(found => ({
      path: `${path}[${position}]${found.path === '' ? '' : `.${found.path}`}`,
      rule: found.rule
    }))
  })

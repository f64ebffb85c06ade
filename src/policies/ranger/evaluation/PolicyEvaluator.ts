/** One policy, ready to be asked: everything that does not depend on a request is worked out once. */
import type { Condition } from '../conditions/Condition.ts'
import { readCondition } from '../conditions/readCondition.ts'
import type { Hierarchy } from '../matching/Hierarchy.ts'
import type { ResourceMatcher } from '../matching/ResourceMatcher.ts'
import { resourceMatcher } from '../matching/ResourceMatcher.ts'
import type { DataMaskItem, PolicyItem, RangerPolicy, RowFilterItem } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import { inForce } from '../schedules/isInForce.ts'
import type { ImpliedGrants, ItemEvaluator } from './ItemEvaluator.ts'
import { itemEvaluator } from './ItemEvaluator.ts'

/** A policy's parts. */
export interface PolicyEvaluator {
  readonly policy: RangerPolicy
  /** One per set of resources. */
  readonly matchers: ReadonlyArray<ResourceMatcher>
  readonly conditions: ReadonlyArray<Condition>
  readonly allow: ReadonlyArray<ItemEvaluator>
  readonly deny: ReadonlyArray<ItemEvaluator>
  readonly allowExceptions: ReadonlyArray<ItemEvaluator>
  readonly denyExceptions: ReadonlyArray<ItemEvaluator>
  readonly masks: ReadonlyArray<ItemEvaluator<DataMaskItem>>
  readonly filters: ReadonlyArray<ItemEvaluator<RowFilterItem>>
  /** All of these. */
  readonly items: ReadonlyArray<ItemEvaluator>
  readonly hasDeny: boolean
  readonly evalOrder: number
  readonly isInForce: (epochMs: number) => boolean
  /** Whether the answer depends on more of the asker than which of the names in the policy are theirs. */
  readonly isPersonal: boolean
}

/** What is the same for all policies of a type. */
export interface PolicyTerms {
  readonly serviceDef: ServiceDef
  readonly hierarchies: ReadonlyArray<Hierarchy>
  readonly impliedGrants: ImpliedGrants
  readonly timeZone: string
}

/** All of a policy's items, ready to be asked. */
export const itemEvaluatorsOf = ({ items }: PolicyEvaluator): ReadonlyArray<ItemEvaluator> => items

const allItems = (evaluator: PolicyEvaluator): ReadonlyArray<ItemEvaluator> => [
  ...evaluator.allow,
  ...evaluator.deny,
  ...evaluator.allowExceptions,
  ...evaluator.denyExceptions,
  ...evaluator.masks,
  ...evaluator.filters
]

/** A value that is worked out once it is asked for. */
const later = <A>(make: () => A): (() => A) => {
  let made: { readonly value: A } | undefined
  return () => (made ??= { value: make() }).value
}

/**
 * Makes the evaluator of a policy. Of very many policies few are ever asked, so what it takes to ask one is made when it first is.
 */
export const policyEvaluator = (policy: RangerPolicy, terms: PolicyTerms, evalOrder: number): PolicyEvaluator => {
  const { serviceDef, impliedGrants, timeZone } = terms
  const itemsFor = <Item extends PolicyItem>(items: ReadonlyArray<Item>, isEnabled = true) =>
    later(() => (isEnabled ? items.map(item => itemEvaluator(item, serviceDef, impliedGrants)) : []))
  const { enableDenyAndExceptions: hasAll } = serviceDef
  const [allow, deny] = [itemsFor(policy.policyItems), itemsFor(policy.denyPolicyItems, hasAll)]
  const [allowExceptions, denyExceptions] = [
    itemsFor(policy.allowExceptions, hasAll),
    itemsFor(policy.denyExceptions, hasAll)
  ]
  const [masks, filters] = [itemsFor(policy.dataMaskPolicyItems), itemsFor(policy.rowFilterPolicyItems)]
  const conditions = later(() => policy.conditions.map(condition => readCondition(condition, serviceDef)))
  const matchers = later(() => matchersOf(policy, terms))
  const force = later(() => inForce(policy.validitySchedules, timeZone))
  const isPersonal = later(
    () =>
      matchers().some(matcher => matcher.isDynamic) ||
      [conditions(), ...itemEvaluatorsOf(evaluator).map(item => item.conditions)].flat().some(each => each.isPersonal)
  )
  const items = later(() => allItems(evaluator))
  const evaluator: PolicyEvaluator = {
    policy,
    evalOrder,
    hasDeny: policy.isDenyAllElse || policy.denyPolicyItems.length > 0,
    isInForce: epochMs => policy.validitySchedules.length === 0 || force()(epochMs),
    get matchers() {
      return matchers()
    },
    get conditions() {
      return conditions()
    },
    get allow() {
      return allow()
    },
    get deny() {
      return deny()
    },
    get allowExceptions() {
      return allowExceptions()
    },
    get denyExceptions() {
      return denyExceptions()
    },
    get masks() {
      return masks()
    },
    get filters() {
      return filters()
    },
    get items() {
      return items()
    },
    get isPersonal() {
      return isPersonal()
    }
  }
  return evaluator
}

/** The tests for all of a policy's resources. */
export const matchersOf = (
  { resources, additionalResources }: RangerPolicy,
  { hierarchies }: Pick<PolicyTerms, 'hierarchies'>
): ReadonlyArray<ResourceMatcher> => [resources, ...additionalResources].map(each => resourceMatcher(each, hierarchies))

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const byPriority = (a: PolicyEvaluator, b: PolicyEvaluator): number =>
  b.policy.policyPriority - a.policy.policyPriority || Number(b.hasDeny) - Number(a.hasDeny)

/** Priority, then denying ones, then the broader ones, then by name. */
export const byEvalOrder = (a: PolicyEvaluator, b: PolicyEvaluator): number =>
  byPriority(a, b) || a.evalOrder - b.evalOrder || byText(a.policy.name, b.policy.name)

/** Priority, then denying ones, then by name. */
export const byName = (a: PolicyEvaluator, b: PolicyEvaluator): number =>
  byPriority(a, b) || byText(a.policy.name, b.policy.name)

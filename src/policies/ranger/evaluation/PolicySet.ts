/** The policies of one zone, of the unzoned part, or about tags: found by resource, in the order in which they are looked at. */
import { hierarchiesOf } from '../matching/Hierarchy.ts'
import type { Hierarchy } from '../matching/Hierarchy.ts'
import type { Elements, MatchType } from '../matching/ResourceMatcher.ts'
import type { PolicyType, RangerPolicy } from '../model/Policy.ts'
import type { ServiceDef } from '../model/ServiceDef.ts'
import { impliedGrantsOf, resourceDefsOf } from '../model/ServiceDef.ts'
import type { FoundTag } from './Occasion.ts'
import type { PolicyEvaluator, PolicyTerms } from './PolicyEvaluator.ts'
import { evalOrder } from './evalOrder.ts'
import { byEvalOrder, matchersOf, policyEvaluator } from './PolicyEvaluator.ts'
import type { PolicyIndex } from './PolicyIndex.ts'
import { createPolicyIndex } from './PolicyIndex.ts'

/** A policy that may have a say on a resource. */
export interface Prospect {
  readonly evaluator: PolicyEvaluator
  /** For each of its sets of resources how it lies to the requested one; undefined where that depends on who asks. */
  readonly matches: ReadonlyArray<MatchType | undefined>
  /** The tag that brought it here, for tag policies. */
  readonly tag: FoundTag | undefined
}

/** The policy types that have a bearing on access. */
export type EvaluatedType = Exclude<PolicyType, 3>

export const evaluatedTypes: ReadonlyArray<EvaluatedType> = [0, 1, 2]

/** The policies. */
export interface PolicySet {
  readonly serviceDef: ServiceDef
  readonly hierarchies: (policyType: EvaluatedType) => ReadonlyArray<Hierarchy>
  readonly evaluators: (policyType: EvaluatedType) => ReadonlyArray<PolicyEvaluator>
  /** In evaluation order. `withInner`: also those about things in the resource only. */
  readonly prospects: (policyType: EvaluatedType, elements: Elements, withInner: boolean) => ReadonlyArray<Prospect>
}

interface Placed {
  readonly evaluator: PolicyEvaluator
  readonly order: number
}

interface OfType {
  readonly hierarchies: ReadonlyArray<Hierarchy>
  readonly evaluators: ReadonlyArray<PolicyEvaluator>
  readonly index: PolicyIndex<Placed>
}

/** The tests that finding a policy takes are let go again: of very many policies few are ever asked. */
const build = (policies: ReadonlyArray<RangerPolicy>, terms: PolicyTerms): OfType => {
  const made = policies.map(policy => {
    const matchers = matchersOf(policy, terms)
    const isDynamic = matchers.some(matcher => matcher.isDynamic)
    return { evaluator: policyEvaluator(policy, terms, evalOrder(policy, terms.serviceDef, isDynamic)), matchers }
  })
  made.sort((a, b) => byEvalOrder(a.evaluator, b.evaluator))
  const index = createPolicyIndex<Placed>()
  made.forEach(({ evaluator, matchers }, order) => {
    for (const { canMatch, levels } of matchers) if (canMatch) index.add(levels, { evaluator, order })
  })
  return { hierarchies: terms.hierarchies, evaluators: made.map(({ evaluator }) => evaluator), index }
}

/** How a policy's sets of resources lie to one resource; undefined where none of them has to do with it. */
export const matchesOf = (evaluator: PolicyEvaluator, elements: Elements): Prospect['matches'] | undefined => {
  const matches = evaluator.matchers.map(matcher =>
    matcher.isDynamic ? undefined : matcher.matchType(elements, undefined, false)
  )
  return matches.every(match => match === 'NONE') ? undefined : matches
}

/** Makes a set; disabled policies and audit policies are left out. */
export const createPolicySet = (
  policies: ReadonlyArray<RangerPolicy>,
  serviceDef: ServiceDef,
  timeZone: string,
  defsOf: (serviceDef: ServiceDef, policyType: PolicyType) => ServiceDef['resources'] = resourceDefsOf
): PolicySet => {
  const impliedGrants = impliedGrantsOf(serviceDef)
  const made = new Map(
    evaluatedTypes.map((policyType): [EvaluatedType, OfType] => {
      const hierarchies = hierarchiesOf(defsOf(serviceDef, policyType))
      const own = policies.filter(policy => policy.isEnabled && policy.policyType === policyType)
      return [policyType, build(own, { serviceDef, hierarchies, impliedGrants, timeZone })]
    })
  )
  const ofType = (policyType: EvaluatedType): OfType =>
    made.get(policyType) ?? build([], { serviceDef, hierarchies: [], impliedGrants, timeZone })
  return {
    serviceDef,
    hierarchies: policyType => ofType(policyType).hierarchies,
    evaluators: policyType => ofType(policyType).evaluators,
    prospects: (policyType, elements, withInner) => {
      const placed = new Map(
        ofType(policyType)
          .index.find(elements, withInner)
          .map(({ order, evaluator }) => [order, evaluator])
      )
      const inOrder = placed.size < 2 ? [...placed] : [...placed].sort(([a], [b]) => a - b)
      return inOrder.flatMap(([, evaluator]): ReadonlyArray<Prospect> => {
        const matches = matchesOf(evaluator, elements)
        return matches === undefined ? [] : [{ evaluator, matches, tag: undefined }]
      })
    }
  }
}

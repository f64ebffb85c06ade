/** Brings together all policies that may have a say on a request: those about its tags, and those about the resource itself. */
import type { MatchType } from '../matching/ResourceMatcher.ts'
import { inForce } from '../schedules/isInForce.ts'
import type { Prospects } from './decideAccess.ts'
import type { FoundTag, Occasion } from './Occasion.ts'
import { byEvalOrder, byName } from './PolicyEvaluator.ts'
import type { EvaluatedType, PolicySet, Prospect } from './PolicySet.ts'

/** Where tag policies come from. */
export interface TagPolicySource {
  readonly tagged: PolicySet | undefined
  readonly timeZone: string
  readonly hasOwnTagPolicies: (zone: string) => boolean
}

const ranks: { readonly [Type in MatchType]: number } = {
  SELF: 0,
  SELF_AND_ALL_DESCENDANTS: 1,
  ANCESTOR: 2,
  DESCENDANT: 3,
  NONE: 4
}

const rankOf = ({ tag }: Prospect): number => ranks[tag?.matchType ?? 'NONE']

/** Access by evaluation order; masks by how near the tag is; row filters by name. */
const orders: { readonly [Type in EvaluatedType]: (a: Prospect, b: Prospect) => number } = {
  0: (a, b) => byEvalOrder(a.evaluator, b.evaluator),
  1: (a, b) => rankOf(a) - rankOf(b) || byName(a.evaluator, b.evaluator),
  2: (a, b) => byName(a.evaluator, b.evaluator)
}

/** A zone with a tag service of its own has its own tag policies; elsewhere those without a zone count. */
const isOfZone = (prospect: Prospect, zone: string, hasOwn: boolean): boolean =>
  prospect.evaluator.policy.zoneName === (hasOwn ? zone : '')

/** Tag policies for the tags at hand. `atMs` undefined: whatever their time. */
export const tagProspects = (
  { tagged, timeZone, hasOwnTagPolicies }: TagPolicySource,
  policyType: EvaluatedType,
  tags: ReadonlyArray<FoundTag>,
  zone: string,
  atMs: number | undefined
): ReadonlyArray<Prospect> => {
  if (tagged === undefined || tags.length === 0) return []
  const hasOwn = hasOwnTagPolicies(zone)
  return tags
    .filter(({ tag }) => atMs === undefined || inForce(tag.validityPeriods, timeZone)(atMs))
    .flatMap(tag =>
      tagged
        .prospects(policyType, new Map([['tag', tag.tag.type]]), false)
        .filter(prospect => isOfZone(prospect, zone, hasOwn))
        .map(prospect => ({ ...prospect, tag }))
    )
    .sort(orders[policyType])
}

/** All policies for an occasion. */
export const gatherProspects = (
  source: TagPolicySource,
  set: PolicySet,
  policyType: EvaluatedType,
  { elements, tags, zone, accessTimeMs }: Occasion,
  withInner: boolean
): Prospects => ({
  tag: tagProspects(source, policyType, tags, zone, accessTimeMs),
  resource: set.prospects(policyType, elements, withInner)
})

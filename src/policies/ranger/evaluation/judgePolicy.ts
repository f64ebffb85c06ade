/** What one policy says of one kind of access. What can't be told lets nobody in, and keeps nobody's denial from holding. */
import type { Truth } from '../conditions/Truth.ts'
import { and, or } from '../conditions/Truth.ts'
import { allHold } from '../conditions/Condition.ts'
import type { ItemEvaluator } from './ItemEvaluator.ts'
import type { Look } from './Look.ts'
import { hasSay, matchIn } from './Look.ts'
import type { Prospect } from './PolicySet.ts'
import { accessTypes } from './specialNames.ts'

/** `inner denial`: it denies something in the resource, which is no answer for the resource itself. */
export type Judgement = 'allow' | 'deny' | 'inner denial' | undefined

/** Whether any of the items is for the asker; `accessType` in lower case. The right to administer is had, or denied, under whatever condition an item stands. */
export const anyHolds = (
  items: ReadonlyArray<ItemEvaluator>,
  accessType: string,
  prospect: Prospect,
  look: Look
): Truth => {
  let found: Truth = 'no'
  for (const item of items) {
    if (!item.concerns(accessType, look.asker, look.occasion.owner)) continue
    if (accessType === accessTypes.admin) return 'yes'
    found = or(
      found,
      item.holds(() => look.scope(prospect.tag))
    )
    if (found === 'yes') return found
  }
  return found
}

/** Whether the conditions of the policy as a whole hold. */
export const policyHolds = ({ evaluator, tag }: Prospect, look: Look): Truth =>
  evaluator.conditions.length === 0 ? 'yes' : allHold(evaluator.conditions, look.scope(tag))

/** One set of resources of a policy. */
export const judgePolicy = (prospect: Prospect, index: number, accessType: string, look: Look): Judgement => {
  const { evaluator } = prospect
  const atMost = matchIn(prospect, index, look, true)
  if (!hasSay(atMost, prospect, look)) return undefined
  const holds = policyHolds(prospect, look)
  if (holds === 'no') return undefined

  const denied = evaluator.deny.length === 0 ? 'no' : anyHolds(evaluator.deny, accessType, prospect, look)
  if (denied !== 'no') {
    const excepted = anyHolds(evaluator.denyExceptions, accessType, prospect, look)
    if (excepted !== 'yes') {
      if (and(and(denied, holds), excepted === 'no' ? 'yes' : 'unknown') === 'unknown') look.doubt(evaluator)
      return atMost === 'DESCENDANT' && look.ignoresInnerDenials ? 'inner denial' : 'deny'
    }
  }

  const allowed = anyHolds(evaluator.allow, accessType, prospect, look)
  if (allowed !== 'no') {
    const excepted = anyHolds(evaluator.allowExceptions, accessType, prospect, look)
    const atLeast = matchIn(prospect, index, look, false)
    const surely = and(allowed, holds) === 'yes' && excepted === 'no' && hasSay(atLeast, prospect, look)
    if (surely) return 'allow'
    if (excepted !== 'yes') look.doubt(evaluator)
  }
  if (!evaluator.policy.isDenyAllElse) return undefined
  return atMost === 'DESCENDANT' && look.ignoresInnerDenials ? 'inner denial' : 'deny'
}

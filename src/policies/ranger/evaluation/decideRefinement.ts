/** Which mask or row filter is for the asker: the first item of the first policy, nothing is put together. */
import { and } from '../conditions/Truth.ts'
import type { PolicyItem } from '../model/Policy.ts'
import type { Prospects } from './decideAccess.ts'
import type { ItemEvaluator } from './ItemEvaluator.ts'
import { policyHolds } from './judgePolicy.ts'
import type { Look } from './Look.ts'
import { hasSay, matchIn } from './Look.ts'
import type { PolicyEvaluator } from './PolicyEvaluator.ts'
import type { Prospect } from './PolicySet.ts'

/** The item that decides. */
export interface Refined<Item extends PolicyItem> {
  readonly item: Item
  readonly evaluator: PolicyEvaluator
  readonly prospect: Prospect
  /** False: whether it is for the asker can't be told; then less than it shows is shown. */
  readonly isCertain: boolean
}

const inPolicy = <Item extends PolicyItem>(
  prospect: Prospect,
  items: ReadonlyArray<ItemEvaluator<Item>>,
  accessTypes: ReadonlyArray<string>,
  look: Look
): Refined<Item> | undefined => {
  const { evaluator } = prospect
  if (items.length === 0 || !evaluator.isInForce(look.occasion.accessTimeMs)) return undefined
  for (let index = 0; index < evaluator.matchers.length; index += 1) {
    if (!hasSay(matchIn(prospect, index, look, true), prospect, look)) continue
    const holds = policyHolds(prospect, look)
    if (holds === 'no') return undefined
    const isSurelyAbout = hasSay(matchIn(prospect, index, look, false), prospect, look)
    for (const item of items) {
      if (!accessTypes.some(accessType => item.concerns(accessType, look.asker, look.occasion.owner))) continue
      const truth = and(
        holds,
        item.holds(() => look.scope(prospect.tag))
      )
      if (truth === 'no') continue
      const isCertain = truth === 'yes' && isSurelyAbout
      if (!isCertain) look.doubt(evaluator)
      return { item: item.item, evaluator, prospect, isCertain }
    }
  }
  return undefined
}

/** The item that is for the asker. `isEmpty`: an item that decides nothing; what follows it in its policy does not count then. */
export const decideRefinement = <Item extends PolicyItem>(
  { tag, resource }: Prospects,
  itemsOf: (evaluator: PolicyEvaluator) => ReadonlyArray<ItemEvaluator<Item>>,
  accessTypes: ReadonlyArray<string>,
  look: Look,
  isEmpty: (item: Item) => boolean = () => false
): Refined<Item> | undefined => {
  const first = (prospects: ReadonlyArray<Prospect>, above: number): Refined<Item> | undefined => {
    for (const prospect of prospects) {
      if (prospect.evaluator.policy.policyPriority <= above) continue
      const found = inPolicy(prospect, itemsOf(prospect.evaluator), accessTypes, look)
      if (found !== undefined && !isEmpty(found.item)) return found
    }
    return undefined
  }
  const byTag = first(tag, -Infinity)
  return first(resource, byTag === undefined ? -Infinity : byTag.evaluator.policy.policyPriority) ?? byTag
}

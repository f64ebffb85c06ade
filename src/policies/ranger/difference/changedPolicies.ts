/** Which of two lists of policies, or of anything else, is not in the other as well. */
import { groupBy } from '../../../internal/groupBy.ts'
import type { RangerPolicy } from '../model/Policy.ts'
import { isSame } from './isSame.ts'

/** What is different under a key on the two sides, from both. */
export const changedBy = <A>(
  before: ReadonlyArray<A>,
  after: ReadonlyArray<A>,
  key: (item: A) => string | number
): ReadonlyArray<A> => {
  const [was, is] = [groupBy(before, key), groupBy(after, key)]
  return [...new Set([...was.keys(), ...is.keys()])].flatMap(at => {
    const [some = [], others = []] = [was.get(at), is.get(at)]
    return isSame(some, others) ? [] : [...some, ...others]
  })
}

/** Policies that have a bearing on access. */
const effective = (policies: ReadonlyArray<RangerPolicy>): ReadonlyArray<RangerPolicy> =>
  policies.filter(({ isEnabled, policyType }) => isEnabled && policyType !== 3)

/** Of several policies of one name the first decides, so it matters if they have changed places. */
const reordered = (
  before: ReadonlyArray<RangerPolicy>,
  after: ReadonlyArray<RangerPolicy>
): ReadonlyArray<RangerPolicy> => {
  if (new Set(before.map(({ name }) => name)).size === before.length) return []
  const later = groupBy(after, ({ name }) => name)
  return [...groupBy(before, ({ name }) => name)].flatMap(([name, was]) => {
    if (was.length < 2) return []
    const is = later.get(name) ?? []
    const common = (some: typeof was, others: typeof was) => {
      const ids = new Set(others.map(({ id }) => id))
      return some.filter(({ id }) => ids.has(id))
    }
    const [first, second] = [common(was, is), common(is, was)]
    return first.every(({ id }, index) => id === second[index]?.id) ? [] : first
  })
}

/** Policies that were added, removed, changed, enabled or disabled: as they were and as they are. */
export const changedPolicies = (
  before: ReadonlyArray<RangerPolicy>,
  after: ReadonlyArray<RangerPolicy>
): ReadonlyArray<RangerPolicy> => {
  if (before === after) return []
  const [was, is] = [effective(before), effective(after)]
  return [...new Set([...changedBy(was, is, ({ id }) => id), ...reordered(was, is)])]
}

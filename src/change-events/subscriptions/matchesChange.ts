/** Whether a rule's filter matches a change: the last word, whatever an index said before. */
import * as E from 'fp-ts/lib/Either.js'
import type { EvaluationFault, LimitExceeded } from '../expression/ExpressionFault.ts'
import type { ObjectChange } from '../ObjectChange.ts'
import type { RegisteredSubscription } from './Subscription.ts'

/**
 * The filter on `before`, then on `after`; true on either is a match. As in the reference, a fault on `before` is a fault of the whole: `amount > 5` has no answer while
 * `amount` was null. (`amount != null && amount > 5` has.)
 */
export const matchesChange = (
  { filter, operations }: Pick<RegisteredSubscription, 'filter' | 'operations'>,
  { before, after, operation }: Pick<ObjectChange, 'before' | 'after' | 'operation'>
): E.Either<EvaluationFault | LimitExceeded, boolean> => {
  if (operations !== undefined && !operations.has(operation)) return E.right(false)
  if (filter === undefined) return E.right(true)
  for (const image of [before, after]) {
    if (image === undefined) continue
    const found = filter.matches(image)
    if (E.isLeft(found) || found.right) return found
  }
  return E.right(false)
}

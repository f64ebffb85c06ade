/** Evaluation without compilation. */
import type * as E from 'fp-ts/lib/Either.js'
import { interpret } from './evaluate/interpret.ts'
import type { ExpressionContext } from './evaluate/Run.ts'
import { createRun } from './evaluate/Run.ts'
import type { Expression } from './Expression.ts'
import type { EvaluationFault, LimitExceeded } from './ExpressionFault.ts'
import type { ExpressionLimits } from './ExpressionLimits.ts'
import { withDefaultLimits } from './ExpressionLimits.ts'
import { isDeeperThan } from './isDeeperThan.ts'
import { createMeter } from './Meter.ts'
import { attempt, limitExceeded, raiseFault } from './raise.ts'
import type { Value } from './values/Value.ts'

/**
 * Evaluates an expression without compiling it: for one evaluation. For many, `compileExpression` is several times as fast.
 *
 * **Errors**: `EvaluationFault`; `LimitExceeded` (maxDepth, maxSteps, maxProducedSize).
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { interpretExpression, parseExpression } from 'on-demand-sync/change-events'
 *
 * const value = pipe(parseExpression('amount * 2'), E.flatMap(expression => interpretExpression(expression, { amount: 21 })))
 * if (E.isLeft(value) || value.right !== 42) throw new Error('unexpected')
 * ```
 */
export const interpretExpression = (
  expression: Expression,
  context: ExpressionContext,
  limits: Partial<ExpressionLimits> = {}
): E.Either<EvaluationFault | LimitExceeded, Value> => {
  const all = withDefaultLimits(limits)
  return attempt(all.maxDepth, () =>
    isDeeperThan(expression, all.maxDepth)
      ? raiseFault(limitExceeded('maxDepth', all.maxDepth))
      : interpret(expression, createRun(context, createMeter(all)))
  )
}

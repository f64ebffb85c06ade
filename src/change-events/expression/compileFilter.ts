/** From the text of a rule to something that answers yes or no: parse, fold, compile. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { bindExpression } from './bindExpression.ts'
import type { CompiledExpression } from './compileExpression.ts'
import { compileExpression } from './compileExpression.ts'
import type { Expression } from './Expression.ts'
import type { ExpressionFault } from './ExpressionFault.ts'
import type { ExpressionLimits } from './ExpressionLimits.ts'
import { parseExpression } from './parse/parseExpression.ts'

/** A rule's filter. */
export interface Filter extends Pick<CompiledExpression, 'matches'> {
  /** The filter with its constant parts worked out. */
  readonly expression: Expression
}

/**
 * Reads a rule's filter.
 *
 * **When to use**: when a subscription is registered. What is wrong with the text, or with a constant part of it, comes out here and not
 * with the first event.
 *
 * **Errors**: `ParseFault`, `EvaluationFault` (of a constant part), `LimitExceeded`.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { compileFilter } from 'on-demand-sync/change-events'
 *
 * const filter = compileFilter("status == 'NEW' && amount > 5")
 * if (E.isLeft(filter)) throw new Error('not a filter')
 * const found = filter.right.matches({ status: 'NEW', amount: 10 })
 * if (E.isLeft(found) || !found.right) throw new Error('unexpected')
 * ```
 */
export const compileFilter = (
  text: string,
  limits: Partial<ExpressionLimits> = {}
): E.Either<ExpressionFault, Filter> =>
  pipe(
    parseExpression(text, limits),
    E.flatMap<Expression, ExpressionFault, Expression>(expression => bindExpression(expression, {}, { limits })),
    E.map(expression => ({ expression, matches: compileExpression(expression, limits).matches }))
  )

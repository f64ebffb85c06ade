/** How much a rule may cost. A rule comes from a stranger: what exceeds a limit is a fault, never a stalled host. */

/**
 * The limits of parsing and evaluation. Each has a default in {@link defaultExpressionLimits}; give only those that differ.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { parseExpression } from 'on-demand-sync/change-events'
 *
 * const parsed = parseExpression('a == 1', { maxTextLength: 3 })
 * if (E.isRight(parsed) || parsed.left._tag !== 'LimitExceeded') throw new Error('unexpected')
 * ```
 */
export interface ExpressionLimits {
  /** UTF-16 units of an expression's text. Default 65,536, at least 0. */
  readonly maxTextLength: number
  /** Levels of nesting: of the expression, and of values that are compared or turned into text. Default 200, at least 1. Beyond 1,000 the stack may end first, which is reported as this limit. */
  readonly maxDepth: number
  /** Steps of one evaluation: a node visited, an element looked at, 16 characters scanned; and tokens read in one parse. Default 100,000, at least 1. */
  readonly maxSteps: number
  /** Characters and elements that one evaluation may produce, all together. Default 1,000,000, at least 0. */
  readonly maxProducedSize: number
  /** Branches of a normal form. Default 1,000, at least 1. */
  readonly maxBranches: number
}

/** The defaults of {@link ExpressionLimits}. */
export const defaultExpressionLimits: ExpressionLimits = Object.freeze({
  maxTextLength: 65_536,
  maxDepth: 200,
  maxSteps: 100_000,
  maxProducedSize: 1_000_000,
  maxBranches: 1_000
})

/** The given limits, completed with the defaults. */
export const withDefaultLimits = (limits: Partial<ExpressionLimits>): ExpressionLimits => ({
  ...defaultExpressionLimits,
  ...limits
})

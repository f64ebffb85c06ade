/**
 * Every way an expression can fail, as one closed tagged union. Faults name kinds, operators and names, never the values of a rule or
 * of an event: they are safe to log.
 */
import type { ExpressionLimits } from './ExpressionLimits.ts'

/** The text is not an expression. */
export interface ParseFault {
  readonly _tag: 'ParseFault'
  /** `syntax`; `number-range`: an integer beyond 64 bits; `duplicate-key`: twice in one object; `invalid-aggregate`: wrong number of arguments. */
  readonly kind: 'syntax' | 'number-range' | 'duplicate-key' | 'invalid-aggregate'
  /** UTF-16 units before the place. */
  readonly offset: number
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
  /** What would have been right: `an expression`, `')'`. */
  readonly expected: string
  /** What stands there, in words: `the end of the text`, `'+'`, `a text`. */
  readonly found: string
}

/** Why an evaluation ended without a value. */
export type EvaluationFaultKind =
  | 'undefined-name'
  | 'no-such-method'
  | 'not-callable'
  | 'bad-operands'
  | 'not-comparable'
  | 'type-conversion'
  | 'unknown-cast-type'
  | 'not-a-collection'
  | 'not-iterable'
  | 'bad-index'
  | 'index-out-of-range'
  | 'divide-by-zero'
  | 'number-range'
  | 'invalid-date'
  | 'bad-pattern'
  | 'bad-argument'
  | 'null-argument'
  | 'null-key'
  | 'unsupported'
  | 'unreadable-value'

/** The expression has no value for this context. */
export interface EvaluationFault {
  readonly _tag: 'EvaluationFault'
  readonly kind: EvaluationFaultKind
  /** In words: `'+' cannot be applied to text and array`. */
  readonly detail: string
}

/** A limit was exceeded: {@link ExpressionLimits}. */
export interface LimitExceeded {
  readonly _tag: 'LimitExceeded'
  readonly limit: keyof ExpressionLimits
  readonly max: number
}

/** See the head of this file. */
export type ExpressionFault = ParseFault | EvaluationFault | LimitExceeded

/**
 * The fault in one line, for a log or for whoever wrote the rule.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { describeExpressionFault, parseExpression } from 'on-demand-sync/change-events'
 *
 * const parsed = parseExpression('amount >')
 * const words = "line 1, column 9: expected an expression, found the end of the text"
 * if (E.isRight(parsed) || describeExpressionFault(parsed.left) !== words) throw new Error('unexpected')
 * ```
 */
export const describeExpressionFault = (fault: ExpressionFault): string => {
  switch (fault._tag) {
    case 'ParseFault':
      return `line ${fault.line}, column ${fault.column}: expected ${fault.expected}, found ${fault.found}`
    case 'EvaluationFault':
      return fault.detail
    case 'LimitExceeded':
      return `the expression exceeds ${fault.limit}, which is ${fault.max}`
  }
}

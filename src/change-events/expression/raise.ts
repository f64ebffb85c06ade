/** Ends an evaluation or a parse from within: closures would pay for an Either at every node. Nothing thrown here leaves {@link attempt}. */
import * as E from 'fp-ts/lib/Either.js'
import type { EvaluationFaultKind, ExpressionFault, LimitExceeded } from './ExpressionFault.ts'
import type { ExpressionLimits } from './ExpressionLimits.ts'

class Raised extends Error {
  readonly fault: ExpressionFault
  constructor(fault: ExpressionFault) {
    super(fault._tag)
    this.fault = fault
  }
}

export const raiseFault = (fault: ExpressionFault): never => {
  throw new Raised(fault)
}

export const raise = (kind: EvaluationFaultKind, detail: string): never =>
  raiseFault({ _tag: 'EvaluationFault', kind, detail })

export const limitExceeded = (limit: keyof ExpressionLimits, max: number): LimitExceeded => ({
  _tag: 'LimitExceeded',
  limit,
  max
})

/** Runs it; what was raised comes back as data. `F` states which faults `run` can raise. */
export const attempt = <F extends ExpressionFault, A>(maxDepth: number, run: () => A): E.Either<F, A> => {
  try {
    return E.right(run())
  } catch (thrown) {
    return E.left(toFault(thrown, maxDepth) as F)
  }
}

const toFault = (thrown: unknown, maxDepth: number): ExpressionFault => {
  if (thrown instanceof Raised) return thrown.fault
  // The stack ended before the limit that was meant to end it: a host may set that limit too high for its stack.
  if (thrown instanceof RangeError) return limitExceeded('maxDepth', maxDepth)
  // An accessor or a proxy in the context threw. What it said may quote data, so it is not repeated.
  return { _tag: 'EvaluationFault', kind: 'unreadable-value', detail: 'a value of the context threw while it was read' }
}

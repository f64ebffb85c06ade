/** Partial evaluation: what is known is put in and worked out, the rest stays an expression. */
import type * as E from 'fp-ts/lib/Either.js'
import { mapChildren } from './children.ts'
import { interpret } from './evaluate/interpret.ts'
import type { ExpressionContext, Run } from './evaluate/Run.ts'
import { createRun } from './evaluate/Run.ts'
import type { Conditional, Expression, Logical } from './Expression.ts'
import { constant } from './Expression.ts'
import type { EvaluationFault, LimitExceeded } from './ExpressionFault.ts'
import type { ExpressionLimits } from './ExpressionLimits.ts'
import { withDefaultLimits } from './ExpressionLimits.ts'
import { isDeeperThan } from './isDeeperThan.ts'
import { createMeter } from './Meter.ts'
import { memberOf } from './operators/access.ts'
import { isTruthy } from './operators/truth.ts'
import { attempt, limitExceeded, raiseFault } from './raise.ts'
import { readValue, readWhole } from './values/readValue.ts'

/** How {@link bindExpression} works. */
export interface BindOptions {
  /**
   * What the whole expression is for. `predicate` (the default): only its truth counts, so that `n && true` becomes `n`. `value`: the value
   * itself counts.
   */
  readonly use?: 'predicate' | 'value'
  /** Limits of the whole work. Default: `defaultExpressionLimits`. */
  readonly limits?: Partial<ExpressionLimits>
}

/** What binding carries along: the values, and a run over no context for what is constant. */
interface Binding {
  readonly values: ExpressionContext
  readonly run: Run
}

/**
 * Binds names to values and folds what has become constant.
 *
 * **When to use**: when a rule is registered, with no values, to work out its constant parts once and to see faults in them; or with the
 * values that are known early.
 *
 * **Details**: names are replaced by their values, constant parts by their results. True terms of `&&` and false terms of `||` go; a false
 * term of `&&` or a true one of `||` decides. A `?:` with a constant condition becomes its branch. Methods of constants are called; functions and
 * lambdas are not, and a `case` stays. Variables of loops, lambdas and `with` hide names.
 * Wherever evaluating the expression gives a value, evaluating the result gives the same; a fault may go with the part that was decided without it.
 *
 * **Gotchas**: constant parts are worked out even where an evaluation might not have come by: `a && 1 / 0` does not bind.
 *
 * **Errors**: `EvaluationFault` of a constant part; `LimitExceeded`.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { bindExpression, parseExpression, printExpression } from 'on-demand-sync/change-events'
 *
 * const bound = pipe(
 *   parseExpression('owner == caller.id && amount > 2 * limit'),
 *   E.flatMap(expression => bindExpression(expression, { caller: { id: 'u1' }, limit: 50 }))
 * )
 * if (E.isLeft(bound) || printExpression(bound.right) !== "owner == 'u1' && amount > 100") throw new Error('unexpected')
 * ```
 */
export const bindExpression = (
  expression: Expression,
  values: ExpressionContext,
  { use = 'predicate', limits = {} }: BindOptions = {}
): E.Either<EvaluationFault | LimitExceeded, Expression> => {
  const all = withDefaultLimits(limits)
  return attempt(all.maxDepth, () => {
    if (isDeeperThan(expression, all.maxDepth)) return raiseFault(limitExceeded('maxDepth', all.maxDepth))
    const bound = bind(expression, { values, run: createRun({}, createMeter(all)) }, new Set())
    return use === 'predicate' ? asCondition(bound) : bound
  })
}

/** `hidden` are the names that belong to a loop, a lambda or a `with` around. */
const bind = (node: Expression, binding: Binding, hidden: ReadonlySet<string>): Expression => {
  binding.run.meter.spend(1)
  const inner = (part: Expression, names: ReadonlyArray<string> = []): Expression =>
    bind(part, binding, names.length === 0 ? hidden : new Set([...hidden, ...names]))
  if (node._tag === 'Constant') return node
  if (node._tag === 'Name') return bindName(node, binding, hidden)
  if (node._tag === 'Logical') return bindLogical(node, inner)
  if (node._tag === 'Conditional') return bindConditional(node, inner)
  if (node._tag === 'Call') {
    // A callee by name is a function or a lambda's variable, never a value.
    const callee = node.callee._tag === 'Name' ? node.callee : inner(node.callee)
    return { ...node, callee, args: node.args.map(arg => inner(arg)) }
  }
  return fold(withConditions(mapChildren(node, inner)), binding)
}

const bindConditional = (node: Conditional, inner: (part: Expression) => Expression): Expression => {
  const test = asCondition(inner(node.test))
  if (test._tag === 'Constant') return inner(isTruthy(test.value) ? node.then : node.otherwise)
  return { ...node, test, then: inner(node.then), otherwise: inner(node.otherwise) }
}

const bindName = (
  node: Extract<Expression, { readonly _tag: 'Name' }>,
  { values, run }: Binding,
  hidden: ReadonlySet<string>
): Expression => {
  const [first, ...rest] = node.path
  if (hidden.has(first) || !Object.hasOwn(values, first)) return node
  return constant(readWhole(rest.reduce(memberOf, readValue(values[first])), run.meter))
}

/** Terms are bound in order; one that decides ends it, as it would end the evaluation. */
const bindLogical = ({ operator, terms }: Logical, inner: (part: Expression) => Expression): Expression => {
  const deciding = operator === '||'
  const open: Array<Expression> = []
  for (const term of terms) {
    const bound = asCondition(inner(term))
    if (bound._tag !== 'Constant')
      open.push(...(bound._tag === 'Logical' && bound.operator === operator ? bound.terms : [bound]))
    else if (isTruthy(bound.value) === deciding) return constant(deciding)
  }
  return open.length === 0 ? constant(!deciding) : { _tag: 'Logical', operator, terms: open }
}

/** In a condition only the truth counts: the one term that is left of an `&&` stands for itself. */
const asCondition = (node: Expression): Expression =>
  node._tag === 'Logical' && node.terms.length === 1 ? (node.terms[0] ?? node) : node

/** The form, with what it asks for the truth of only stripped likewise. */
const withConditions = (node: Expression): Expression => {
  if (node._tag === 'Unary' && node.operator === '!') return { ...node, operand: asCondition(node.operand) }
  if (!('iteration' in node)) return node
  const { where } = node.iteration
  const iteration = where === undefined ? node.iteration : { ...node.iteration, where: asCondition(where) }
  return node._tag === 'Quantifier'
    ? { ...node, predicate: asCondition(node.predicate), iteration }
    : { ...node, iteration }
}

/** The result, where all parts are constant and the form may be worked out. */
const fold = (node: Expression, { run }: Binding): Expression =>
  isFoldable(node, []) ? constant(interpret(node, run)) : node

/** Forms whose parts being constant makes them so. */
const foldable: ReadonlySet<Expression['_tag']> = new Set([
  'Member',
  'Index',
  'MethodCall',
  'Cast',
  'Unary',
  'Binary',
  'Logical',
  'Conditional',
  'ArrayLiteral',
  'SetLiteral',
  'ObjectLiteral',
  'Comprehension',
  'ObjectComprehension',
  'Quantifier',
  'With'
])

const isFoldable = (node: Expression, bound: ReadonlyArray<string>): boolean => {
  if (node._tag === 'Constant') return true
  if (node._tag === 'Name') return bound.includes(node.path[0])
  if (!foldable.has(node._tag)) return false
  let every = true
  mapChildren(node, (part, names) => {
    every = every && isFoldable(part, [...bound, ...names])
    return part
  })
  return every
}

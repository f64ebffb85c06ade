/** Normal forms: an expression as alternatives, or as conditions that all have to hold. For indexes over rules. */
import type * as E from 'fp-ts/lib/Either.js'
import type { Binary, Expression, Logical, Quantifier } from './Expression.ts'
import { binary, constant } from './Expression.ts'
import type { LimitExceeded } from './ExpressionFault.ts'
import type { ExpressionLimits } from './ExpressionLimits.ts'
import { withDefaultLimits } from './ExpressionLimits.ts'
import { printExpression } from './printExpression.ts'
import { attempt, limitExceeded, raiseFault } from './raise.ts'
import type { Value } from './values/Value.ts'
import { elementsOf, isArray, isSet } from './values/Value.ts'

/** One normal form: which operator ends up outside, and what else that operator comes through. */
interface Form {
  readonly outer: Logical['operator']
  readonly inner: Logical['operator']
  /** `p || q for any x of c` is `p for any x of c || q for any x of c`. */
  readonly quantifier: Quantifier['quantifier']
  readonly maxBranches: number
}

/**
 * The expression as alternatives: it is true exactly where one of them is. None at all means never.
 *
 * **When to use**: to file a rule under the keys it can match: one entry per alternative, see `rangesOf`. Bind it first
 * (`bindExpression`), so that constants are in sight.
 *
 * **Details**: `&&` is distributed over `||`, a name `in` a constant list becomes equalities, `for any` comes apart along `||`. Everything
 * else is left as it is: `!` is not pushed inwards, and `?:`, `like` and comparisons are atoms. Alternatives that are written
 * alike are one. Two alternatives may evaluate what the whole expression skips: a fault of one of them says nothing about the expression.
 *
 * **Errors**: `LimitExceeded` (maxBranches): the number of alternatives can grow exponentially.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { parseExpression, printExpression, toDisjunction } from 'on-demand-sync/change-events'
 *
 * const branches = pipe(parseExpression("(kind == 'a' || kind == 'b') && open"), E.flatMap(expression => toDisjunction(expression)))
 * const expected = ["kind == 'a' && open", "kind == 'b' && open"]
 * if (E.isLeft(branches) || branches.right.map(printExpression).join() !== expected.join()) throw new Error('unexpected')
 * ```
 */
export const toDisjunction = (
  expression: Expression,
  limits: Partial<ExpressionLimits> = {}
): E.Either<LimitExceeded, ReadonlyArray<Expression>> =>
  normalize(expression, {
    outer: '||',
    inner: '&&',
    quantifier: 'any',
    maxBranches: withDefaultLimits(limits).maxBranches
  })

/**
 * The expression as conditions that all have to hold: it is true exactly where each of them is. None at all means always.
 *
 * **When to use**: to check the cheapest condition of a rule first, or to look for one that an index can answer.
 *
 * **Details**: `||` is distributed over `&&`, and `for all` comes apart along `&&`; otherwise as {@link toDisjunction}.
 *
 * **Errors**: `LimitExceeded` (maxBranches).
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { pipe } from 'fp-ts/lib/function.js'
 * import { parseExpression, printExpression, toConjunction } from 'on-demand-sync/change-events'
 *
 * const clauses = pipe(parseExpression('a && (b || c && d)'), E.flatMap(expression => toConjunction(expression)))
 * if (E.isLeft(clauses) || clauses.right.map(printExpression).join() !== 'a,b || c,b || d') throw new Error('unexpected')
 * ```
 */
export const toConjunction = (
  expression: Expression,
  limits: Partial<ExpressionLimits> = {}
): E.Either<LimitExceeded, ReadonlyArray<Expression>> =>
  normalize(expression, {
    outer: '&&',
    inner: '||',
    quantifier: 'all',
    maxBranches: withDefaultLimits(limits).maxBranches
  })

const normalize = (expression: Expression, form: Form): E.Either<LimitExceeded, ReadonlyArray<Expression>> =>
  attempt(withDefaultLimits({}).maxDepth, () => branches(expression, form))

const branches = (node: Expression, form: Form): ReadonlyArray<Expression> => {
  if (node._tag === 'Logical') {
    const terms = node.terms.map(term => branches(term, form))
    return node.operator === form.outer ? distinct(terms.flat(), form, printExpression) : product(terms, form)
  }
  if (node._tag === 'Quantifier' && node.quantifier === form.quantifier)
    return branches(node.predicate, form).map(predicate => ({ ...node, predicate }))
  return (form.outer === '||' && node._tag === 'Binary' ? equalities(node, form) : undefined) ?? [node]
}

/** Terms that all branches of a normal form may have, all together: there may be many branches, or long ones. */
const maxTerms = ({ maxBranches }: Form): number => Math.max(10_000, 100 * maxBranches)

/** Each branch of one term with each of the others. */
const product = (terms: ReadonlyArray<ReadonlyArray<Expression>>, form: Form): ReadonlyArray<Expression> => {
  const partsOf = (part: Expression): ReadonlyArray<Expression> =>
    part._tag === 'Logical' && part.operator === form.inner ? part.terms : [part]
  let made: Array<Array<Expression>> = [[]]
  for (const alternatives of terms) {
    checkBranches(made.length * alternatives.length, form)
    const [only] = alternatives
    if (only !== undefined && alternatives.length === 1) for (const branch of made) branch.push(...partsOf(only))
    else
      made = distinct(
        made.flatMap(left => alternatives.map(right => [...left, ...partsOf(right)])),
        form,
        print
      )
    if (made.reduce((sum, { length }) => sum + length, 0) > maxTerms(form))
      raiseFault(limitExceeded('maxBranches', form.maxBranches))
  }
  return distinct(
    made.map(parts => joined(parts, form)),
    form,
    printExpression
  )
}

const joined = (parts: ReadonlyArray<Expression>, { inner }: Form): Expression => {
  const [only] = parts
  return only !== undefined && parts.length === 1 ? only : { _tag: 'Logical', operator: inner, terms: parts }
}

const checkBranches = (count: number, { maxBranches }: Form): void => {
  if (count > maxBranches) raiseFault(limitExceeded('maxBranches', maxBranches))
}

const print = (parts: ReadonlyArray<Expression>): string => parts.map(printExpression).join('\n')

const distinct = <A>(made: ReadonlyArray<A>, form: Form, textOf: (each: A) => string): Array<A> => {
  checkBranches(made.length, form)
  return [...new Map(made.map(each => [textOf(each), each])).values()]
}

/** `a in [1, 2]` as `a == 1`, `a == 2`. */
const equalities = ({ operator, left, right }: Binary, form: Form): ReadonlyArray<Expression> | undefined => {
  const elements = operator === 'in' && left._tag === 'Name' ? constantElements(right) : undefined
  if (elements === undefined) return undefined
  checkBranches(elements.length, form)
  return distinct(
    elements.map(element => binary('==', left, constant(element))),
    form,
    printExpression
  )
}

const constantElements = (node: Expression): ReadonlyArray<Value> | undefined => {
  if (node._tag === 'Constant') return isArray(node.value) || isSet(node.value) ? elementsOf(node.value) : undefined
  if (node._tag !== 'ArrayLiteral' && node._tag !== 'SetLiteral') return undefined
  const values = node.elements.flatMap(element => (element._tag === 'Constant' ? [element.value] : []))
  return values.length === node.elements.length ? values : undefined
}

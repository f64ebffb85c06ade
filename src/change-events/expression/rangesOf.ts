/** What a conjunction says about single fields: the keys that an index over rules needs. */
import * as E from 'fp-ts/lib/Either.js'
import type { ExpressionContext } from './evaluate/Run.ts'
import type { Binary, BinaryOperator, Expression } from './Expression.ts'
import { defaultExpressionLimits } from './ExpressionLimits.ts'
import { createMeter } from './Meter.ts'
import { memberOf } from './operators/access.ts'
import { numberOf } from './operators/convert.ts'
import { isEqual, isNumeric } from './operators/equality.ts'
import { compareValues } from './operators/order.ts'
import { attempt } from './raise.ts'
import type { Path } from './renameExpression.ts'
import { ownValue, readValue } from './values/readValue.ts'
import type { Value, ValueObject } from './values/Value.ts'
import { elementsOf, isArray, isDate, isInstant, isSet, kindOf } from './values/Value.ts'

/** One end of a range. */
export interface Bound {
  readonly value: Value
  /** Whether the value itself is within. */
  readonly inclusive: boolean
}

/** What has to hold of one field: a necessary condition, not the whole of it. */
export interface PathRange {
  readonly path: Path
  /** Where the condition is on some element of the collection at `path`: the members from the element on, none for the element itself. */
  readonly element?: ReadonlyArray<string>
  readonly lower?: Bound
  readonly upper?: Bound
}

/**
 * The ranges that a conjunction puts on fields: from `==`, `<`, `<=`, `>` and `>=` between a path and a constant, in either order, and from
 * the same within `for any` over a path. Several on one field are intersected.
 *
 * **When to use**: on the alternatives of `toDisjunction`, to find a field that a rule fixes: {@link fixedValue}. An event whose
 * field lies outside cannot make the alternative true; one within may or may not.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { fixedValue, parseExpression, rangesOf } from 'on-demand-sync/change-events'
 *
 * const parsed = parseExpression("5 < amount && amount <= 9 && owner.id == 'u1'")
 * if (E.isLeft(parsed)) throw new Error('not an expression')
 * const [amount, owner] = rangesOf(parsed.right)
 * if (amount?.lower?.value !== 5 || amount.lower.inclusive || amount.upper?.value !== 9) throw new Error('unexpected')
 * if (owner === undefined || fixedValue(owner) !== 'u1') throw new Error('unexpected')
 * ```
 */
export const rangesOf = (branch: Expression): ReadonlyArray<PathRange> => {
  const ranges = termsOf(branch).flatMap(rangesOfTerm)
  // Two `for any` over one collection may each be met by another element: their ranges stay apart.
  return [
    ...onePerPath(ranges.filter(({ element }) => element === undefined)),
    ...ranges.filter(({ element }) => element !== undefined)
  ]
}

const onePerPath = (ranges: ReadonlyArray<PathRange>): ReadonlyArray<PathRange> => {
  const found = new Map<string, PathRange>()
  for (const range of ranges) {
    const key = range.path.join('.')
    const before = found.get(key)
    found.set(key, before === undefined ? range : intersect(before, range))
  }
  return [...found.values()]
}

/** The one value that a range leaves; undefined where it leaves several, or none. */
export const fixedValue = ({ lower, upper }: PathRange): Value | undefined =>
  lower?.inclusive === true && upper?.inclusive === true && areEqual(lower.value, upper.value) ? lower.value : undefined

/**
 * A text that is the same for any two values that `==` takes for equal: a key for hash indexes. Values that are not equal may share one.
 *
 * @example
 * ```ts
 * import { indexKey, makeValue } from 'on-demand-sync/change-events'
 *
 * if (indexKey(1) !== indexKey(makeValue.float(1)) || indexKey(1) === indexKey('1')) throw new Error('unexpected')
 * ```
 */
export const indexKey = (source: unknown): string => {
  const value = readValue(source)
  if (typeof value === 'string') return JSON.stringify(value)
  if (isNumeric(value)) return `number ${numberOf(value)}`
  if (isDate(value)) return `date ${value.epochDay}`
  if (isInstant(value)) return `datetime ${value.epochMs}`
  if (isArray(value) || isSet(value)) return `collection of ${elementsOf(value).length}`
  return value === null || typeof value === 'boolean' ? String(value) : kindOf(value)
}

/** The value at a path of a context, as an expression would read it; undefined where the expression would have a fault. */
export const valueAtPath = (context: ExpressionContext, [first, ...rest]: Path): Value | undefined => {
  const read = attempt(defaultExpressionLimits.maxDepth, () => {
    const head = ownValue(context as ValueObject, first)
    return head === undefined ? undefined : rest.reduce(memberOf, head)
  })
  return E.isRight(read) ? read.right : undefined
}

const termsOf = (branch: Expression): ReadonlyArray<Expression> =>
  branch._tag === 'Logical' && (branch.operator === '&&' || branch.terms.length === 1)
    ? branch.terms.flatMap(termsOf)
    : [branch]

const rangesOfTerm = (term: Expression): ReadonlyArray<PathRange> => {
  if (term._tag === 'Binary') return rangesOfComparison(term)
  if (term._tag !== 'Quantifier' || term.quantifier !== 'any') return []
  const { names, collection } = term.iteration
  if (collection._tag !== 'Name') return []
  const variable = names[1] ?? names[0]
  const { path } = collection
  const ranges = termsOf(term.predicate)
    .flatMap(rangesOfTerm)
    .filter(range => range.element === undefined && range.path[0] === variable)
  return onePerPath(ranges).map(range => ({ ...range, path, element: range.path.slice(1) }))
}

/** The same comparison seen from the other side. */
const flipped: { readonly [operator: string]: BinaryOperator } = {
  '==': '==',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<='
}

const rangesOfComparison = ({ operator, left, right }: Binary): ReadonlyArray<PathRange> => {
  const turned = flipped[operator]
  if (turned === undefined) return []
  if (left._tag === 'Name' && right._tag === 'Constant') return rangeFrom(left.path, operator, right.value)
  return left._tag === 'Constant' && right._tag === 'Name' ? rangeFrom(right.path, turned, left.value) : []
}

const rangeFrom = (path: Path, operator: BinaryOperator, value: Value): ReadonlyArray<PathRange> => {
  const bound = { value, inclusive: operator.endsWith('=') }
  if (operator === '==') return [{ path, lower: bound, upper: bound }]
  return [operator.startsWith('<') ? { path, upper: bound } : { path, lower: bound }]
}

const intersect = (a: PathRange, b: PathRange): PathRange => {
  const lower = tighter(a.lower, b.lower, 1)
  const upper = tighter(a.upper, b.upper, -1)
  return { ...a, ...(lower === undefined ? {} : { lower }), ...(upper === undefined ? {} : { upper }) }
}

/** The bound that leaves less. Of two that have no order either is as necessary as the other. */
const tighter = (a: Bound | undefined, b: Bound | undefined, direction: 1 | -1): Bound | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  const order = attempt(defaultExpressionLimits.maxDepth, () => compareValues('<=>', a.value, b.value) * direction)
  if (E.isLeft(order)) return a
  if (order.right === 0) return a.inclusive ? b : a
  return order.right > 0 ? a : b
}

const areEqual = (a: Value, b: Value): boolean => {
  const equal = attempt(defaultExpressionLimits.maxDepth, () => isEqual(a, b, createMeter(defaultExpressionLimits)))
  return E.isRight(equal) && equal.right
}

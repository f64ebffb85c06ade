/** Laws of the expression language, over random trees and contexts. `EXPRESSION_RUNS` raises the number of cases. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import type { Expression, ExpressionContext, ExpressionFault, Value } from 'on-demand-sync/change-events'
import {
  bindExpression,
  compileExpression,
  defaultExpressionLimits,
  fixedValue,
  freePaths,
  indexKey,
  interpretExpression,
  parseExpression,
  printExpression,
  rangesOf,
  renameExpression,
  toConjunction,
  toDisjunction,
  valueAtPath
} from 'on-demand-sync/change-events'
import { describe, expect, it, vi } from 'vitest'
import { createMeter } from '../../../src/change-events/expression/Meter.ts'
import { identityOf, isEqual } from '../../../src/change-events/expression/operators/equality.ts'
import { attempt } from '../../../src/change-events/expression/raise.ts'
import { context, expression, value } from '../../arbitrary/expression.ts'

const numRuns = Number(process.env['EXPRESSION_RUNS'] ?? 1_500)
vi.setConfig({ testTimeout: 20_000 + 10 * numRuns })

/** A value or a fault as one text; undefined where a limit was met, which may come sooner one way than the other. */
const show = (result: E.Either<ExpressionFault, Value>): string | undefined => {
  if (E.isLeft(result)) return result.left._tag === 'EvaluationFault' ? `fault ${result.left.kind}` : undefined
  // A lambda has no identity: two evaluations make two.
  const identity = attempt(200, () => identityOf(result.right, createMeter(defaultExpressionLimits)))
  return E.isRight(identity) ? identity.right : 'holds a lambda'
}

const same = (a: E.Either<ExpressionFault, Value>, b: E.Either<ExpressionFault, Value>): void => {
  const [x, y] = [show(a), show(b)]
  if (x !== undefined && y !== undefined) expect(y).toBe(x)
}

const truthOf = (tree: Expression, values: ExpressionContext): boolean | undefined => {
  const found = compileExpression(tree).matches(values)
  return E.isRight(found) ? found.right : undefined
}

describe('an expression', () => {
  it('means the same printed and parsed again', () => {
    fc.assert(
      fc.property(expression, context, (tree, values) => {
        const text = printExpression(tree)
        const again = parseExpression(text)
        if (E.isLeft(again)) throw new Error(`${text}: ${JSON.stringify(again.left)}`)
        same(interpretExpression(tree, values), interpretExpression(again.right, values))
      }),
      { numRuns }
    )
  })

  it('is printed alike once it was parsed', () => {
    fc.assert(
      fc.property(expression, tree => {
        const once = parseExpression(printExpression(tree))
        if (E.isLeft(once)) throw new Error(JSON.stringify(once.left))
        const text = printExpression(once.right)
        const twice = parseExpression(text)
        expect(E.isRight(twice) && printExpression(twice.right)).toBe(text)
      }),
      { numRuns }
    )
  })

  it('gives the same compiled and interpreted, value or fault', () => {
    fc.assert(
      fc.property(expression, context, (tree, values) => {
        same(interpretExpression(tree, values), compileExpression(tree).evaluate(values))
      }),
      { numRuns }
    )
  })

  it('gives the same bound to some of its values first, where it can be bound', () => {
    fc.assert(
      fc.property(expression, context, fc.subarray(['a', 'n', 'list', 'object', 'x']), (tree, values, known) => {
        const early = Object.fromEntries(Object.entries(values).filter(([name]) => known.includes(name)))
        const bound = bindExpression(tree, early, { use: 'value' })
        const plain = interpretExpression(tree, values)
        // `x || true` is bound to true, whatever x would have been: only values are kept, not faults.
        if (E.isRight(bound) && E.isRight(plain)) same(plain, interpretExpression(bound.right, values))
        const filter = bindExpression(tree, early)
        if (E.isRight(filter)) {
          const [whole, rest] = [truthOf(tree, values), truthOf(filter.right, values)]
          if (whole !== undefined) expect(rest).toBe(whole)
        }
      }),
      { numRuns }
    )
  })

  it('reads the same under new names', () => {
    fc.assert(
      fc.property(expression, context, (tree, values) => {
        const renamed = renameExpression(tree, path => ['this', ...path])
        const plain = interpretExpression(tree, values)
        const prefixed = interpretExpression(renamed, { this: values })
        // A key that an object lacks is null; a name that a context lacks is a fault.
        const lacks = freePaths(tree).some(([first]) => !Object.hasOwn(values, first))
        // A call by name means a function, or a field that is no function: never something prefixed.
        const calls = JSON.stringify(tree, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part))
        if (!lacks && !calls.includes('"Call"')) same(plain, prefixed)
      }),
      { numRuns }
    )
  })
})

describe('normal forms', () => {
  it('say what the expression says', () => {
    fc.assert(
      fc.property(expression, context, (tree, values) => {
        const whole = truthOf(tree, values)
        for (const [form, combine] of [
          [toDisjunction(tree), 'some'],
          [toConjunction(tree), 'every']
        ] as const) {
          if (E.isLeft(form) || whole === undefined) continue
          const truths = form.right.map(branch => truthOf(branch, values))
          // A branch may fault over what the whole expression skips: then the others have to say it, or nothing is known.
          if (!truths.includes(undefined)) expect(truths[combine](truth => truth === true)).toBe(whole)
          else if (combine === 'some' && whole) expect(truths).toContainEqual(expect.toSatisfy(t => t !== false))
        }
      }),
      { numRuns }
    )
  })

  it('leave fields within their ranges wherever a branch is true', () => {
    const comparison = fc
      .tuple(fc.constantFrom('n', 'a', 'text'), fc.constantFrom('==', '<', '<=', '>', '>='), value, fc.boolean())
      .map(([name, operator, right, turned]): Expression => {
        const [field, fixed]: [Expression, Expression] = [
          { _tag: 'Name', path: [name] },
          { _tag: 'Constant', value: right }
        ]
        const sides = turned ? { left: fixed, right: field } : { left: field, right: fixed }
        return { _tag: 'Binary', operator: operator as '==', ...sides }
      })
    const conjunction = fc
      .array(comparison, { minLength: 1, maxLength: 3 })
      .map((terms): Expression => ({ _tag: 'Logical', operator: '&&', terms }))
    fc.assert(
      fc.property(conjunction, context, (branch, values) => {
        if (truthOf(branch, values) !== true) return
        for (const range of rangesOf(branch)) {
          const fixed = fixedValue(range)
          if (fixed !== undefined) expect(indexKey(valueAtPath(values, range.path))).toBe(indexKey(fixed))
          for (const [bound, strict, loose] of [
            [range.lower, '>', '>='],
            [range.upper, '<', '<=']
          ] as const) {
            if (bound === undefined) continue
            const operator = range.lower === range.upper ? '==' : bound.inclusive ? loose : strict
            const within: Expression = {
              _tag: 'Binary',
              operator,
              left: { _tag: 'Name', path: range.path },
              right: { _tag: 'Constant', value: bound.value }
            }
            expect(truthOf(within, values)).toBe(true)
          }
        }
      }),
      { numRuns }
    )
  })

  it('file equal values under one key', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        if (isEqual(a, b, createMeter(defaultExpressionLimits))) expect(indexKey(a)).toBe(indexKey(b))
      }),
      { numRuns }
    )
  })
})

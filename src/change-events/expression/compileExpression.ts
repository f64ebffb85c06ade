/** Compiles a syntax tree to closures: for expressions that are evaluated again and again. No code is generated. */
import * as E from 'fp-ts/lib/Either.js'
import type { Binders, Code, Compiler, Frame, Test } from './compile/Code.ts'
import { compileComprehension, compileObjectComprehension, compileQuantifier } from './compile/compileLoop.ts'
import { compileLocal, compileName } from './compile/compileName.ts'
import { compileBinary } from './compile/compileOperator.ts'
import { callByName, callMethod, callValue } from './evaluate/calls.ts'
import { objectOf } from './evaluate/loops.ts'
import type { ExpressionContext, Run } from './evaluate/Run.ts'
import { createRun } from './evaluate/Run.ts'
import type { Call, Case, Expression, Logical, Unary } from './Expression.ts'
import type { EvaluationFault, LimitExceeded } from './ExpressionFault.ts'
import type { ExpressionLimits } from './ExpressionLimits.ts'
import { withDefaultLimits } from './ExpressionLimits.ts'
import { isDeeperThan } from './isDeeperThan.ts'
import { createMeter } from './Meter.ts'
import { indexOf, memberOf } from './operators/access.ts'
import { invert, negate } from './operators/arithmetic.ts'
import { castTo } from './operators/convert.ts'
import { isEqual } from './operators/equality.ts'
import { setOf } from './operators/setOf.ts'
import { isTruthy } from './operators/truth.ts'
import { attempt, limitExceeded, raise } from './raise.ts'
import type { Value } from './values/Value.ts'
import { closure } from './values/Value.ts'

/** An expression ready to be evaluated. It keeps no state: evaluations do not know of each other. */
export interface CompiledExpression {
  /** The value for this context. */
  readonly evaluate: (context: ExpressionContext) => E.Either<EvaluationFault | LimitExceeded, Value>
  /** Whether the value for this context counts as true. */
  readonly matches: (context: ExpressionContext) => E.Either<EvaluationFault | LimitExceeded, boolean>
}

/**
 * Compiles an expression.
 *
 * **Details**: the context is read in place, own properties only, and never changed. Every evaluation starts with fresh limits.
 *
 * **Errors** of the compiled expression: `EvaluationFault`; `LimitExceeded` (maxDepth, maxSteps, maxProducedSize). Nothing throws.
 *
 * @example
 * ```ts
 * import * as E from 'fp-ts/lib/Either.js'
 * import { compileExpression, parseExpression } from 'on-demand-sync/change-events'
 *
 * const parsed = parseExpression("status == 'NEW' && 'vip' in tags")
 * if (E.isLeft(parsed)) throw new Error('not an expression')
 * const { matches } = compileExpression(parsed.right)
 * const found = matches({ status: 'NEW', tags: ['vip'] })
 * if (E.isLeft(found) || !found.right) throw new Error('unexpected')
 * ```
 */
export const compileExpression = (
  expression: Expression,
  limits: Partial<ExpressionLimits> = {}
): CompiledExpression => {
  const all = withDefaultLimits(limits)
  if (isDeeperThan(expression, all.maxDepth)) {
    const tooDeep = E.left(limitExceeded('maxDepth', all.maxDepth))
    return { evaluate: () => tooDeep, matches: () => tooDeep }
  }
  const code = compile(expression, [])
  const evaluate = (context: ExpressionContext): Value => code(createRun(context, createMeter(all)), undefined)
  return {
    evaluate: context => attempt(all.maxDepth, () => evaluate(context)),
    matches: context => attempt(all.maxDepth, () => isTruthy(evaluate(context)))
  }
}

/** The code of a node: what the node does, and the step it costs. */
const compile = (node: Expression, binders: Binders): Code => {
  if (node._tag === 'Name') return compileName(node, binders)
  const code = compileNode(node, binders)
  return (run, frame) => {
    run.meter.spend(1)
    return code(run, frame)
  }
}

const compileTest = (node: Expression, binders: Binders): Test => {
  const code = compile(node, binders)
  return (run, frame) => {
    const value = code(run, frame)
    return typeof value === 'boolean' ? value : isTruthy(value)
  }
}

const compiler: Compiler = { code: compile, test: compileTest }

const compileAll = (
  nodes: ReadonlyArray<Expression>,
  binders: Binders
): ((run: Run, frame: Frame | undefined) => Array<Value>) => {
  const codes = nodes.map(node => compile(node, binders))
  return (run, frame) => codes.map(code => code(run, frame))
}

const compileNode = (node: Exclude<Expression, { readonly _tag: 'Name' }>, binders: Binders): Code => {
  const code = (part: Expression): Code => compile(part, binders)
  switch (node._tag) {
    case 'Constant':
      return () => node.value
    case 'Member': {
      const target = code(node.target)
      return (run, frame) => memberOf(target(run, frame), node.name)
    }
    case 'Index': {
      const [target, index] = [code(node.target), code(node.index)]
      return (run, frame) => indexOf(target(run, frame), index(run, frame), run.meter)
    }
    case 'MethodCall': {
      const target = code(node.target)
      const args = compileAll(node.args, binders)
      return (run, frame) => callMethod(target(run, frame), node.method, args(run, frame), run)
    }
    case 'Call':
      return compileCall(node, binders)
    case 'Cast': {
      const operand = code(node.operand)
      return (run, frame) => castTo(node.type, operand(run, frame), run.meter)
    }
    case 'Unary':
      return compileUnary(node, binders)
    case 'Binary':
      return compileBinary(compiler, node, binders)
    case 'Logical':
      return compileLogical(node, binders)
    case 'Conditional': {
      const [then, otherwise] = [code(node.then), code(node.otherwise)]
      const test = compileTest(node.test, binders)
      return (run, frame) => (test(run, frame) ? then(run, frame) : otherwise(run, frame))
    }
    case 'ArrayLiteral': {
      const elements = compileAll(node.elements, binders)
      return (run, frame) => {
        run.meter.produce(node.elements.length)
        return elements(run, frame)
      }
    }
    case 'SetLiteral': {
      const elements = compileAll(node.elements, binders)
      return (run, frame) => setOf(elements(run, frame), run.meter)
    }
    case 'ObjectLiteral': {
      const entries = node.entries.map(({ key, value }) => [code(key), code(value)] as const)
      return (run, frame) =>
        objectOf(
          entries.map(([key, value]) => [key(run, frame), value(run, frame)] as const),
          run.meter
        )
    }
    case 'Comprehension':
      return compileComprehension(compiler, node, binders)
    case 'ObjectComprehension':
      return compileObjectComprehension(compiler, node, binders)
    case 'Quantifier':
      return compileQuantifier(compiler, node, binders)
    case 'Lambda': {
      const body = compile(node.body, [{ names: node.parameters, partial: true }, ...binders])
      return (run, frame) => closure(args => run.enter(() => body(run, { values: args, outer: frame })))
    }
    case 'With': {
      const values = compileAll(
        node.bindings.map(({ value }) => value),
        binders
      )
      const names = node.bindings.map(({ name }) => name)
      const body = compile(node.body, [{ names, partial: false }, ...binders])
      return (run, frame) => body(run, { values: values(run, frame), outer: frame })
    }
    case 'Case':
      return compileCase(node, binders)
    case 'Aggregate':
      return () => raise('unsupported', `${node.function} has no rows to work on`)
    case 'Select':
      return () => raise('unsupported', 'select cannot be evaluated')
  }
}

const compileUnary = ({ operator, operand }: Unary, binders: Binders): Code => {
  if (operator === '!') {
    const test = compileTest(operand, binders)
    return (run, frame) => !test(run, frame)
  }
  const code = compile(operand, binders)
  return operator === '-' ? (run, frame) => negate(code(run, frame)) : (run, frame) => invert(code(run, frame))
}

const compileLogical = ({ operator, terms }: Logical, binders: Binders): Code => {
  const tests = terms.map(term => compileTest(term, binders))
  return operator === '&&'
    ? (run, frame) => tests.every(test => test(run, frame))
    : (run, frame) => tests.some(test => test(run, frame))
}

const compileCall = ({ callee, args }: Call, binders: Binders): Code => {
  const values = compileAll(args, binders)
  if (callee._tag === 'Name' && callee.path.length === 1) {
    const [name] = callee.path
    const local = compileLocal(name, binders)
    return (run, frame) => callByName(name, local(frame), values(run, frame), run)
  }
  const called = compile(callee, binders)
  return (run, frame) => callValue(called(run, frame), values(run, frame))
}

const compileCase = ({ subject, branches, otherwise }: Case, binders: Binders): Code => {
  const compared = subject === undefined ? undefined : compile(subject, binders)
  const tests = branches.map(({ when, then }) => ({ when: compile(when, binders), then: compile(then, binders) }))
  const last = otherwise === undefined ? undefined : compile(otherwise, binders)
  return (run, frame) => {
    const value = compared?.(run, frame)
    const chosen = tests.find(({ when }) => {
      const tested = when(run, frame)
      return value === undefined ? isTruthy(tested) : isEqual(value, tested, run.meter)
    })
    const result = chosen?.then ?? last
    return result === undefined ? null : result(run, frame)
  }
}

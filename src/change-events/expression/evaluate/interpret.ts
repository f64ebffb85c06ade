/**
 * Evaluates a syntax tree as it stands, node by node. It is short on purpose: the compiled form is checked against it, and binding folds
 * constants with it.
 */
import type { Call, Case, Expression, Iteration, Name } from '../Expression.ts'
import { indexOf, memberOf } from '../operators/access.ts'
import { applyBinary } from '../operators/applyBinary.ts'
import { invert, negate } from '../operators/arithmetic.ts'
import { castTo } from '../operators/convert.ts'
import { isEqual } from '../operators/equality.ts'
import { setOf } from '../operators/setOf.ts'
import { isTruthy } from '../operators/truth.ts'
import { raise } from '../raise.ts'
import type { Value } from '../values/Value.ts'
import { closure } from '../values/Value.ts'
import { callByName, callMethod, callValue } from './calls.ts'
import { objectOf, visitElements } from './loops.ts'
import type { Run } from './Run.ts'
import { contextValue } from './Run.ts'

/** Variables of loops, lambdas and bindings. A lambda called with too few arguments leaves its last parameters to the outer scope. */
interface Scope {
  readonly names: ReadonlyArray<string>
  readonly values: ReadonlyArray<Value>
  readonly outer: Scope | undefined
}

const lookUp = (name: string, scope: Scope | undefined): Value | undefined => {
  for (let at = scope; at !== undefined; at = at.outer) {
    const index = at.names.slice(0, at.values.length).lastIndexOf(name)
    if (index !== -1) return at.values[index]
  }
  return undefined
}

/** The value of a node. Raises; the tree must not be deeper than allowed. */
export const interpret = (node: Expression, run: Run, scope?: Scope): Value => {
  const { meter } = run
  meter.spend(1)
  const value = (part: Expression): Value => interpret(part, run, scope)
  const isTrue = (part: Expression): boolean => isTruthy(value(part))
  switch (node._tag) {
    case 'Constant':
      return node.value
    case 'Name':
      return nameValue(node, run, scope)
    case 'Member':
      return memberOf(value(node.target), node.name)
    case 'Index':
      return indexOf(value(node.target), value(node.index), meter)
    case 'MethodCall':
      return callMethod(value(node.target), node.method, node.args.map(value), run)
    case 'Call':
      return interpretCall(node, run, scope)
    case 'Cast':
      return castTo(node.type, value(node.operand), meter)
    case 'Unary':
      if (node.operator === '!') return !isTrue(node.operand)
      return node.operator === '-' ? negate(value(node.operand)) : invert(value(node.operand))
    case 'Binary':
      if (node.operator === '??') return value(node.left) ?? value(node.right)
      return applyBinary(node.operator, value(node.left), value(node.right), meter)
    case 'Logical':
      return node.operator === '&&' ? node.terms.every(isTrue) : node.terms.some(isTrue)
    case 'Conditional':
      return value(isTrue(node.test) ? node.then : node.otherwise)
    case 'ArrayLiteral':
      meter.produce(node.elements.length)
      return node.elements.map(value)
    case 'SetLiteral':
      return setOf(node.elements.map(value), meter)
    case 'ObjectLiteral':
      return objectOf(
        node.entries.map(entry => [value(entry.key), value(entry.value)] as const),
        meter
      )
    case 'Comprehension': {
      const elements = collect(node.iteration, run, scope, inner => interpret(node.element, run, inner))
      meter.produce(elements.length)
      return node.result === 'array' ? elements : setOf(elements, meter)
    }
    case 'ObjectComprehension':
      return objectOf(
        collect(
          node.iteration,
          run,
          scope,
          inner => [interpret(node.key, run, inner), interpret(node.value, run, inner)] as const
        ),
        meter
      )
    case 'Quantifier': {
      const wanted = node.quantifier === 'any'
      const found = iterate(
        node.iteration,
        run,
        scope,
        inner => isTruthy(interpret(node.predicate, run, inner)) === wanted
      )
      return found === wanted
    }
    case 'Lambda':
      return closure(args =>
        run.enter(() => interpret(node.body, run, { names: node.parameters, values: args, outer: scope }))
      )
    case 'With': {
      const names = node.bindings.map(({ name }) => name)
      const values = node.bindings.map(binding => value(binding.value))
      return interpret(node.body, run, { names, values, outer: scope })
    }
    case 'Case':
      return interpretCase(node, run, scope)
    case 'Aggregate':
      return raise('unsupported', `${node.function} has no rows to work on`)
    case 'Select':
      return raise('unsupported', 'select cannot be evaluated')
  }
}

const nameValue = ({ path: [first, ...rest] }: Name, { context }: Run, scope: Scope | undefined): Value => {
  const local = lookUp(first, scope)
  return rest.reduce(memberOf, local === undefined ? contextValue(context, first) : local)
}

const interpretCall = ({ callee, args }: Call, run: Run, scope: Scope | undefined): Value => {
  if (callee._tag === 'Name' && callee.path.length === 1) {
    const values = args.map(arg => interpret(arg, run, scope))
    return callByName(callee.path[0], lookUp(callee.path[0], scope), values, run)
  }
  const called = interpret(callee, run, scope)
  return callValue(
    called,
    args.map(arg => interpret(arg, run, scope))
  )
}

const interpretCase = ({ subject, branches, otherwise }: Case, run: Run, scope: Scope | undefined): Value => {
  const compared = subject === undefined ? undefined : interpret(subject, run, scope)
  const chosen = branches.find(({ when }) => {
    const tested = interpret(when, run, scope)
    return compared === undefined ? isTruthy(tested) : isEqual(compared, tested, run.meter)
  })
  const result = chosen?.then ?? otherwise
  return result === undefined ? null : interpret(result, run, scope)
}

/** Visits the elements that the loop's condition holds for, until `visit` returns true; tells whether it did. */
const iterate = (
  { names, collection, where }: Iteration,
  run: Run,
  scope: Scope | undefined,
  visit: (scope: Scope) => boolean
): boolean =>
  visitElements(interpret(collection, run, scope), names.length, run.meter, values => {
    const inner = { names, values, outer: scope }
    return (where === undefined || isTruthy(interpret(where, run, inner))) && visit(inner)
  })

const collect = <A>(iteration: Iteration, run: Run, scope: Scope | undefined, make: (scope: Scope) => A): Array<A> => {
  const made: Array<A> = []
  iterate(iteration, run, scope, inner => {
    made.push(make(inner))
    return false
  })
  return made
}

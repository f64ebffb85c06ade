/** Loops: comprehensions and quantifiers. */
import type { Comprehension, Iteration, ObjectComprehension, Quantifier } from '../Expression.ts'
import { objectOf, visitElements } from '../evaluate/loops.ts'
import type { Run } from '../evaluate/Run.ts'
import { setOf } from '../operators/setOf.ts'
import type { Binders, Code, Compiler, Frame } from './Code.ts'

/** Visits the elements that the loop's condition holds for, until `visit` returns true; tells whether it did. */
type Loop = (run: Run, frame: Frame | undefined, visit: (frame: Frame) => boolean) => boolean

const compileIteration = ({ code, test }: Compiler, iteration: Iteration, binders: Binders, inside: Binders): Loop => {
  const { names, collection, where } = iteration
  const compiledCollection = code(collection, binders)
  const condition = where === undefined ? undefined : test(where, inside)
  return (run, frame, visit) =>
    visitElements(compiledCollection(run, frame), names.length, run.meter, values => {
      const inner: Frame = { values, outer: frame }
      return (condition === undefined || condition(run, inner)) && visit(inner)
    })
}

const insideOf = ({ names }: Iteration, binders: Binders): Binders => [{ names, partial: false }, ...binders]

const collect = <A>(loop: Loop, run: Run, frame: Frame | undefined, make: (frame: Frame) => A): Array<A> => {
  const made: Array<A> = []
  loop(run, frame, inner => {
    made.push(make(inner))
    return false
  })
  return made
}

export const compileComprehension = (compiler: Compiler, node: Comprehension, binders: Binders): Code => {
  const inside = insideOf(node.iteration, binders)
  const loop = compileIteration(compiler, node.iteration, binders, inside)
  const element = compiler.code(node.element, inside)
  return (run, frame) => {
    const elements = collect(loop, run, frame, inner => element(run, inner))
    run.meter.produce(elements.length)
    return node.result === 'array' ? elements : setOf(elements, run.meter)
  }
}

export const compileObjectComprehension = (compiler: Compiler, node: ObjectComprehension, binders: Binders): Code => {
  const inside = insideOf(node.iteration, binders)
  const loop = compileIteration(compiler, node.iteration, binders, inside)
  const key = compiler.code(node.key, inside)
  const value = compiler.code(node.value, inside)
  return (run, frame) =>
    objectOf(
      collect(loop, run, frame, inner => [key(run, inner), value(run, inner)] as const),
      run.meter
    )
}

export const compileQuantifier = (compiler: Compiler, node: Quantifier, binders: Binders): Code => {
  const inside = insideOf(node.iteration, binders)
  const loop = compileIteration(compiler, node.iteration, binders, inside)
  const predicate = compiler.test(node.predicate, inside)
  // `all` is: none that fails.
  const wanted = node.quantifier === 'any'
  return (run, frame) => loop(run, frame, inner => predicate(run, inner) === wanted) === wanted
}

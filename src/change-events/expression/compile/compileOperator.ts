/** Operators, with what their constant sides allow to be prepared. */
import type { Binary, Expression } from '../Expression.ts'
import { stepsFor } from '../Meter.ts'
import { applyBinary } from '../operators/applyBinary.ts'
import { isEqual } from '../operators/equality.ts'
import { readLikePattern } from '../operators/LikePattern.ts'
import { textOf } from '../operators/text.ts'
import type { Value } from '../values/Value.ts'
import { isArray } from '../values/Value.ts'
import type { Binders, Code, Compiler } from './Code.ts'

export const compileBinary = (compiler: Compiler, node: Binary, binders: Binders): Code => {
  const { operator } = node
  const left = compiler.code(node.left, binders)
  const right = compiler.code(node.right, binders)
  if (operator === '??') return (run, frame) => left(run, frame) ?? right(run, frame)
  if (operator === 'in') return compileIn(left, right, constantTexts(node.right))
  if (operator === 'like' || operator === 'ilike') return compileLike(operator, left, right, node.right)
  // The most frequent one is spared the choice.
  if (operator === '==') return (run, frame) => isEqual(left(run, frame), right(run, frame), run.meter)
  return (run, frame) => applyBinary(operator, left(run, frame), right(run, frame), run.meter)
}

/** The elements of a constant list, where all are texts: a text equals nothing else. */
const constantTexts = (node: Expression): ReadonlySet<Value> | undefined => {
  const elements: ReadonlyArray<Value | undefined> =
    node._tag === 'Constant' && isArray(node.value)
      ? node.value
      : node._tag === 'ArrayLiteral'
        ? node.elements.map(element => (element._tag === 'Constant' ? element.value : undefined))
        : [undefined]
  const texts = elements.filter(element => typeof element === 'string')
  return texts.length === elements.length ? new Set(texts) : undefined
}

const compileIn = (left: Code, right: Code, texts: ReadonlySet<Value> | undefined): Code => {
  if (texts === undefined) return (run, frame) => applyBinary('in', left(run, frame), right(run, frame), run.meter)
  return (run, frame) => {
    run.meter.spend(1)
    return texts.has(left(run, frame))
  }
}

/** A constant pattern is read once. */
const compileLike = (operator: 'like' | 'ilike', left: Code, right: Code, pattern: Expression): Code => {
  if (pattern._tag !== 'Constant' || typeof pattern.value !== 'string')
    return (run, frame) => applyBinary(operator, left(run, frame), right(run, frame), run.meter)
  const source = pattern.value
  const read = readLikePattern(source, operator === 'ilike')
  return (run, frame) => {
    const text = textOf(left(run, frame), run.meter)
    run.meter.spend(1 + stepsFor(source.length))
    return read.matches(text, run.meter)
  }
}

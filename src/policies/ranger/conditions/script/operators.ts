/** Operators of scripts. Where JavaScript would guess (a missing number is 0, `'a' < 1` is false), nothing is decided. */
import { and, not, truthOf } from '../Truth.ts'
import type { BinaryOperator, UnaryOperator } from './Script.ts'
import type { ScriptValue } from './ScriptValue.ts'
import { isList, isMap, textOfValue, truthOfValue, unknown, valueOfTruth } from './ScriptValue.ts'

const numeric = /^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/

const toNumber = (value: ScriptValue): number | undefined => {
  if (typeof value === 'number') return value
  return typeof value === 'string' && numeric.test(value) ? Number(value) : undefined
}

const isNothing = (value: ScriptValue): value is null | undefined => value === null || value === undefined

const equals = (left: ScriptValue, right: ScriptValue): ScriptValue => {
  if (left === unknown || right === unknown) return unknown
  if (isNothing(left) || isNothing(right)) return isNothing(left) && isNothing(right)
  if (isList(left) || isList(right) || isMap(left) || isMap(right)) return unknown
  if (typeof left === typeof right) return left === right
  const [a, b] = [toNumber(left), toNumber(right)]
  return a === undefined || b === undefined ? unknown : a === b
}

const strictlyEquals = (left: ScriptValue, right: ScriptValue): ScriptValue =>
  left !== unknown && right !== unknown && typeof left !== typeof right ? false : equals(left, right)

const compare = (left: ScriptValue, right: ScriptValue, holds: (order: number) => boolean): ScriptValue => {
  const [a, b] = [toNumber(left), toNumber(right)]
  if (a !== undefined && b !== undefined) return holds(Math.sign(a - b))
  if (typeof left !== 'string' || typeof right !== 'string') return unknown
  return holds(left < right ? -1 : left > right ? 1 : 0)
}

const add = (left: ScriptValue, right: ScriptValue): ScriptValue => {
  if (typeof left === 'number' && typeof right === 'number') return left + right
  if (typeof left !== 'string' && typeof right !== 'string') return unknown
  const [a, b] = [textOfValue(left), textOfValue(right)]
  return a === undefined || b === undefined ? unknown : a + b
}

const subtract = (left: ScriptValue, right: ScriptValue): ScriptValue => {
  const [a, b] = [toNumber(left), toNumber(right)]
  return a === undefined || b === undefined ? unknown : a - b
}

const negate = (value: ScriptValue): ScriptValue => valueOfTruth(not(truthOfValue(value)))

/** One operator on two values. */
export const binary: {
  readonly [Operator in BinaryOperator]: (left: ScriptValue, right: ScriptValue) => ScriptValue
} = {
  '==': equals,
  '!=': (left, right) => negate(equals(left, right)),
  '===': strictlyEquals,
  '!==': (left, right) => negate(strictlyEquals(left, right)),
  '<': (left, right) => compare(left, right, order => order < 0),
  '<=': (left, right) => compare(left, right, order => order <= 0),
  '>': (left, right) => compare(left, right, order => order > 0),
  '>=': (left, right) => compare(left, right, order => order >= 0),
  '+': add,
  '-': subtract
}

/** One operator on one value. */
export const unary: { readonly [Operator in UnaryOperator]: (value: ScriptValue) => ScriptValue } = {
  '!': negate,
  '-': value => {
    const number = toNumber(value)
    return number === undefined ? unknown : -number
  }
}

/** `&&` and `||` give one of their values back; where the first can't be told, the second may still settle it. */
export const logical = (operator: '&&' | '||', left: ScriptValue, right: () => ScriptValue): ScriptValue => {
  const truth = truthOfValue(left)
  if (truth !== 'unknown') return (truth === 'yes') === (operator === '&&') ? right() : left
  const other = truthOfValue(right())
  return valueOfTruth(operator === '&&' ? and(truth, other) : not(and(not(truth), not(other))))
}

/** Whether a list or a text has a value in it. */
export const includes = (container: ScriptValue, sought: ScriptValue): ScriptValue => {
  if (container === unknown || sought === unknown) return unknown
  if (typeof container === 'string') return typeof sought === 'string' ? container.includes(sought) : unknown
  if (!isList(container)) return unknown
  const found = container.map(item => truthOfValue(equals(item, sought)))
  return found.includes('yes') ? true : valueOfTruth(found.includes('unknown') ? 'unknown' : truthOf(false))
}

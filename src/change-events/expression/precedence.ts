/** Which operator binds tighter: one table for the parser and the printer. Higher is tighter. */
import type { BinaryOperator } from './Expression.ts'

/** Levels that are no binary operator's. */
export const level = {
  /** Anything that runs on to the right: lambda, `with`, `select`. */
  open: 0,
  quantifier: 1,
  conditional: 2,
  /** Above everything that runs on: where something follows that could be taken for a part of it. */
  closed: 3,
  or: 4,
  and: 5,
  isNull: 11,
  unary: 19,
  postfix: 20,
  primary: 21
} as const

interface BinaryLevel {
  readonly level: number
  readonly rightAssociative?: true
}

export const binaryLevels: { readonly [O in BinaryOperator]: BinaryLevel } = {
  '??': { level: 3, rightAssociative: true },
  like: { level: 6 },
  ilike: { level: 6 },
  in: { level: 7 },
  '|': { level: 8 },
  '^': { level: 9 },
  '&': { level: 10 },
  '==': { level: 12 },
  '!=': { level: 12 },
  '>=': { level: 13 },
  '<=': { level: 13 },
  '>': { level: 13 },
  '<': { level: 13 },
  '<=>': { level: 14 },
  '<<': { level: 15 },
  '>>': { level: 15 },
  '+': { level: 16 },
  '-': { level: 16 },
  '*': { level: 17 },
  '/': { level: 17 },
  '%': { level: 17 },
  '**': { level: 18, rightAssociative: true }
}

/** Spellings that mean another operator. */
export const spellings: ReadonlyMap<string, BinaryOperator> = new Map<string, BinaryOperator>([
  ...(Object.keys(binaryLevels) as ReadonlyArray<BinaryOperator>).map(operator => [operator, operator] as const),
  ['=', '=='],
  ['xor', '^']
])

/**
 * The syntax tree of an expression: plain data, a closed tagged union. A tree may be stored, compared and built by hand; what the
 * parser cannot produce (a constant array, say) has a text all the same: `printExpression`.
 */
import type { Value } from './values/Value.ts'

/** A literal, or a value that binding put in place of a subtree. */
export interface Constant {
  readonly _tag: 'Constant'
  readonly value: Value
}

/** `a` or `a.b.c`: a name of the context, a loop or a lambda, and members from there. */
export interface Name {
  readonly _tag: 'Name'
  readonly path: readonly [string, ...ReadonlyArray<string>]
}

/** `target.name`, where the target is no {@link Name}. */
export interface Member {
  readonly _tag: 'Member'
  readonly target: Expression
  readonly name: string
}

/** `target[index]`. */
export interface Index {
  readonly _tag: 'Index'
  readonly target: Expression
  readonly index: Expression
}

/** `target.method(…)`. Method names ignore case. */
export interface MethodCall {
  readonly _tag: 'MethodCall'
  readonly target: Expression
  readonly method: string
  readonly args: ReadonlyArray<Expression>
}

/** `callee(…)`: a lambda, or a function where the callee is a name of one part. Function names ignore case. */
export interface Call {
  readonly _tag: 'Call'
  readonly callee: Expression
  readonly args: ReadonlyArray<Expression>
}

/** `cast(operand as type)`. */
export interface Cast {
  readonly _tag: 'Cast'
  readonly operand: Expression
  readonly type: string
}

/** `-x`, `!x`, `~x`. */
export interface Unary {
  readonly _tag: 'Unary'
  readonly operator: '-' | '!' | '~'
  readonly operand: Expression
}

/** The operators of {@link Binary}. `=` is written `==`, `xor` is written `^`; `x is null` is `x == null`. */
export type BinaryOperator =
  | '**'
  | '*'
  | '/'
  | '%'
  | '+'
  | '-'
  | '<<'
  | '>>'
  | '<=>'
  | '>='
  | '<='
  | '>'
  | '<'
  | '=='
  | '!='
  | '&'
  | '^'
  | '|'
  | 'in'
  | 'like'
  | 'ilike'
  | '??'

export interface Binary {
  readonly _tag: 'Binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

/** `a && b && c`, `a || b || c`. No terms at all is true, respectively false. */
export interface Logical {
  readonly _tag: 'Logical'
  readonly operator: '&&' | '||'
  readonly terms: ReadonlyArray<Expression>
}

/** `test ? then : otherwise`. */
export interface Conditional {
  readonly _tag: 'Conditional'
  readonly test: Expression
  readonly then: Expression
  readonly otherwise: Expression
}

export interface ArrayLiteral {
  readonly _tag: 'ArrayLiteral'
  readonly elements: ReadonlyArray<Expression>
}

export interface SetLiteral {
  readonly _tag: 'SetLiteral'
  readonly elements: ReadonlyArray<Expression>
}

export interface ObjectLiteral {
  readonly _tag: 'ObjectLiteral'
  readonly entries: ReadonlyArray<{ readonly key: Expression; readonly value: Expression }>
}

/** `x of collection where condition`; two names are key and value, or index and element. */
export interface Iteration {
  readonly names: readonly [string] | readonly [string, string]
  readonly collection: Expression
  readonly where?: Expression
}

/** `[element for …]`, `{element for …}`. */
export interface Comprehension {
  readonly _tag: 'Comprehension'
  readonly result: 'array' | 'set'
  readonly element: Expression
  readonly iteration: Iteration
}

/** `{key: value for …}`. */
export interface ObjectComprehension {
  readonly _tag: 'ObjectComprehension'
  readonly key: Expression
  readonly value: Expression
  readonly iteration: Iteration
}

/** `predicate for any …`, `predicate for all …`. */
export interface Quantifier {
  readonly _tag: 'Quantifier'
  readonly quantifier: 'any' | 'all'
  readonly predicate: Expression
  readonly iteration: Iteration
}

/** `(x, y) => body`. */
export interface Lambda {
  readonly _tag: 'Lambda'
  readonly parameters: ReadonlyArray<string>
  readonly body: Expression
}

/** `with a as e, b as f body`. Bindings do not see each other. */
export interface With {
  readonly _tag: 'With'
  readonly bindings: ReadonlyArray<{ readonly name: string; readonly value: Expression }>
  readonly body: Expression
}

/** `case subject when … then … else … end`; without a subject, each `when` is a predicate. */
export interface Case {
  readonly _tag: 'Case'
  readonly subject?: Expression
  readonly branches: ReadonlyArray<{ readonly when: Expression; readonly then: Expression }>
  readonly otherwise?: Expression
}

/** `count(x)` and kin. Reserved; an expression over one object has no rows to aggregate. */
export interface Aggregate {
  readonly _tag: 'Aggregate'
  readonly function: AggregateFunction
  readonly args: ReadonlyArray<Expression>
}

export type AggregateFunction = 'avg' | 'collectArray' | 'count' | 'max' | 'min' | 'sum'

/** What a `select` reads from. */
export type Source =
  | { readonly _tag: 'Relation'; readonly relation: Expression; readonly alias?: string }
  | {
      readonly _tag: 'Join'
      readonly type: 'inner' | 'left' | 'right' | 'full'
      readonly left: Source
      readonly right: Source
      readonly on: Expression
    }

/** `select …`. It parses and prints; evaluating it is unsupported. */
export interface Select {
  readonly _tag: 'Select'
  readonly columns: ReadonlyArray<'*' | { readonly value: Expression; readonly alias?: string }>
  readonly from: ReadonlyArray<Source>
  readonly where?: Expression
  readonly groupBy: ReadonlyArray<Expression>
  readonly orderBy: ReadonlyArray<{ readonly path: Name['path']; readonly order: 'asc' | 'desc' }>
  readonly unions: ReadonlyArray<{ readonly all: boolean; readonly relation: Expression }>
}

/** See the head of this file. */
export type Expression =
  | Constant
  | Name
  | Member
  | Index
  | MethodCall
  | Call
  | Cast
  | Unary
  | Binary
  | Logical
  | Conditional
  | ArrayLiteral
  | SetLiteral
  | ObjectLiteral
  | Comprehension
  | ObjectComprehension
  | Quantifier
  | Lambda
  | With
  | Case
  | Aggregate
  | Select

export const constant = (value: Value): Constant => ({ _tag: 'Constant', value })

export const binary = (operator: BinaryOperator, left: Expression, right: Expression): Binary => ({
  _tag: 'Binary',
  operator,
  left,
  right
})

/** Members of anything; of a name, a longer name. */
export const member = (target: Expression, ...names: ReadonlyArray<string>): Expression =>
  target._tag === 'Name'
    ? { _tag: 'Name', path: [...target.path, ...names] }
    : names.reduce<Expression>((inner, name) => ({ _tag: 'Member', target: inner, name }), target)

/** All terms as one: `a && b && c` has three, however it was bracketed. */
export const logical = (operator: Logical['operator'], terms: ReadonlyArray<Expression>): Logical => ({
  _tag: 'Logical',
  operator,
  terms: terms.flatMap(term => (term._tag === 'Logical' && term.operator === operator ? term.terms : [term]))
})

/** The filter expression language of subscriptions: text, tree, evaluation, and what indexes over rules need. */
export type { Filter } from './compileFilter.ts'
export { compileFilter } from './compileFilter.ts'

export type { ExpressionLimits } from './ExpressionLimits.ts'
export { defaultExpressionLimits } from './ExpressionLimits.ts'
export type {
  EvaluationFault,
  EvaluationFaultKind,
  ExpressionFault,
  LimitExceeded,
  ParseFault
} from './ExpressionFault.ts'
export { describeExpressionFault } from './ExpressionFault.ts'

export type {
  Aggregate,
  AggregateFunction,
  ArrayLiteral,
  Binary,
  BinaryOperator,
  Call,
  Case,
  Cast,
  Comprehension,
  Conditional,
  Constant,
  Expression,
  Index,
  Iteration,
  Lambda,
  Logical,
  Member,
  MethodCall,
  Name,
  ObjectComprehension,
  ObjectLiteral,
  Quantifier,
  Select,
  SetLiteral,
  Source,
  Unary,
  With
} from './Expression.ts'
export { parseExpression } from './parse/parseExpression.ts'
export { printExpression } from './printExpression.ts'

export type {
  Bytes,
  Closure,
  Decimal,
  Float,
  Instant,
  Kind,
  LocalDate,
  Value,
  ValueObject,
  ValueSet
} from './values/Value.ts'
export { kindOf } from './values/Value.ts'
export type { MakeValue } from './values/makeValue.ts'
export { makeValue } from './values/makeValue.ts'

export type { ExpressionContext } from './evaluate/Run.ts'
export type { CompiledExpression } from './compileExpression.ts'
export { compileExpression } from './compileExpression.ts'
export { interpretExpression } from './interpretExpression.ts'

export type { BindOptions } from './bindExpression.ts'
export { bindExpression } from './bindExpression.ts'
export type { Path } from './renameExpression.ts'
export { freePaths, renameExpression } from './renameExpression.ts'
export { toConjunction, toDisjunction } from './normalForms.ts'
export type { Bound, PathRange } from './rangesOf.ts'
export { fixedValue, indexKey, rangesOf, valueAtPath } from './rangesOf.ts'

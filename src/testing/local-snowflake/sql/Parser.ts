/** A cursor that can also read whole expressions and queries: what lets the parsers of this folder call each other in a circle. */
import type { Cursor } from './Cursor.ts'
import type { Expression, Query } from './SyntaxTree.ts'

export interface Parser extends Cursor {
  readonly expression: () => Expression
  /** One or more expressions between commas. */
  readonly expressions: () => ReadonlyArray<Expression>
  readonly query: () => Query
}

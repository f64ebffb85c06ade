/** What the parser makes of queries and of the expressions in them. Each holds the other, so they share this file. */
import type { Place } from '../StatementError.ts'
import type { ObjectName } from './Cursor.ts'
import type { DataType } from './DataType.ts'
import type { Literal } from './Literal.ts'

export type Expression =
  | Literal
  | ColumnReference
  | PositionReference
  | FunctionCall
  | Cast
  | Unary
  | Binary
  | Between
  | InList
  | InQuery
  | Exists
  | Subquery
  | Like
  | IsTest
  | Case
  | PathAccess
  | ArrayLiteral
  | ObjectLiteral
  | NextValue
  | Star

/** `A`, `T.A`, `S.T.A`, `D.S.T.A`. */
export interface ColumnReference extends Place {
  readonly kind: 'column'
  readonly path: ReadonlyArray<string>
}

/** `$1`: a column by its position. */
export interface PositionReference {
  readonly kind: 'position'
  readonly index: number
}

export interface FunctionCall {
  readonly kind: 'call'
  /** Upper case; a qualified name keeps its dots: `SNOWFLAKE.CORE.F`. */
  readonly name: string
  readonly args: ReadonlyArray<Expression>
  /** `f(a => 1)`. */
  readonly named: ReadonlyArray<{ readonly name: string; readonly value: Expression }>
  readonly distinct: boolean
  readonly withinGroup: ReadonlyArray<OrderItem>
  readonly ignoreNulls: boolean
  readonly over: Window | undefined
}

export interface Window {
  readonly partitionBy: ReadonlyArray<Expression>
  readonly orderBy: ReadonlyArray<OrderItem>
  readonly frame: WindowFrame | undefined
}

export interface WindowFrame {
  readonly unit: 'ROWS' | 'RANGE'
  readonly from: FrameBound
  readonly to: FrameBound | undefined
}

export interface FrameBound {
  readonly edge: 'UNBOUNDED PRECEDING' | 'UNBOUNDED FOLLOWING' | 'CURRENT ROW' | 'PRECEDING' | 'FOLLOWING'
  /** Of PRECEDING and FOLLOWING: how many. */
  readonly offset: Expression | undefined
}

export interface Cast {
  readonly kind: 'cast'
  readonly operand: Expression
  readonly type: DataType
  /** TRY_CAST: NULL where CAST fails. */
  readonly attempt: boolean
}

export interface Unary {
  readonly kind: 'unary'
  readonly operator: 'NOT' | '-' | '+'
  readonly operand: Expression
}

export interface Binary {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}

export type BinaryOperator = 'AND' | 'OR' | '=' | '<>' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '||'

export interface Between {
  readonly kind: 'between'
  readonly operand: Expression
  readonly low: Expression
  readonly high: Expression
  readonly negated: boolean
}

export interface InList {
  readonly kind: 'inList'
  readonly operand: Expression
  readonly list: ReadonlyArray<Expression>
  readonly negated: boolean
}

export interface InQuery {
  readonly kind: 'inQuery'
  readonly operand: Expression
  readonly query: Query
  readonly negated: boolean
}

export interface Exists {
  readonly kind: 'exists'
  readonly query: Query
}

/** A scalar subquery. */
export interface Subquery {
  readonly kind: 'subquery'
  readonly query: Query
}

export interface Like {
  readonly kind: 'like'
  readonly operator: 'LIKE' | 'ILIKE' | 'RLIKE'
  readonly operand: Expression
  /** More than one with LIKE ANY and LIKE ALL. */
  readonly patterns: ReadonlyArray<Expression>
  readonly quantifier: 'ONE' | 'ANY' | 'ALL'
  readonly escape: Expression | undefined
  readonly negated: boolean
}

export interface IsTest {
  readonly kind: 'is'
  readonly operand: Expression
  readonly test: 'NULL' | 'TRUE' | 'FALSE' | 'DISTINCT FROM'
  /** Of DISTINCT FROM. */
  readonly other: Expression | undefined
  readonly negated: boolean
}

export interface Case {
  readonly kind: 'case'
  readonly operand: Expression | undefined
  readonly branches: ReadonlyArray<{ readonly when: Expression; readonly then: Expression }>
  readonly otherwise: Expression | undefined
}

/** `v:a.b`, `v['a']`, `v[0]`: one step into semi-structured data. */
export interface PathAccess {
  readonly kind: 'path'
  readonly operand: Expression
  readonly key: Expression
}

export interface ArrayLiteral {
  readonly kind: 'array'
  readonly elements: ReadonlyArray<Expression>
}

export interface ObjectLiteral {
  readonly kind: 'object'
  readonly entries: ReadonlyArray<{ readonly key: string; readonly value: Expression }>
}

/** `SEQ.NEXTVAL`. */
export interface NextValue {
  readonly kind: 'nextValue'
  readonly sequence: ObjectName
}

/** `*` or `t.*`: in a select list, or inside COUNT. */
export interface Star extends Place {
  readonly kind: 'star'
  readonly qualifier: ReadonlyArray<string>
  readonly exclude: ReadonlyArray<string>
  readonly rename: ReadonlyArray<{ readonly from: string; readonly to: string }>
  readonly replace: ReadonlyArray<{ readonly name: string; readonly value: Expression }>
  /** `* ILIKE 'pattern'`. */
  readonly pattern: string | undefined
}

export interface Query {
  readonly recursive: boolean
  readonly with: ReadonlyArray<CommonTable>
  readonly body: QueryBody
  readonly orderBy: ReadonlyArray<OrderItem>
  readonly limit: Expression | undefined
  readonly offset: Expression | undefined
}

export interface CommonTable {
  readonly name: string
  readonly columns: ReadonlyArray<string>
  readonly query: Query
}

export type QueryBody = Select | SetOperation | Values | Nested

export interface Select {
  readonly kind: 'select'
  readonly distinct: boolean
  readonly top: Expression | undefined
  readonly items: ReadonlyArray<SelectItem>
  readonly from: TableReference | undefined
  readonly where: Expression | undefined
  readonly groupBy: GroupBy
  readonly having: Expression | undefined
  readonly qualify: Expression | undefined
}

export interface SelectItem {
  readonly expression: Expression
  readonly alias: string | undefined
  /** The text of the expression: names the column when it has no alias. */
  readonly text: string
}

export type GroupBy =
  | { readonly kind: 'none' }
  | { readonly kind: 'all' }
  | { readonly kind: 'by'; readonly elements: ReadonlyArray<GroupElement> }

export interface GroupElement {
  readonly kind: 'plain' | 'rollup' | 'cube' | 'sets'
  /** One list per grouping set; a plain element has one list with one expression. */
  readonly sets: ReadonlyArray<ReadonlyArray<Expression>>
}

export interface SetOperation {
  readonly kind: 'set'
  readonly operator: 'UNION' | 'UNION ALL' | 'UNION BY NAME' | 'UNION ALL BY NAME' | 'INTERSECT' | 'EXCEPT'
  readonly left: QueryBody
  readonly right: QueryBody
}

export interface Values {
  readonly kind: 'values'
  readonly rows: ReadonlyArray<ReadonlyArray<Expression>>
}

/** A query in parentheses, with an ORDER BY or LIMIT of its own. */
export interface Nested {
  readonly kind: 'nested'
  readonly query: Query
}

export interface OrderItem {
  readonly expression: Expression
  readonly descending: boolean
  readonly nulls: 'FIRST' | 'LAST' | undefined
}

export type TableReference = NamedTable | DerivedTable | TableFunction | PipedResult | Join

export interface Alias {
  readonly alias: string | undefined
  readonly columnAliases: ReadonlyArray<string>
}

export interface NamedTable extends Alias, Place {
  readonly kind: 'table'
  readonly name: ObjectName
  readonly timeTravel: TimeTravel | undefined
  readonly changes: Changes | undefined
}

/** `AT (…)` or `BEFORE (…)`. */
export interface TimeTravel {
  readonly before: boolean
  readonly kind: 'TIMESTAMP' | 'OFFSET' | 'STATEMENT' | 'STREAM'
  readonly value: Expression
}

/** `CHANGES (INFORMATION => …) AT (…) END (…)`. */
export interface Changes {
  readonly appendOnly: boolean
  readonly from: TimeTravel
  readonly to: TimeTravel | undefined
}

export interface DerivedTable extends Alias {
  readonly kind: 'derived'
  readonly query: Query
  readonly lateral: boolean
}

/** `TABLE(f(…))`, `LATERAL FLATTEN(…)`. The name may be qualified: `DB.INFORMATION_SCHEMA.POLICY_REFERENCES`. */
export interface TableFunction extends Alias, Place {
  readonly kind: 'function'
  readonly name: ObjectName
  readonly call: FunctionCall
}

/** `$1` after `->>`: the result of the statement before, `$2` of the one before that. */
export interface PipedResult extends Alias {
  readonly kind: 'piped'
  readonly back: number
}

export interface Join {
  readonly kind: 'join'
  readonly type: 'INNER' | 'LEFT' | 'RIGHT' | 'FULL' | 'CROSS'
  readonly natural: boolean
  readonly left: TableReference
  readonly right: TableReference
  readonly on: Expression | undefined
  readonly using: ReadonlyArray<string>
}

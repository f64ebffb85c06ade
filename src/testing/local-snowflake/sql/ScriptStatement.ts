/**
 * Snowflake Scripting. Expressions and statements inside a block stay tokens until they run, because variables decide how they read.
 *
 * @see https://docs.snowflake.com/en/developer-guide/snowflake-scripting/blocks
 */
import type { Expression } from './SyntaxTree.ts'
import type { DataType } from './DataType.ts'
import type { Token } from './Token.ts'

export type ScriptStatement = ScriptBlock | ExecuteImmediate

/** Tokens of one expression or one statement, without what ends them. */
export type Fragment = ReadonlyArray<Token>

export interface ScriptBlock {
  readonly kind: 'block'
  readonly source: string
  readonly declarations: ReadonlyArray<Declaration>
  readonly body: ReadonlyArray<Step>
  readonly handlers: ReadonlyArray<Handler>
}

export interface Handler {
  /** Names of exceptions; `OTHER`, `STATEMENT_ERROR`, `EXPRESSION_ERROR` among them. */
  readonly exceptions: ReadonlyArray<string>
  readonly body: ReadonlyArray<Step>
}

export type Declaration =
  | {
      readonly kind: 'variable'
      readonly name: string
      readonly type: DataType | undefined
      readonly value: Fragment | undefined
    }
  | { readonly kind: 'resultSet' | 'cursor'; readonly name: string; readonly query: Fragment | undefined }
  | { readonly kind: 'exception'; readonly name: string; readonly number: number; readonly message: string }

export type Step =
  | { readonly kind: 'sql'; readonly statement: Fragment }
  | { readonly kind: 'declare'; readonly declaration: Declaration }
  | { readonly kind: 'assign'; readonly name: string; readonly value: Fragment }
  | { readonly kind: 'return'; readonly value: Fragment | undefined }
  | { readonly kind: 'if'; readonly branches: ReadonlyArray<ConditionalSteps>; readonly otherwise: ReadonlyArray<Step> }
  | {
      readonly kind: 'case'
      readonly operand: Fragment | undefined
      readonly branches: ReadonlyArray<ConditionalSteps>
      readonly otherwise: ReadonlyArray<Step>
    }
  | {
      readonly kind: 'forRange'
      readonly variable: string
      readonly reverse: boolean
      readonly from: Fragment
      readonly to: Fragment
      readonly body: ReadonlyArray<Step>
    }
  | { readonly kind: 'forEach'; readonly variable: string; readonly over: string; readonly body: ReadonlyArray<Step> }
  | { readonly kind: 'while'; readonly condition: Fragment; readonly body: ReadonlyArray<Step> }
  | { readonly kind: 'repeat'; readonly condition: Fragment; readonly body: ReadonlyArray<Step> }
  | { readonly kind: 'loop'; readonly body: ReadonlyArray<Step> }
  | { readonly kind: 'break' | 'continue' | 'nothing' }
  | { readonly kind: 'raise'; readonly exception: string | undefined }
  | { readonly kind: 'nested'; readonly block: ScriptBlock }

export interface ConditionalSteps {
  readonly condition: Fragment
  readonly body: ReadonlyArray<Step>
}

export interface ExecuteImmediate {
  readonly kind: 'executeImmediate'
  readonly text: Expression
  readonly using: ReadonlyArray<Expression>
}

/** Statements about the session itself. */
import type { ObjectName } from './Cursor.ts'
import type { Expression } from './SyntaxTree.ts'
import type { Properties } from './Properties.ts'

export type SessionStatement = Use | UseSecondaryRoles | AlterSession | SetVariables | UnsetVariables | Transaction

export interface Use {
  readonly kind: 'use'
  readonly what: 'ROLE' | 'DATABASE' | 'SCHEMA' | 'WAREHOUSE'
  readonly name: ObjectName
}

export interface UseSecondaryRoles {
  readonly kind: 'useSecondaryRoles'
  readonly roles: 'ALL' | 'NONE' | ReadonlyArray<string>
}

export interface AlterSession {
  readonly kind: 'alterSession'
  readonly set: Properties
  readonly unset: ReadonlyArray<string>
}

export interface SetVariables {
  readonly kind: 'setVariables'
  readonly names: ReadonlyArray<string>
  readonly values: ReadonlyArray<Expression>
}

export interface UnsetVariables {
  readonly kind: 'unsetVariables'
  readonly names: ReadonlyArray<string>
}

export interface Transaction {
  readonly kind: 'transaction'
  readonly action: 'BEGIN' | 'COMMIT' | 'ROLLBACK'
}

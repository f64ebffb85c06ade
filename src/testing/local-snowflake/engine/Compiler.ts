/** What the compilers of this folder share: they call each other in a circle, and change the environment when they enter a view or a policy. */
import type { Database, Schema } from '../catalog/Container.ts'
import type { Role, Securable } from '../catalog/Securable.ts'
import type { Access } from '../privileges/Access.ts'
import type { StatementContext } from '../statements/StatementContext.ts'
import type { Expression, Query } from '../sql/SyntaxTree.ts'
import type { Compiled, CompiledColumn, CompiledQuery } from './Compiled.ts'
import type { Plan } from './Plan.ts'
import type { Scope } from './Scope.ts'

export interface Namespaces {
  readonly database: Database | undefined
  readonly schema: Schema | undefined
}

export interface Environment {
  /** Whose privileges open the tables: the session's, or the owner's inside a view or a policy. */
  readonly access: Access
  /** INVOKER_ROLE(): the session's role, or the owner of the view around. */
  readonly invoker: Role | undefined
  /** Where unqualified names are looked up. */
  readonly names: Namespaces
  /** What CURRENT_DATABASE() and CURRENT_SCHEMA() answer: inside a policy, where the protected table is. */
  readonly current: Namespaces
  readonly commonTables: ReadonlyMap<string, CommonTableBinding>
  /** Views and policies being expanded, outermost first. */
  readonly expanding: ReadonlyArray<Securable>
}

export interface CommonTableBinding {
  /** Its name in the engine. */
  readonly engineName: string
  readonly columns: ReadonlyArray<CompiledColumn>
}

export interface Compiler extends Environment {
  readonly context: StatementContext
  readonly plan: Plan
  readonly expression: (expression: Expression, scope: Scope) => Compiled
  /** `scope` is what a correlated subquery may name. */
  readonly query: (query: Query, scope?: Scope) => CompiledQuery
  readonly within: (change: Partial<Environment>) => Compiler
}

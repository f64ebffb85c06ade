/** Masking and row access policies, and where they are in use. */
import type { PolicyArgument } from '../sql/CreateStatement.ts'
import type { DataType, TypeName } from '../sql/DataType.ts'
import type { Expression } from '../sql/SyntaxTree.ts'
import type { PolicyKind } from './ObjectKind.ts'
import type { Securable } from './Securable.ts'

export interface Policy extends Securable {
  readonly kind: PolicyKind
  readonly signature: ReadonlyArray<PolicyArgument>
  readonly returns: DataType
  body: Expression
  bodyText: string
  /** Masking policies: whether other policies may read the masked column. */
  readonly exemptOtherPolicies: boolean
  /** The relations it stands on, kept in step by `trackPolicies`. */
  readonly relations: Set<Securable>
  /** The tags it is set on. */
  readonly tagged: Set<Tag>
}

export interface Tag extends Securable {
  readonly kind: 'TAG'
  allowedValues: ReadonlyArray<string> | undefined
  /** At most one masking policy per data type. */
  readonly masking: Map<TypeName, Policy>
  /** Databases, schemas and relations that carry the tag, or whose columns do. */
  readonly objects: Set<Securable>
}

export const isInUse = (policy: Policy): boolean => policy.relations.size > 0 || policy.tagged.size > 0

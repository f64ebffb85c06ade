/**
 * Access as a database holds it, seen without SQL: grants, and policies by name. Two of these make a diff:
 * what there is ({@link ActualAccess}) and what there should be ({@link TargetAccess}).
 */
import type { Resource } from '../Resource.ts'
import type { DesiredGrant } from './DesiredAccess.ts'
import type { ManagedSet, Principal } from './Principal.ts'

/** A grant that stands. */
export interface ActualGrant {
  readonly privilege: string
  readonly grantee: Principal
  readonly grantOption: boolean
  /** The role that gave it, where known. One that passed a privilege on can't lose it before those it gave it to. */
  readonly grantor?: string
  /** False for OWNERSHIP, for grants inherited from above and for those of the system: they cannot be changed here. */
  readonly changeable: boolean
}

/** A policy that stands on a column or a relation. */
export interface AttachedPolicy {
  /** The policy's full name; equal names mean the same policy. */
  readonly policy: string
  /** The columns bound to it, in the order of its signature; a mask's first is the masked column itself. */
  readonly columns: ReadonlyArray<string>
  /** True for a policy that this library made. */
  readonly ours: boolean
}

/** What there is, for one resource. */
export interface ActualAccess {
  readonly resource: Resource
  readonly grants: ReadonlyArray<ActualGrant>
  /** Directly attached masking policies. */
  readonly masks: ReadonlyArray<AttachedPolicy>
  readonly rowFilter?: AttachedPolicy
}

/** What there should be, for one resource, with every mask and filter boiled down to a policy's name. */
export interface TargetAccess {
  readonly resource: Resource
  readonly grants: ReadonlyArray<DesiredGrant>
  readonly masks: ReadonlyArray<Omit<AttachedPolicy, 'ours'>>
  readonly rowFilter?: Omit<AttachedPolicy, 'ours'>
  readonly managed: ManagedSet
  /** True: only what is missing is added, nothing is taken away. So a table's sync brings USAGE to its schema and database. */
  readonly additive?: boolean
  /** True: policies of others that stand where ours should go are replaced. Default: they are conflicts. */
  readonly replacesForeign?: boolean
}

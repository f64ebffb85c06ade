/** Policies as Ranger Admin keeps them, with every default filled in (apache/ranger, agents-common, `RangerPolicy`). */
import type { ValiditySchedule } from './ValiditySchedule.ts'

/** 0: access, 1: column masks, 2: row filters, 3: audit, which has no bearing on access. */
export type PolicyType = 0 | 1 | 2 | 3

/** The values of one level. */
export interface PolicyResource {
  readonly values: ReadonlyArray<string>
  /** All but these. */
  readonly isExcludes: boolean
  /** For URLs: everything below as well. */
  readonly isRecursive: boolean
}

/** Values by level name: `database`, `schema`, `table`, `column`. */
export type PolicyResources = ReadonlyMap<string, PolicyResource>

/** An access type. One that is listed with `isAllowed` false is not granted by its item. */
export interface ItemAccess {
  readonly type: string
  readonly isAllowed: boolean
}

/** Something that must hold at the time of access. */
export interface ItemCondition {
  readonly type: string
  readonly values: ReadonlyArray<string>
}

/** Who may, or may not, do what. `public` among the groups and `{USER}` among the users mean everyone, `{OWNER}` the resource's owner. */
export interface PolicyItem {
  readonly accesses: ReadonlyArray<ItemAccess>
  readonly users: ReadonlyArray<string>
  readonly groups: ReadonlyArray<string>
  readonly roles: ReadonlyArray<string>
  readonly conditions: ReadonlyArray<ItemCondition>
  /** Whether they may administer policies for the resource, too. */
  readonly delegateAdmin: boolean
}

/** An item that shows values in a masked form. */
export interface DataMaskItem extends PolicyItem {
  readonly dataMaskInfo: {
    readonly dataMaskType: string
    readonly conditionExpr?: string
    readonly valueExpr?: string
  }
}

/** An item that shows some rows only. */
export interface RowFilterItem extends PolicyItem {
  readonly rowFilterInfo: { readonly filterExpr: string }
}

/** One policy. */
export interface RangerPolicy {
  /** -1 where the policy has none. */
  readonly id: number
  readonly name: string
  readonly serviceType: string
  readonly zoneName: string
  readonly policyType: PolicyType
  /** 0: normal, 1: override. */
  readonly policyPriority: number
  readonly isEnabled: boolean
  /** Whoever matches no item of this policy is denied. */
  readonly isDenyAllElse: boolean
  readonly resources: PolicyResources
  /** Further resources that the policy is about just as well. */
  readonly additionalResources: ReadonlyArray<PolicyResources>
  /** All must hold for the policy to have a say. */
  readonly conditions: ReadonlyArray<ItemCondition>
  readonly validitySchedules: ReadonlyArray<ValiditySchedule>
  readonly policyItems: ReadonlyArray<PolicyItem>
  readonly denyPolicyItems: ReadonlyArray<PolicyItem>
  readonly allowExceptions: ReadonlyArray<PolicyItem>
  readonly denyExceptions: ReadonlyArray<PolicyItem>
  readonly dataMaskPolicyItems: ReadonlyArray<DataMaskItem>
  readonly rowFilterPolicyItems: ReadonlyArray<RowFilterItem>
}

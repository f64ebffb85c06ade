/** The body that `GET /service/plugins/policies/download/{service}` answers with (apache/ranger, agents-common, `ServicePolicies`). */
import type { RangerPolicy } from './Policy.ts'
import type { ServiceDef } from './ServiceDef.ts'

/** One change since the version that the asker already has. */
export interface PolicyDelta {
  readonly change: 'create' | 'update' | 'delete'
  readonly policyId: number
  /** `tag`, or the service's own type. */
  readonly serviceType: string
  /** Absent for a deletion. */
  readonly policy?: RangerPolicy
}

/** A part of the service that is governed by policies of its own. */
export interface SecurityZone {
  readonly resources: ReadonlyArray<ReadonlyMap<string, ReadonlyArray<string>>>
  readonly policies: ReadonlyArray<RangerPolicy>
  readonly policyDeltas?: ReadonlyArray<PolicyDelta>
  /** Whether tag policies of the zone apply to it, rather than those without a zone. */
  readonly containsAssociatedTagService: boolean
}

/** Policies about tags, from the linked tag service. */
export interface TagPolicies {
  readonly serviceName: string
  readonly policyVersion: number
  readonly policies: ReadonlyArray<RangerPolicy>
  readonly serviceDef: ServiceDef
}

/** All policies of one service, or (with `policyDeltas`) what has changed in them: see `applyPolicyDeltas`. */
export interface ServicePolicies {
  readonly serviceName: string
  /** -1 where the body names none. */
  readonly policyVersion: number
  readonly serviceDef: ServiceDef
  /** Those of the unzoned part. */
  readonly policies: ReadonlyArray<RangerPolicy>
  readonly policyDeltas?: ReadonlyArray<PolicyDelta>
  readonly tagPolicies?: TagPolicies
  readonly securityZones: ReadonlyMap<string, SecurityZone>
  /** Settings such as `ranger.plugin.super.users`. */
  readonly serviceConfig: ReadonlyMap<string, string>
}

/** Apache Ranger as the source of policies: read, evaluate, download, compile. */
export type {
  DataMaskItem,
  ItemAccess,
  ItemCondition,
  PolicyItem,
  PolicyResource,
  PolicyResources,
  PolicyType,
  RangerPolicy,
  RowFilterItem
} from './model/Policy.ts'
export type { RangerRole, RangerRoles } from './model/Roles.ts'
export type { AccessTypeDef, ConditionDef, RefinementDef, ResourceDef, ServiceDef } from './model/ServiceDef.ts'
export type { PolicyDelta, SecurityZone, ServicePolicies, TagPolicies } from './model/ServicePolicies.ts'
export type { RangerTag, ServiceTags, TaggedResource } from './model/ServiceTags.ts'
export type { Attributes, UserStore } from './model/UserStore.ts'
export type { Recurrence, RecurrenceSchedule, ValiditySchedule } from './model/ValiditySchedule.ts'
export { readServicePolicies } from './reading/readServicePolicies.ts'
export { readRangerRoles } from './reading/readRangerRoles.ts'
export { readServiceTags } from './reading/readServiceTags.ts'
export { readUserStore } from './reading/readUserStore.ts'
export { applyPolicyDeltas } from './model/applyPolicyDeltas.ts'
export type { FoundTag } from './evaluation/Occasion.ts'
export type { MatchType } from './matching/ResourceMatcher.ts'
export type { RangerRequest, RangerResource } from './evaluation/RangerRequest.ts'
export type {
  AccessDecision,
  RangerEngine,
  RangerEngineOptions,
  RangerSnapshot,
  RefinementDecision
} from './evaluation/RangerEngine.ts'
export { createRangerEngine } from './evaluation/RangerEngine.ts'
export type { AclResult } from './evaluation/aclSummary.ts'
export type { AclEntry, AclRefinement, AclRequest, Acls, ResourceAcls } from './evaluation/resourceAcls.ts'
export { resourceAcls } from './evaluation/resourceAcls.ts'
export type {
  RangerAccessTypeJson,
  RangerConfigDefJson,
  RangerMaskTypeJson,
  RangerResourceDefJson,
  RangerServiceDefJson
} from './service-def/snowflakeServiceDef.ts'
export { snowflakeServiceDef } from './service-def/snowflakeServiceDef.ts'
export type { AccessByName, ResourceAccess } from './evaluation/accessOf.ts'
export { accessOf } from './evaluation/accessOf.ts'
export type { NameMapping, PrincipalMapping } from './compile/PrincipalMapping.ts'
export type { CompileRangerOptions } from './compile/compileRanger.ts'
export { compileRanger } from './compile/compileRanger.ts'
export type { RangerPolicySourceOptions, SnapshotSource } from './compile/createRangerPolicySource.ts'
export { createRangerPolicySource } from './compile/createRangerPolicySource.ts'
export { combinePolicySources } from './compile/combinePolicySources.ts'
export type { RangerSettings, RangerSettingsFiles } from './settings/RangerSettings.ts'
export { RangerSettingsCodec, rangerSettingsSchema } from './settings/RangerSettings.ts'
export { readRangerSettings } from './settings/readRangerSettings.ts'
export * from './sources/index.ts'
export * from './difference/index.ts'

/** What kinds of resources, accesses, conditions and masks a type of service has (apache/ranger, agents-common, `RangerServiceDef`). */
import type { PolicyType } from './Policy.ts'

/** One level of resources. */
export interface ResourceDef {
  readonly name: string
  readonly level: number
  /** The level above; empty at the top. */
  readonly parent: string
  /** Whether a policy may end at this level. Undefined: only where there is nothing below. */
  readonly isValidLeaf: boolean | undefined
  readonly recursiveSupported: boolean
  readonly matcher: string
  readonly matcherOptions: ReadonlyMap<string, string>
}

/** One kind of access, and what it brings along. */
export interface AccessTypeDef {
  readonly name: string
  readonly impliedGrants: ReadonlyArray<string>
  /** CREATE, READ, UPDATE, DELETE or MANAGE, where the definition says so. */
  readonly category: string
}

/** One kind of condition, by the evaluator that Ranger's own plugins would run. */
export interface ConditionDef {
  readonly name: string
  readonly evaluator: string
  readonly evaluatorOptions: ReadonlyMap<string, string>
}

/** The levels and access types of masks or of row filters. */
export interface RefinementDef {
  readonly resources: ReadonlyArray<ResourceDef>
  readonly accessTypes: ReadonlyArray<string>
}

/** A service definition. */
export interface ServiceDef {
  readonly name: string
  readonly resources: ReadonlyArray<ResourceDef>
  readonly accessTypes: ReadonlyArray<AccessTypeDef>
  /** `_READ` and the like: names for whole categories. */
  readonly markerAccessTypes: ReadonlyArray<AccessTypeDef>
  readonly policyConditions: ReadonlyArray<ConditionDef>
  readonly dataMaskDef: RefinementDef
  readonly rowFilterDef: RefinementDef
  /** False: deny items and exceptions of policies count for nothing. */
  readonly enableDenyAndExceptions: boolean
}

/** The levels that policies of a type are about. */
export const resourceDefsOf = (serviceDef: ServiceDef, policyType: PolicyType): ReadonlyArray<ResourceDef> => {
  if (policyType === 1) return serviceDef.dataMaskDef.resources
  return policyType === 2 ? serviceDef.rowFilterDef.resources : serviceDef.resources
}

/** What each access type brings along, one round only: what a grant implies does not imply further ones. Keys in lower case. */
export const impliedGrantsOf = (serviceDef: ServiceDef): ReadonlyMap<string, ReadonlyArray<string>> =>
  new Map(
    [...serviceDef.accessTypes, ...serviceDef.markerAccessTypes]
      .filter(({ impliedGrants }) => impliedGrants.length > 0)
      .map(({ name, impliedGrants }) => [name.toLowerCase(), impliedGrants])
  )

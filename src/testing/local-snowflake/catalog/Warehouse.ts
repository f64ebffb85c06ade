/** Warehouses and inert objects: names with properties, owners and grants. */
import type { InertKind } from './ObjectKind.ts'
import type { Securable } from './Securable.ts'

export interface Warehouse extends Securable {
  readonly kind: 'WAREHOUSE'
  size: string
  suspended: boolean
  readonly properties: Map<string, string>
}

/** Stages, file formats, functions and the like: they exist and can be granted on, and do nothing. */
export interface Inert extends Securable {
  readonly kind: InertKind | 'INTEGRATION'
  readonly text: string
}

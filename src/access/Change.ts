/** One difference between what there is and what there should be. */
import type { ResourceName } from '../Resource.ts'
import { describeName } from '../Resource.ts'
import type { Principal } from './Principal.ts'
import { describePrincipal } from './Principal.ts'

/**
 * What a change does to what people can see or do.
 * - `narrow`: less, for everybody it concerns;
 * - `swap`: unknown, perhaps less for some and more for others;
 * - `widen`: more.
 */
export type Direction = 'narrow' | 'swap' | 'widen'

interface Changed {
  readonly direction: Direction
  /** The object that is changed. */
  readonly on: ResourceName
}

export interface GrantChange extends Changed {
  readonly kind: 'grant' | 'revoke' | 'revoke grant option'
  readonly grantee: Principal
  readonly privilege: string
  readonly grantOption: boolean
}

export interface MaskChange extends Changed {
  readonly kind: 'set mask' | 'unset mask'
  readonly column: string
  /** Set: the policy to stand there and its columns. Unset: what stands there. */
  readonly policy: string
  readonly columns: ReadonlyArray<string>
  /** The policy that is replaced, if any. */
  readonly replaces?: string
}

export interface FilterChange extends Changed {
  readonly kind: 'set filter' | 'drop filter'
  readonly policy: string
  readonly columns: ReadonlyArray<string>
  readonly replaces?: string
}

export type Change = GrantChange | MaskChange | FilterChange

/** In words, for plans and reports: `grant SELECT on SALES.PUBLIC.ORDERS to role ANALYST`. */
export const describeChange = (change: Change): string => {
  const on = describeName(change.on)
  switch (change.kind) {
    case 'grant':
      return `grant ${change.privilege} on ${on} to ${describePrincipal(change.grantee)}${change.grantOption ? ' with grant option' : ''}`
    case 'revoke':
      return `revoke ${change.privilege} on ${on} from ${describePrincipal(change.grantee)}`
    case 'revoke grant option':
      return `revoke grant option for ${change.privilege} on ${on} from ${describePrincipal(change.grantee)}`
    case 'set mask':
      return `mask column ${change.column} of ${on} by ${change.policy}`
    case 'unset mask':
      return `unmask column ${change.column} of ${on}`
    case 'set filter':
      return `filter rows of ${on} by ${change.policy}`
    case 'drop filter':
      return `stop filtering rows of ${on}`
  }
}

/** What the policies say should hold for one resource. Pure data: no SQL, no vendor. */
import type { Resource } from '../Resource.ts'
import type { ManagedSet, Principal, Who } from './Principal.ts'

/** One privilege for one principal. Privileges are Snowflake's words: `SELECT`, `USAGE`, `CREATE TABLE`. */
export interface DesiredGrant {
  readonly privilege: string
  readonly grantee: Principal
  readonly grantOption: boolean
}

/**
 * How a value is shown. Whatever a column's type cannot carry becomes `null`, with a note.
 * - `clear`: as it is;
 * - `null`: not at all;
 * - `hash`: SHA-256 in hexadecimal, for text;
 * - `redact`: letters become x or X, digits 0, for text;
 * - `show first` / `show last`: that many characters at one end, the rest replaced by `*`, for text; a text that is not longer is hidden whole;
 * - `custom`: an SQL expression in which `{col}` stands for the value.
 */
export type Mask =
  | { readonly kind: 'clear' }
  | { readonly kind: 'null' }
  | { readonly kind: 'hash' }
  | { readonly kind: 'redact' }
  | { readonly kind: 'show first'; readonly characters: number }
  | { readonly kind: 'show last'; readonly characters: number }
  | { readonly kind: 'custom'; readonly expression: string }

/** Rules in order: the first whose `who` holds decides; `otherwise` decides for everyone else. */
export interface ColumnMask {
  readonly column: string
  readonly rules: ReadonlyArray<{ readonly who: Who; readonly mask: Mask }>
  readonly otherwise: Mask
}

/** Rules in order: the first whose `who` holds decides with its SQL condition over the table's columns. */
export interface RowFilter {
  readonly rules: ReadonlyArray<{ readonly who: Who; readonly where: string }>
  readonly otherwise: 'all rows' | 'no rows'
}

/** All that should hold for one resource. */
export interface DesiredAccess {
  readonly resource: Resource
  readonly grants: ReadonlyArray<DesiredGrant>
  /** At most one per column. */
  readonly masks: ReadonlyArray<ColumnMask>
  readonly rowFilter?: RowFilter
  /** Whose grants may be revoked here. */
  readonly managed: ManagedSet
  /** What was asked for and could not be expressed, and how it was narrowed, in words. Goes into the audit record. */
  readonly notes: ReadonlyArray<string>
  /** Which version of the policies this was worked out from. */
  readonly policyVersion?: string
}

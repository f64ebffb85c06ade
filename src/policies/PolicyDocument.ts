/**
 * Policies as a small file that a data steward can read and write.
 *
 * ```yaml
 * version: 1
 * managed:
 *   roles: [ANALYST, "HR_*"]
 * grants:
 *   - to: ANALYST
 *     on: SALES.PUBLIC.*
 *     privileges: [select]
 * masks:
 *   - columns: HR.PUBLIC.EMPLOYEES.SALARY
 *     for: everyone
 *     except: HR_ADMIN
 *     as: null
 * rowFilters:
 *   - on: SALES.PUBLIC.ORDERS
 *     for: ANALYST
 *     where: REGION = 'EU'
 * ```
 */
import * as t from 'io-ts'
import type { JsonSchema } from '../internal/jsonSchema.ts'
import { jsonSchemaOf, withSchema } from '../internal/jsonSchema.ts'
import { exactly } from './exactly.ts'
import type { ManagedNames } from './ManagedNames.ts'
import { ManagedNamesCodec } from './ManagedNames.ts'
import type { OneOrMany } from './OneOrMany.ts'
import { isName, namesOf } from './OneOrMany.ts'
import { principalPattern, schemaPattern } from './ResourcePattern.ts'

/** How values are shown. `null`: not at all; `showFirst`, `showLast`: so many characters; `custom`: an SQL expression with `{col}` for the value. */
export type DocumentMask =
  | null
  | 'null'
  | 'clear'
  | 'hash'
  | 'redact'
  | { readonly showFirst: number }
  | { readonly showLast: number }
  | { readonly custom: string }

/** Privileges for principals. */
export interface GrantRule {
  /** Free words for people. */
  readonly description?: string
  /** Roles by name, or `user:NAME`; they must be managed. */
  readonly to: OneOrMany
  /** Patterns: `DB`, `DB.SCHEMA`, `DB.SCHEMA.TABLE`; with a fourth part, SELECT on some columns only. `*` stands for any text in a part. */
  readonly on: OneOrMany
  /** Snowflake's words, in any case: `select`, `insert`, `usage`, `create table`. */
  readonly privileges: OneOrMany
  /** Whether they may grant it on. Default false. */
  readonly grantOption?: boolean
}

/** How columns are shown, and to whom. Of several rules for a column, the first that holds for somebody decides; those for whom none holds see it clear. */
export interface MaskRule {
  readonly description?: string
  /** Patterns of four parts: `DB.SCHEMA.TABLE.COLUMN`. */
  readonly columns: OneOrMany
  /** `everyone`, roles by name, or `user:NAME`. */
  readonly for: OneOrMany
  /** Who is not meant after all. */
  readonly except?: OneOrMany
  readonly as: DocumentMask
}

/** Which rows are shown, and to whom. Of several rules for a table, the first that holds for somebody decides; those for whom none holds see all rows. */
export interface RowFilterRule {
  readonly description?: string
  /** Patterns of three parts. */
  readonly on: OneOrMany
  readonly for: OneOrMany
  readonly except?: OneOrMany
  /** An SQL condition over the table's columns, or `false` for no row, `true` for all. */
  readonly where: string | boolean
}

/** A whole document. */
export interface PolicyDocument {
  readonly version: 1
  /** Whose grants this document governs, by name patterns: what it does not give them is taken away. Grants to all others are left alone. */
  readonly managed: ManagedNames
  readonly grants?: ReadonlyArray<GrantRule>
  readonly masks?: ReadonlyArray<MaskRule>
  readonly rowFilters?: ReadonlyArray<RowFilterRule>
}

const maskRule =
  "must be one of null, clear, hash, redact, {showFirst: n}, {showLast: n} with n from 1 to 1000, or {custom: 'SQL with {col}'}"
const words = ['null', 'clear', 'hash', 'redact']
const isCount = (u: unknown): boolean => typeof u === 'number' && Number.isInteger(u) && u >= 1 && u <= 1000

const isDocumentMask = (u: unknown): u is DocumentMask => {
  if (u === null || (typeof u === 'string' && words.includes(u))) return true
  if (typeof u !== 'object' || Array.isArray(u)) return false
  const [entry, ...more] = Object.entries(u as Record<string, unknown>)
  if (entry === undefined || more.length > 0) return false
  const [key, value] = entry
  return key === 'custom' ? isName(value) : (key === 'showFirst' || key === 'showLast') && isCount(value)
}

const count = { type: 'integer', minimum: 1, maximum: 1000 }
const only = (key: string, schema: JsonSchema) => ({
  type: 'object',
  properties: { [key]: schema },
  required: [key],
  additionalProperties: false
})
const MaskCodec = withSchema(
  new t.Type<DocumentMask>(
    'Mask',
    isDocumentMask,
    (u, context) => (isDocumentMask(u) ? t.success(u) : t.failure(u, context, maskRule)),
    t.identity
  ),
  {
    description: maskRule,
    anyOf: [
      { type: 'null' },
      { enum: words },
      only('showFirst', count),
      only('showLast', count),
      only('custom', { type: 'string', minLength: 1 })
    ]
  }
)

const whereRule = 'must be an SQL condition, true or false'
const isCondition = (u: unknown): u is string | boolean => isName(u) || typeof u === 'boolean'
const Condition = withSchema(
  new t.Type<string | boolean>(
    'Condition',
    isCondition,
    (u, context) => (isCondition(u) ? t.success(u) : t.failure(u, context, whereRule)),
    t.identity
  ),
  { description: whereRule, anyOf: [{ type: 'string', minLength: 1 }, { type: 'boolean' }] }
)

const Version = withSchema(
  new t.Type<1>(
    '1',
    (u): u is 1 => u === 1,
    (u, c) => (u === 1 ? t.success(1) : t.failure(u, c, 'must be 1')),
    t.identity
  ),
  { const: 1 }
)
const described = { description: t.string }
const to = namesOf('Roles by name, or user:NAME; one or a list. They must be managed.', principalPattern)
const on = namesOf(
  'DB, DB.SCHEMA or DB.SCHEMA.TABLE; with a fourth part, SELECT on some columns only. One or a list; * stands for any text in a part.',
  schemaPattern(1, 4)
)
const privileges = namesOf("Snowflake's words, in any case: select, insert, usage, create table. One or a list.")
const columns = namesOf('DB.SCHEMA.TABLE.COLUMN, one or a list; * stands for any text in a part.', schemaPattern(4))
const tables = namesOf('DB.SCHEMA.TABLE, one or a list; * stands for any text in a part.', schemaPattern(3))
const whom = namesOf('everyone, roles by name, or user:NAME; one or a list.', `^everyone$|${principalPattern}`)
const except = namesOf(
  'Who is not meant after all: roles by name, or user:NAME; one or a list.',
  `^everyone$|${principalPattern}`
)

/** The io-ts codec of a document. It knows the form; whether names and expressions make sense is checked by `readPolicyDocument`. */
export const PolicyDocumentCodec: t.Type<PolicyDocument> = exactly(
  { version: Version, managed: ManagedNamesCodec },
  {
    grants: t.readonlyArray(exactly({ to, on, privileges }, { ...described, grantOption: t.boolean })),
    masks: t.readonlyArray(exactly({ columns, for: whom, as: MaskCodec }, { ...described, except })),
    rowFilters: t.readonlyArray(exactly({ on: tables, for: whom, where: Condition }, { ...described, except }))
  }
)

/** The JSON Schema (draft 2020-12) of a document; also shipped as `on-demand-sync/schema/policy-document.json`. Editors complete and check a file by it. */
export const policyDocumentSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Policy document',
  description: 'Who may see what in Snowflake: grants, column masks and row filters.',
  ...jsonSchemaOf(PolicyDocumentCodec)
}

/** Masking and row access policies as this library makes them: named by the hash of what they say (DESIGN, "Policy objects"). */
import { createHash } from 'node:crypto'
import { qualify, quoteIdentifier, quoteText } from './identifiers.ts'

export interface PolicyObject {
  /** The full name, quoted: how it stands in statements and plans. */
  readonly name: string
  /** Makes it, unless it is there. Sameness of name means sameness of content, so there is never anything to replace. */
  readonly create: string
  readonly body: string
  /** The columns to bind, in the order of the signature. */
  readonly columns: ReadonlyArray<string>
}

/** The schema that policies live in. It belongs to this library alone. */
export interface PolicySchema {
  readonly database: string
  readonly schema: string
}

export interface Parameter {
  readonly name: string
  readonly type: string
}

type Kind = 'MASKING POLICY' | 'ROW ACCESS POLICY'

const prefixes: { readonly [K in Kind]: string } = { 'MASKING POLICY': 'ODS_MASK_', 'ROW ACCESS POLICY': 'ODS_FILTER_' }
const ownName = /^ODS_(MASK|FILTER)_[0-9a-f]{32}$/

/** True for a policy that this library made: in its schema, under a name of its form. */
export const isOurs = (home: PolicySchema, database: string, schema: string, name: string): boolean =>
  database === home.database && schema === home.schema && ownName.test(name)

/** A policy of this content. The columns it is to be bound to are part of its identity: Snowflake does not tell which columns a conditional mask is bound to. */
export const policyObject = (
  home: PolicySchema,
  kind: Kind,
  parameters: ReadonlyArray<Parameter>,
  body: string,
  columns: ReadonlyArray<string>
): PolicyObject => {
  const signature = parameters.map(({ name, type }) => `${quoteIdentifier(name)} ${type}`).join(', ')
  const bound = kind === 'MASKING POLICY' ? columns.slice(1) : columns
  const digest = createHash('sha256')
    .update(JSON.stringify([kind, signature, body, bound]))
    .digest('hex')
    .slice(0, 32)
  const name = qualify(home.database, home.schema, `${prefixes[kind]}${digest}`)
  const returns = kind === 'MASKING POLICY' ? (parameters[0]?.type ?? 'VARCHAR') : 'BOOLEAN'
  // A row filter, or the condition of another mask, must see the value and not its mask.
  const exempt = kind === 'MASKING POLICY' ? ' EXEMPT_OTHER_POLICIES = TRUE' : ''
  return {
    name,
    create: `CREATE ${kind} IF NOT EXISTS ${name} AS (${signature}) RETURNS ${returns} -> ${body} COMMENT = ${quoteText('made by on-demand-sync')}${exempt}`,
    body,
    columns
  }
}

/** The same, for a full name as this library writes it. */
export const isOursByName = (home: PolicySchema, policy: string | undefined): boolean => {
  const prefix = `${qualify(home.database, home.schema)}."`
  return policy?.startsWith(prefix) === true && ownName.test(policy.slice(prefix.length, -1))
}

/** The statement that drops one of our policies, if nothing refers to it: Snowflake refuses to drop one that is in use. */
export const dropOurs = (home: PolicySchema, policy: string): string | undefined => {
  const kind = (Object.keys(prefixes) as ReadonlyArray<Kind>).find(each =>
    policy.startsWith(`${qualify(home.database, home.schema)}."${prefixes[each]}`)
  )
  return kind === undefined ? undefined : `DROP ${kind} IF EXISTS ${policy}`
}

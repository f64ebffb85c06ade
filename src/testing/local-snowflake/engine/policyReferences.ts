/**
 * POLICY_REFERENCES: where policies stand, as far as the asking role may know.
 *
 * @see https://docs.snowflake.com/en/sql-reference/functions/policy_references
 */
import { isViewKind, underscored } from '../catalog/ObjectKind.ts'
import type { PolicyKind } from '../catalog/ObjectKind.ts'
import type { Policy, Tag } from '../catalog/Policy.ts'
import type { Column, Relation } from '../catalog/Relation.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Securable } from '../catalog/Securable.ts'
import { nameFromText } from '../sql/Cursor.ts'
import type { ObjectName } from '../sql/Cursor.ts'
import { sameKind } from '../sql/DataType.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { insufficientPrivileges, refused, unsupported } from '../StatementError.ts'
import { argumentNames } from '../statements/attachPolicies.ts'
import { findObject } from '../statements/resolve.ts'
import type { Finder } from '../statements/resolve.ts'
import { textColumn } from '../statements/ResultSet.ts'
import type { Row } from '../statements/ResultSet.ts'
import { tagPolicies } from '../statements/tagging.ts'
import { queryOfRows } from './cells.ts'
import type { CompiledQuery } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import { resolving } from './resolving.ts'

const columns = (
  'POLICY_DB, POLICY_SCHEMA, POLICY_NAME, POLICY_KIND, REF_DATABASE_NAME, REF_SCHEMA_NAME, REF_ENTITY_NAME, REF_ENTITY_DOMAIN, ' +
  'REF_COLUMN_NAME, REF_ARG_COLUMN_NAMES, TAG_DATABASE, TAG_SCHEMA, TAG_NAME, POLICY_STATUS'
)
  .split(', ')
  .map(textColumn)

interface Reference {
  readonly policy: Policy
  readonly relation: Relation
  readonly column: Column | undefined
  readonly argumentColumns: ReadonlyArray<string> | undefined
  readonly tag: Tag | undefined
  readonly status: string
}

export const policyReferences = (compiler: Compiler, args: ReadonlyMap<string, string>): CompiledQuery => {
  const [policyName, entityName, domain] = ['POLICY_NAME', 'REF_ENTITY_NAME', 'REF_ENTITY_DOMAIN'].map(key =>
    args.get(key)
  )
  if (args.has('1')) throw refused('POLICY_REFERENCES takes named arguments.')
  if (policyName !== undefined && (entityName !== undefined || domain !== undefined))
    throw refused('Either POLICY_NAME or REF_ENTITY_NAME can be given, not both.')
  if (policyName !== undefined) return asQuery(compiler, ofPolicy(compiler, nameFromText(policyName)))
  if (entityName === undefined || domain === undefined)
    throw refused('REF_ENTITY_NAME and REF_ENTITY_DOMAIN must be given together.')
  return asQuery(compiler, ofEntity(compiler, nameFromText(entityName), domain.toUpperCase()))
}

const asQuery = (compiler: Compiler, references: ReadonlyArray<Reference>): CompiledQuery =>
  queryOfRows(compiler.plan, columns, references.map(rowOf))

const rowOf = ({ policy, relation, column, argumentColumns, tag, status }: Reference): Row => {
  const parts = (object: Securable | undefined): ReadonlyArray<string | null> =>
    object === undefined ? [null, null, null] : fullName(object)
  return [
    ...parts(policy),
    underscored(policy.kind),
    ...parts(relation),
    isViewKind(relation.kind) ? 'VIEW' : 'TABLE',
    column?.name ?? null,
    argumentColumns === undefined ? null : JSON.stringify(argumentColumns),
    ...parts(tag),
    status
  ]
}

const applyAll = (kind: PolicyKind): string => `APPLY ${kind}`

/** The global privilege shows every use; APPLY on the policy shows uses on what one owns. */
const mayKnow = (compiler: Compiler, { policy, relation }: Pick<Reference, 'policy' | 'relation'>): boolean => {
  const { access } = compiler
  return access.holdsGlobally(applyAll(policy.kind)) || (access.holds('APPLY', policy) && access.owns(relation))
}

const ofPolicy = (compiler: Compiler, name: ObjectName): ReadonlyArray<Reference> => {
  const policy = findEitherPolicy(compiler, name)
  const tagged = Array.from(policy.tagged).flatMap(tag => Array.from(tag.objects))
  const relations = new Set([...policy.relations, ...tagged].flatMap(relationsIn))
  return Array.from(relations)
    .flatMap(referencesOn)
    .filter(reference => reference.policy === policy && mayKnow(compiler, reference))
}

const byPolicyPrivilege: Finder = (access, object) =>
  access.reaches(object) || access.governs(object) || access.owns(object)

const findEitherPolicy = (compiler: Compiler, name: ObjectName): Policy => {
  try {
    return findObject(resolving(compiler), 'MASKING POLICY', name, 'SELECT', byPolicyPrivilege) as Policy
  } catch {
    // Not a masking policy: whatever is wrong is said of the other kind.
    return findObject(resolving(compiler), 'ROW ACCESS POLICY', name, 'SELECT', byPolicyPrivilege) as Policy
  }
}

/** The relation itself, or those inside a tagged database or schema: they carry its tags. */
const relationsIn = (object: Securable): ReadonlyArray<Relation> => {
  if ('columns' in object) return [object as Relation]
  if ('schemas' in object)
    return Array.from((object as { schemas: { values: () => Iterable<Securable> } }).schemas.values()).flatMap(
      relationsIn
    )
  const relations =
    (object as { objects?: ReadonlyMap<string, { values: () => Iterable<Securable> }> }).objects
      ?.get('RELATIONS')
      ?.values() ?? []
  return Array.from(relations).flatMap(relation => ('columns' in relation ? [relation as Relation] : []))
}

const domains: Readonly<Record<string, 'TABLE' | 'VIEW'>> = {
  TABLE: 'TABLE',
  VIEW: 'VIEW',
  EXTERNAL_TABLE: 'TABLE',
  DYNAMIC_TABLE: 'TABLE',
  ICEBERG_TABLE: 'TABLE',
  HYBRID_TABLE: 'TABLE',
  EVENT_TABLE: 'TABLE',
  MATERIALIZED_VIEW: 'VIEW'
}

const ofEntity = (compiler: Compiler, name: ObjectName, domain: string): ReadonlyArray<Reference> => {
  const kind = domains[domain]
  if (kind === undefined) throw unsupported(`REF_ENTITY_DOMAIN '${domain}'`)
  const byAny: Finder = (access, object) => access.reaches(object) || access.governs(object)
  const relation = findObject(resolving(compiler), kind, name, 'SELECT', byAny) as Relation
  const references = referencesOn(relation)
  const { access } = compiler
  const global = (['MASKING POLICY', 'ROW ACCESS POLICY'] as const).some(policyKind =>
    access.holdsGlobally(applyAll(policyKind))
  )
  const visible = references.filter(reference => mayKnow(compiler, reference))
  const known = references.some(({ policy }) => access.holds('APPLY', policy))
  // A role that may know no policy at all is told so, not shown an empty list.
  if (!global && !known && visible.length === 0 && !holdsSomePolicy(compiler))
    throw insufficientPrivileges(kind.toLowerCase(), displayName(fullName(relation).slice(-1)))
  return visible
}

const holdsSomePolicy = ({ context, access }: Compiler): boolean =>
  Array.from(access.principals()).some(principal =>
    context.account.grants
      .to(principal)
      .some(
        ({ object, privilege }) =>
          privilege === 'APPLY' && (object.kind === 'MASKING POLICY' || object.kind === 'ROW ACCESS POLICY')
      )
  )

/** Every policy on the relation: its filter, its columns' masks, and those that came by tags. */
const referencesOn = (relation: Relation): ReadonlyArray<Reference> => {
  const { rowAccess } = relation
  const filter: ReadonlyArray<Reference> =
    rowAccess === undefined
      ? []
      : [
          {
            policy: rowAccess.policy,
            relation,
            column: undefined,
            argumentColumns: argumentNames(relation, rowAccess.columns),
            tag: undefined,
            status: 'ACTIVE'
          }
        ]
  return [...relation.columns.flatMap(column => columnReferences(relation, column)), ...filter]
}

const columnReferences = (relation: Relation, column: Column): ReadonlyArray<Reference> => {
  // Which further columns a conditional mask is bound to Snowflake does not tell.
  if (column.masking !== undefined)
    return [
      { policy: column.masking.policy, relation, column, argumentColumns: undefined, tag: undefined, status: 'ACTIVE' }
    ]
  const found = tagPolicies(relation, column)
  return found.map(({ tag, policy }) => ({
    policy,
    relation,
    column,
    argumentColumns: undefined,
    tag,
    status: found.length > 1 ? 'MULTIPLE_MASKING_POLICY_ASSIGNED_TO_THE_COLUMN' : argumentStatus(relation, policy)
  }))
}

/** A tag's policy finds its further arguments by column name. */
const argumentStatus = (relation: Relation, policy: Policy): string => {
  for (const argument of policy.signature.slice(1)) {
    const column = relation.columns.find(({ name }) => name === argument.name)
    if (column === undefined) return 'COLUMN_IS_MISSING_FOR_SECONDARY_ARG'
    if (!sameKind(column.type, argument.type)) return 'COLUMN_DATATYPE_MISMATCH_FOR_SECONDARY_ARG'
  }
  return 'ACTIVE'
}

/**
 * A table or view as its reader may see it: rows first filtered by the row access policy, then masked, both judged on the raw values.
 *
 * @see https://docs.snowflake.com/en/user-guide/security-column-intro#masking-policies-at-query-runtime
 * @see https://docs.snowflake.com/en/user-guide/security-row-intro#policies-at-query-runtime
 */
import { createAccess } from '../privileges/Access.ts'
import type { Access } from '../privileges/Access.ts'
import { withInherited } from '../privileges/activeRoles.ts'
import type { Account } from '../catalog/Account.ts'
import type { Database, Schema } from '../catalog/Container.ts'
import type { Policy } from '../catalog/Policy.ts'
import { columnNumbered } from '../catalog/Relation.ts'
import type { Column, Relation } from '../catalog/Relation.ts'
import { fullName } from '../catalog/Securable.ts'
import type { Securable } from '../catalog/Securable.ts'
import { tagPolicies } from '../statements/tagging.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { StatementError, refused } from '../StatementError.ts'
import { castTo } from './coerce.ts'
import { outputName } from './Compiled.ts'
import type { Compiled, CompiledQuery } from './Compiled.ts'
import type { Compiler, Namespaces } from './Compiler.ts'
import { emptyScope } from './Scope.ts'
import type { Scope } from './Scope.ts'
import { columnName, emptyTableSql } from './Storage.ts'

/** Where a relation's raw columns are in the engine. */
export interface RawSource {
  readonly sql: string
  readonly column: (column: Column) => string
  /** Which row versions count, when the source holds more than those. */
  readonly condition: string | undefined
  /** The number of the row. A view has none. */
  readonly rowId: string
}

export const protectedQuery = (compiler: Compiler, relation: Relation, version?: number): CompiledQuery => {
  const source = rawSource(compiler, relation, version)
  return { sql: protectedSelect(compiler, relation, source, []), columns: relation.columns }
}

/** The select over a raw source; `extra` columns come after those of the relation, unmasked. */
export const protectedSelect = (
  compiler: Compiler,
  relation: Relation,
  source: RawSource,
  extra: ReadonlyArray<string>
): string => {
  const columns = relation.columns.map(
    (column, i) => `${maskedColumn(compiler, relation, column, source)} AS ${outputName(i)}`
  )
  const rest = extra.map((sql, i) => `${sql} AS ${outputName(columns.length + i)}`)
  const conditions = [source.condition, rowFilter(compiler, relation, source)].filter(
    condition => condition !== undefined
  )
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`
  return `SELECT ${[...columns, ...rest].join(', ')} FROM ${source.sql}${where}`
}

export const rawSource = (compiler: Compiler, relation: Relation, version?: number): RawSource => {
  const alias = compiler.plan.unique('p')
  if (relation.view !== undefined) return viewSource(compiler, relation, alias)
  compiler.plan.relations.add(relation)
  const table = compiler.context.engine.tableFor(relation, compiler.context.session) ?? emptyTableSql(relation)
  return {
    sql: `${table} AS ${alias}`,
    column: column => `${alias}.${columnName(column)}`,
    condition: version === undefined ? `${alias}._to IS NULL` : standsAt(alias, version),
    rowId: `${alias}._id`
  }
}

/** The row version stood at this version of the table. */
export const standsAt = (alias: string, version: number): string =>
  `(${alias}._from <= ${version} AND (${alias}._to IS NULL OR ${alias}._to > ${version}))`

/** A view reads with its owner's rights; the policies it meets still see the session. */
const viewSource = (compiler: Compiler, relation: Relation, alias: string): RawSource => {
  const schema = relation.parent as Schema
  const inside = compiler.within({
    access: ownersAccess(compiler.context.account, relation),
    invoker: relation.owner,
    names: namesOf(schema),
    commonTables: new Map(),
    expanding: [...compiler.expanding, relation]
  })
  const query = expandView(inside, relation)
  const names = relation.columns.map((_, i) => outputName(i)).join(', ')
  return {
    sql: `(${query.sql}) AS ${alias}(${names})`,
    column: column => `${alias}.${outputName(relation.columns.indexOf(column))}`,
    condition: undefined,
    rowId: 'NULL'
  }
}

const expandView = (inside: Compiler, relation: Relation): CompiledQuery => {
  const definition = relation.view
  if (definition === undefined) throw refused('not a view')
  try {
    const query = inside.query(definition.query)
    if (query.columns.length === relation.columns.length) return query
    throw refused(
      `View columns mismatch with view definition: ${relation.columns.length} declared, ${query.columns.length} found.`
    )
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    const reason = error.message.replace(/^SQL [a-z ]+error:\s*/, '')
    throw new StatementError(
      '002037',
      '42601',
      `SQL compilation error:\nFailure during expansion of view '${displayName(fullName(relation).slice(-1))}': ${reason}`
    )
  }
}

const namesOf = (schema: Schema): Namespaces => ({ schema, database: schema.parent as Database })

export const ownersAccess = (account: Account, object: Securable): Access => {
  const roles = withInherited(account, object.owner === undefined ? [] : [object.owner])
  return createAccess(account, () => roles)
}

const rowFilter = (compiler: Compiler, relation: Relation, source: RawSource): string | undefined => {
  const { rowAccess } = relation
  if (rowAccess === undefined) return undefined
  const columns = rowAccess.columns.map(id => columnNumbered(relation, id)).filter(column => column !== undefined)
  return `coalesce(${policyValue(compiler, relation, rowAccess.policy, columns, source).sql}, FALSE)`
}

const maskedColumn = (compiler: Compiler, relation: Relation, column: Column, source: RawSource): string => {
  const raw = source.column(column)
  const masking = maskingOf(relation, column)
  if (masking === undefined) return raw
  return castTo(policyValue(compiler, relation, masking.policy, masking.columns, source), column.type).sql
}

/** The policy that masks the column: the one set on it, else the one its tags bring. */
export const maskingOf = (
  relation: Relation,
  column: Column
): { readonly policy: Policy; readonly columns: ReadonlyArray<Column> } | undefined => {
  if (column.masking !== undefined) {
    const columns = column.masking.using.map(id => columnNumbered(relation, id)).filter(known => known !== undefined)
    return { policy: column.masking.policy, columns }
  }
  const [first, second] = tagPolicies(relation, column)
  if (first === undefined) return undefined
  if (second !== undefined)
    throw refused(
      `Column '${column.name}' is mapped to multiple masking policies by tags. Please contact your local administrator to fix the issue.`
    )
  return { policy: first.policy, columns: argumentColumns(relation, column, first.policy) }
}

/** A policy that came by a tag finds its further arguments by name. */
const argumentColumns = (relation: Relation, column: Column, policy: Policy): ReadonlyArray<Column> =>
  policy.signature.map(({ name }, i) => {
    const found = i === 0 ? column : relation.columns.find(candidate => candidate.name === name)
    if (found === undefined)
      throw refused(`Column '${name}' of masking policy '${policy.name}' is missing in '${relation.name}'.`)
    return found
  })

const policyValue = (
  compiler: Compiler,
  relation: Relation,
  policy: Policy,
  columns: ReadonlyArray<Column>,
  source: RawSource
): Compiled => {
  if (compiler.expanding.includes(policy)) throw refused(`Policy '${policy.name}' is used in its own evaluation.`)
  const inside = compiler.within({
    access: ownersAccess(compiler.context.account, policy),
    names: namesOf(policy.parent as Schema),
    current: namesOf(relation.parent as Schema),
    commonTables: new Map(),
    expanding: [...compiler.expanding, policy]
  })
  const args = policy.signature.map(({ name, type }, i) => {
    const column = columns[i]
    return { name, type, sql: column === undefined ? 'NULL' : source.column(column) }
  })
  const scope: Scope = { ...emptyScope, relations: [{ qualifier: [], columns: args }] }
  return inside.expression(policy.body, scope)
}

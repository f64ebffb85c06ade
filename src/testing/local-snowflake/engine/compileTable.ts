/** What FROM holds: every table becomes a subquery whose columns are `x1`, `x2` … under an alias of our own. */
import type { Relation } from '../catalog/Relation.ts'
import { isRelationKind } from '../catalog/ObjectKind.ts'
import { fullName } from '../catalog/Securable.ts'
import { isStale } from '../catalog/Stream.ts'
import type { Stream } from '../catalog/Stream.ts'
import { requirePrivilege } from '../statements/require.ts'
import { findSource } from '../statements/resolve.ts'
import type { Row } from '../statements/ResultSet.ts'
import type { Alias, Join, NamedTable, TableReference } from '../sql/SyntaxTree.ts'
import { displayName } from '../sql/quoteIdentifier.ts'
import { doesNotExist, refused, staleStream, unsupported } from '../StatementError.ts'
import { alignTypes } from './coerce.ts'
import { queryOfRows } from './cells.ts'
import { compileChanges } from './compileChanges.ts'
import { compileTableFunction } from './compileTableFunction.ts'
import { outputName } from './Compiled.ts'
import type { CompiledColumn, CompiledQuery } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import { informationSchemaTable } from './informationSchema.ts'
import { protectedQuery } from './protectedQuery.ts'
import { resolving } from './resolving.ts'
import { restrictionsOf } from './restrictions.ts'
import type { Restrictions } from './restrictions.ts'
import { emptyScope } from './Scope.ts'
import type { Scope, ScopeColumn, ScopeRelation } from './Scope.ts'
import { versionAt } from './timeTravel.ts'

export interface CompiledFrom {
  readonly sql: string
  readonly relations: ReadonlyArray<ScopeRelation>
  readonly shared: ReadonlyArray<ScopeColumn>
  /** Set when the rows of the only relation are there already. */
  readonly rows?: () => ReadonlyArray<Row>
}

/** `outer` is what a lateral table may name besides the tables to its left. */
export const compileFrom = (
  compiler: Compiler,
  reference: TableReference,
  outer: Scope | undefined,
  wanted: Restrictions
): CompiledFrom => {
  switch (reference.kind) {
    case 'join':
      return compileJoin(compiler, reference, outer, wanted)
    case 'table':
      return compileNamed(compiler, reference, wanted)
    case 'derived':
      return aliased(compiler, compiler.query(reference.query, outer), reference, [], reference.lateral)
    case 'function':
      return aliased(compiler, compileTableFunction(compiler, reference, outer ?? emptyScope), reference, [], true)
    case 'piped': {
      const result = compiler.context.piped.at(-reference.back)
      if (result === undefined) throw refused(`$${reference.back} names no statement of the pipe.`)
      return aliased(compiler, queryOfRows(compiler.plan, result.columns, result.rows), reference, [], false)
    }
  }
}

const aliased = (
  compiler: Compiler,
  query: CompiledQuery,
  alias: Alias,
  name: ReadonlyArray<string>,
  lateral: boolean
): CompiledFrom => {
  const engineName = compiler.plan.unique('r')
  const relation = scopeRelation(engineName, query.columns, alias, name)
  const sql = `${lateral ? 'LATERAL ' : ''}(${query.sql}) AS ${engineName}`
  return { sql, relations: [relation], shared: [], ...(query.rows === undefined ? {} : { rows: query.rows }) }
}

const scopeRelation = (
  engineName: string,
  columns: ReadonlyArray<CompiledColumn>,
  { alias, columnAliases }: Alias,
  name: ReadonlyArray<string>
): ScopeRelation => ({
  qualifier: alias === undefined ? name : [alias],
  columns: columns.map((column, i) => ({
    name: columnAliases[i] ?? column.name,
    sql: `${engineName}.${outputName(i)}`,
    type: column.type
  }))
})

const compileNamed = (compiler: Compiler, reference: NamedTable, wanted: Restrictions): CompiledFrom => {
  const { name } = reference
  const common = name.length === 1 ? compiler.commonTables.get(name[0] ?? '') : undefined
  if (common !== undefined) {
    const engineName = compiler.plan.unique('r')
    const columns = common.columns.map((_, i) => outputName(i)).join(', ')
    const relation = scopeRelation(engineName, common.columns, reference, name)
    return { sql: `${common.engineName} AS ${engineName}(${columns})`, relations: [relation], shared: [] }
  }
  const information = informationSchemaTable(compiler, name, wantedOf(reference, wanted))
  if (information !== undefined) return aliased(compiler, information, reference, name, false)
  const source = findSource(resolving(compiler), name, 'SELECT')
  requirePrivilege({ ...compiler.context, access: compiler.access }, 'SELECT', source)
  const query = isRelationKind(source.kind)
    ? compileRelation(compiler, source as Relation, reference)
    : compileStream(compiler, source as Stream)
  return aliased(compiler, query, reference, fullName(source), false)
}

/** What the query demands of this table, by the names it may call it. */
const wantedOf = ({ alias, columnAliases, name }: NamedTable, wanted: Restrictions): Restrictions => {
  if (columnAliases.length > 0) return new Map()
  const qualifiers = alias === undefined ? name.map((_, i) => name.slice(i)) : [[alias]]
  return restrictionsOf(wanted, [[], ...qualifiers])
}

const compileRelation = (
  compiler: Compiler,
  relation: Relation,
  { timeTravel, changes, name }: NamedTable
): CompiledQuery => {
  const travels = timeTravel !== undefined || changes !== undefined
  if (travels && relation.view !== undefined) throw unsupported('time travel on a view')
  if (changes !== undefined) {
    const from = versionAt(compiler, changes.from)
    const now = compiler.context.engine.readVersion(compiler.context.session)
    const to = changes.to === undefined ? now : versionAt(compiler, changes.to)
    return compileChanges(compiler, relation, { from, to, appendOnly: changes.appendOnly })
  }
  if (compiler.expanding.includes(relation)) throw refused(`View '${displayName(name)}' refers to itself.`)
  return protectedQuery(compiler, relation, timeTravel === undefined ? undefined : versionAt(compiler, timeTravel))
}

/** Reading a stream takes SELECT on its table too. */
const compileStream = (compiler: Compiler, stream: Stream): CompiledQuery => {
  const { engine, session, account } = compiler.context
  if (stream.source.dropped) throw doesNotExist('Object', displayName(fullName(stream.source)), '42S02')
  requirePrivilege({ ...compiler.context, access: compiler.access }, 'SELECT', stream.source)
  if (isStale(stream, account.clock.now())) throw staleStream(displayName([stream.name]))
  const range = { from: engine.offsetOf(session, stream), to: engine.readVersion(session) }
  compiler.plan.streams.set(stream, range)
  return compileChanges(compiler, stream.source, { ...range, appendOnly: stream.appendOnly })
}

const compileJoin = (compiler: Compiler, join: Join, outer: Scope | undefined, wanted: Restrictions): CompiledFrom => {
  const left = compileFrom(compiler, join.left, outer, wanted)
  const leftScope: Scope = { ...emptyScope, relations: left.relations, shared: left.shared, parent: outer }
  const right = compileFrom(compiler, join.right, leftScope, wanted)
  const relations = [...left.relations, ...right.relations]
  const names = join.natural ? commonNames(left, right) : join.using
  if (names.length > 0) return joinUsing(join, left, right, names)
  const scope: Scope = { ...emptyScope, relations, shared: [...left.shared, ...right.shared], parent: outer }
  const on = join.on === undefined ? undefined : compiler.expression(join.on, scope).sql
  if (on === undefined && join.type !== 'CROSS' && join.type !== 'INNER') throw refused('JOIN without a condition.')
  const sql =
    on === undefined
      ? `(${left.sql} CROSS JOIN ${right.sql})`
      : `(${left.sql} ${join.type === 'CROSS' ? 'INNER' : join.type} JOIN ${right.sql} ON ${on})`
  return { sql, relations, shared: scope.shared }
}

const visible = (from: CompiledFrom): ReadonlyArray<ScopeColumn> => [
  ...from.shared,
  ...from.relations.flatMap(relation => relation.columns).filter(column => column.merged !== true)
]

const commonNames = (left: CompiledFrom, right: CompiledFrom): ReadonlyArray<string> => {
  const known = new Set(visible(right).map(column => column.name))
  return visible(left).flatMap(({ name }) => (known.has(name) ? [name] : []))
}

/** The shared columns come first and once; the two behind each stay reachable by their qualified names. */
const joinUsing = (join: Join, left: CompiledFrom, right: CompiledFrom, names: ReadonlyArray<string>): CompiledFrom => {
  const column = (side: CompiledFrom, name: string): ScopeColumn => {
    const found = visible(side).find(candidate => candidate.name === name)
    if (found === undefined) throw refused(`column '${displayName([name])}' of USING is not on both sides of the join.`)
    return found
  }
  const pairs = names.map(name => ({ name, left: column(left, name), right: column(right, name) }))
  const on = pairs.map(pair => alignTypes(pair.left, pair.right)).map(([a, b]) => `${a.sql} = ${b.sql}`)
  const shared = pairs.map(({ name, left: a, right: b }): ScopeColumn => {
    const sql = join.type === 'FULL' ? `coalesce(${a.sql}, ${b.sql})` : join.type === 'RIGHT' ? b.sql : a.sql
    return { name, sql, type: a.type }
  })
  const merge = (relation: ScopeRelation): ScopeRelation => ({
    ...relation,
    columns: relation.columns.map(known => (names.includes(known.name) ? { ...known, merged: true } : known))
  })
  const rest = [...left.shared, ...right.shared].filter(known => !names.includes(known.name))
  const type = join.type === 'CROSS' ? 'INNER' : join.type
  return {
    sql: `(${left.sql} ${type} JOIN ${right.sql} ON ${on.join(' AND ')})`,
    relations: [...left.relations, ...right.relations].map(merge),
    shared: [...shared, ...rest]
  }
}

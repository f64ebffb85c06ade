/** One SELECT: its columns, its clauses, and what ORDER BY may say about it. */
import type { Expression, GroupBy, Select, SelectItem, Star } from '../sql/SyntaxTree.ts'
import { refused } from '../StatementError.ts'
import { isConstant } from './constantRow.ts'
import { outputName } from './Compiled.ts'
import type { Compiled, CompiledBody, CompiledColumn } from './Compiled.ts'
import type { Compiler } from './Compiler.ts'
import { compileFrom } from './compileTable.ts'
import { knownColumn, knownLiteral } from './KnownValue.ts'
import { likePattern } from '../statements/likePattern.ts'
import { parameterOf } from '../statements/parameters.ts'
import type { Row } from '../statements/ResultSet.ts'
import { restrictions } from './restrictions.ts'
import { columnValue, emptyScope, starColumns } from './Scope.ts'
import type { Scope, ScopeRelation } from './Scope.ts'

interface Item extends Compiled {
  readonly name: string
}

export const compileSelect = (compiler: Compiler, select: Select, outer: Scope | undefined): CompiledBody => {
  const from =
    select.from === undefined
      ? undefined
      : compileFrom(compiler, select.from, outer, restrictions(select.where, select.from))
  const rows = isPlain(select) ? from?.rows : undefined
  const relations = rows === undefined ? (from?.relations ?? []) : knownRelations(compiler, from?.relations ?? [])
  const base: Scope = { ...emptyScope, relations, shared: from?.shared ?? [], parent: outer }
  const { items, scope } = compileItems(compiler, select.items, base)
  const clause = (word: string, expression: Expression | undefined): string =>
    expression === undefined ? '' : ` ${word} ${compiler.expression(expression, scope).sql}`
  const columns = items.map((item, i) => `${item.sql} AS ${outputName(i)}`).join(', ')
  const sql =
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${columns}` +
    (from === undefined ? '' : ` FROM ${from.sql}`) +
    clause('WHERE', select.where) +
    compileGroupBy(compiler, select.groupBy, items, scope) +
    clause('HAVING', select.having) +
    clause('QUALIFY', select.qualify)
  const top = select.top === undefined ? '' : ` LIMIT ${compiler.expression(select.top, emptyScope).sql}`
  const constant = from === undefined && select.where === undefined && top === '' && items.every(isConstant)
  return {
    sql: top === '' ? sql : `(${sql}${top})`,
    columns: items.map(({ name, type }): CompiledColumn => ({ name, type })),
    orderBy: expression => compileOrder(compiler, expression, items, scope, select.distinct),
    ...(constant ? { constants: items } : {}),
    ...knownRows(items, rows)
  }
}

/** Every row of what FROM names becomes one row of the result. */
const isPlain = ({ distinct, top, where, groupBy, having, qualify }: Select): boolean =>
  !distinct && groupBy.kind === 'none' && [top, where, having, qualify].every(clause => clause === undefined)

const knownRelations = (
  { context }: Compiler,
  relations: ReadonlyArray<ScopeRelation>
): ReadonlyArray<ScopeRelation> => {
  const timeZone = parameterOf(context.account, context.session, 'TIMEZONE')
  return relations.map(relation => ({
    ...relation,
    columns: relation.columns.map((column, i) => {
      const known = knownColumn(i, column.type, timeZone)
      return known === undefined ? column : { ...column, known }
    })
  }))
}

/** The rows of the result, when every item can be told from the rows of FROM. */
const knownRows = (
  items: ReadonlyArray<Item>,
  rows: (() => ReadonlyArray<Row>) | undefined
): Pick<CompiledBody, 'rows'> => {
  if (rows === undefined) return {}
  const values = items.map(({ known, literal }) => known ?? (literal === undefined ? undefined : knownLiteral(literal)))
  const tellers = values.filter(value => value !== undefined)
  if (tellers.length < items.length) return {}
  return { rows: () => rows().map(row => tellers.map(({ cell }) => cell(row))) }
}

/** Items come one after the other: each may name the aliases of those before it. */
const compileItems = (
  compiler: Compiler,
  selected: ReadonlyArray<SelectItem>,
  base: Scope
): { items: ReadonlyArray<Item>; scope: Scope } => {
  const aliases = new Map<string, Compiled>()
  const scope: Scope = { ...base, aliases }
  const items: Item[] = []
  for (const item of selected) {
    if (item.expression.kind === 'star') {
      items.push(...expandStar(compiler, item.expression, scope))
      continue
    }
    const compiled = compiler.expression(item.expression, scope)
    items.push({ ...compiled, name: item.alias ?? nameOf(item) })
    if (item.alias !== undefined) aliases.set(item.alias, compiled)
  }
  return { items, scope }
}

/** A column keeps its name; anything else is named by its own text, in upper case. */
const nameOf = ({ expression, text }: SelectItem): string => {
  if (expression.kind === 'column') return expression.path.at(-1) ?? ''
  return expression.kind === 'position' ? text : text.toUpperCase()
}

const expandStar = (compiler: Compiler, star: Star, scope: Scope): ReadonlyArray<Item> => {
  const columns = starColumns(scope, star.qualifier)
  if (columns === undefined)
    throw refused(
      star.qualifier.length === 0 ? 'SELECT with no columns' : `invalid identifier '${star.qualifier.join('.')}.*'`
    )
  const matches = star.pattern === undefined ? undefined : likePattern(star.pattern)
  return columns
    .filter(({ name }) => !star.exclude.includes(name) && (matches === undefined || matches.test(name)))
    .map(column => {
      const replacement = star.replace.find(({ name }) => name === column.name)
      const value: Compiled =
        replacement === undefined ? columnValue(column) : compiler.expression(replacement.value, scope)
      return { ...value, name: star.rename.find(({ from }) => from === column.name)?.to ?? column.name }
    })
}

const compileGroupBy = (compiler: Compiler, groupBy: GroupBy, items: ReadonlyArray<Item>, scope: Scope): string => {
  if (groupBy.kind === 'none') return ''
  if (groupBy.kind === 'all') return ' GROUP BY ALL'
  const one = (expression: Expression): string =>
    expression.kind === 'literal' && expression.type === 'number'
      ? itemAt(items, Number(expression.text)).sql
      : compiler.expression(expression, scope).sql
  const elements = groupBy.elements.map(({ kind, sets }) => {
    const lists = sets.map(set => set.map(one))
    if (kind === 'plain') return lists.flat().join(', ')
    const written = lists.map(list => (list.length === 1 && kind !== 'sets' ? list.join('') : `(${list.join(', ')})`))
    return `${kind === 'sets' ? 'GROUPING SETS' : kind.toUpperCase()} (${written.join(', ')})`
  })
  return ` GROUP BY ${elements.join(', ')}`
}

const itemAt = (items: ReadonlyArray<Item>, position: number): Item => {
  const item = items[position - 1]
  if (item === undefined) throw refused(`GROUP BY or ORDER BY position ${position} is not in the select list.`)
  return item
}

/** A position where the expression is a column of the result: the engine then orders exactly what comes out. */
const compileOrder = (
  compiler: Compiler,
  expression: Expression,
  items: ReadonlyArray<Item>,
  scope: Scope,
  distinct: boolean
): string => {
  if (expression.kind === 'literal' && expression.type === 'number') {
    return String(items.indexOf(itemAt(items, Number(expression.text))) + 1)
  }
  const name = expression.kind === 'column' && expression.path.length === 1 ? expression.path[0] : undefined
  const named = name === undefined ? -1 : items.findIndex(item => item.name === name)
  if (named !== -1) return String(named + 1)
  const { sql } = compiler.expression(expression, scope)
  const same = items.findIndex(item => item.sql === sql)
  if (same !== -1) return String(same + 1)
  if (distinct) throw refused('ORDER BY of SELECT DISTINCT must name a selected expression.')
  return sql
}

/** Queries: common tables, set operations, ORDER BY and LIMIT around a select. */
import type { CommonTable, Expression, OrderItem, Query, QueryBody, SetOperation, Values } from '../sql/SyntaxTree.ts'
import { refused, unsupported } from '../StatementError.ts'
import { writeOrderItem } from './compileCall.ts'
import { compileSelect } from './compileSelect.ts'
import { outputName } from './Compiled.ts'
import type { Compiled, CompiledBody, CompiledColumn, CompiledQuery } from './Compiled.ts'
import type { CommonTableBinding, Compiler } from './Compiler.ts'
import { emptyScope } from './Scope.ts'
import type { Scope } from './Scope.ts'

export const compileQuery = (compiler: Compiler, query: Query, outer?: Scope): CompiledQuery => {
  const { bound, definitions } = bindCommonTables(compiler, query, outer)
  const body = compileBody(bound, query.body, outer)
  const order = query.orderBy.map((item: OrderItem) => writeOrderItem(body.orderBy(item.expression), item))
  const count = (expression: Expression | undefined, word: string): string =>
    expression === undefined ? '' : ` ${word} ${bound.expression(expression, emptyScope).sql}`
  const tail = `${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`}${count(query.limit, 'LIMIT')}${count(query.offset, 'OFFSET')}`
  const head = definitions.length === 0 ? '' : `WITH ${query.recursive ? 'RECURSIVE ' : ''}${definitions.join(', ')} `
  const { constants, rows } = tail === '' && head === '' ? body : {}
  return {
    sql: `${head}${body.sql}${tail}`,
    columns: body.columns,
    ...(constants === undefined ? {} : { constants }),
    ...(rows === undefined ? {} : { rows })
  }
}

interface Bound {
  readonly bound: Compiler
  readonly definitions: ReadonlyArray<string>
}

const bindCommonTables = (compiler: Compiler, query: Query, outer: Scope | undefined): Bound => {
  let bound = compiler
  const definitions: string[] = []
  for (const table of query.with) {
    const engineName = compiler.plan.unique('w')
    const compiled =
      query.recursive && refersTo(table)
        ? compileRecursive(bound, table, engineName, outer)
        : bound.query(table.query, outer)
    const columns = nameColumns(table, compiled.columns)
    definitions.push(`${engineName} AS (${compiled.sql})`)
    bound = bound.within({ commonTables: new Map([...bound.commonTables, [table.name, { engineName, columns }]]) })
  }
  return { bound, definitions }
}

const nameColumns = (table: CommonTable, columns: ReadonlyArray<CompiledColumn>): ReadonlyArray<CompiledColumn> => {
  if (table.columns.length === 0) return columns
  if (table.columns.length !== columns.length)
    throw refused(`'${table.name}' has ${columns.length} columns, ${table.columns.length} named.`)
  return columns.map((column, i) => ({ ...column, name: table.columns[i] ?? column.name }))
}

/** With RECURSIVE every table may be recursive; only a UNION ALL is. */
const refersTo = (table: CommonTable): boolean =>
  table.query.body.kind === 'set' && table.query.body.operator === 'UNION ALL'

/** The anchor is compiled first: its columns are what the recursive part sees. */
const compileRecursive = (
  compiler: Compiler,
  table: CommonTable,
  engineName: string,
  outer: Scope | undefined
): CompiledQuery => {
  const body = table.query.body as SetOperation
  const anchor = compileBody(compiler, body.left, outer)
  const binding: CommonTableBinding = { engineName, columns: nameColumns(table, anchor.columns) }
  const inner = compiler.within({ commonTables: new Map([...compiler.commonTables, [table.name, binding]]) })
  const step = compileBody(inner, body.right, outer)
  return { sql: `${anchor.sql} UNION ALL ${step.sql}`, columns: anchor.columns }
}

const compileBody = (compiler: Compiler, body: QueryBody, outer: Scope | undefined): CompiledBody => {
  switch (body.kind) {
    case 'select':
      return compileSelect(compiler, body, outer)
    case 'values':
      return compileValues(compiler, body, outer)
    case 'nested': {
      const query = compiler.query(body.query, outer)
      const { columns, rows } = query
      const nested = { sql: `(${query.sql})`, columns, orderBy: orderByOutput(columns) }
      return rows === undefined ? nested : { ...nested, rows }
    }
    case 'set':
      return compileSet(compiler, body, outer)
  }
}

/** After a set operation only the result's own columns can order it. */
const orderByOutput =
  (columns: ReadonlyArray<CompiledColumn>) =>
  (expression: Expression): string => {
    if (expression.kind === 'literal' && expression.type === 'number') return expression.text
    const name = expression.kind === 'column' && expression.path.length === 1 ? expression.path[0] : undefined
    const index = columns.findIndex(column => column.name === name)
    if (index === -1) throw refused('ORDER BY of a set operation must name a column of its result.')
    return String(index + 1)
  }

const compileSet = (compiler: Compiler, body: SetOperation, outer: Scope | undefined): CompiledBody => {
  const left = compileBody(compiler, body.left, outer)
  const right = compileBody(compiler, body.right, outer)
  if (body.operator.endsWith('BY NAME'))
    return compileByName(body.operator.startsWith('UNION ALL') ? 'UNION ALL' : 'UNION', left, right)
  if (left.columns.length !== right.columns.length) {
    throw refused(
      `invalid number of result columns for set operator input branches, expected ${left.columns.length}, got ${right.columns.length}`
    )
  }
  const columns = left.columns.map(({ name, type }, i) => ({
    name,
    type: type?.name === right.columns[i]?.type?.name ? type : undefined
  }))
  const both = { sql: `(${left.sql}) ${body.operator} (${right.sql})`, columns, orderBy: orderByOutput(columns) }
  const rows = body.operator === 'UNION ALL' ? unitedRows(left, right) : undefined
  return rows === undefined ? both : { ...both, rows }
}

/** Cells of different types are written differently: the engine brings them together. */
const unitedRows = (left: CompiledBody, right: CompiledBody): CompiledBody['rows'] => {
  const [before, after] = [left.rows, right.rows]
  const alike = left.columns.every(({ type }, i) => {
    const other = right.columns[i]?.type
    return type !== undefined && type.name === other?.name && type.scale === other.scale
  })
  return alike && before !== undefined && after !== undefined ? () => [...before(), ...after()] : undefined
}

/** Columns are paired by name; what one side lacks is NULL there. */
const compileByName = (operator: string, left: CompiledBody, right: CompiledBody): CompiledBody => {
  const columns = [
    ...left.columns,
    ...right.columns.filter(({ name }) => !left.columns.some(column => column.name === name))
  ]
  const align = (side: CompiledBody): string => {
    const items = columns.map(({ name }, i) => {
      const at = side.columns.findIndex(column => column.name === name)
      return `${at === -1 ? 'NULL' : outputName(at)} AS ${outputName(i)}`
    })
    return `SELECT ${items.join(', ')} FROM (${side.sql})`
  }
  return { sql: `(${align(left)}) ${operator} (${align(right)})`, columns, orderBy: orderByOutput(columns) }
}

const compileValues = (compiler: Compiler, body: Values, outer: Scope | undefined): CompiledBody => {
  const scope: Scope = { ...emptyScope, parent: outer }
  const rows: ReadonlyArray<ReadonlyArray<Compiled>> = body.rows.map(row =>
    row.map(value => compiler.expression(value, scope))
  )
  const [first = []] = rows
  if (rows.some(row => row.length !== first.length)) throw refused('VALUES rows must have the same number of columns.')
  if (rows.length === 0) throw unsupported('VALUES without rows')
  const names = first.map((_, i) => outputName(i))
  const columns = first.map((value, i) => {
    const types = rows.map(row => row[i]).filter(cell => cell?.literal?.type !== 'null')
    const same = types.every(cell => cell?.type?.name === types[0]?.type?.name)
    return { name: `COLUMN${i + 1}`, type: same ? (types[0]?.type ?? value.type) : undefined }
  })
  const list = rows.map(row => `(${row.map(value => value.sql).join(', ')})`).join(', ')
  const sql = `SELECT * FROM (VALUES ${list}) AS ${compiler.plan.unique('v')}(${names.join(', ')})`
  return { sql, columns: columns.map(widen), orderBy: orderByOutput(columns) }
}

/** Rows may hold longer texts and larger numbers than the first. */
const widen = (column: CompiledColumn): CompiledColumn => {
  if (column.type?.name === 'VARCHAR') return { ...column, type: { name: 'VARCHAR', length: 16_777_216 } }
  return column.type?.name === 'NUMBER' ? { ...column, type: undefined } : column
}

/** An INSERT whose binds are columns of values: one statement, read once per row, with all the rows. */
import type { Insert } from '../sql/DataStatement.ts'
import type { Query, QueryBody } from '../sql/SyntaxTree.ts'
import type { Statement } from '../sql/Statement.ts'
import { unsupported } from '../StatementError.ts'

const noRows: Query = {
  recursive: false,
  with: [],
  body: { kind: 'values', rows: [] },
  orderBy: [],
  limit: undefined,
  offset: undefined
}

/** `readings` are the same text with the binds of one row each. */
export const mergeRows = (readings: ReadonlyArray<Statement>): Statement => {
  const [first] = readings
  if (first === undefined || readings.length === 1) return first ?? { kind: 'query', query: noRows }
  const inserts = readings.map(reading => {
    if (reading.kind !== 'insert' || !takesManyRows(reading)) throw notAnInsert()
    return reading
  })
  return { ...(first as Insert), source: mergeSources(inserts) }
}

/** Whether binds of many rows can be merged into it. */
export const takesManyRows = ({ source }: Insert): boolean =>
  source.kind === 'rows' || (source.query.with.length === 0 && !isOrdered(source.query))

const isOrdered = ({ orderBy, limit }: Query): boolean => orderBy.length > 0 || limit !== undefined

const notAnInsert = () => unsupported('binds of many rows in a statement that is no plain INSERT')

const mergeSources = (inserts: ReadonlyArray<Insert>): Insert['source'] => {
  const rows = inserts.flatMap(({ source }) => (source.kind === 'rows' ? source.rows : []))
  if (rows.length > 0) return { kind: 'rows', rows }
  const bodies = inserts.map(({ source }) => {
    if (source.kind !== 'query') throw notAnInsert()
    return source.query.body
  })
  return { kind: 'query', query: { ...noRows, body: union(bodies) } }
}

/** Halves on both sides, so that the tree stays shallow. */
const union = (bodies: ReadonlyArray<QueryBody>): QueryBody => {
  const [only] = bodies
  if (only === undefined || bodies.length === 1) return only ?? noRows.body
  const middle = bodies.length >> 1
  return {
    kind: 'set',
    operator: 'UNION ALL',
    left: union(bodies.slice(0, middle)),
    right: union(bodies.slice(middle))
  }
}

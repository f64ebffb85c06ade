/**
 * Where a table's rows are: one engine table per relation, with every version of every row.
 *
 * A row version holds `_id`, the same for all versions of a row, and the version numbers between which it stands: `_from` (included)
 * and `_to` (excluded, NULL while it is current). Streams and time travel are questions about these numbers.
 * A column's values are in `c<number>`, so that renaming moves nothing.
 */
import type { Column, Relation } from '../catalog/Relation.ts'
import type { Session } from '../Session.ts'
import { engineType } from './engineTypes.ts'

export interface Storage {
  /** The engine table the session can read, if the relation has one yet. */
  readonly tableFor: (relation: Relation, session: Session) => string | undefined
  readonly has: (relation: Relation) => boolean
  /** Notes that the table exists: for everyone, or until the session's transaction ends for this session only. */
  readonly noteCreated: (relation: Relation, uncommittedIn: Session | undefined) => void
  readonly noteCommitted: (session: Session) => void
  readonly noteRolledBack: (session: Session) => void
  readonly forget: (relation: Relation) => boolean
}

export const tableName = (relation: Relation): string => `t${relation.id}`
export const columnName = (column: Pick<Column, 'id'>): string => `c${column.id}`

export const createTableSql = (relation: Relation): string => {
  const columns = relation.columns.map(column => `, ${columnName(column)} ${engineType(column.type)}`)
  return `CREATE TABLE ${tableName(relation)} (_id BIGINT, _from BIGINT, _to BIGINT${columns.join('')})`
}

/** A table without rows, for a relation nothing was ever written to. */
export const emptyTableSql = (relation: Relation): string => {
  const columns = relation.columns.map(column => `, CAST(NULL AS ${engineType(column.type)}) AS ${columnName(column)}`)
  return `(SELECT CAST(NULL AS BIGINT) AS _id, CAST(NULL AS BIGINT) AS _from, CAST(NULL AS BIGINT) AS _to${columns.join('')} WHERE FALSE)`
}

export const createStorage = (): Storage => {
  const tables = new Map<Relation, Session | undefined>()
  const uncommitted = (session: Session): ReadonlyArray<Relation> =>
    Array.from(tables).flatMap(([relation, owner]) => (owner === session ? [relation] : []))
  return {
    tableFor: (relation, session) => {
      if (!tables.has(relation)) return undefined
      const owner = tables.get(relation)
      return owner === undefined || owner === session ? tableName(relation) : undefined
    },
    has: relation => tables.has(relation),
    noteCreated: (relation, uncommittedIn) => void tables.set(relation, uncommittedIn),
    noteCommitted: session => {
      for (const relation of uncommitted(session)) tables.set(relation, undefined)
    },
    noteRolledBack: session => {
      for (const relation of uncommitted(session)) tables.delete(relation)
    },
    forget: relation => tables.delete(relation)
  }
}

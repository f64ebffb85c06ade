/** The columns of SHOW for tables, views and objects, in Snowflake's order. */
import { isViewKind } from '../catalog/ObjectKind.ts'
import type { Relation } from '../catalog/Relation.ts'
import { letterCell, wordCell } from './ResultSet.ts'
import type { Cell } from './ResultSet.ts'
import {
  comment,
  createdOn,
  databaseName,
  empty,
  name,
  none,
  number,
  off,
  owner,
  ownerRoleType,
  schemaName,
  text
} from './ShowColumn.ts'
import type { Context, ShowColumn } from './ShowColumn.ts'

const tableWord = (relation: Relation): string => {
  if (relation.temporaryIn !== undefined) return 'TEMPORARY'
  return relation.transient ? 'TRANSIENT' : 'TABLE'
}

const rows: ShowColumn<Relation> = number('rows', relation =>
  relation.view === undefined ? String(relation.rowCount) : null
)
const bytes: ShowColumn<Relation> = number('bytes', relation =>
  relation.view === undefined ? String(relation.rowCount * 64) : null
)
const clusterBy: ShowColumn<Relation> = text('cluster_by', relation => relation.clusterBy)
const retention: ShowColumn<Relation> = text('retention_time', relation =>
  relation.view === undefined ? String(relation.retentionDays) : null
)
const isKind = (column: string, kind: Relation['kind']): ShowColumn<Relation> =>
  text(column, relation => letterCell(relation.kind === kind))

export const tableColumns: ReadonlyArray<ShowColumn<Relation>> = [
  createdOn,
  name,
  databaseName,
  schemaName,
  text('kind', tableWord),
  comment,
  clusterBy,
  rows,
  bytes,
  owner,
  retention,
  off('automatic_clustering'),
  text('change_tracking', relation => (relation.changeTracking ? 'ON' : 'OFF')),
  off('search_optimization'),
  none('search_optimization_progress'),
  none('search_optimization_bytes'),
  isKind('is_external', 'EXTERNAL TABLE'),
  text('enable_schema_evolution', () => 'N'),
  ownerRoleType,
  isKind('is_event', 'EVENT TABLE'),
  none('budget'),
  isKind('is_hybrid', 'HYBRID TABLE'),
  isKind('is_iceberg', 'ICEBERG TABLE'),
  isKind('is_dynamic', 'DYNAMIC TABLE'),
  text('is_immutable', () => 'N')
]

/** The text of a secure view is shown to its owner alone. */
const viewText = (relation: Relation, { access }: Context): Cell =>
  relation.view === undefined || (relation.view.secure && !access.owns(relation)) ? '' : relation.view.text

export const viewColumns: ReadonlyArray<ShowColumn<Relation>> = [
  createdOn,
  name,
  empty('reserved'),
  databaseName,
  schemaName,
  owner,
  comment,
  text('text', viewText),
  text('is_secure', relation => wordCell(relation.view?.secure === true)),
  text('is_materialized', relation => wordCell(relation.kind === 'MATERIALIZED VIEW')),
  ownerRoleType,
  text('change_tracking', relation => (relation.changeTracking ? 'ON' : 'OFF'))
]

export const objectColumns: ReadonlyArray<ShowColumn<Relation>> = [
  createdOn,
  name,
  databaseName,
  schemaName,
  text('kind', relation =>
    isViewKind(relation.kind) ? 'VIEW' : tableWord(relation) === 'TEMPORARY' ? 'TEMPORARY' : tableWord(relation)
  ),
  comment,
  clusterBy,
  rows,
  bytes,
  owner,
  retention,
  ownerRoleType,
  none('budget'),
  isKind('is_hybrid', 'HYBRID TABLE'),
  isKind('is_dynamic', 'DYNAMIC TABLE'),
  isKind('is_iceberg', 'ICEBERG TABLE')
]

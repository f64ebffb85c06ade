/** What the rows of SHOW GRANTS and POLICY_REFERENCES say (docs.snowflake.com: show-grants, policy_references). Columns are read by name, never by place: releases add some. */
import type { ActualAccess, ActualGrant, AttachedPolicy } from '../access/AccessState.ts'
import type { RelationKind, ResourceKind } from '../Resource.ts'
import { isRelation } from '../Resource.ts'
import { qualify } from './identifiers.ts'
import type { PolicySchema } from './PolicyObject.ts'
import { isOurs } from './PolicyObject.ts'
import type { Row } from './SnowflakeClient.ts'
import { textOf } from './SnowflakeClient.ts'
import { unquotePart } from './unquotePart.ts'

const kinds: { readonly [grantedOn: string]: RelationKind } = {
  TABLE: 'table',
  VIEW: 'view',
  MATERIALIZED_VIEW: 'materialized view',
  EXTERNAL_TABLE: 'external table',
  DYNAMIC_TABLE: 'dynamic table',
  ICEBERG_TABLE: 'iceberg table',
  HYBRID_TABLE: 'hybrid table',
  EVENT_TABLE: 'event table'
}

/** A kind that was told more exactly before is kept: some variants are granted on as plain tables. */
export const toRealKind = (kind: ResourceKind, rows: ReadonlyArray<Row>): ResourceKind => {
  const told = rows.map(row => kinds[textOf(row, 'granted_on') ?? '']).find(each => each !== undefined)
  return told === undefined || !isRelation(kind) || told === 'table' || told === 'view' ? kind : told
}

/** Grants to account roles and users; those to shares, database roles and applications are none of our business. */
export const toGrants = (rows: ReadonlyArray<Row>): ReadonlyArray<ActualGrant> =>
  rows.flatMap(row => {
    const privilege = textOf(row, 'privilege')
    const grantedTo = textOf(row, 'granted_to')
    const name = unquotePart(textOf(row, 'grantee_name') ?? '')
    if (privilege === undefined || name === '' || (grantedTo !== 'ROLE' && grantedTo !== 'USER')) return []
    // Without a grantor the grant is the system's own; inherited ones stand on the schema or database above.
    const grantor = unquotePart(textOf(row, 'granted_by') ?? '')
    const fixed = privilege === 'OWNERSHIP' || grantor === '' || isTrue(row, 'is_inherited')
    const grantee = { type: grantedTo === 'ROLE' ? ('role' as const) : ('user' as const), name }
    return [
      {
        ...{ privilege, grantee, grantOption: isTrue(row, 'grant_option'), changeable: !fixed },
        ...(grantor === '' ? {} : { grantor })
      }
    ]
  })

/** Snowflake writes truth as text, in one case or the other. */
const isTrue = (row: Row, column: string): boolean =>
  ['true', 'y', 'yes'].includes((textOf(row, column) ?? '').toLowerCase())

export const toAttachedPolicies = (
  rows: ReadonlyArray<Row>,
  home: PolicySchema
): Pick<ActualAccess, 'masks' | 'rowFilter'> => {
  const masks = new Map<string, AttachedPolicy>()
  const direct = new Set<string>()
  let rowFilter: AttachedPolicy | undefined
  for (const row of rows) {
    const part = (column: string) => textOf(row, column) ?? ''
    const [database, schema, name] = [part('POLICY_DB'), part('POLICY_SCHEMA'), part('POLICY_NAME')]
    // A mask that comes by a tag is somebody's too: one of ours beside it would take its place, and where one is set, it has.
    const byTag = textOf(row, 'TAG_NAME') !== undefined
    const ours = isOurs(home, database, schema, name) && !byTag
    const policy = qualify(database, schema, name)
    const column = textOf(row, 'REF_COLUMN_NAME')
    const kind = textOf(row, 'POLICY_KIND')
    if (kind === 'MASKING_POLICY' && column !== undefined) {
      if (!byTag) direct.add(column)
      if (!byTag || !direct.has(column)) masks.set(column, { policy, columns: [column], ours })
    }
    if (kind === 'ROW_ACCESS_POLICY') rowFilter = { policy, columns: argumentColumns(row), ours }
  }
  return { masks: [...masks.values()], ...(rowFilter === undefined ? {} : { rowFilter }) }
}

const argumentColumns = (row: Row): ReadonlyArray<string> => {
  const value = row['REF_ARG_COLUMN_NAMES']
  const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value
  return Array.isArray(parsed) ? parsed.map(String) : []
}

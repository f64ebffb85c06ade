/** What Snowflake calls the kinds of resources, where statements want to know. */
import type { ResourceKind } from '../Resource.ts'

/** The object type of GRANT, REVOKE and SHOW GRANTS. */
export const grantType = (kind: ResourceKind): string => kind.toUpperCase()

/** The statement that sets policies: views of both kinds share one, most kinds of tables another (docs.snowflake.com: alter-table, alter-view, alter-dynamic-table, alter-iceberg-table). */
export const alterType = (kind: ResourceKind): string => {
  if (kind === 'dynamic table' || kind === 'iceberg table') return kind.toUpperCase()
  return kind === 'view' || kind === 'materialized view' ? 'VIEW' : 'TABLE'
}

/** DESCRIBE knows tables and views; every kind of either answers to its name. */
export const describeType = (kind: ResourceKind): 'VIEW' | 'TABLE' =>
  kind === 'view' || kind === 'materialized view' ? 'VIEW' : 'TABLE'

/** The entity domain of POLICY_REFERENCES (docs.snowflake.com, policy_references). */
export const entityDomain = (kind: ResourceKind): string => alterType(kind).replace(' ', '_')

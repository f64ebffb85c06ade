/** Which privileges a kind of object can carry (docs.snowflake.com, grant-privilege; DESIGN, "Access types"). OWNERSHIP is never among them. */
import type { DesiredGrant } from './DesiredAccess.ts'
import type { ResourceKind } from '../Resource.ts'

const dml = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']

const carried: { readonly [K in ResourceKind]: ReadonlySet<string> } = {
  database: new Set(['USAGE', 'MODIFY', 'MONITOR', 'APPLYBUDGET', 'CREATE SCHEMA', 'CREATE DATABASE ROLE']),
  schema: new Set(['USAGE', 'MODIFY', 'MONITOR', 'APPLYBUDGET', 'ADD SEARCH OPTIMIZATION']),
  table: new Set(['SELECT', ...dml, 'REFERENCES', 'EVOLVE SCHEMA', 'APPLYBUDGET']),
  view: new Set(['SELECT', 'REFERENCES']),
  'materialized view': new Set(['SELECT', 'REFERENCES', 'APPLYBUDGET']),
  'external table': new Set(['SELECT', 'REFERENCES']),
  'dynamic table': new Set(['SELECT', 'MONITOR', 'OPERATE']),
  'iceberg table': new Set(['SELECT', ...dml, 'REFERENCES', 'APPLYBUDGET']),
  'hybrid table': new Set(['SELECT', ...dml, 'REFERENCES', 'APPLYBUDGET']),
  'event table': new Set(['SELECT', 'DELETE', 'TRUNCATE', 'REFERENCES', 'APPLYBUDGET', 'INGEST TELEMETRY'])
}

/** Whether a kind of object has a privilege. A schema carries one CREATE privilege per type of object. */
export const carries = (kind: ResourceKind, privilege: string): boolean =>
  carried[kind].has(privilege) || (kind === 'schema' && /^CREATE [A-Z]+( [A-Z]+){0,3}$/.test(privilege))

/** The grants that a kind can carry, and a note for each privilege that it can't. */
export const grantable = (
  kind: ResourceKind,
  grants: ReadonlyArray<DesiredGrant>
): { readonly grants: ReadonlyArray<DesiredGrant>; readonly notes: ReadonlyArray<string> } => {
  const refused = new Set(grants.map(({ privilege }) => privilege).filter(privilege => !carries(kind, privilege)))
  return {
    grants: grants.filter(({ privilege }) => !refused.has(privilege)),
    notes: [...refused].map(privilege => `a ${kind} has no privilege ${privilege}: it was not granted`)
  }
}

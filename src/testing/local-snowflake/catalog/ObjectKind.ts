/**
 * The kinds of object that can be created, granted on, shown and dropped, in one table: where each lives and how it is called.
 *
 * @see https://docs.snowflake.com/en/user-guide/security-access-control-overview#securable-objects
 */

export type RelationKind =
  | 'TABLE'
  | 'VIEW'
  | 'MATERIALIZED VIEW'
  | 'EXTERNAL TABLE'
  | 'DYNAMIC TABLE'
  | 'ICEBERG TABLE'
  | 'HYBRID TABLE'
  | 'EVENT TABLE'

export type PolicyKind = 'MASKING POLICY' | 'ROW ACCESS POLICY'

/** Objects that only exist: they can be created, owned, granted on, shown and dropped, and do nothing. */
export type InertKind = 'STAGE' | 'FILE FORMAT' | 'PIPE' | 'TASK' | 'ALERT' | 'SECRET' | 'FUNCTION' | 'PROCEDURE'

export type SchemaObjectKind = RelationKind | PolicyKind | InertKind | 'STREAM' | 'SEQUENCE' | 'TAG'

export type ObjectKind =
  'ACCOUNT' | 'DATABASE' | 'SCHEMA' | 'WAREHOUSE' | 'INTEGRATION' | 'ROLE' | 'DATABASE ROLE' | 'USER' | SchemaObjectKind

interface Description {
  readonly plural: string
  /** Where its name is looked up. */
  readonly level: 'ACCOUNT' | 'DATABASE' | 'SCHEMA'
  /** Kinds of one namespace cannot share a name. */
  readonly namespace: string
}

const inSchema = (plural: string, namespace: string): Description => ({ plural, level: 'SCHEMA', namespace })
const inAccount = (plural: string): Description => ({ plural, level: 'ACCOUNT', namespace: plural })

const descriptions: { readonly [K in ObjectKind]: Description } = {
  ACCOUNT: inAccount('ACCOUNTS'),
  DATABASE: inAccount('DATABASES'),
  WAREHOUSE: inAccount('WAREHOUSES'),
  INTEGRATION: inAccount('INTEGRATIONS'),
  ROLE: inAccount('ROLES'),
  USER: inAccount('USERS'),
  SCHEMA: { plural: 'SCHEMAS', level: 'DATABASE', namespace: 'SCHEMAS' },
  'DATABASE ROLE': { plural: 'DATABASE ROLES', level: 'DATABASE', namespace: 'DATABASE ROLES' },
  TABLE: inSchema('TABLES', 'RELATIONS'),
  VIEW: inSchema('VIEWS', 'RELATIONS'),
  'MATERIALIZED VIEW': inSchema('MATERIALIZED VIEWS', 'RELATIONS'),
  'EXTERNAL TABLE': inSchema('EXTERNAL TABLES', 'RELATIONS'),
  'DYNAMIC TABLE': inSchema('DYNAMIC TABLES', 'RELATIONS'),
  'ICEBERG TABLE': inSchema('ICEBERG TABLES', 'RELATIONS'),
  'HYBRID TABLE': inSchema('HYBRID TABLES', 'RELATIONS'),
  'EVENT TABLE': inSchema('EVENT TABLES', 'RELATIONS'),
  STREAM: inSchema('STREAMS', 'RELATIONS'),
  SEQUENCE: inSchema('SEQUENCES', 'SEQUENCES'),
  TAG: inSchema('TAGS', 'TAGS'),
  'MASKING POLICY': inSchema('MASKING POLICIES', 'POLICIES'),
  'ROW ACCESS POLICY': inSchema('ROW ACCESS POLICIES', 'POLICIES'),
  STAGE: inSchema('STAGES', 'STAGES'),
  'FILE FORMAT': inSchema('FILE FORMATS', 'FILE FORMATS'),
  PIPE: inSchema('PIPES', 'PIPES'),
  TASK: inSchema('TASKS', 'TASKS'),
  ALERT: inSchema('ALERTS', 'ALERTS'),
  SECRET: inSchema('SECRETS', 'SECRETS'),
  FUNCTION: inSchema('FUNCTIONS', 'FUNCTIONS'),
  PROCEDURE: inSchema('PROCEDURES', 'PROCEDURES')
}

export const objectKinds: ReadonlyArray<ObjectKind> = Object.keys(descriptions) as ObjectKind[]

export const pluralOf = (kind: ObjectKind): string => descriptions[kind].plural
export const levelOf = (kind: ObjectKind): Description['level'] => descriptions[kind].level
export const namespaceOf = (kind: ObjectKind): string => descriptions[kind].namespace

export const isRelationKind = (kind: ObjectKind): kind is RelationKind =>
  kind !== 'STREAM' && namespaceOf(kind) === 'RELATIONS'

/** Kinds that CREATE VIEW makes and ALTER VIEW changes. */
export const isViewKind = (kind: ObjectKind): boolean => kind === 'VIEW' || kind === 'MATERIALIZED VIEW'

/** `MASKING_POLICY`: how SHOW GRANTS and POLICY_REFERENCES write a kind. */
export const underscored = (kind: ObjectKind): string => kind.replaceAll(' ', '_')

/** `Masking policy`: how an error message begins. */
export const sentenceCase = (kind: ObjectKind): string => kind.charAt(0) + kind.slice(1).toLowerCase()

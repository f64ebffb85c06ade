/** Every property there is: one list that reading, warning and documentation all go by. */

/** One property. */
export interface PropertyDefinition {
  /** The name to use. */
  readonly name: string
  /** Other names it is read under. */
  readonly aliases: ReadonlyArray<string>
  readonly kind: 'boolean' | 'number' | 'text' | 'secret' | 'list'
  /** The default, as text; undefined where there is none. */
  readonly default?: string
  /** Smallest number. */
  readonly minimum?: number
  /** Least parts, with dots between them, of an entry of a list. */
  readonly parts?: number
  readonly meaning: string
}

const v2 = 'CONNECTOR_ON_DEMAND_V2_'

/** The published pages spell the same switch with and without the application's name; every property of the family is read under both. */
const onDemand = (rest: string, definition: Omit<PropertyDefinition, 'name' | 'aliases'>): PropertyDefinition => ({
  name: `${v2}${rest}`,
  aliases: [`CONNECTOR_SNOWFLAKE_ON_DEMAND_V2_${rest}`],
  ...definition
})

const property = (name: string, definition: Omit<PropertyDefinition, 'name' | 'aliases'>): PropertyDefinition => ({
  name,
  aliases: [],
  ...definition
})

/** The key of a property. */
export type PropertyKey =
  | 'enabled'
  | 'eventHubEnabled'
  | 'connectionString'
  | 'eventHubName'
  | 'consumerGroup'
  | 'batchSize'
  | 'batchTimeoutMs'
  | 'queueThreshold'
  | 'loadResourcesKey'
  | 'apiServerEnabled'
  | 'externalAccessEnabled'
  | 'jdbcUrl'
  | 'username'
  | 'password'
  | 'privateKeyFile'
  | 'privateKeyPassphrase'
  | 'role'
  | 'warehouse'
  | 'manageDatabases'
  | 'manageSchemas'
  | 'manageTables'
  | 'ignoreDatabases'
  | 'ignoreSchemas'
  | 'ignoreTables'
  | 'policyFile'
  | 'rangerFile'
  | 'rangerPassword'
  | 'policyDatabase'
  | 'policySchema'
  | 'auditFile'
  | 'checkpointFile'

/** All properties, by key. */
export const properties: { readonly [K in PropertyKey]: PropertyDefinition } = {
  enabled: onDemand('ENABLED', { kind: 'boolean', meaning: 'master switch of on-demand sync; required' }),
  eventHubEnabled: onDemand('AZURE_EVENT_HUB_ENABLED', {
    kind: 'boolean',
    meaning: 'takes requests from Event Hubs; required'
  }),
  connectionString: onDemand('AZURE_CONNECTION_STRING', {
    kind: 'secret',
    meaning: 'connection string of the namespace, with a key that may Listen; required when Event Hubs is on'
  }),
  eventHubName: onDemand('AZURE_EVENT_HUB_NAME', {
    kind: 'text',
    meaning: 'name of the event hub; may stand in the connection string as EntityPath instead'
  }),
  consumerGroup: onDemand('AZURE_CONSUMER_GROUP', { kind: 'text', default: '$Default', meaning: 'consumer group' }),
  batchSize: onDemand('BATCH_SIZE', { kind: 'number', default: '50', minimum: 1, meaning: 'most events per batch' }),
  batchTimeoutMs: onDemand('BATCH_TIMEOUT_MS', {
    kind: 'number',
    default: '5000',
    minimum: 0,
    meaning: 'longest wait before a partial batch is run, in milliseconds'
  }),
  queueThreshold: onDemand('QUEUE_THRESHOLD', {
    kind: 'number',
    default: '100',
    minimum: 1,
    meaning: 'most events waiting; then intake waits'
  }),
  loadResourcesKey: property('CONNECTOR_SNOWFLAKE_LOAD_RESOURCES_KEY', {
    kind: 'text',
    meaning: 'how the reference connector loads resources; accepted, without effect here'
  }),
  apiServerEnabled: property('CONNECTOR_SNOWFLAKE_API_SERVER_ENABLED', {
    kind: 'boolean',
    default: 'false',
    meaning: 'requests over HTTP, in the reference connector; nothing listens here, and a warning says so'
  }),
  externalAccessEnabled: property('CONNECTOR_SNOWFLAKE_EXTERNAL_ACCESS_ENABLED', {
    kind: 'boolean',
    default: 'false',
    meaning: 'whether its API server can be reached from outside; the same'
  }),
  jdbcUrl: property('CONNECTOR_SNOWFLAKE_JDBC_URL', {
    kind: 'text',
    meaning:
      'jdbc:snowflake://<account>.snowflakecomputing.com/?warehouse=…&role=…; of another host, such as a local server, account=… too, and ssl=off where it has no TLS'
  }),
  username: property('CONNECTOR_SNOWFLAKE_JDBC_USERNAME', { kind: 'text', meaning: 'user to log in as' }),
  password: property('CONNECTOR_SNOWFLAKE_JDBC_PASSWORD', {
    kind: 'secret',
    meaning: 'its password; or give a private key'
  }),
  privateKeyFile: property('ON_DEMAND_SYNC_PRIVATE_KEY_FILE', {
    kind: 'text',
    meaning: 'file with the private key (PEM) for key-pair login'
  }),
  privateKeyPassphrase: property('ON_DEMAND_SYNC_PRIVATE_KEY_PASSPHRASE', {
    kind: 'secret',
    meaning: 'passphrase of the private key, if it has one'
  }),
  role: property('CONNECTOR_SNOWFLAKE_ROLE_TO_USE', { kind: 'text', meaning: 'role to work under' }),
  warehouse: property('CONNECTOR_SNOWFLAKE_WAREHOUSE_TO_USE', {
    kind: 'text',
    meaning: 'warehouse for reading policy references'
  }),
  manageDatabases: property('CONNECTOR_SNOWFLAKE_MANAGE_DATABASE_LIST', {
    kind: 'list',
    default: '',
    meaning: 'databases that may be touched; empty: all'
  }),
  manageSchemas: property('CONNECTOR_SNOWFLAKE_MANAGE_SCHEMA_LIST', {
    kind: 'list',
    default: '',
    parts: 2,
    meaning: 'schemas that may be touched, as DB.SCHEMA; empty: all'
  }),
  manageTables: property('CONNECTOR_SNOWFLAKE_MANAGE_TABLE_LIST', {
    kind: 'list',
    default: '',
    parts: 3,
    meaning: 'tables and views that may be touched, as DB.SCHEMA.TABLE; empty: all'
  }),
  ignoreDatabases: property('CONNECTOR_SNOWFLAKE_IGNORE_DATABASE_LIST', {
    kind: 'list',
    default: '',
    meaning: 'databases that must not be touched; beats the list above'
  }),
  ignoreSchemas: property('CONNECTOR_SNOWFLAKE_IGNORE_SCHEMA_LIST', {
    kind: 'list',
    default: '',
    parts: 2,
    meaning: 'schemas that must not be touched, as DB.SCHEMA'
  }),
  ignoreTables: property('CONNECTOR_SNOWFLAKE_IGNORE_TABLE_LIST', {
    kind: 'list',
    default: '',
    parts: 3,
    meaning: 'tables and views that must not be touched, as DB.SCHEMA.TABLE'
  }),
  policyFile: property('ON_DEMAND_SYNC_POLICY_FILE', { kind: 'text', meaning: 'policy document (YAML or JSON)' }),
  rangerFile: property('ON_DEMAND_SYNC_RANGER_FILE', {
    kind: 'text',
    meaning: 'settings for policies from Apache Ranger (YAML or JSON), instead of a policy document'
  }),
  rangerPassword: property('ON_DEMAND_SYNC_RANGER_PASSWORD', {
    kind: 'secret',
    meaning: 'password of the user that the Ranger settings name'
  }),
  policyDatabase: property('ON_DEMAND_SYNC_POLICY_DATABASE', {
    kind: 'text',
    meaning: 'database of the schema for our policies'
  }),
  policySchema: property('ON_DEMAND_SYNC_POLICY_SCHEMA', {
    kind: 'text',
    meaning: 'the schema for our masking and row access policies'
  }),
  auditFile: property('ON_DEMAND_SYNC_AUDIT_FILE', {
    kind: 'text',
    default: 'on-demand-sync-audit.jsonl',
    meaning: 'file for audit records (JSON lines)'
  }),
  checkpointFile: property('ON_DEMAND_SYNC_CHECKPOINT_FILE', {
    kind: 'text',
    default: 'on-demand-sync-checkpoints.json',
    meaning: 'file for checkpoints'
  })
}

/** The prefixes that are ours to know: other names under them are warned about. */
export const prefixes: ReadonlyArray<string> = [v2, 'CONNECTOR_SNOWFLAKE_', 'ON_DEMAND_SYNC_']

/**
 * Session parameters this server knows, with Snowflake's defaults. Most are kept and shown only; those that act are named where they act.
 *
 * @see https://docs.snowflake.com/en/sql-reference/parameters
 */
import type { Session } from '../Session.ts'
import type { Account } from '../catalog/Account.ts'

const defaults: ReadonlyMap<string, string> = new Map([
  ['ABORT_DETACHED_QUERY', 'false'],
  ['AUTOCOMMIT', 'true'],
  ['BINARY_INPUT_FORMAT', 'HEX'],
  ['BINARY_OUTPUT_FORMAT', 'HEX'],
  ['CLIENT_MEMORY_LIMIT', '1536'],
  ['CLIENT_METADATA_REQUEST_USE_CONNECTION_CTX', 'false'],
  ['CLIENT_PREFETCH_THREADS', '4'],
  ['CLIENT_RESULT_CHUNK_SIZE', '160'],
  ['CLIENT_SESSION_KEEP_ALIVE', 'false'],
  ['CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY', '3600'],
  // Above it clients would send binds through a stage, and there is none.
  ['CLIENT_STAGE_ARRAY_BINDING_THRESHOLD', '2147483647'],
  ['CLIENT_TELEMETRY_ENABLED', 'true'],
  ['DATE_INPUT_FORMAT', 'AUTO'],
  ['DATE_OUTPUT_FORMAT', 'YYYY-MM-DD'],
  ['ERROR_ON_NONDETERMINISTIC_MERGE', 'true'],
  ['ERROR_ON_NONDETERMINISTIC_UPDATE', 'false'],
  ['GEOGRAPHY_OUTPUT_FORMAT', 'GeoJSON'],
  ['JS_TREAT_INTEGER_AS_BIGINT', 'false'],
  ['JSON_INDENT', '2'],
  ['LOCK_TIMEOUT', '43200'],
  ['MULTI_STATEMENT_COUNT', '1'],
  ['QUERY_TAG', ''],
  ['QUOTED_IDENTIFIERS_IGNORE_CASE', 'false'],
  ['ROWS_PER_RESULTSET', '0'],
  ['STATEMENT_QUEUED_TIMEOUT_IN_SECONDS', '0'],
  ['STATEMENT_TIMEOUT_IN_SECONDS', '172800'],
  ['STRICT_JSON_OUTPUT', 'false'],
  ['TIME_INPUT_FORMAT', 'AUTO'],
  ['TIME_OUTPUT_FORMAT', 'HH24:MI:SS'],
  ['TIMESTAMP_INPUT_FORMAT', 'AUTO'],
  ['TIMESTAMP_LTZ_OUTPUT_FORMAT', ''],
  ['TIMESTAMP_NTZ_OUTPUT_FORMAT', 'YYYY-MM-DD HH24:MI:SS.FF3'],
  ['TIMESTAMP_OUTPUT_FORMAT', 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM'],
  ['TIMESTAMP_TYPE_MAPPING', 'TIMESTAMP_NTZ'],
  ['TIMESTAMP_TZ_OUTPUT_FORMAT', ''],
  ['TIMEZONE', 'UTC'],
  ['TRANSACTION_DEFAULT_ISOLATION_LEVEL', 'READ COMMITTED'],
  ['TWO_DIGIT_CENTURY_START', '1970'],
  ['USE_CACHED_RESULT', 'true'],
  ['WEEK_OF_YEAR_POLICY', '0'],
  ['WEEK_START', '0']
])

export const parameterNames: ReadonlyArray<string> = Array.from(defaults.keys())

export const knownParameter = (name: string): boolean => defaults.has(name)

export const defaultParameter = (name: string): string => defaults.get(name) ?? ''

/** The session's own setting, the account's, or the default. */
export const parameterOf = (account: Account, session: Session, name: string): string =>
  session.parameters.get(name) ?? account.parameters.get(name) ?? defaultParameter(name)

export const isOn = (value: string): boolean => value.toLowerCase() === 'true'

/**
 * `on-demand-sync/snowflake`: client, resolver and syncer for Snowflake. Needs `snowflake-sdk`.
 *
 * @packageDocumentation
 */
export type { QueryOptions, Row, SnowflakeClient, Statement } from './SnowflakeClient.ts'
export type { StatementPurpose } from './snowflakeError.ts'
export type { SnowflakeClientOptions, SnowflakeCredentials } from './SnowflakeClientOptions.ts'
export { defaultSnowflakeClientOptions } from './SnowflakeClientOptions.ts'
export { createSnowflakeClient } from './createSnowflakeClient.ts'
export type { SnowflakeResolverOptions } from './createSnowflakeResolver.ts'
export { createSnowflakeResolver, defaultSnowflakeResolverOptions } from './createSnowflakeResolver.ts'
export type { SnowflakeSyncerOptions } from './createSnowflakeSyncer.ts'
export { createSnowflakeSyncer, defaultSnowflakeSyncerOptions } from './createSnowflakeSyncer.ts'
export type { SnowflakeAuditSinkOptions } from './createSnowflakeAuditSink.ts'
export { createSnowflakeAuditSink, defaultSnowflakeAuditSinkOptions } from './createSnowflakeAuditSink.ts'
export type { PolicySchema } from './PolicyObject.ts'
export { exactPattern, qualify, quoteIdentifier, quoteName, quoteText } from './identifiers.ts'

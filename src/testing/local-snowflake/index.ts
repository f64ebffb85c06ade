/** A local Snowflake account: start it, look into it, break it. */
export { startLocalSnowflake } from './startLocalSnowflake.ts'
export { defaultLocalSnowflakeOptions } from './LocalSnowflake.ts'
export type {
  ExecuteOptions,
  GeneratedDatabase,
  LocalConnectionOptions,
  LocalSnowflake,
  LocalSnowflakeOptions,
  LocalSnowflakeRow,
  LocalSnowflakeUser,
  LocalSnowflakeValue,
  OAuthTokenOptions
} from './LocalSnowflake.ts'
export type { LoggedStatement, StatementLog } from './StatementLog.ts'
export type { StatementKind } from './statements/executeStatement.ts'
export type {
  ActiveFault as ActiveSnowflakeFault,
  Fault as SnowflakeFault,
  FaultRule as SnowflakeFaultRule,
  Faults as SnowflakeFaults
} from './Faults.ts'
export { StatementError } from './StatementError.ts'
export type { StatementErrorData } from './StatementError.ts'

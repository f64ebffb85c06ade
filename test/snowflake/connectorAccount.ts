/** A local account with the connector's role as `docs/snowflake.md` makes it, and a client that works under it. */
import type { SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient, quoteIdentifier } from 'on-demand-sync/snowflake'
import type { LocalSnowflake, LocalSnowflakeOptions } from 'on-demand-sync/testing'
import { startLocalSnowflake } from 'on-demand-sync/testing'

export const policySchema = { database: 'GOVERNANCE', schema: 'ON_DEMAND_SYNC' }

const role = `
CREATE ROLE POLICY_SYNC;
CREATE DATABASE GOVERNANCE;
CREATE SCHEMA GOVERNANCE.ON_DEMAND_SYNC;
GRANT USAGE ON DATABASE GOVERNANCE TO ROLE POLICY_SYNC;
GRANT USAGE, CREATE MASKING POLICY, CREATE ROW ACCESS POLICY ON SCHEMA GOVERNANCE.ON_DEMAND_SYNC TO ROLE POLICY_SYNC;
GRANT MANAGE GRANTS ON ACCOUNT TO ROLE POLICY_SYNC;
GRANT APPLY MASKING POLICY ON ACCOUNT TO ROLE POLICY_SYNC;
GRANT APPLY ROW ACCESS POLICY ON ACCOUNT TO ROLE POLICY_SYNC;
`

export interface ConnectorAccount {
  readonly snowflake: LocalSnowflake
  readonly client: SnowflakeClient
  /** Runs SQL as ACCOUNTADMIN. */
  readonly admin: (sql: string) => Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>
  /** Lets the connector use a database and its schemas. */
  readonly openTo: (database: string, ...schemas: ReadonlyArray<string>) => Promise<void>
  readonly stop: () => Promise<void>
}

export const startConnectorAccount = async (
  setup = '',
  options: Pick<LocalSnowflakeOptions, 'generate' | 'clock'> = {}
): Promise<ConnectorAccount> => {
  const snowflake = await startLocalSnowflake({
    ...options,
    users: [
      { name: 'ADMIN', defaultRole: 'ACCOUNTADMIN' },
      { name: 'SYNC', password: 'sync-pass', defaultRole: 'POLICY_SYNC' }
    ],
    setup: `${role}${setup}`
  })
  const client = createSnowflakeClient({
    account: snowflake.account,
    accessUrl: snowflake.accessUrl,
    username: 'SYNC',
    credentials: { password: 'sync-pass' },
    role: 'POLICY_SYNC',
    warehouse: 'COMPUTE_WH'
  })
  const admin = (sql: string) => snowflake.execute(sql)
  return {
    snowflake,
    client,
    admin,
    openTo: async (database, ...schemas) => {
      await admin(`GRANT USAGE ON DATABASE ${quoteIdentifier(database)} TO ROLE POLICY_SYNC`)
      for (const schema of schemas)
        await admin(`GRANT USAGE ON SCHEMA ${quoteIdentifier(database)}.${quoteIdentifier(schema)} TO ROLE POLICY_SYNC`)
    },
    stop: async () => {
      await client.close()
      await snowflake.stop()
    }
  }
}

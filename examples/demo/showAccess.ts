/** What Snowflake says of the demo's tables: SHOW GRANTS and POLICY_REFERENCES, as an administrator sees them. */
import { orThrow } from 'on-demand-sync'
import type { Row, SnowflakeClient } from 'on-demand-sync/snowflake'
import { createSnowflakeClient, quoteName, quoteText } from 'on-demand-sync/snowflake'

const shown = [
  { database: 'SALES', schema: 'PUBLIC', table: 'ORDERS' },
  { database: 'SALES', schema: 'Mixed Case', table: 'a.b "c"' },
  { database: 'HR', schema: 'PUBLIC', table: 'EMPLOYEES' }
]

const query = async (client: SnowflakeClient, sql: string): Promise<ReadonlyArray<Row>> =>
  orThrow(await client.query({ sql, operation: 'demo', object: 'demo', needs: [] })())

/** Prints grants (OWNERSHIP aside) and policies. */
export const showAccess = async (
  account: { readonly accessUrl: string; readonly account: string },
  say: (text: string) => void
): Promise<void> => {
  await using client = createSnowflakeClient({
    ...account,
    username: 'ADMIN',
    credentials: { password: 'admin-demo' },
    role: 'ACCOUNTADMIN'
  })
  for (const name of shown) {
    const full = quoteName(name)
    const grants = await query(client, `SHOW GRANTS ON TABLE ${full}`)
    const references = await query(
      client,
      `SELECT * FROM TABLE(SNOWFLAKE.INFORMATION_SCHEMA.POLICY_REFERENCES(REF_ENTITY_NAME => ${quoteText(full)}, REF_ENTITY_DOMAIN => 'TABLE'))`
    )
    const given = grants
      .filter(row => row['privilege'] !== 'OWNERSHIP')
      .map(row => `${String(row['privilege'])} to ${String(row['grantee_name'])}`)
    const policies = references.map(
      row =>
        `${String(row['POLICY_KIND'])} ${String(row['POLICY_NAME'])} on ${String(row['REF_COLUMN_NAME'] ?? row['REF_ARG_COLUMN_NAMES'])}`
    )
    say(`  ${full}`)
    for (const text of [...given, ...policies]) say(`    ${text}`)
    if (given.length + policies.length === 0) say('    nothing')
  }
}

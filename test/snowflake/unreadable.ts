/** A process that asks for a value that the driver can't read, by the driver or by the client, and says what came of it. */
import snowflake from 'snowflake-sdk'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'

const { USE: use, URL: accessUrl = '', USERNAME: username = '', PASSWORD: password = '' } = process.env
const sqlText = 'SELECT TRUE AS UNREADABLE'

if (use === 'plain') {
  snowflake.configure({ logLevel: 'OFF' })
  const connection = snowflake.createConnection({ account: 'local', accessUrl, username, password })
  connection.connect(() => connection.execute({ sqlText, complete: () => process.stdout.write('answered') }))
} else {
  const client = createSnowflakeClient({
    account: 'local',
    accessUrl,
    username,
    credentials: { password },
    maxAttempts: 1
  })
  const answer = await client.query({ sql: sqlText, operation: 'SELECT', object: 'T', needs: [] })()
  process.stdout.write(answer._tag === 'Left' ? answer.left._tag : 'read')
  await client.close()
}

/** A private key that can't be used is no task's mistake. */
import { generateKeyPairSync } from 'node:crypto'
import { isOutage } from 'on-demand-sync'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import { expect, it } from 'vitest'

const encrypted = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' }
}).privateKey

it('is an outage, not a failure of every task', { timeout: 60_000 }, async () => {
  await using snowflake = await startLocalSnowflake()
  const { account, accessUrl, username } = snowflake.connectionOptions()
  for (const credentials of [
    { privateKey: 'no key' },
    { privateKey: '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----' },
    { privateKey: encrypted },
    { privateKey: encrypted, privateKeyPassphrase: 'wrong' }
  ]) {
    const client = createSnowflakeClient({ account, accessUrl, username, credentials })
    const asked = await client.query({ sql: 'SELECT 1', operation: 'SELECT', object: 'it', needs: [] })()
    await client.close()
    expect(asked).toMatchObject({ _tag: 'Left', left: { _tag: 'LoginRefused' } })
    if (asked._tag === 'Left') expect(isOutage(asked.left)).toBe(true)
  }
})

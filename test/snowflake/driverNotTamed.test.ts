/** A driver that is built differently from the versions that are known. */
import { orThrow } from 'on-demand-sync'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import { expect, it, onTestFinished, vi } from 'vitest'

vi.mock('snowflake-sdk/dist/lib/http/base.js', () => ({ default: undefined }))

it('is used as it is, and whoever runs it is told once', async () => {
  const warn = vi.spyOn(process, 'emitWarning').mockReturnValue(undefined)
  onTestFinished(() => warn.mockRestore())
  const snowflake = await startLocalSnowflake()
  onTestFinished(() => snowflake.stop())
  const { account, accessUrl } = snowflake
  const { username, password } = snowflake.connectionOptions()
  for (let n = 0; n < 2; n += 1) {
    await using client = createSnowflakeClient({ account, accessUrl, username, credentials: { password } })
    const answer = await client.query({ sql: 'SELECT 1 AS N', operation: 'SELECT', object: 'nothing', needs: [] })()
    expect(orThrow(answer)).toEqual([{ N: 1 }])
  }
  const told = warn.mock.calls.filter(([, options]) => (options as { code?: string }).code === 'DRIVER_NOT_TAMED')
  expect(told).toHaveLength(1)
})

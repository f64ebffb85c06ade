/** A driver that is there and cannot be loaded, as in a bundle that cannot hold it. */
import { isOutage, SyncException } from 'on-demand-sync'
import { createSnowflakeClient } from 'on-demand-sync/snowflake'
import { expect, it, vi } from 'vitest'

vi.mock('snowflake-sdk', () => {
  throw new ReferenceError('__dirname is not defined')
})

it('is no outage that is waited out for ever: the configuration has to be mended', async () => {
  await using client = createSnowflakeClient({ account: 'a', username: 'u', credentials: { password: 'p' } })
  const answer = await client.query({ sql: 'SELECT 1', operation: 'x', object: 'x', needs: [] })()
  if (answer._tag === 'Right') throw new Error('unexpected')
  expect(isOutage(answer.left)).toBe(false)
  expect(new SyncException(answer.left).message).toBe(
    'on-demand-sync/snowflake: needs the package snowflake-sdk: it is there and cannot be loaded; leave it out of a bundle'
  )
})

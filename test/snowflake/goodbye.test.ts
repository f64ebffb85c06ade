/** A client that was closed leaves nothing behind that keeps the process, at whatever moment it was closed and whatever went wrong just then. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startLocalSnowflake } from 'on-demand-sync/testing'
import { expect, it, onTestFinished } from 'vitest'

it('lets the process end by itself', { timeout: 180_000 }, async () => {
  const snowflake = await startLocalSnowflake()
  onTestFinished(() => snowflake.stop())
  const { accessUrl, username, password } = snowflake.connectionOptions()
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/snowflake/goodbyes.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      TSX_TSCONFIG_PATH: 'tsconfig.json',
      URL: accessUrl,
      CONTROL: snowflake.controlUrl,
      USERNAME: username,
      PASSWORD: password
    }
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let said = ''
  let giveUp: NodeJS.Timeout | undefined
  onTestFinished(() => clearTimeout(giveUp))
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString()
    // The driver would hold it for a minute and a half and more: by a request without an answer, or by the pauses between those that it sends again.
    giveUp = setTimeout(() => child.kill('SIGKILL'), 6_000)
  })
  await once(child, 'exit')
  expect([said, child.exitCode, child.signalCode]).toEqual(['said goodbye', 0, null])
  // Nothing of its statements runs on.
  expect(snowflake.statements.all().filter(({ status }) => status === 'running')).toEqual([])
})

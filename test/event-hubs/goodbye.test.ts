/** A source that was stopped leaves nothing behind that keeps the process, however early it was stopped. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { expect, it, onTestFinished } from 'vitest'

it('lets the process end by itself', { timeout: 100_000 }, async () => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 8 } } })
  onTestFinished(() => hubs.stop())
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/event-hubs/goodbyes.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.json', CONNECTION_STRING: hubs.connectionString('tasks') }
  })
  let said = ''
  let giveUp: NodeJS.Timeout | undefined
  onTestFinished(() => clearTimeout(giveUp))
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString()
    // A heartbeat's timer would hold it for 120 s.
    giveUp = setTimeout(() => child.kill('SIGKILL'), 40_000)
  })
  await once(child, 'exit')
  expect([said, child.exitCode, child.signalCode]).toEqual(['said goodbye', 0, null])
})

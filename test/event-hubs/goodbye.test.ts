/** A source that was stopped leaves nothing behind that keeps the process, however early it was stopped; nor does a publisher, even where its link was detached. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { startLocalEventHubs } from 'on-demand-sync/testing'
import { expect, it, onTestFinished } from 'vitest'

it('lets the process end by itself', { timeout: 100_000 }, async () => {
  const hubs = await startLocalEventHubs({ hubs: { tasks: { partitions: 8 } } })
  onTestFinished(() => hubs.stop())
  const detach = hubs.faults.inject({ on: 'send', do: 'detach', error: 'server-busy', times: 1 })
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/event-hubs/goodbyes.ts'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TSX_TSCONFIG_PATH: 'tsconfig.json', CONNECTION_STRING: hubs.connectionString('tasks') }
  })
  let said = ''
  let giveUp: NodeJS.Timeout | undefined
  onTestFinished(() => clearTimeout(giveUp))
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString()
    // The timers of the client would hold it: 10 s to the next look at the partitions, 120 s for a heartbeat, 45 minutes for a token.
    giveUp = setTimeout(() => child.kill('SIGKILL'), 6_000)
  })
  await once(child, 'exit')
  expect([said, child.exitCode, child.signalCode]).toEqual(['said goodbye', 0, null])
  expect(detach.hits()).toBe(1)
})

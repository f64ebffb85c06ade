import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { EventHubProducerClient } from '@azure/event-hubs'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localEventHubs } from '../../src/cli/localEventHubs.ts'
import { runCommand } from '../event-hubs/runCommand.ts'
import { numbered } from './client.ts'

const run = (...args: ReadonlyArray<string>): ChildProcess => {
  const script =
    "import('./src/cli/localEventHubs.ts').then(({ localEventHubs }) => localEventHubs().parseAsync(process.argv.slice(1), { from: 'user' }))"
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script, '--', ...args], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

interface Ready {
  readonly port: number
  readonly controlUrl?: string
  readonly connectionString: string
  readonly connectionStrings: Readonly<Record<string, string>>
}

const ready = async (child: ChildProcess): Promise<Ready> => {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string]
  return JSON.parse(line) as Ready
}

describe('local-event-hubs', () => {
  test('serves what it was told to, is driven over HTTP, and ends on SIGTERM', async () => {
    const child = run(
      '--hub',
      'tasks:2:sync,audit',
      '--hub',
      'other',
      '--control-port',
      '0',
      '--key',
      'mine=bXkga2V5:Send,Listen'
    )
    const { port, controlUrl, connectionString, connectionStrings } = await ready(child)
    expect(connectionString).toBe(
      `Endpoint=sb://127.0.0.1:${port};SharedAccessKeyName=mine;SharedAccessKey=bXkga2V5;UseDevelopmentEmulator=true`
    )
    expect(Object.keys(connectionStrings)).toEqual(['tasks', 'other'])
    const producer = new EventHubProducerClient(connectionStrings['tasks']!)
    await producer.sendBatch(numbered(2), { partitionId: '1' })
    await producer.close()
    const hub = await (await fetch(`${controlUrl!}/hubs/tasks`)).json()
    expect(hub).toEqual({ name: 'tasks', partitionIds: ['0', '1'], consumerGroups: ['$Default', 'sync', 'audit'] })
    const events = await (await fetch(`${controlUrl!}/hubs/tasks/events?partitionId=1`)).json()
    expect(events).toMatchObject([{ body: { n: 0 } }, { body: { n: 1 } }])
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('needs no arguments, and ends on SIGINT with clients connected', async () => {
    const child = run()
    const { connectionStrings, controlUrl } = await ready(child)
    expect(controlUrl).toBeUndefined()
    const producer = new EventHubProducerClient(connectionStrings['tasks']!)
    await producer.sendBatch(numbered(1), { partitionId: '3' })
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
    await producer.close()
  })

  test('refuses arguments that make no sense', async () => {
    for (const [args, text] of [
      [['--port', 'x'], 'It must be a whole number.'],
      [['--hub', 'a:1:b:c'], 'It must be name:partitions[:group,group].'],
      [['--key', 'nokey'], 'It must be name=key[:Listen,Send,Manage].'],
      [['--key', 'a=b:Read'], 'A right is Listen, Send or Manage.'],
      [['--unknown'], 'unknown option']
    ] as const) {
      const command = localEventHubs()
        .exitOverride()
        .configureOutput({ writeErr: () => undefined })
      await expect(command.parseAsync(args, { from: 'user' })).rejects.toThrow(text)
    }
    expect(await runCommand(localEventHubs(), '--tls-cert', 'x')).toEqual({
      code: 2,
      out: '',
      err: 'local-event-hubs: --tls-cert and --tls-key go together\n'
    })
  })

  test('explains itself', () => {
    const help = localEventHubs().helpInformation()
    for (const option of ['--port', '--host', '--hub', '--control-port', '--tls-cert', '--tls-key', '--key'])
      expect(help).toContain(option)
  })
})

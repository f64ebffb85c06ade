/** A host process, as the test holds it. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** What a host is told. */
export interface HostOptions {
  readonly identifier: string
  readonly connectionString: string
  readonly blobConnectionString: string
  readonly container: string
  readonly auditFile: string
  readonly seed: number
  /** Share of the batches that take longer than they need, up to three seconds. */
  readonly slowShare: number
  /** Without it there is nothing to do for any request. */
  readonly snowflake?: { readonly account: string; readonly accessUrl: string }
  readonly policyFile?: string
}

/** What a host says: its source's and its pipeline's events. */
export interface HostEvent {
  readonly atMs: number
  readonly type: string
  readonly partitionId?: string
}

export interface HostProcess {
  readonly options: HostOptions
  readonly events: ReadonlyArray<HostEvent>
  readonly errors: () => string
  /** The last events it told, for a test that failed. */
  readonly lastWords: () => string
  readonly isRunning: () => boolean
  /** Resolves when it has started, or ended before. */
  readonly started: () => Promise<void>
  /** Resolves with the exit code, or the signal that ended it. */
  readonly end: (signal: 'SIGKILL' | 'SIGTERM') => Promise<number | string>
}

export const startHost = (options: HostOptions): HostProcess => {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', 'test/chaos/host.ts'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, CHAOS_HOST: JSON.stringify(options) }
  })
  const events: Array<HostEvent> = []
  let start: () => void
  const started = new Promise<void>(resolve => (start = resolve))
  let errors = ''
  child.stderr?.on('data', (data: Buffer) => (errors = `${errors}${data.toString()}`.slice(-3_000)))
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', line => {
      // A kill may tear the last line.
      if (!line.endsWith('}')) return
      const event = JSON.parse(line) as HostEvent
      if (event.type === 'started') start()
      events.push(event)
    })
  const exited = once(child, 'exit')
  const isRunning = () => child.exitCode === null && child.signalCode === null
  return {
    options,
    events,
    errors: () => errors,
    lastWords: () =>
      events
        .slice(-12)
        .map(event => JSON.stringify(event))
        .join('\n'),
    isRunning,
    started: async () => {
      await Promise.race([started, exited])
    },
    end: async signal => {
      if (isRunning()) {
        // Before it has started nobody listens for the signal, and the process would just be gone.
        if (signal === 'SIGTERM') await Promise.race([started, exited])
        child.kill(signal)
        // Half again what a goodbye may take: a host that hangs is told from one that is slow.
        const giveUp = setTimeout(() => child.kill('SIGKILL'), 45_000)
        await exited
        clearTimeout(giveUp)
      }
      return child.exitCode ?? child.signalCode ?? ''
    }
  }
}

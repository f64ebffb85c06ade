/** The two local servers, each in a process of its own, started by the package's own command line. */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))

/** A running command, and the line of JSON it printed when it was ready. */
export interface Server<Ready> extends AsyncDisposable {
  readonly ready: Ready
}

/** Starts `on-demand-sync <arguments>` and waits for its line of JSON. */
export const startServer = async <Ready>(...args: ReadonlyArray<string>): Promise<Server<Ready>> => {
  const child = spawn(process.execPath, ['--import', 'tsx', bin, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const first = await Promise.race([
    createInterface({ input: child.stdout })[Symbol.asyncIterator]().next(),
    ended(child)
  ])
  return {
    ready: JSON.parse(String(first.value)) as Ready,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
}

const ended = async (child: ChildProcess): Promise<never> => {
  const [code] = (await once(child, 'exit')) as [number | null]
  throw new Error(`the server ended with ${String(code)} before it was ready`)
}

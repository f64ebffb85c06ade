/** `memory.ts` in a process of its own: it measures the process that it is. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const memory = async (): Promise<void> => {
  const script = fileURLToPath(new URL('memory.ts', import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', script], { stdio: 'inherit' })
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error('the bench of memory failed')
}

/** Tells what happens while it happens, and what the hosts said, to whoever asks for it with `CHAOS_VERBOSE=1`. */
import type { HostProcess } from './HostProcess.ts'

export interface Narrator {
  readonly tell: (text: string, atMs?: number) => void
  /** What the hosts said from shortly before a moment on, for so long. */
  readonly tellOf: (fromMs: number, forMs: number) => void
}

export const createNarrator = (hosts: ReadonlyArray<HostProcess>): Narrator => {
  const isAsked = process.env['CHAOS_VERBOSE'] !== undefined
  const tell: Narrator['tell'] = (text, atMs = Date.now()) => {
    if (isAsked) process.stdout.write(`${new Date(atMs).toISOString()} ${text}\n`)
  }
  return {
    tell,
    tellOf: (fromMs, forMs) => {
      for (const { options, events } of hosts)
        for (const event of events)
          if (event.atMs >= fromMs - 2_000 && event.atMs <= fromMs + forMs + 500)
            tell(`${options.identifier} ${JSON.stringify(event).slice(0, 500)}`, event.atMs)
    }
  }
}

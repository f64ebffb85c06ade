/** What a host tells an orchestrator about itself: live, and how it fares. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LifecycleEvent } from 'on-demand-sync'

export interface Health {
  readonly hear: (event: LifecycleEvent) => void
  readonly report: () => {
    readonly state: 'starting' | 'working' | 'waiting' | 'stopping'
    readonly queued: number
    readonly tasks: { readonly SUCCESS: number; readonly FAILED: number; readonly SKIPPED: number }
  }
}

export const createHealth = (): Health => {
  const tasks = { SUCCESS: 0, FAILED: 0, SKIPPED: 0 }
  let state: ReturnType<Health['report']>['state'] = 'starting'
  let queued = 0
  return {
    hear: event => {
      if (event.type === 'started' || event.type === 'batch finished') state = 'working'
      if (event.type === 'waiting') state = 'waiting'
      if (event.type === 'stopping') state = 'stopping'
      if (event.type === 'received') queued = event.queued
      if (event.type === 'task') tasks[event.record.status] += 1
    },
    report: () => ({ state, queued, tasks: { ...tasks } })
  }
}

/** `GET /healthz` on the given port, 0 for any free one. Answers 503 while something is waited for. Nothing is served without a port. */
export const serveHealth = async (
  port: string | undefined,
  health: Health
): Promise<{ readonly port: number; readonly close: () => Promise<void> } | undefined> => {
  if (port === undefined) return undefined
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') {
      response.writeHead(404).end()
      return
    }
    const report = health.report()
    response.writeHead(report.state === 'waiting' ? 503 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(report))
  })
  await new Promise<void>(resolve => server.listen(Number(port), '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise(resolve => server.close(() => resolve()))
  }
}

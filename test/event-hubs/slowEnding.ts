/** A way to a hub on which the end of a connection comes late: the hub's last word goes through, its end a second after. */
import { connect, createServer } from 'node:net'
import type { LocalEventHubs } from 'on-demand-sync/testing'

export interface SlowEnding {
  readonly connectionString: string
  /** How many connections were opened so far, and how many of them are open now. */
  readonly opened: () => number
  readonly open: () => number
  readonly stop: () => void
}

const lateMs = 1_000

export const startSlowEnding = async (hubs: LocalEventHubs): Promise<SlowEnding> => {
  let opened = 0
  let open = 0
  const proxy = createServer({ allowHalfOpen: true }, client => {
    opened += 1
    open += 1
    const hub = connect({ port: hubs.port, host: '127.0.0.1', allowHalfOpen: true })
    client.on('data', bytes => void hub.write(bytes))
    client.on('end', () => void hub.end())
    hub.on('data', bytes => {
      if (client.writable) client.write(bytes)
    })
    hub.on('end', () => setTimeout(() => client.end(), lateMs))
    hub.on('close', () => setTimeout(() => client.destroy(), lateMs))
    client.on('close', () => {
      open -= 1
      hub.destroy()
    })
    for (const end of [client, hub]) end.on('error', () => undefined)
  })
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as { readonly port: number }
  return {
    connectionString: hubs.connectionString('tasks').replace(`:${hubs.port};`, `:${port};`),
    opened: () => opened,
    open: () => open,
    stop: () => void proxy.close()
  }
}

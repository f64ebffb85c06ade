/** A way to a local Snowflake that can be closed for a while: connections are cut and new ones refused, as by a server that starts again. */
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import type { LocalSnowflake } from 'on-demand-sync/testing'

export interface Way {
  readonly accessUrl: string
  /** Connections that are open now. */
  readonly open: () => number
  readonly close: () => void
  readonly reopen: () => Promise<void>
}

export const startWay = async (snowflake: LocalSnowflake): Promise<Way> => {
  const clients = new Set<Socket>()
  const server = createServer(client => {
    const upstream = connect({ port: snowflake.port, host: '127.0.0.1' })
    clients.add(client)
    client.pipe(upstream).pipe(client)
    client.on('close', () => {
      clients.delete(client)
      upstream.destroy()
    })
    upstream.on('close', () => client.destroy())
    for (const end of [client, upstream]) end.on('error', () => undefined)
  })
  const listen = (port: number) => new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve))
  let opened = listen(0)
  await opened
  let isOpen = true
  const { port } = server.address() as { readonly port: number }
  const close = () => {
    if (!isOpen) return
    isOpen = false
    server.close()
    for (const client of clients) client.resetAndDestroy()
  }
  return {
    accessUrl: `http://127.0.0.1:${port}`,
    open: () => clients.size,
    close,
    reopen: async () => {
      if (!isOpen) {
        isOpen = true
        opened = listen(port)
      }
      await opened
    }
  }
}

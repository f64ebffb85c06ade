/** Bodies that a client sends compressed, as JDBC's and Python's do, are read like any other. */
import { promisify } from 'node:util'
import { gunzip, inflate } from 'node:zlib'
import type { MiddlewareHandler } from 'hono'
import { failure } from './encodeResult.ts'

const inflaters: Readonly<Record<string, (body: ArrayBuffer) => Promise<Buffer>>> = {
  gzip: promisify<ArrayBuffer, Buffer>(gunzip),
  deflate: promisify<ArrayBuffer, Buffer>(inflate)
}

export const inflateBody: MiddlewareHandler = async (context, next) => {
  const encoding = context.req.header('content-encoding')?.toLowerCase() ?? 'identity'
  if (encoding !== 'identity') {
    const read = inflaters[encoding]
    if (read === undefined) return context.json(failure('415', `Content-Encoding ${encoding} is not understood.`), 415)
    const { raw, url, method } = context.req
    const body = await read(await raw.arrayBuffer()).catch(() => undefined)
    if (body === undefined) return context.json(failure('400', `The body is not ${encoding}.`), 400)
    const headers = new Headers(raw.headers)
    headers.delete('content-encoding')
    headers.delete('content-length')
    context.req.raw = new Request(url, { method, headers, body })
  }
  await next()
  return undefined
}

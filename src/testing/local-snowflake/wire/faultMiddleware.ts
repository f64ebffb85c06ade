/** Stands before every route: counts the request and lets the fault switches have their way with it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import { isObject, ownField } from '../../../internal/objects.ts'
import type { Server } from './Server.ts'
import { sessionFault, sessionToken } from './sessionRoutes.ts'

interface Bindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/** `alreadySent` tells the adapter that there is nothing left to answer. */
export const faultMiddleware =
  (server: Server, alreadySent: Response): MiddlewareHandler =>
  async (context, next) => {
    const path = context.req.path
    server.log.countRequest(withoutIds(path))
    const verdict = await server.faults.beforeRequest({
      path,
      sql: await sqlOf(context),
      user: userOf(server, context)
    })
    if (verdict.kind === 'status') return context.body(null, verdict.status as 503)
    if (verdict.kind === 'answer')
      return context.body(verdict.body, verdict.status as 503, { 'content-type': verdict.contentType })
    if (verdict.kind === 'session') return context.json(sessionFault(verdict.code))
    if (verdict.kind === 'reset') return cut(context, alreadySent)
    await next()
    if (verdict.cut === 'halfway') await sendHalf(context)
    return verdict.cut === undefined ? undefined : cut(context, alreadySent)
  }

/** The head of the answer, which tells its whole length, and half of its body. */
const sendHalf = async ({ env, res }: Context): Promise<void> => {
  const { outgoing } = env as Bindings
  const body = Buffer.from(await res.arrayBuffer())
  outgoing.writeHead(res.status, { ...Object.fromEntries(res.headers), 'content-length': body.length })
  await new Promise<void>(resolve => outgoing.write(body.subarray(0, body.length / 2), () => resolve()))
}

/** Ends the connection without a word. */
const cut = (context: Context, alreadySent: Response): Response => {
  const { incoming } = context.env as Bindings
  incoming.socket.resetAndDestroy()
  // An answer that is there would only lend its headers to the next one.
  context.res = undefined
  context.res = alreadySent
  return alreadySent
}

const sqlOf = async (context: Context): Promise<string | undefined> => {
  if (context.req.path !== '/queries/v1/query-request') return undefined
  const body: unknown = await context.req.json().catch(() => undefined)
  const sql = isObject(body) ? ownField(body, 'sqlText') : undefined
  return typeof sql === 'string' ? sql : undefined
}

const userOf = (server: Server, context: Context): string | undefined => {
  const session = server.sessions.find(sessionToken(context))
  return typeof session === 'string' ? undefined : session.user.name
}

const withoutIds = (path: string): string =>
  path.replaceAll(/\/[0-9a-f]{8}-[0-9a-f-]{27}/g, '/<id>').replace(/\/\d+$/, '/<n>')

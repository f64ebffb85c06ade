/** The routes of the server, behind the fault switches; the control API stands beside them, out of the switches' reach. */
import type { Hono } from 'hono'
import type { LocalSnowflake } from '../LocalSnowflake.ts'
import type { Peers } from '../loadPeers.ts'
import { addControlRoutes } from './controlRoutes.ts'
import { failure } from './encodeResult.ts'
import { faultMiddleware } from './faultMiddleware.ts'
import { inflateBody } from './inflateBody.ts'
import { addQueryRoutes, encodeError } from './queryRoutes.ts'
import type { Server } from './Server.ts'
import { addSessionRoutes } from './sessionRoutes.ts'

type Administration = Pick<LocalSnowflake, 'account' | 'execute' | 'statements' | 'faults' | 'issueOAuthToken'>

/** Clients put addresses together with a slash too many, and the service takes them. */
const getPath = (request: Request): string => new URL(request.url).pathname.replaceAll(/\/{2,}/g, '/')

export const createApp = (peers: Peers, server: Server, administration: Administration | undefined): Hono => {
  const app = new peers.Hono({ getPath })
  if (administration !== undefined) addControlRoutes(app, administration)
  app.use('*', inflateBody)
  app.use('*', faultMiddleware(server, peers.alreadySent))
  addSessionRoutes(app, server)
  addQueryRoutes(app, server)
  app.notFound(context =>
    context.json(failure('404', `The local Snowflake has no ${context.req.method} ${context.req.path}`), 404)
  )
  app.onError((error, context) => context.json(encodeError(error, ''), 200))
  return app
}

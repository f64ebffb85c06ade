/** The optional peers the server is made of, loaded when it starts, each named when it is missing. */
import type * as NodeServer from '@hono/node-server'
import type * as HonoModule from 'hono'
import type * as Jose from 'jose'

export interface Peers {
  readonly Hono: typeof HonoModule.Hono
  readonly createAdaptorServer: typeof NodeServer.createAdaptorServer
  readonly alreadySent: Response
  readonly jose: Pick<typeof Jose, 'jwtVerify'>
}

export const loadPeers = async (): Promise<Peers> => {
  const hono = await load('hono', () => import('hono'))
  const { createAdaptorServer } = await load('@hono/node-server', () => import('@hono/node-server'))
  const { RESPONSE_ALREADY_SENT } = await load('@hono/node-server', () => import('@hono/node-server/utils/response'))
  const { jwtVerify } = await load('jose', () => import('jose'))
  return { Hono: hono.Hono, createAdaptorServer, alreadySent: RESPONSE_ALREADY_SENT, jose: { jwtVerify } }
}

const load = async <A>(name: string, read: () => Promise<A>): Promise<A> => {
  try {
    return await read()
  } catch (cause) {
    throw new Error(`the local Snowflake needs the package ${name}: npm install --save-dev ${name}`, { cause })
  }
}

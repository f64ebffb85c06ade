/** Login, renewal, heartbeat, goodbye. */
import type { Context, Hono } from 'hono'
import { isObject, ownField } from '../../../internal/objects.ts'
import { currentDatabase, currentSchema, currentWarehouse } from '../Session.ts'
import type { Session } from '../Session.ts'
import { dropObject } from '../statements/dropObject.ts'
import { parameterOf } from '../statements/parameters.ts'
import { authenticate } from './authenticate.ts'
import { failure, success } from './encodeResult.ts'
import type { Envelope } from './encodeResult.ts'
import { openSession } from './login.ts'
import type { Server } from './Server.ts'
import type { SessionTokens } from './SessionStore.ts'

export const addSessionRoutes = (app: Hono, server: Server): void => {
  app.post('/session/v1/login-request', async context => context.json(await login(server, context)))
  app.post('/session/token-request', context => Promise.resolve(context.json(renew(server, context))))
  app.post('/session/heartbeat', context => Promise.resolve(context.json(heartbeat(server, context))))
  app.post('/session', context => Promise.resolve(context.json(close(server, context))))
  app.post('/telemetry/send', context => Promise.resolve(context.json(success('Log Received'))))
}

/** `Snowflake Token="…"`. */
export const sessionToken = (context: Context): string | undefined =>
  /^Snowflake Token="(.+)"$/.exec(context.req.header('authorization') ?? '')?.[1]

const messages: Readonly<Record<string, string>> = {
  '390104': 'Session token is invalid. New login required to access the service.',
  '390111': 'Session no longer exists.  New login required to access the service.',
  '390112': 'Your session has expired. Please login again.',
  '390114': 'Authentication token has expired.  The user must authenticate again.'
}

export const sessionFault = (code: string): Envelope => failure(code, messages[code] ?? 'Session is not usable.')

const login = async (server: Server, context: Context): Promise<Envelope> => {
  const body: unknown = await context.req.json().catch(() => undefined)
  const data = isObject(body) ? ownField(body, 'data') : undefined
  const field = (name: string): string | undefined => {
    const value = isObject(data) ? ownField(data, name) : undefined
    return typeof value === 'string' ? value : undefined
  }
  const found = await authenticate(server.account, server.jose, {
    authenticator: field('AUTHENTICATOR') ?? 'SNOWFLAKE',
    loginName: field('LOGIN_NAME') ?? '',
    password: field('PASSWORD'),
    token: field('TOKEN')
  })
  if (found.kind === 'refused') return loginFailure(found.code, found.message)
  const parameters = isObject(data) ? ownField(data, 'SESSION_PARAMETERS') : undefined
  const role = context.req.query('roleName')
  const session = openSession(server.account, server.nextSessionId(), found.user, found.role, {
    role,
    database: context.req.query('databaseName'),
    schema: context.req.query('schemaName'),
    warehouse: context.req.query('warehouse'),
    parameters: isObject(parameters) ? (parameters as Readonly<Record<string, unknown>>) : {}
  })
  if (session === undefined) return loginFailure('390189', roleMessage(role ?? found.role ?? ''))
  return success(loginData(server, session, server.sessions.open(session)))
}

const roleMessage = (role: string): string =>
  `Role '${role}' specified in the connect string is not granted to this user. Contact your local system administrator, or attempt to login with another role, e.g. PUBLIC.`

const loginFailure = (code: string, message: string): Envelope =>
  failure(code, message, {
    nextAction: 'RETRY_LOGIN',
    pwdChangeable: false,
    signInOptions: {},
    loginName: null,
    errorCode: code,
    sqlState: '08001'
  })

const loginParameters = [
  'TIMEZONE',
  'CLIENT_SESSION_KEEP_ALIVE',
  'CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY',
  'CLIENT_STAGE_ARRAY_BINDING_THRESHOLD',
  'JS_TREAT_INTEGER_AS_BIGINT',
  'AUTOCOMMIT'
]

export const parameterValue = (text: string): string | number | boolean => {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^\d+$/.test(text) ? Number(text) : text
}

const loginData = (server: Server, session: Session, tokens: SessionTokens): object => ({
  token: tokens.token,
  masterToken: tokens.masterToken,
  validityInSeconds: tokens.validitySeconds,
  masterValidityInSeconds: tokens.masterValiditySeconds,
  displayUserName: session.user.name,
  serverVersion: '9.0.0',
  firstLogin: false,
  healthCheckInterval: 45,
  sessionId: session.id,
  parameters: loginParameters.map(name => ({
    name,
    value: parameterValue(parameterOf(server.account, session, name))
  })),
  sessionInfo: {
    databaseName: currentDatabase(session)?.name ?? null,
    schemaName: currentSchema(session)?.name ?? null,
    warehouseName: currentWarehouse(session)?.name ?? null,
    roleName: session.role?.name ?? null
  }
})

const renew = (server: Server, context: Context): Envelope => {
  const renewed = server.sessions.renew(sessionToken(context))
  if (typeof renewed === 'string') return sessionFault(renewed)
  const { session, tokens } = renewed
  return success({
    sessionToken: tokens.token,
    masterToken: tokens.masterToken,
    validityInSecondsST: tokens.validitySeconds,
    validityInSecondsMT: tokens.masterValiditySeconds,
    sessionId: session.id
  })
}

const heartbeat = (server: Server, context: Context): Envelope => {
  const session = server.sessions.find(sessionToken(context))
  return typeof session === 'string' ? sessionFault(session) : success(null)
}

/** The session's temporary tables end with it, and what runs and is waited for (docs.snowflake.com, jdbc-using: asynchronous queries). */
const closeSession = (server: Server, session: Session): void => {
  const { account, engine, queries } = server
  queries.abortOf(session)
  for (const object of Array.from(session.temporaries.values())) dropObject({ account, session, engine }, object)
  server.sessions.close(session)
  engine.closeSession(session)
}

const close = (server: Server, context: Context): Envelope => {
  const session = server.sessions.find(sessionToken(context))
  // Whoever holds an expired token may still say goodbye; nothing is left to close then.
  if (typeof session === 'string') return sessionFault(session)
  if (context.req.query('delete') === 'true') {
    closeSession(server, session)
  }
  return success(null)
}

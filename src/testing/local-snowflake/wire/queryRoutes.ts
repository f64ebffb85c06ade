/**
 * Statements over the wire: submit, fetch, watch, cancel.
 *
 * Requests are told apart by their requestId: a repeated one gets the answer of the first, it is not carried out again.
 */
import { randomUUID } from 'node:crypto'
import type { Context, Hono } from 'hono'
import { isObject, ownField } from '../../../internal/objects.ts'
import { sleep } from '../../../internal/Clock.ts'
import type { Session } from '../Session.ts'
import { StatementError } from '../StatementError.ts'
import { parameterOf } from '../statements/parameters.ts'
import { statementTypes, statusResult } from '../statements/ResultSet.ts'
import { decodeBinds } from './decodeBinds.ts'
import { chunkText, encodeResult, failure, success } from './encodeResult.ts'
import type { Envelope } from './encodeResult.ts'
import type { Query, QueryOutcome } from './QueryRegistry.ts'
import type { Server } from './Server.ts'
import { parameterValue, sessionFault, sessionToken } from './sessionRoutes.ts'

export const addQueryRoutes = (app: Hono, server: Server): void => {
  app.post('/queries/v1/query-request', context =>
    withSession(server, context, session => submit(server, context, session))
  )
  app.get('/queries/:id/result', context =>
    withSession(server, context, session => fetchResult(server, context, session))
  )
  app.get('/monitoring/queries/:id', context =>
    withSession(server, context, session =>
      monitor(server, queryOf(server, session, context.req.param('id'))).then(status => context.json(status))
    )
  )
  app.post('/queries/v1/abort-request', context =>
    withSession(server, context, session => abortByRequest(server, context, session))
  )
  app.post('/queries/:id/abort-request', context =>
    withSession(server, context, session => {
      queryOf(server, session, context.req.param('id'))?.abort()
      return Promise.resolve(context.json(success(null)))
    })
  )
  app.get('/chunks/:id/:index', context => Promise.resolve(sendChunk(server, context)))
}

const withSession = async (
  server: Server,
  context: Context,
  work: (session: Session) => Promise<Response>
): Promise<Response> => {
  const session = server.sessions.find(sessionToken(context))
  return typeof session === 'string' ? context.json(sessionFault(session)) : work(session)
}

/** Queries are their user's own. */
const queryOf = (server: Server, { user }: Session, id: string): Query | undefined => {
  const query = server.queries.byId(id)
  return query?.session.user === user ? query : undefined
}

const readBody = async (context: Context): Promise<object> => {
  const body: unknown = await context.req.json().catch(() => undefined)
  return isObject(body) ? body : {}
}

const submit = async (server: Server, context: Context, session: Session): Promise<Response> => {
  const body = await readBody(context)
  const requestId = context.req.query('requestId')
  const sql = ownField(body, 'sqlText')
  const known = requestId === undefined ? undefined : server.queries.byRequest(session, requestId)
  // A client that renewed its token repeats the request of its refused one: only what was carried out is known here.
  const query =
    known?.sql === sql && known !== undefined
      ? known
      : startQuery(server, session, body, typeof sql === 'string' ? sql : '', requestId)
  if (ownField(body, 'asyncExec') === true) return context.json(inProgress(query, '333334'))
  return context.json(await answer(server, context, query))
}

const startQuery = (
  server: Server,
  session: Session,
  body: object,
  sql: string,
  requestId: string | undefined
): Query => {
  const id = randomUUID()
  const detached = ownField(body, 'asyncExec') === true
  return server.queries.start(
    { id, session, requestId, sql, startedAtMs: server.account.clock.now(), detached },
    signal => runText(server, session, body, sql, id, requestId, signal)
  )
}

const runText = async (
  server: Server,
  session: Session,
  body: object,
  sql: string,
  queryId: string,
  requestId: string | undefined,
  signal: AbortSignal
): Promise<QueryOutcome> => {
  const binds = decodeBinds(ownField(body, 'bindings'))
  const statements = server.runner.split(session, sql, statementCount(server, session, body))
  const [only] = statements
  const queryTag = toldParameter(body, 'QUERY_TAG')
  const options = {
    binds,
    describeOnly: ownField(body, 'describeOnly') === true,
    ...(requestId === undefined ? {} : { requestId }),
    ...(typeof queryTag === 'string' ? { queryTag } : {}),
    ...timeoutOf(body)
  }
  if (only !== undefined && statements.length === 1) {
    return { kind: 'result', result: await server.runner.run(session, only, { ...options, queryId, signal }) }
  }
  const ids: string[] = []
  const types: number[] = []
  for (const statement of statements) {
    const childId = randomUUID()
    const child = server.queries.start(
      {
        id: childId,
        session,
        requestId: undefined,
        sql: statement.sql,
        startedAtMs: server.account.clock.now(),
        // Its request is ended, and it with that.
        detached: true
      },
      async () => ({
        kind: 'result',
        result: await server.runner.run(session, statement, { ...options, queryId: childId, signal })
      })
    )
    const outcome = await child.outcome()
    // The first statement that fails ends the request; what was done before it stays done.
    if (outcome.kind !== 'result') return outcome
    ids.push(childId)
    types.push(statementTypes[outcome.result.statementType])
  }
  return { kind: 'children', ids, types }
}

/** How many statements the text may hold: told with the request, else by the session. */
const statementCount = (server: Server, session: Session, body: object): number => {
  const told = toldParameter(body, 'MULTI_STATEMENT_COUNT')
  return Number(told ?? parameterOf(server.account, session, 'MULTI_STATEMENT_COUNT'))
}

/** 0 stands for the longest there is, which the session's default is. */
const timeoutOf = (body: object): { readonly timeoutSeconds?: number } => {
  const seconds = Number(toldParameter(body, 'STATEMENT_TIMEOUT_IN_SECONDS'))
  return seconds > 0 ? { timeoutSeconds: seconds } : {}
}

/** A session parameter that holds for this request alone. */
const toldParameter = (body: object, name: string): unknown => {
  const parameters = ownField(body, 'parameters')
  return isObject(parameters) ? ownField(parameters, name) : undefined
}

/** Waits for the end of the query, but no longer than a client likes to wait. */
const answer = async (server: Server, context: Context, query: Query): Promise<Envelope> => {
  const waiting = new AbortController()
  const late = sleep(server.account.clock, server.inProgressAfterMs, waiting.signal).then(() => undefined)
  const outcome = await Promise.race([query.outcome(), late])
  waiting.abort()
  return outcome === undefined ? inProgress(query, '333333') : encodeOutcome(server, context, query, outcome)
}

const inProgress = ({ id }: Query, code: '333333' | '333334'): Envelope => ({
  data: { getResultUrl: `/queries/${id}/result`, queryId: id, queryAbortsAfterSecs: 300, progressDesc: null },
  code,
  message: 'Query execution in progress.',
  success: true
})

/** What clients read results by: JDBC reads no chunks without the figures of its own. */
const formatParameters = [
  'BINARY_OUTPUT_FORMAT',
  'CLIENT_MEMORY_LIMIT',
  'CLIENT_PREFETCH_THREADS',
  'CLIENT_RESULT_CHUNK_SIZE',
  'DATE_OUTPUT_FORMAT',
  'JS_TREAT_INTEGER_AS_BIGINT',
  'TIMESTAMP_LTZ_OUTPUT_FORMAT',
  'TIMESTAMP_NTZ_OUTPUT_FORMAT',
  'TIMESTAMP_OUTPUT_FORMAT',
  'TIMESTAMP_TZ_OUTPUT_FORMAT',
  'TIMEZONE',
  'TIME_OUTPUT_FORMAT'
]

const encodeOutcome = (server: Server, context: Context, query: Query, outcome: QueryOutcome): Envelope => {
  const { account } = server
  const options = {
    queryId: query.id,
    session: query.session,
    parameters: formatParameters.map(name => ({
      name,
      value: parameterValue(parameterOf(account, query.session, name))
    })),
    chunkUrl: `${new URL(context.req.url).origin}/chunks`,
    chunkHeaders: { 'x-chunk-query': query.id }
  }
  if (outcome.kind === 'error') return encodeError(outcome.error, query.id)
  if (outcome.kind === 'result') return encodeResult(outcome.result, options)
  const whole = encodeResult({ ...statusResult('Multiple statements executed successfully.', 'multi') }, options)
  const data = whole.data as { readonly rowtype: ReadonlyArray<object> }
  const rowtype = data.rowtype.map(column => ({ ...column, name: 'multiple statement execution' }))
  return {
    ...whole,
    data: { ...data, rowtype, resultIds: outcome.ids.join(','), resultTypes: outcome.types.join(',') }
  }
}

export const encodeError = (error: unknown, queryId: string): Envelope => {
  const known = error instanceof StatementError ? error : internalError(error)
  const data = {
    internalError: !(error instanceof StatementError),
    errorCode: known.code,
    age: 0,
    sqlState: known.sqlState,
    queryId,
    line: known.line,
    pos: known.position,
    type: known.message.startsWith('SQL compilation error') ? 'COMPILATION' : 'EXECUTION'
  }
  return failure(known.code, known.message, data)
}

/** A fault of this server, not of the statement: said plainly, so that it is reported and not worked around. */
const internalError = (error: unknown): StatementError => {
  const reason = error instanceof Error ? error.message : 'unknown'
  return new StatementError('300002', 'XX000', `SQL execution internal error in the local Snowflake: ${reason}`)
}

const fetchResult = async (server: Server, context: Context, session: Session): Promise<Response> => {
  const id = context.req.param('id') ?? ''
  const query = queryOf(server, session, id)
  if (query === undefined)
    return context.json(encodeError(new StatementError('000709', '02000', `Statement ${id} not found`), id))
  return context.json(await answer(server, context, query))
}

const monitor = async (server: Server, query: Query | undefined): Promise<Envelope> => {
  if (query === undefined) return success({ queries: [] })
  const { id } = query
  const { code, durationMs } = server.log.all().find(({ queryId }) => queryId === id) ?? {}
  const status = { running: 'RUNNING', success: 'SUCCESS', failed: 'FAILED_WITH_ERROR' }[query.state()]
  const entry = {
    id,
    status,
    state: status,
    sqlText: query.sql,
    startTime: query.startedAtMs,
    totalDuration: durationMs ?? 0,
    errorCode: code ?? '',
    errorMessage: query.state() === 'failed' ? messageOf(await query.outcome()) : ''
  }
  return success({ queries: [entry] })
}

const messageOf = (outcome: QueryOutcome): string =>
  outcome.kind === 'error' ? (encodeError(outcome.error, '').message ?? '') : ''

const abortByRequest = async (server: Server, context: Context, session: Session): Promise<Response> => {
  const requestId = ownField(await readBody(context), 'requestId')
  const query = typeof requestId === 'string' ? server.queries.byRequest(session, requestId) : undefined
  query?.abort()
  return context.json(success(null))
}

/** Part of a large result; only who was given its address and header can ask for it. */
const sendChunk = (server: Server, context: Context): Response => {
  const id = context.req.param('id') ?? ''
  const user = context.req.header('x-chunk-query') === id ? server.queries.byId(id)?.session.user : undefined
  const result = user === undefined ? undefined : server.runner.results.get(id, user)
  if (result === undefined) return context.body(null, 403)
  // Not called JSON, or the driver would parse what is only the inside of an array.
  return context.body(chunkText(result.rows, Number(context.req.param('index'))), 200, {
    'content-type': 'binary/octet-stream'
  })
}

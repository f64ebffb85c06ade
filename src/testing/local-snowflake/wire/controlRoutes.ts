/** The control API: administration, log and fault switches of a server in a process of its own. Its paths are in LocalSnowflake's docblock. */
import type { Context, Hono } from 'hono'
import type * as t from 'io-ts'
import { compact } from '../../../internal/objects.ts'
import type { FaultRule } from '../Faults.ts'
import type { LocalSnowflake } from '../LocalSnowflake.ts'
import { StatementError } from '../StatementError.ts'
import type { StatementKind } from '../statements/executeStatement.ts'
import { ExecuteBody, faultsOf, RuleBody, TokenBody } from './ControlBodies.ts'

type Controlled = Pick<LocalSnowflake, 'account' | 'execute' | 'statements' | 'faults' | 'issueOAuthToken'>

/** A request that cannot be understood. */
class BadBody extends Error {}

export const addControlRoutes = (app: Hono, snowflake: Controlled): void => {
  app.get('/control', context => context.json({ account: snowflake.account }))
  app.post('/control/execute', context => orRefused(execute, snowflake, context))
  app.get('/control/statements', context => context.json(listStatements(snowflake, context)))
  app.delete('/control/statements', context => {
    snowflake.statements.clear()
    return context.json({})
  })
  app.get('/control/requests', context => context.json(snowflake.statements.requests()))
  app.get('/control/faults', context =>
    context.json(snowflake.faults.list().map(({ id, rule, hits }) => ({ id, rule: describeRule(rule), hits: hits() })))
  )
  app.post('/control/faults', context => orRefused(addFault, snowflake, context))
  app.delete('/control/faults', context => {
    snowflake.faults.clear()
    return context.json({})
  })
  app.delete('/control/faults/:id', context => {
    snowflake.faults
      .list()
      .find(({ id }) => id === Number(context.req.param('id')))
      ?.remove()
    return context.json({})
  })
  app.post('/control/oauth-tokens', context => orRefused(issueToken, snowflake, context))
}

type Answer = (snowflake: Controlled, context: Context) => Promise<Response>

const orRefused = (answer: Answer, snowflake: Controlled, context: Context): Promise<Response> =>
  answer(snowflake, context).catch((cause: unknown) => {
    if (cause instanceof BadBody) return context.json({ error: { message: cause.message } }, 400)
    throw cause
  })

const bodyOf = async <A>(context: Context, codec: t.Type<A, unknown>): Promise<A> => {
  const body: unknown = await context.req.json().catch(() => undefined)
  const faults = faultsOf(codec, body)
  if (faults !== '') throw new BadBody(faults)
  return body as A
}

const execute: Answer = async (snowflake, context) => {
  const { sql, ...as } = await bodyOf(context, ExecuteBody)
  try {
    return context.json({ rows: await snowflake.execute(sql, compact(as)) })
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    const { code, sqlState, message, line, position } = error
    return context.json({ error: { code, sqlState, message, line, position } }, 400)
  }
}

const listStatements = (snowflake: Controlled, context: Context): unknown => {
  const kind = context.req.query('kind')
  return kind === undefined ? snowflake.statements.all() : snowflake.statements.ofKind(kind as StatementKind)
}

const describeRule = (rule: FaultRule): object => ({
  ...rule,
  ...(rule.sql instanceof RegExp ? { sql: undefined, sqlPattern: rule.sql.source } : {})
})

const addFault: Answer = async (snowflake, context) => {
  const { fault, sql, sqlPattern, ...where } = await bodyOf(context, RuleBody)
  const text = sqlPattern === undefined ? sql : new RegExp(sqlPattern, 'i')
  const { id } = snowflake.faults.add({ ...compact({ ...where, sql: text }), fault })
  return context.json({ id }, 201)
}

const issueToken: Answer = async (snowflake, context) => {
  const { user, ...options } = await bodyOf(context, TokenBody)
  return context.json({ token: snowflake.issueOAuthToken(user, compact(options)) }, 201)
}

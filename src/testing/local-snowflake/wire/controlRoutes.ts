/** The control API: administration, log and fault switches of a server in a process of its own. Its paths are in LocalSnowflake's docblock. */
import type { Context, Hono } from 'hono'
import { isObject, ownField } from '../../../internal/objects.ts'
import type { Fault, FaultRule } from '../Faults.ts'
import type { LocalSnowflake } from '../LocalSnowflake.ts'
import { StatementError } from '../StatementError.ts'
import type { StatementKind } from '../statements/executeStatement.ts'

type Controlled = Pick<LocalSnowflake, 'account' | 'execute' | 'statements' | 'faults' | 'issueOAuthToken'>

export const addControlRoutes = (app: Hono, snowflake: Controlled): void => {
  app.get('/control', context => context.json({ account: snowflake.account }))
  app.post('/control/execute', context => execute(snowflake, context))
  app.get('/control/statements', context => context.json(listStatements(snowflake, context)))
  app.delete('/control/statements', context => {
    snowflake.statements.clear()
    return context.json({})
  })
  app.get('/control/requests', context => context.json(snowflake.statements.requests()))
  app.get('/control/faults', context =>
    context.json(snowflake.faults.list().map(({ id, rule, hits }) => ({ id, rule: describeRule(rule), hits: hits() })))
  )
  app.post('/control/faults', context => addFault(snowflake, context))
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
  app.post('/control/oauth-tokens', context => issueToken(snowflake, context))
}

const readBody = async (context: Context): Promise<object> => {
  const body: unknown = await context.req.json().catch(() => undefined)
  return isObject(body) ? body : {}
}

const textField = (body: object, name: string): string | undefined => {
  const value = ownField(body, name)
  return typeof value === 'string' ? value : undefined
}

const execute = async (snowflake: Controlled, context: Context): Promise<Response> => {
  const body = await readBody(context)
  const [sql, role, user] = [textField(body, 'sql'), textField(body, 'role'), textField(body, 'user')]
  if (sql === undefined) return context.json({ error: { message: 'sql is missing' } }, 400)
  try {
    const rows = await snowflake.execute(sql, {
      ...(role === undefined ? {} : { role }),
      ...(user === undefined ? {} : { user })
    })
    return context.json({ rows })
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

/** Over the wire an expression is `sqlPattern`, a text; it ignores case. */
const addFault = async (snowflake: Controlled, context: Context): Promise<Response> => {
  const body = await readBody(context)
  const fault = ownField(body, 'fault')
  if (!isObject(fault) || typeof ownField(fault, 'kind') !== 'string')
    return context.json({ error: { message: 'fault.kind is missing' } }, 400)
  const pattern = textField(body, 'sqlPattern')
  const sql = pattern === undefined ? textField(body, 'sql') : new RegExp(pattern, 'i')
  const count = (name: string): number | undefined => {
    const value = ownField(body, name)
    return typeof value === 'number' ? value : undefined
  }
  const [path, user, skip, hits] = [textField(body, 'path'), textField(body, 'user'), count('skip'), count('count')]
  const { id } = snowflake.faults.add({
    fault: fault as Fault,
    ...(path === undefined ? {} : { path }),
    ...(sql === undefined ? {} : { sql }),
    ...(user === undefined ? {} : { user }),
    ...(skip === undefined ? {} : { skip }),
    ...(hits === undefined ? {} : { count: hits })
  })
  return context.json({ id }, 201)
}

const issueToken = async (snowflake: Controlled, context: Context): Promise<Response> => {
  const body = await readBody(context)
  const [user, role] = [textField(body, 'user'), textField(body, 'role')]
  if (user === undefined) return context.json({ error: { message: 'user is missing' } }, 400)
  const validity = ownField(body, 'validitySeconds')
  const token = snowflake.issueOAuthToken(user, {
    ...(role === undefined ? {} : { role }),
    ...(typeof validity === 'number' ? { validitySeconds: validity } : {})
  })
  return context.json({ token }, 201)
}

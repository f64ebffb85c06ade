/** Runs the statements of a session: reads the text, finds the executor, keeps the log and the results. */
import { randomUUID } from 'node:crypto'
import type { Account } from './catalog/Account.ts'
import type { Engine } from './engine/Engine.ts'
import type { FaultSwitchboard } from './Faults.ts'
import { createAccess } from './privileges/Access.ts'
import { activePrincipals } from './privileges/activeRoles.ts'
import { createResultHistory } from './ResultHistory.ts'
import type { ResultHistory } from './ResultHistory.ts'
import type { Session } from './Session.ts'
import { nullLiteral } from './sql/Literal.ts'
import type { Literal } from './sql/Literal.ts'
import { noPlaceholders } from './sql/Cursor.ts'
import type { Placeholders } from './sql/Cursor.ts'
import { parseStatement } from './sql/parseStatement.ts'
import { splitPipe, splitStatements } from './sql/splitStatements.ts'
import type { Token } from './sql/Token.ts'
import { tokenize } from './sql/tokenize.ts'
import { StatementError, canceled, timedOut, wrongStatementCount } from './StatementError.ts'
import type { StatementRecorder } from './StatementLog.ts'
import { describeResult } from './statements/describeResult.ts'
import { executeStatement, kindOf } from './statements/executeStatement.ts'
import { mergeRows } from './statements/mergeRows.ts'
import { isOn, parameterOf } from './statements/parameters.ts'
import type { ResultSet } from './statements/ResultSet.ts'
import type { StatementContext } from './statements/StatementContext.ts'

/** One statement cut out of the text it came in. */
export interface StatementText {
  readonly source: string
  readonly tokens: ReadonlyArray<Token>
  readonly sql: string
}

export interface RunOptions {
  /** One list of values for the `?` of the statement; several for an INSERT that is to be carried out with each of them. */
  readonly binds?: ReadonlyArray<ReadonlyArray<Literal>>
  readonly queryId?: string
  readonly requestId?: string
  /** Told with the request, for it alone. */
  readonly queryTag?: string
  /** Likewise; default the session's. */
  readonly timeoutSeconds?: number
  readonly signal?: AbortSignal
  /** Set for the server's own statements, which no fault switch touches. */
  readonly unharmed?: boolean
  /** Set to learn what the statement would answer, without carrying it out; values of binds may be missing then. */
  readonly describeOnly?: boolean
}

export interface StatementRunner {
  /** `count` is how many statements the client expects; 0 for any number. */
  readonly split: (session: Session, sql: string, count: number) => ReadonlyArray<StatementText>
  readonly run: (session: Session, statement: StatementText, options?: RunOptions) => Promise<ResultSet>
  readonly results: ResultHistory
}

export const createStatementRunner = (
  account: Account,
  engine: Engine,
  log: StatementRecorder,
  faults: FaultSwitchboard
): StatementRunner => {
  const results = createResultHistory()

  const split = (session: Session, sql: string, count: number): ReadonlyArray<StatementText> => {
    const tokens = foldQuoted(tokenize(sql), isOn(parameterOf(account, session, 'QUOTED_IDENTIFIERS_IGNORE_CASE')))
    const statements = splitStatements(sql, tokens).map((part): StatementText => ({
      source: sql,
      tokens: part,
      sql: textOf(sql, part)
    }))
    if (count > 0 && statements.length > 0 && statements.length !== count)
      throw wrongStatementCount(statements.length, count)
    // An empty text is a statement of its own: the one that fails at its end.
    return statements.length > 0 ? statements : [{ source: sql, tokens, sql }]
  }

  const execute = async (
    session: Session,
    source: string,
    tokens: ReadonlyArray<Token>,
    given: ReadonlyArray<Placeholders>,
    base: Pick<StatementContext, 'queryId' | 'signal' | 'withheld'> & { readonly describeOnly: boolean }
  ): Promise<ResultSet> => {
    const access = createAccess(account, () => principalsOf(account, session))
    const readings = given.map(row => ({ ...row, sessionVariable: (name: string) => session.variables.get(name) }))
    const placeholders = readings[0] ?? noPlaceholders
    const piped: ResultSet[] = []
    for (const link of splitPipe(tokens)) {
      const statement = mergeRows(readings.map(reading => parseStatement(source, link, reading)))
      log.classify(base.queryId, kindOf(statement))
      const context: StatementContext = {
        account,
        session,
        access,
        engine,
        ...base,
        placeholders,
        piped,
        resultOf: id => results.get(id, session.user),
        run: (text, inner, innerPlaceholders) => execute(session, text, inner, [innerPlaceholders], base)
      }
      piped.push(await (base.describeOnly ? describeResult : executeStatement)(statement, context))
    }
    return piped.at(-1) ?? { columns: [], rows: [], statementType: 'session' }
  }

  const run = async (session: Session, statement: StatementText, options: RunOptions = {}): Promise<ResultSet> => {
    const { queryId = randomUUID(), requestId, binds = [[]] } = options
    const { clock } = account
    log.begin({
      queryId,
      requestId,
      sql: statement.sql,
      user: session.user.name,
      role: session.role?.name ?? '',
      queryTag: options.queryTag ?? parameterOf(account, session, 'QUERY_TAG'),
      sessionId: session.id,
      startedAtMs: clock.now()
    })
    const seconds = options.timeoutSeconds ?? Number(parameterOf(account, session, 'STATEMENT_TIMEOUT_IN_SECONDS'))
    const deadline = createDeadline(account, seconds, options.signal)
    const describeOnly = options.describeOnly === true
    let asked = 0
    const placeholders = binds.map((row): Placeholders => ({
      ...noPlaceholders,
      bind: index => {
        asked = Math.max(asked, index)
        return row[index - 1] ?? (describeOnly ? nullLiteral : undefined)
      }
    }))
    try {
      const harmed = { sql: statement.sql, user: session.user.name, signal: deadline.signal }
      const withheld = options.unharmed === true ? new Set<string>() : await faults.beforeStatement(harmed)
      const result = await execute(session, statement.source, statement.tokens, placeholders, {
        queryId,
        signal: deadline.signal,
        withheld,
        describeOnly
      })
      results.keep(queryId, session.user, result)
      log.end(queryId, clock.now())
      return { ...result, binds: asked }
    } catch (error) {
      const failure =
        deadline.signal.aborted && deadline.signal.reason instanceof StatementError ? deadline.signal.reason : error
      log.end(queryId, clock.now(), failure instanceof StatementError ? failure.code : 'internal')
      throw failure
    } finally {
      deadline.clear()
      session.queryIds.push(queryId)
      if (session.queryIds.length > rememberedQueries) session.queryIds.shift()
    }
  }
  return { split, run, results }
}

const rememberedQueries = 1000

const textOf = (source: string, tokens: ReadonlyArray<Token>): string =>
  source.slice(tokens[0]?.start ?? 0, tokens.at(-1)?.end ?? source.length)

/** With QUOTED_IDENTIFIERS_IGNORE_CASE the case of a quoted name counts for nothing. */
const foldQuoted = (tokens: ReadonlyArray<Token>, ignoreCase: boolean): ReadonlyArray<Token> =>
  ignoreCase
    ? tokens.map(token => (token.kind === 'quoted' ? { ...token, value: token.value.toUpperCase() } : token))
    : tokens

interface PrincipalsMemo {
  readonly version: number
  readonly key: string
  readonly principals: ReturnType<typeof activePrincipals>
}

const memos = new WeakMap<Session, PrincipalsMemo>()

/** Worked out once for as long as neither the grants nor the session's roles change. */
const principalsOf = (account: Account, session: Session): ReturnType<typeof activePrincipals> => {
  const version = account.grants.version()
  const secondary =
    typeof session.secondaryRoles === 'string'
      ? session.secondaryRoles
      : session.secondaryRoles.map(role => role.id).join(',')
  const key = `${session.role?.id ?? 0} ${String(session.role?.dropped)} ${secondary}`
  const known = memos.get(session)
  if (known?.version === version && known.key === key) return known.principals
  const principals = activePrincipals(account, session)
  memos.set(session, { version, key, principals })
  return principals
}

/** The statement's own timeout and the client's cancellation, as one signal. */
const createDeadline = (
  account: Account,
  seconds: number,
  outer: AbortSignal | undefined
): { readonly signal: AbortSignal; readonly clear: () => void } => {
  const controller = new AbortController()
  const cancel = (): void => controller.abort(canceled())
  const stop = account.clock.schedule(seconds * 1000, () => controller.abort(timedOut(seconds)))
  if (outer?.aborted === true) cancel()
  outer?.addEventListener('abort', cancel, { once: true })
  return {
    signal: controller.signal,
    clear: () => {
      stop()
      outer?.removeEventListener('abort', cancel)
    }
  }
}

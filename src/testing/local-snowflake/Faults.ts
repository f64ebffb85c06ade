/**
 * Fault switches: rules that make requests or statements go wrong. Rules add up, in the order they were added, until one of them ends
 * the request or the statement.
 */
import { sleep } from '../../internal/Clock.ts'
import type { Clock } from '../../internal/Clock.ts'
import { StatementError } from './StatementError.ts'

/** What happens to a request or statement that a rule matches. */
export type Fault =
  /** The HTTP answer has this status and no useful body: 503, 429, 403 … */
  | { readonly kind: 'status'; readonly status: number }
  /** Another answer than Snowflake's, of a proxy for example: this body, and the request is not carried out. Default: status 200, `application/json`. */
  | { readonly kind: 'answer'; readonly body: string; readonly status?: number; readonly contentType?: string }
  /** The connection is cut: before anything happens, or after the request was carried out, before it is answered or halfway through its answer. */
  | { readonly kind: 'reset'; readonly when?: 'before' | 'after' | 'halfway' }
  /** No answer until the rule is removed or the server stops; then the connection is cut. */
  | { readonly kind: 'hang' }
  /** The answer comes this much later, in milliseconds. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** The session is refused: 390112 (renew the token), 390111 or 390104 (session gone), 390114 (master token expired). */
  | { readonly kind: 'session'; readonly code: '390112' | '390111' | '390104' | '390114' }
  /** The statement fails with this error, without being carried out. */
  | { readonly kind: 'error'; readonly code: string; readonly sqlState?: string; readonly message?: string }
  /** The statement takes this much longer, in milliseconds; it can be cancelled and can time out meanwhile. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** A GRANT does not give these privileges, and fails with 003011 (or 003102 when none is left). */
  | { readonly kind: 'withhold'; readonly privileges: ReadonlyArray<string> }
  /** These statements are run as ACCOUNTADMIN before the one that matched: to drop its table under its feet, for example. */
  | { readonly kind: 'run'; readonly sql: string }

export interface FaultRule {
  /** Part of the request's path, `/queries/v1/query-request` for example. Absent: any. */
  readonly path?: string
  /** Part of the statement's text, whatever its case, or an expression over it. Absent: any, also requests without a statement. */
  readonly sql?: string | RegExp
  /** The user's name. Absent: any. */
  readonly user?: string
  /** How many matches pass unharmed first. Default 0. */
  readonly skip?: number
  /** How many matches are hit. Default: all of them. */
  readonly count?: number
  readonly fault: Fault
}

export interface ActiveFault {
  readonly id: number
  readonly rule: FaultRule
  readonly hits: () => number
  readonly remove: () => void
}

export interface Faults {
  readonly add: (rule: FaultRule) => ActiveFault
  readonly list: () => ReadonlyArray<ActiveFault>
  readonly clear: () => void
}

export interface RequestInfo {
  readonly path: string
  readonly sql: string | undefined
  readonly user: string | undefined
}

export type Verdict =
  /** `cut`: how the connection ends once the request is carried out, if it does. */
  | { readonly kind: 'proceed'; readonly cut: 'after' | 'halfway' | undefined }
  | { readonly kind: 'answer'; readonly body: string; readonly status: number; readonly contentType: string }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'session'; readonly code: string }

export interface StatementInfo {
  readonly sql: string
  readonly user: string
  readonly signal: AbortSignal
}

/** The side of the switches that the server asks. */
export interface FaultSwitchboard extends Faults {
  readonly beforeRequest: (request: RequestInfo) => Promise<Verdict>
  /** Answers the privileges a GRANT must not give. */
  readonly beforeStatement: (statement: StatementInfo) => Promise<ReadonlySet<string>>
}

interface Switch extends ActiveFault {
  readonly removed: AbortSignal
  /** Counts a match and says whether it is hit. */
  readonly strike: () => boolean
}

const statementFaults: ReadonlySet<Fault['kind']> = new Set(['error', 'slow', 'withhold', 'run'])

/** `runSql` carries out the statements of a `run` fault. */
export const createFaults = (clock: Clock, runSql: (sql: string) => Promise<unknown>): FaultSwitchboard => {
  const switches = new Map<number, Switch>()
  let lastId = 0

  const add = (rule: FaultRule): ActiveFault => {
    lastId += 1
    const id = lastId
    const added = createSwitch(id, rule, () => switches.delete(id))
    switches.set(id, added)
    return added
  }
  const matching = (info: RequestInfo, forStatements: boolean): ReadonlyArray<Switch> =>
    Array.from(switches.values()).filter(
      ({ rule }) => statementFaults.has(rule.fault.kind) === forStatements && matches(rule, info)
    )

  const beforeRequest = async (request: RequestInfo): Promise<Verdict> => {
    let cut: 'after' | 'halfway' | undefined
    for (const known of matching(request, false)) {
      if (!known.strike()) continue
      const verdict = await applyToRequest(clock, known)
      if (verdict?.kind === 'proceed') cut ??= verdict.cut
      else if (verdict !== undefined) return verdict
    }
    return { kind: 'proceed', cut }
  }
  const beforeStatement = async ({ sql, user, signal }: StatementInfo): Promise<ReadonlySet<string>> => {
    const withheld = new Set<string>()
    for (const known of matching({ path: queryPath, sql, user }, true)) {
      if (!known.strike()) continue
      const { fault } = known.rule
      if (fault.kind === 'withhold') for (const privilege of fault.privileges) withheld.add(privilege)
      else await applyToStatement(clock, fault, signal, runSql)
    }
    return withheld
  }
  return {
    add,
    list: () => Array.from(switches.values()),
    clear: () => {
      for (const known of switches.values()) known.remove()
    },
    beforeRequest,
    beforeStatement
  }
}

/** Statements of `execute` come by no path; for rules they count as queries. */
const queryPath = '/queries/v1/query-request'

const createSwitch = (id: number, rule: FaultRule, forget: () => void): Switch => {
  const { skip = 0, count = Infinity } = rule
  const removal = new AbortController()
  let seen = 0
  return {
    id,
    rule,
    hits: () => Math.max(0, Math.min(seen - skip, count)),
    remove: () => {
      forget()
      removal.abort()
    },
    removed: removal.signal,
    strike: () => {
      seen += 1
      return seen > skip && seen <= skip + count
    }
  }
}

const matches = ({ path, sql, user }: FaultRule, info: RequestInfo): boolean =>
  (path === undefined || info.path.includes(path)) &&
  (user === undefined || info.user === user) &&
  (sql === undefined || matchesSql(sql, info.sql))

const matchesSql = (wanted: string | RegExp, sql: string | undefined): boolean => {
  if (sql === undefined) return false
  return typeof wanted === 'string'
    ? sql.toUpperCase().includes(wanted.toUpperCase())
    : new RegExp(wanted.source, wanted.flags.replace(/[gy]/g, '')).test(sql)
}

const applyToRequest = async (clock: Clock, { rule, removed }: Switch): Promise<Verdict | undefined> => {
  const { fault } = rule
  if (fault.kind === 'status') return { kind: 'status', status: fault.status }
  if (fault.kind === 'answer') {
    const { body, status = 200, contentType = 'application/json' } = fault
    return { kind: 'answer', body, status, contentType }
  }
  if (fault.kind === 'session') return { kind: 'session', code: fault.code }
  if (fault.kind === 'reset') {
    const { when = 'before' } = fault
    return when === 'before' ? { kind: 'reset' } : { kind: 'proceed', cut: when }
  }
  if (fault.kind === 'hang') {
    await untilAborted(removed)
    return { kind: 'reset' }
  }
  if (fault.kind === 'latency') await sleep(clock, fault.ms, removed)
  return undefined
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

const applyToStatement = async (
  clock: Clock,
  fault: Fault,
  signal: AbortSignal,
  runSql: (sql: string) => Promise<unknown>
): Promise<void> => {
  if (fault.kind === 'error')
    throw new StatementError(fault.code, fault.sqlState ?? '58000', fault.message ?? `Injected error ${fault.code}`)
  if (fault.kind === 'slow') {
    await sleep(clock, fault.ms, signal)
    signal.throwIfAborted()
  }
  if (fault.kind === 'run') await runSql(fault.sql)
}

/** Queries of clients while they run and after: to answer again, to fetch later, to cancel. */
import type { ResultHistory } from '../ResultHistory.ts'
import type { Session } from '../Session.ts'
import { statementNotFound } from '../StatementError.ts'
import type { ResultSet } from '../statements/ResultSet.ts'

export interface Query {
  readonly id: string
  readonly session: Session
  readonly requestId: string | undefined
  readonly sql: string
  readonly startedAtMs: number
  /** Whether the client does not wait for it: it goes on when its session ends. */
  readonly detached: boolean
  readonly state: () => 'running' | 'success' | 'failed'
  readonly abort: () => void
  /** How the query ended, once it has; never rejects. */
  readonly outcome: () => Promise<QueryOutcome>
}

export type QueryOutcome =
  | { readonly kind: 'result'; readonly result: ResultSet }
  | { readonly kind: 'children'; readonly ids: ReadonlyArray<string>; readonly types: ReadonlyArray<number> }
  | { readonly kind: 'error'; readonly error: unknown }

export interface QueryRegistry {
  readonly start: (
    query: Pick<Query, 'id' | 'session' | 'requestId' | 'sql' | 'startedAtMs' | 'detached'>,
    run: (signal: AbortSignal) => Promise<QueryOutcome>
  ) => Query
  readonly byId: (id: string) => Query | undefined
  /** The query a repeated request asks about. */
  readonly byRequest: (session: Session, requestId: string) => Query | undefined
  /** Ends what runs in a session that its client closes. */
  readonly abortOf: (session: Session) => void
  readonly abortAll: () => void
}

/** Ended queries that are remembered; their rows are in the result history, for as long as it keeps them. */
const remembered = 5000

export const createQueryRegistry = (results: ResultHistory): QueryRegistry => {
  const queries = new Map<string, Query>()
  const requests = new Map<string, string>()
  const requestKey = (session: Session, requestId: string): string => `${session.id} ${requestId}`

  const forgetOldest = (): void => {
    for (const [id, query] of queries) {
      if (queries.size <= remembered) return
      if (query.state() === 'running') continue
      queries.delete(id)
      if (query.requestId !== undefined) requests.delete(requestKey(query.session, query.requestId))
    }
  }
  const start: QueryRegistry['start'] = (parts, run) => {
    const abort = new AbortController()
    let running: Promise<QueryOutcome> | undefined = run(abort.signal).catch((error: unknown): QueryOutcome => ({
      kind: 'error',
      error
    }))
    let ended: QueryOutcome | 'stored' | undefined
    const outcome = async (): Promise<QueryOutcome> => {
      if (running !== undefined) return running
      return ended === 'stored' || ended === undefined ? storedOutcome(results, parts) : ended
    }
    const query: Query = {
      ...parts,
      state: () =>
        ended === undefined ? 'running' : ended !== 'stored' && ended.kind === 'error' ? 'failed' : 'success',
      abort: () => abort.abort(),
      outcome
    }
    void running.then(settled => {
      ended = settled.kind === 'result' ? 'stored' : settled
      running = undefined
      forgetOldest()
    })
    queries.set(query.id, query)
    if (query.requestId !== undefined) requests.set(requestKey(query.session, query.requestId), query.id)
    return query
  }
  return {
    start,
    byId: id => queries.get(id),
    byRequest: (session, requestId) => queries.get(requests.get(requestKey(session, requestId)) ?? ''),
    abortOf: session => {
      for (const query of queries.values())
        if (query.session === session && query.state() === 'running' && !query.detached) query.abort()
    },
    abortAll: () => {
      for (const query of queries.values()) if (query.state() === 'running') query.abort()
    }
  }
}

const storedOutcome = (results: ResultHistory, { id, session }: Pick<Query, 'id' | 'session'>): QueryOutcome => {
  const result = results.get(id, session.user)
  return result === undefined ? { kind: 'error', error: statementNotFound(id) } : { kind: 'result', result }
}

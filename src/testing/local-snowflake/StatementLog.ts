/** What the server was asked, for tests that count: every statement with its outcome, and the HTTP requests it came by. */
import type { StatementKind } from './statements/executeStatement.ts'

export interface LoggedStatement {
  readonly queryId: string
  readonly sql: string
  /** `read`: SELECT, SHOW, DESCRIBE; `session`: USE, SET, transactions; `write`: everything else; undefined when it could not be read. */
  readonly kind: StatementKind | undefined
  readonly user: string
  readonly role: string
  readonly sessionId: number
  /** Told with the request, else set in the session. */
  readonly queryTag: string
  /** The client's own id; absent for statements of `execute`. */
  readonly requestId: string | undefined
  readonly status: 'running' | 'success' | 'failed'
  /** The error's code of a failed statement. */
  readonly code: string | undefined
  /** Milliseconds since 1970. */
  readonly startedAtMs: number
  readonly durationMs: number | undefined
}

export interface StatementLog {
  /** Oldest first; the oldest go when there are more than 100,000. */
  readonly all: () => ReadonlyArray<LoggedStatement>
  readonly ofKind: (kind: StatementKind) => ReadonlyArray<LoggedStatement>
  readonly clear: () => void
  /** HTTP requests received, by path; `/queries/<id>/result` and the like without their id. */
  readonly requests: () => Readonly<Record<string, number>>
}

export interface StatementRecorder extends StatementLog {
  readonly begin: (statement: Omit<LoggedStatement, 'kind' | 'status' | 'code' | 'durationMs'>) => void
  readonly classify: (queryId: string, kind: StatementKind) => void
  readonly end: (queryId: string, endedAtMs: number, code?: string) => void
  readonly countRequest: (path: string) => void
}

const limit = 100_000

export const createStatementLog = (): StatementRecorder => {
  const statements = new Map<string, LoggedStatement>()
  const requests = new Map<string, number>()
  const change = (queryId: string, part: Partial<LoggedStatement>): void => {
    const known = statements.get(queryId)
    if (known !== undefined) statements.set(queryId, { ...known, ...part })
  }
  return {
    all: () => Array.from(statements.values()),
    ofKind: kind => Array.from(statements.values()).filter(statement => statement.kind === kind),
    clear: () => {
      statements.clear()
      requests.clear()
    },
    requests: () => Object.fromEntries(requests),
    begin: statement => {
      statements.set(statement.queryId, {
        ...statement,
        kind: undefined,
        status: 'running',
        code: undefined,
        durationMs: undefined
      })
      const [oldest] = statements.keys()
      if (statements.size > limit && oldest !== undefined) statements.delete(oldest)
    },
    classify: (queryId, kind) => change(queryId, { kind }),
    end: (queryId, endedAtMs, code) => {
      const started = statements.get(queryId)?.startedAtMs ?? endedAtMs
      change(queryId, { status: code === undefined ? 'success' : 'failed', code, durationMs: endedAtMs - started })
    },
    countRequest: path => void requests.set(path, (requests.get(path) ?? 0) + 1)
  }
}

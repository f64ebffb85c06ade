/** What a statement runs in. */
import type { Account } from '../catalog/Account.ts'
import type { Access } from '../privileges/Access.ts'
import type { Session } from '../Session.ts'
import type { Placeholders } from '../sql/Cursor.ts'
import type { Token } from '../sql/Token.ts'
import type { ResultSet } from './ResultSet.ts'
import type { Engine } from '../engine/Engine.ts'

export interface StatementContext {
  readonly account: Account
  readonly session: Session
  readonly access: Access
  readonly engine: Engine
  readonly queryId: string
  readonly placeholders: Placeholders
  /** Results of the statements before in a `->>` chain, newest last. */
  readonly piped: ReadonlyArray<ResultSet>
  /** Results of statements of this server, for RESULT_SCAN. */
  readonly resultOf: (queryId: string) => ResultSet | undefined
  /** Privileges that a fault switch keeps a GRANT from giving. */
  readonly withheld: ReadonlySet<string>
  /** Aborted when the statement is cancelled or runs out of time. */
  readonly signal: AbortSignal
  /** Runs another statement in the same session: what scripts are made of. */
  readonly run: (source: string, tokens: ReadonlyArray<Token>, placeholders: Placeholders) => Promise<ResultSet>
}

/** What the routes share. */
import type * as Jose from 'jose'
import type { Account } from '../catalog/Account.ts'
import type { Engine } from '../engine/Engine.ts'
import type { FaultSwitchboard } from '../Faults.ts'
import type { StatementRecorder } from '../StatementLog.ts'
import type { StatementRunner } from '../StatementRunner.ts'
import type { QueryRegistry } from './QueryRegistry.ts'
import type { SessionStore } from './SessionStore.ts'

export interface Server {
  readonly account: Account
  readonly engine: Engine
  readonly runner: StatementRunner
  readonly log: StatementRecorder
  readonly faults: FaultSwitchboard
  readonly sessions: SessionStore
  readonly queries: QueryRegistry
  readonly jose: Pick<typeof Jose, 'jwtVerify'>
  readonly nextSessionId: () => number
  /** A query still running after this time is answered with "in progress", and asked for again. */
  readonly inProgressAfterMs: number
}

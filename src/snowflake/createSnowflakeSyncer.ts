/** The syncer for Snowflake: reads grants and policies, plans in the safe order, applies, and looks again. */
import * as E from 'fp-ts/lib/Either.js'
import type { Plan } from '../access/Plan.ts'
import type { ResourceResult, StepResult } from '../access/runPlan.ts'
import { runPlan } from '../access/runPlan.ts'
import { unchangedSince } from '../access/unchangedSince.ts'
import { atLeast, requireOptions } from '../checkOptions.ts'
import { compact } from '../internal/objects.ts'
import type { ApplyOptions, PlanOptions, PolicySyncer } from '../PolicySyncer.ts'
import type { SyncError } from '../SyncError.ts'
import { planRound } from './planRound.ts'
import type { PolicySchema } from './PolicyObject.ts'
import { readState } from './readState.ts'
import type { ReadOptions } from './readMany.ts'
import { runStatements } from './runStatements.ts'
import type { SnowflakeClient } from './SnowflakeClient.ts'
import { verifyPlan } from './verifyPlan.ts'

/** Options of {@link createSnowflakeSyncer}. */
export interface SnowflakeSyncerOptions {
  readonly client: SnowflakeClient
  /** An existing schema for our policies, and for nothing else. */
  readonly policySchema: PolicySchema
  /** Most requests at the same time. Default 8, at least 1. */
  readonly concurrency?: number
  /** Whether what was changed is read again, and what did not take effect reported as NotTaken. Costs one request per plan that changes something. Default true. */
  readonly verify?: boolean
  /** Whether there is a warehouse. Without one policies can't be read, so only grants are synced, and what needs a mask or a row filter is blocked. Default true. */
  readonly warehouse?: boolean
  /** What to do where somebody else's policy stands in the place of ours: report a conflict and keep it, or replace it (it is detached, never dropped). Default `keep`. */
  readonly foreignPolicies?: 'keep' | 'replace'
}

/** The defaults of {@link SnowflakeSyncerOptions}. */
export const defaultSnowflakeSyncerOptions: Required<Omit<SnowflakeSyncerOptions, 'client' | 'policySchema'>> =
  Object.freeze({ concurrency: 8, verify: true, warehouse: true, foreignPolicies: 'keep' })

/**
 * A `PolicySyncer` over Snowflake.
 *
 * **Details**: one request reads the grants (`SHOW GRANTS`) and policies (`POLICY_REFERENCES`) of all objects of a round; `docs/snowflake.md` counts the requests. Policies are made
 * in `policySchema` under the hash of their content, so an equal mask is one policy however many columns it is on.
 *
 * @example
 * ```ts no-run
 * import { createSnowflakeClient, createSnowflakeSyncer } from 'on-demand-sync/snowflake'
 *
 * const client = createSnowflakeClient({ account: 'a', username: 'SYNC', credentials: { password: '' } })
 * const syncer = createSnowflakeSyncer({ client, policySchema: { database: 'GOVERNANCE', schema: 'ON_DEMAND_SYNC' } })
 * void syncer
 * ```
 */
export const createSnowflakeSyncer = (options: SnowflakeSyncerOptions): PolicySyncer => {
  const settings = { ...defaultSnowflakeSyncerOptions, ...options }
  const { client, policySchema: home, concurrency, verify, warehouse } = settings
  requireOptions('createSnowflakeSyncer', [atLeast('concurrency', concurrency, 1)])
  const planner = { client, home, replacesForeign: settings.foreignPolicies === 'replace' }
  const reading = ({ signal, tag }: PlanOptions): ReadOptions => ({
    signal,
    warehouse,
    concurrency,
    ...compact({ tag })
  })

  const apply = async (
    plan: Plan,
    { onStep, ifUnchanged = false, ...how }: ApplyOptions
  ): Promise<E.Either<SyncError, ReadonlyArray<ResourceResult>>> => {
    if (ifUnchanged) {
      const now = await readState(client, home, plan, reading(how))
      const unchanged = E.isLeft(now) ? now : unchangedSince(plan, now.right)
      if (E.isLeft(unchanged)) return unchanged
    }
    const tried: Array<StepResult> = []
    const told = (result: StepResult) => {
      tried.push(result)
      onStep?.(result)
    }
    const done = await runPlan(plan, runStatements(client, home, how), {
      signal: how.signal,
      concurrency,
      onStep: told
    })()
    return E.isLeft(done) || !verify ? done : verifyPlan(client, home, plan, tried, done.right, reading(how))
  }

  return {
    plan: (desired, how) => () => planRound(planner, desired, reading(how)),
    apply: (plan, how) => () => apply(plan, how)
  }
}

/** What came of a request: one outcome per resource it names, one status for the whole. */
import type { ResourceReference } from './SyncRequest.ts'
import type { SyncError } from './SyncError.ts'

/**
 * - `applied`: something was changed, and all that had to be changed was;
 * - `unchanged`: it already agreed with the policies;
 * - `skipped`: there was nothing to do it to (absent, or outside the managed lists);
 * - `failed`: it could not be brought, or not wholly be brought, in line.
 */
export type OutcomeResult = 'applied' | 'unchanged' | 'skipped' | 'failed'

/** How many resources under a named database or schema ended in which way. */
export type OutcomeCounts = { readonly [R in OutcomeResult]: number }

/** What came of one named resource. */
export interface Outcome {
  readonly reference: ResourceReference
  readonly result: OutcomeResult
  /** Why, for skipped and failed; of several failures below a database or schema, the first few. */
  readonly reason?: string
  /** The kind of error, for failed. */
  readonly error?: SyncError['_tag']
  /** For a database or schema: itself and all that lies in it. */
  readonly covered?: OutcomeCounts
  /** What the policies ask for and Snowflake cannot hold, and how it was narrowed. */
  readonly notes?: ReadonlyArray<string>
}

/** The three ways a task ends, as published by the reference system. */
export type Status = 'SUCCESS' | 'FAILED' | 'SKIPPED'

/** FAILED if any resource failed; else SUCCESS if any was applied or unchanged; else SKIPPED. */
export const statusOf = (outcomes: ReadonlyArray<Pick<Outcome, 'result'>>): Status => {
  if (outcomes.some(({ result }) => result === 'failed')) return 'FAILED'
  return outcomes.some(({ result }) => result !== 'skipped') ? 'SUCCESS' : 'SKIPPED'
}

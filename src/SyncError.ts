/**
 * Every way this library can fail, as one closed tagged union.
 *
 * **When to use**: match on `_tag` (never `instanceof`: a dual package has two copies of every class); ask
 * `isRetryable`, `isOutage` and `blameOf` what to do, `describeError` for the words.
 *
 * **Details**: `cause` keeps what lay underneath for a debugger. It is not enumerable, and never printed, stored or sent by this library: foreign
 * errors may quote row values or credentials. Everything else in an error is safe to log.
 */
import type { Fault } from './Fault.ts'

/** An event's body is not a sync request for us. The event ends as SKIPPED; the stream goes on. */
export interface PayloadRejected {
  readonly _tag: 'PayloadRejected'
  /** `unreadable`: not JSON; `foreign`: for another application; `unsupported`: a type we do not sync; `invalid`: a broken rule. */
  readonly reason: 'unreadable' | 'foreign' | 'unsupported' | 'invalid'
  readonly faults: ReadonlyArray<Fault>
  /** The task's id, where the body let it be read. */
  readonly taskId?: string
}

/** Options, configuration, a policy document or a plan break rules; all of them are listed. */
export interface InvalidInput {
  readonly _tag: 'InvalidInput'
  /** What was read: `options of createBatcher`, `configuration`, a file's name. */
  readonly subject: string
  readonly faults: ReadonlyArray<Fault>
}

/** A service could not be reached or is not serving. Waiting helps, for every task alike. */
export interface Unavailable {
  readonly _tag: 'Unavailable'
  readonly service: string
  readonly operation: string
  /** The service's own code for it, if it gave one. */
  readonly code?: string
  /** What would help, where waiting alone will not. */
  readonly needs?: ReadonlyArray<string>
  readonly cause?: unknown
}

/** A service refused our credentials. No task can be done until somebody mends them. */
export interface LoginRefused {
  readonly _tag: 'LoginRefused'
  readonly service: string
  readonly code?: string
  readonly cause?: unknown
}

/** The named object is not there, or our role may not know of it: Snowflake gives one answer to both. */
export interface NotFound {
  readonly _tag: 'NotFound'
  readonly object: string
}

/** Our own role lacks a privilege. */
export interface NotAuthorized {
  readonly _tag: 'NotAuthorized'
  readonly operation: string
  readonly object: string
  /** What would do, any one of them: `MANAGE GRANTS on the account`, `OWNERSHIP of "DB"."S"."T"`. */
  readonly needs: ReadonlyArray<string>
  readonly cause?: unknown
}

/** A statement failed for a reason that is neither absence nor privilege. */
export interface StatementFailed {
  readonly _tag: 'StatementFailed'
  readonly operation: string
  readonly object: string
  readonly code: string
  readonly sqlState?: string
  /** True where the same statement may well succeed later (a lock, a cancelled or timed-out statement). */
  readonly retryable: boolean
  readonly cause?: unknown
}

/** Something that is not ours stands where ours should go; it is left as it is. */
export interface Conflict {
  readonly _tag: 'Conflict'
  readonly object: string
  /** What stands there: `masking policy "GOV"."P"."SSN"`. */
  readonly found: string
}

/** A statement reported success, and a second look says that it changed nothing. */
export interface NotTaken {
  readonly _tag: 'NotTaken'
  readonly object: string
  /** The changes still outstanding, in words: `revoke SELECT from role "R"`. */
  readonly outstanding: ReadonlyArray<string>
}

/** Nothing is wrong with this object; another one of the same plan could not be narrowed, and widening this one might have shown that one's rows. It is planned again without it. */
export interface HeldBack {
  readonly _tag: 'HeldBack'
  readonly object: string
  /** Why the other one could not be narrowed, in words. */
  readonly because: string
}

/** A plan was made for a state that is no longer there: it was stored, or a column came while it was carried out. Plan again. */
export interface StateChanged {
  readonly _tag: 'StateChanged'
  readonly object: string
}

/** The policies cannot be had at the moment, so nothing can be decided. */
export interface PolicySourceFailed {
  readonly _tag: 'PolicySourceFailed'
  readonly source: string
  readonly detail: string
  readonly cause?: unknown
}

/** The event source broke. `retryable` false means that starting again would break the same way. */
export interface SourceFailed {
  readonly _tag: 'SourceFailed'
  readonly source: string
  readonly detail: string
  readonly retryable: boolean
  readonly cause?: unknown
}

/** A checkpoint could not be written. Nothing is lost: the events since the last one come again. */
export interface CheckpointFailed {
  readonly _tag: 'CheckpointFailed'
  readonly store: string
  readonly detail: string
  readonly cause?: unknown
}

/** Audit records could not be made durable. No checkpoint passes them. */
export interface AuditFailed {
  readonly _tag: 'AuditFailed'
  readonly sink: string
  readonly detail: string
  readonly cause?: unknown
}

/** A topic did not take a message for other people. The sync itself is not concerned. */
export interface TopicFailed {
  readonly _tag: 'TopicFailed'
  readonly topic: string
  readonly detail: string
  /** True where the same message may well be taken later. */
  readonly retryable: boolean
  readonly cause?: unknown
}

/** Our own deadline for an operation passed. */
export interface TimedOut {
  readonly _tag: 'TimedOut'
  readonly operation: string
  readonly afterMs: number
}

/** The caller's `AbortSignal` ended it. */
export interface Aborted {
  readonly _tag: 'Aborted'
  readonly operation: string
}

/** A queue, source or sink was used after it was closed. */
export interface Closed {
  readonly _tag: 'Closed'
  readonly what: string
}

/** A bug, ours or of code handed in to us: something threw where nothing may throw. */
export interface Defect {
  readonly _tag: 'Defect'
  readonly where: string
  readonly cause: unknown
}

/** See the head of this file. */
export type SyncError =
  | PayloadRejected
  | InvalidInput
  | Unavailable
  | LoginRefused
  | NotFound
  | NotAuthorized
  | StatementFailed
  | Conflict
  | NotTaken
  | HeldBack
  | StateChanged
  | PolicySourceFailed
  | SourceFailed
  | CheckpointFailed
  | AuditFailed
  | TopicFailed
  | TimedOut
  | Aborted
  | Closed
  | Defect

type Build<Tag extends SyncError['_tag']> = (
  fields: Omit<Extract<SyncError, { readonly _tag: Tag }>, '_tag'>
) => Extract<SyncError, { readonly _tag: Tag }>

const build =
  <Tag extends SyncError['_tag']>(tag: Tag): Build<Tag> =>
  fields => {
    const { cause, ...printable } = fields as { readonly cause?: unknown }
    const error = { _tag: tag, ...printable }
    // Not enumerable: a host that prints or serializes an error whole must not print what lay underneath.
    if (cause !== undefined) Object.defineProperty(error, 'cause', { value: cause })
    return error as unknown as ReturnType<Build<Tag>>
  }

/**
 * One constructor per case.
 *
 * @example
 * ```ts
 * import { SyncError, describeError } from 'on-demand-sync'
 *
 * const error = SyncError.Unavailable({ service: 'snowflake', operation: 'SHOW GRANTS' })
 * if (describeError(error) !== 'snowflake is unavailable (SHOW GRANTS)') throw new Error('unexpected words')
 * ```
 */
export const SyncError: { readonly [Tag in SyncError['_tag']]: Build<Tag> } = {
  PayloadRejected: build('PayloadRejected'),
  InvalidInput: build('InvalidInput'),
  Unavailable: build('Unavailable'),
  LoginRefused: build('LoginRefused'),
  NotFound: build('NotFound'),
  NotAuthorized: build('NotAuthorized'),
  StatementFailed: build('StatementFailed'),
  Conflict: build('Conflict'),
  NotTaken: build('NotTaken'),
  HeldBack: build('HeldBack'),
  StateChanged: build('StateChanged'),
  PolicySourceFailed: build('PolicySourceFailed'),
  SourceFailed: build('SourceFailed'),
  CheckpointFailed: build('CheckpointFailed'),
  AuditFailed: build('AuditFailed'),
  TopicFailed: build('TopicFailed'),
  TimedOut: build('TimedOut'),
  Aborted: build('Aborted'),
  Closed: build('Closed'),
  Defect: build('Defect')
}

/** What to do about an error, and how to say it: one entry per kind, so that a new kind cannot be forgotten. */
import type { Fault } from './Fault.ts'
import { describeFault } from './Fault.ts'
import type { SyncError } from './SyncError.ts'

/** Who has to act: whoever sent the event, whoever runs this host, whoever writes policies, the service itself, or us. */
export type Blame = 'sender' | 'operator' | 'policy author' | 'service' | 'library'

interface Treatment<E extends SyncError> {
  readonly blame: Blame
  readonly retryable: boolean | ((error: E) => boolean)
  readonly outage: boolean
  readonly words: (error: E) => string
}

const list = (faults: ReadonlyArray<Fault>): string => faults.map(describeFault).join('; ')
const code = (value: string | undefined): string => (value === undefined ? '' : `, code ${value}`)

const treatments: { readonly [Tag in SyncError['_tag']]: Treatment<Extract<SyncError, { readonly _tag: Tag }>> } = {
  PayloadRejected: {
    blame: 'sender',
    retryable: false,
    outage: false,
    words: e => `${e.reason} request: ${list(e.faults)}`
  },
  InvalidInput: { blame: 'operator', retryable: false, outage: false, words: e => `${e.subject}: ${list(e.faults)}` },
  Unavailable: {
    blame: 'service',
    retryable: true,
    outage: true,
    words: e =>
      `${e.service} is unavailable (${e.operation}${code(e.code)})${e.needs === undefined ? '' : `: needs ${e.needs.join(' or ')}`}`
  },
  LoginRefused: {
    blame: 'operator',
    retryable: true,
    outage: true,
    words: e => `${e.service} refused the login${code(e.code)}: check user, credentials and role`
  },
  NotFound: {
    blame: 'sender',
    retryable: false,
    outage: false,
    words: e => `${e.object} does not exist, or our role may not see it`
  },
  NotAuthorized: {
    blame: 'operator',
    retryable: false,
    outage: false,
    words: e => `not authorized to ${e.operation} on ${e.object}: needs ${e.needs.join(' or ')}`
  },
  StatementFailed: {
    blame: 'service',
    retryable: e => e.retryable,
    outage: false,
    words: e =>
      `${e.operation} on ${e.object} failed${code(e.code)}${e.sqlState === undefined ? '' : `, sqlState ${e.sqlState}`}`
  },
  Conflict: {
    blame: 'operator',
    retryable: false,
    outage: false,
    words: e => `${e.object} carries ${e.found}, which is not ours: it was left in place`
  },
  NotTaken: {
    blame: 'service',
    retryable: true,
    outage: false,
    words: e => `on ${e.object} these changes were accepted but did not happen: ${e.outstanding.join(', ')}`
  },
  HeldBack: {
    blame: 'operator',
    retryable: true,
    outage: false,
    words: e => `${e.object} was not widened, because of another object of its plan: ${e.because}`
  },
  StateChanged: {
    blame: 'operator',
    retryable: true,
    outage: false,
    words: e => `${e.object} has changed since the plan was made: plan again`
  },
  PolicySourceFailed: {
    blame: 'operator',
    retryable: true,
    outage: true,
    words: e => `no policies from ${e.source}: ${e.detail}`
  },
  SourceFailed: {
    blame: 'service',
    retryable: e => e.retryable,
    outage: false,
    words: e => `event source ${e.source} failed: ${e.detail}`
  },
  CheckpointFailed: {
    blame: 'service',
    retryable: true,
    outage: false,
    words: e => `checkpoint store ${e.store} failed: ${e.detail}`
  },
  AuditFailed: {
    blame: 'operator',
    retryable: true,
    outage: true,
    words: e => `audit sink ${e.sink} failed: ${e.detail}`
  },
  TopicFailed: {
    blame: 'operator',
    retryable: e => e.retryable,
    outage: false,
    words: e => `topic ${e.topic} failed: ${e.detail}`
  },
  TimedOut: {
    blame: 'service',
    retryable: true,
    outage: false,
    words: e => `${e.operation} did not finish within ${e.afterMs} ms`
  },
  Aborted: { blame: 'operator', retryable: false, outage: false, words: e => `${e.operation} was aborted` },
  Closed: { blame: 'operator', retryable: false, outage: false, words: e => `${e.what} is closed` },
  Defect: { blame: 'library', retryable: false, outage: false, words: e => `unexpected failure in ${e.where}` }
}

const treatmentOf = (error: SyncError): Treatment<SyncError> => treatments[error._tag] as Treatment<SyncError>

/** True where doing the same again later may succeed. */
export const isRetryable = (error: SyncError): boolean => {
  const { retryable } = treatmentOf(error)
  return typeof retryable === 'boolean' ? retryable : retryable(error)
}

/** True where the failure is not this task's but everybody's: the pipeline waits and pushes back instead of failing tasks one by one. */
export const isOutage = (error: SyncError): boolean => treatmentOf(error).outage

/** Who has to act on an error. */
export const blameOf = (error: SyncError): Blame => treatmentOf(error).blame

/** The error in one line, free of secrets, payload values and row values. */
export const describeError = (error: SyncError): string => treatmentOf(error).words(error)

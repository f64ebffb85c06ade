/** One received event on its way through the pipeline, and the record it ends in. */
import * as E from 'fp-ts/lib/Either.js'
import type { AuditRecord } from '../AuditSink.ts'
import type { ReceivedEvent } from '../EventSource.ts'
import { fault } from '../Fault.ts'
import { compact } from '../internal/objects.ts'
import type { Outcome } from '../Outcome.ts'
import { statusOf } from '../Outcome.ts'
import type { PayloadCodec } from '../PayloadCodec.ts'
import { describeReference } from '../Resource.ts'
import type { PayloadRejected } from '../SyncError.ts'
import { SyncError } from '../SyncError.ts'
import { describeError } from '../describeError.ts'
import type { ResourceReference, SyncRequest } from '../SyncRequest.ts'
import type { TraceContext } from '../LifecycleEvent.ts'
import { traceOf } from './traceOf.ts'
import type { Ledger } from './Ledger.ts'
import { maxListed } from './Ledger.ts'

/** An event with its body read: what waits in the queue and is gathered into batches. For a queue or a batcher of your own. */
export interface Task {
  readonly position: ReceivedEvent['position']
  readonly enqueuedAtMs: number
  readonly receivedAtMs: number
  readonly request: E.Either<PayloadRejected, SyncRequest>
  /** The body as it came: kept only where dead letters are, let go of here otherwise. */
  readonly body?: unknown
  /** The trace its sender was in. */
  readonly trace?: TraceContext
}

export const createTask = (event: ReceivedEvent, codec: PayloadCodec, receivedAtMs: number, keepBody = false): Task => {
  const { position, body } = event
  // A source that has no time of its own to give must not end the pipeline over it.
  const enqueuedAtMs = Number.isNaN(new Date(event.enqueuedAtMs).getTime()) ? receivedAtMs : event.enqueuedAtMs
  const task = { position, enqueuedAtMs, receivedAtMs, request: read(codec, body) }
  const trace = traceOf(event.properties)
  return trace === undefined && !keepBody
    ? task
    : { ...task, ...(keepBody ? { body } : {}), ...(trace === undefined ? {} : { trace }) }
}

/** A codec promises not to throw. A body that makes one throw would come again after every restart, and stop its partition for ever. */
const read = (codec: PayloadCodec, body: unknown): Task['request'] => {
  try {
    return codec.decode(body)
  } catch {
    // What it threw may quote the body.
    return E.left(
      SyncError.PayloadRejected({ reason: 'unreadable', faults: [fault('', 'must be readable by the codec')] })
    )
  }
}

/** The references of all readable tasks. */
export const referencesOf = (tasks: ReadonlyArray<Task>): ReadonlyArray<ResourceReference> => {
  const references: Array<ResourceReference> = []
  for (const { request } of tasks)
    if (E.isRight(request)) for (const reference of request.right.requestInfo.resources) references.push(reference)
  return references
}

/** What is the same for all records of a batch. */
export interface BatchFacts {
  readonly finishedAtMs: number
  readonly attempts: number
  readonly policyVersion: string | undefined
  /** Times as text: few of them differ within a batch. */
  readonly iso: (ms: number) => string
}

/** What came of one request: its status, and what came of each of its references. */
export type TaskReport = Pick<AuditRecord, 'status' | 'outcomes' | 'statements' | 'statementCount'> &
  Partial<Pick<AuditRecord, 'reason'>>

/** Reads a request's report off the ledger of its batch. */
export const reportOf = (request: SyncRequest, ledger: Ledger): TaskReport => {
  const entries = request.requestInfo.resources.map(reference => ledger.entry(reference))
  const outcomes = entries.map(({ outcome }) => outcome)
  const status = statusOf(outcomes)
  const statements = distinct(entries.flatMap(entry => entry.statements))
  const unlisted = entries.reduce((sum, entry) => sum + entry.statementCount - entry.statements.length, 0)
  const reason = status === 'SUCCESS' ? undefined : reasonOf(outcomes, status === 'FAILED' ? 'failed' : 'skipped')
  return {
    status,
    outcomes,
    statements: statements.slice(0, maxListed.statements),
    statementCount: statements.length + unlisted,
    ...(reason === undefined ? {} : { reason })
  }
}

const distinct = (texts: ReadonlyArray<string>): ReadonlyArray<string> =>
  texts.length < 2 ? texts : [...new Set(texts)]

const reasonOf = (outcomes: ReadonlyArray<Outcome>, result: Outcome['result']): string => {
  const reasons = outcomes
    .filter(outcome => outcome.result === result)
    .map(({ reference, reason = result }) => `${describeReference(reference)}: ${reason}`)
  const listed = reasons.slice(0, maxListed.reasons).join('; ')
  return reasons.length > maxListed.reasons ? `${listed}; and ${reasons.length - maxListed.reasons} more` : listed
}

/** The audit record of a task whose batch is done. */
export const recordOf = (task: Task, ledger: Ledger, facts: BatchFacts): AuditRecord => {
  const times = {
    enqueuedAt: facts.iso(task.enqueuedAtMs),
    receivedAt: facts.iso(task.receivedAtMs),
    finishedAt: facts.iso(facts.finishedAtMs),
    attempts: facts.attempts
  }
  const { request, position } = task
  if (E.isLeft(request)) {
    const { taskId } = request.left
    const skipped = {
      position,
      taskId,
      status: 'SKIPPED' as const,
      reason: describeError(request.left),
      outcomes: [],
      statements: [],
      statementCount: 0
    }
    return compact({ ...skipped, ...times, attempts: 1 })
  }
  const { id, source } = request.right
  const { status, reason, outcomes, statements, statementCount } = reportOf(request.right, ledger)
  return {
    position,
    taskId: id,
    ...(source === undefined ? {} : { source }),
    status,
    ...(reason === undefined ? {} : { reason }),
    outcomes,
    statements,
    statementCount,
    ...times,
    ...(facts.policyVersion === undefined ? {} : { policyVersion: facts.policyVersion })
  }
}

/** Milliseconds as ISO 8601, each distinct time written once. */
export const createIso = (): ((ms: number) => string) => {
  const written = new Map<number, string>()
  return ms => {
    const known = written.get(ms)
    if (known !== undefined) return known
    const text = new Date(ms).toISOString()
    written.set(ms, text)
    return text
  }
}

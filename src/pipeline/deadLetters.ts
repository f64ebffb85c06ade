/** Which tasks leave by the side door, and what they take with them. */
import * as E from 'fp-ts/lib/Either.js'
import type { AuditRecord } from '../AuditSink.ts'
import type { DeadLetter } from '../DeadLetterSink.ts'
import { compact } from '../internal/objects.ts'
import type { Task } from './Task.ts'

/** Failed tasks, and bodies that were meant for us and are broken. What is for another application, or of a type we do not sync, is nobody's mistake. */
const isDead = ({ request }: Task, { status }: AuditRecord): boolean =>
  status === 'FAILED' ||
  (E.isLeft(request) && (request.left.reason === 'unreadable' || request.left.reason === 'invalid'))

const bytesOf = (body: unknown): Uint8Array => {
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : (jsonOf(body) ?? ''))
}

/** Undefined for what JSON has no form for. */
const jsonOf = (body: unknown): string | undefined => {
  try {
    return JSON.stringify(body)
  } catch {
    // A BigInt, a cycle, an accessor that throws: whatever it is, the letter goes without it.
    return undefined
  }
}

/** The dead letters of a batch; `records` are its tasks' records, in their order. */
export const deadLettersOf = (
  tasks: ReadonlyArray<Task>,
  records: ReadonlyArray<AuditRecord>
): ReadonlyArray<DeadLetter> =>
  tasks.flatMap((task, index) => {
    const record = records[index]
    if (record === undefined || !isDead(task, record)) return []
    const { position, enqueuedAt, status, reason = status, attempts, taskId } = record
    return [compact({ position, body: bytesOf(task.body), enqueuedAt, status, reason, attempts, taskId })]
  })

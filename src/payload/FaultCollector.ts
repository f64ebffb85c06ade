/** Gathers the faults of one body: all of them, but never more text than a reader can use. */
import type { Fault } from '../Fault.ts'
import { fault } from '../Fault.ts'
import type { PayloadRejected } from '../SyncError.ts'
import { SyncError } from '../SyncError.ts'

export type RejectionReason = PayloadRejected['reason']

export interface FaultCollector {
  readonly add: (reason: RejectionReason, path: string, rule: string) => void
  readonly isEmpty: () => boolean
  readonly rejected: (taskId: string | undefined) => PayloadRejected
}

/** More faults than this are counted, not listed: a hostile body must not grow into a bigger error. */
const maxFaults = 100

/** From the mildest to the gravest; the gravest found names the whole rejection. */
const gravity: ReadonlyArray<RejectionReason> = ['invalid', 'unsupported', 'foreign', 'unreadable']

export const createFaultCollector = (): FaultCollector => {
  const faults: Array<Fault> = []
  let unlisted = 0
  let gravest = 0
  return {
    add: (reason, path, rule) => {
      gravest = Math.max(gravest, gravity.indexOf(reason))
      if (faults.length < maxFaults) faults.push(fault(path, rule))
      else unlisted += 1
    },
    isEmpty: () => faults.length === 0,
    rejected: taskId =>
      SyncError.PayloadRejected({
        reason: gravity[gravest] ?? 'invalid',
        faults: unlisted > 0 ? [...faults, fault('', `and ${unlisted} more faults`)] : faults,
        ...(taskId === undefined ? {} : { taskId })
      })
  }
}

/** Checking the options of a constructor: all faults at once, thrown before anything is started. */
import type { Fault } from './Fault.ts'
import { fault } from './Fault.ts'
import { SyncException } from './Promises.ts'
import { SyncError } from './SyncError.ts'

/** A whole number of at least `minimum`. */
export const atLeast = (name: string, value: number, minimum: number): Fault | undefined =>
  Number.isSafeInteger(value) && value >= minimum
    ? undefined
    : fault(name, `must be a whole number of at least ${minimum}, received ${String(value)}`)

/** A whole number within bounds. */
export const between = (name: string, value: number, minimum: number, maximum: number): Fault | undefined =>
  Number.isSafeInteger(value) && value >= minimum && value <= maximum
    ? undefined
    : fault(name, `must be a whole number from ${minimum} to ${maximum}, received ${String(value)}`)

/** Throws one InvalidInput with every fault that is there. */
export const requireOptions = (constructorName: string, faults: ReadonlyArray<Fault | undefined>): void => {
  const found = faults.filter(f => f !== undefined)
  if (found.length > 0)
    throw new SyncException(SyncError.InvalidInput({ subject: `options of ${constructorName}`, faults: found }))
}

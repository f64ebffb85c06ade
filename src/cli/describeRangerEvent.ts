/** Events of a source of Ranger's policies as lines for people. Nothing for looks that find nothing new. */
import { describeError } from '../describeError.ts'
import type { Fault } from '../Fault.ts'
import { describeFault } from '../Fault.ts'
import { describeDoubt } from '../policies/ranger/sources/doubtsOf.ts'
import type { RangerSourceEvent } from '../policies/ranger/sources/RangerSource.ts'
import type { SnapshotVersions } from '../policies/ranger/sources/SnapshotVersions.ts'

/** A document may be broken in every line; the first few faults show what is the matter. */
const mostFaults = 3

const describeFaults = (faults: ReadonlyArray<Fault>): string => {
  const first = faults.slice(0, mostFaults).map(describeFault)
  const more = faults.length - first.length
  return `${first.join('; ')}${more > 0 ? `; ${more} more` : ''}`
}

const describeVersions = (versions: SnapshotVersions): string =>
  Object.entries(versions)
    .map(([part, version]) => `${part} ${String(version)}`)
    .join(', ')

export const describeRangerEvent = (event: RangerSourceEvent): string | undefined => {
  switch (event.type) {
    case 'snapshot unchanged':
      return undefined
    case 'snapshot in force':
      return `Ranger: ${describeVersions(event.versions)} are in force${event.from === 'cache' ? ', out of the cache' : ''}`
    case 'snapshot held':
      return `Ranger: newer policies are held back: ${event.doubts.map(describeDoubt).join(', ')}`
    case 'download failed':
      return `Ranger: no newer ${event.part}: ${describeError(event.error)}`
    case 'download refused':
      return `Ranger: ${event.part} refused: ${describeFaults(event.error.faults)}`
    case 'changes refused':
      return `Ranger: changes refused, all policies are asked for: ${describeFaults(event.error.faults)}`
    case 'cache refused':
    case 'cache not written':
      return `Ranger: ${event.type}: ${describeError(event.error)}`
  }
}

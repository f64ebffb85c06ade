/**
 * Who reads one partition in one consumer group. Either one reader with an epoch, or up to a quota of readers without:
 *
 * - A reader with an epoch takes over from every reader with the same or a lower one, and from those without.
 * - It is refused while one with a higher epoch is there.
 * - A reader without an epoch is refused while one with an epoch is there, and where the quota is used up.
 *
 * Source: "Event processor host: partition ownership" and "Quotas" of the Event Hubs documentation; that an equal epoch wins
 * is reported from the live service in Azure/azure-sdk-for-rust#4821.
 */
import type { ServiceError } from './ServiceError.ts'
import { epochReaderPresent, lowerEpoch, stolenBy, tooManyReaders } from './ServiceError.ts'

/** A receiver link. */
export interface Reader {
  /** The receiver's identifier, `nil` where it gave none. */
  readonly name: string
  readonly epoch: number | undefined
  /** Ends the link with this error. */
  readonly detach: (error: ServiceError) => void
}

export interface ReaderRoster {
  readonly readers: () => ReadonlyArray<Reader>
  /** Lets a reader in, and those out that it displaces. Throws where it may not come in. */
  readonly admit: (reader: Reader) => void
  readonly leave: (reader: Reader) => void
  readonly evictAll: (error: ServiceError) => void
}

export const createReaderRoster = (quota: number): ReaderRoster => {
  const present = new Set<Reader>()

  const evict = (reader: Reader, error: ServiceError) => {
    present.delete(reader)
    reader.detach(error)
  }

  const admitWithEpoch = (reader: Reader, epoch: number) => {
    const higher = Array.from(present).find(other => (other.epoch ?? -1) > epoch)
    if (higher !== undefined) throw lowerEpoch(higher, reader)
    for (const other of present) {
      evict(other, other.epoch === undefined ? epochReaderPresent(reader) : stolenBy(reader, other))
    }
  }

  const admitWithout = () => {
    const owner = Array.from(present).find(other => other.epoch !== undefined)
    if (owner !== undefined) throw epochReaderPresent(owner)
    if (present.size >= quota) throw tooManyReaders(quota, Array.from(present))
  }

  return {
    readers: () => Array.from(present),
    admit: reader => {
      if (reader.epoch === undefined) admitWithout()
      else admitWithEpoch(reader, reader.epoch)
      present.add(reader)
    },
    leave: reader => void present.delete(reader),
    evictAll: error => present.forEach(reader => evict(reader, error))
  }
}

/** Which snapshot is in force, which one is held back, and the step from one to the next. */
import type { Clock } from '../../../internal/Clock.ts'
import { createEmitter } from '../../../internal/createEmitter.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'
import type { DoubtOptions } from './doubtsOf.ts'
import { doubtsOf } from './doubtsOf.ts'
import type { HeldSnapshot, RangerSource, RangerSourceEvent, SnapshotChange } from './RangerSource.ts'
import { versionsOf } from './SnapshotVersions.ts'

/** Options of {@link createSnapshotKeeper}. */
export interface SnapshotKeeperOptions {
  readonly doubts: Required<DoubtOptions>
  readonly clock: Pick<Clock, 'now'>
  readonly emit: (event: RangerSourceEvent) => void
  /** Keeps a snapshot for the next start, before it comes into force. Tells of its own troubles; never rejects. */
  readonly save: (snapshot: RangerSnapshot) => Promise<void>
}

/** The keeper. */
export interface SnapshotKeeper extends Pick<RangerSource, 'current' | 'held' | 'accept' | 'onSnapshot'> {
  /** The newest one that was read, in force or held: what the next changes are changes to. */
  readonly newest: () => RangerSnapshot | undefined
  /** When the one in force came into it, in milliseconds since 1970; 0 where there is none. */
  readonly inForceSinceMs: () => number
  /** Takes a snapshot out of the cache, which was in force before. */
  readonly restore: (snapshot: RangerSnapshot) => void
  /** Puts a snapshot in force, or holds it back. */
  readonly offer: (snapshot: RangerSnapshot) => Promise<void>
}

/** Makes a keeper with nothing in force. */
export const createSnapshotKeeper = ({ doubts, clock, emit, save }: SnapshotKeeperOptions): SnapshotKeeper => {
  const changes = createEmitter<SnapshotChange>()
  let current: RangerSnapshot | undefined
  let held: HeldSnapshot | undefined
  let sinceMs = 0

  const switchTo = (after: RangerSnapshot, from: SnapshotChange['from']): void => {
    const before = current
    current = after
    held = undefined
    sinceMs = clock.now()
    emit({
      type: 'snapshot in force',
      from,
      versions: versionsOf(after),
      ...(before === undefined ? {} : { before: versionsOf(before) })
    })
    changes.emit({ before, after, from })
  }

  const offer = async (snapshot: RangerSnapshot): Promise<void> => {
    const versions = versionsOf(snapshot)
    if (snapshot === held?.snapshot || snapshot === current) {
      emit({ type: 'snapshot unchanged', versions })
      return
    }
    const found = doubtsOf(current, snapshot, doubts)
    if (found.length > 0) {
      held = { snapshot, versions, doubts: found }
      emit({ type: 'snapshot held', versions, doubts: found })
      return
    }
    await save(snapshot)
    switchTo(snapshot, 'download')
  }

  return {
    current: () => current,
    held: () => held,
    newest: () => held?.snapshot ?? current,
    inForceSinceMs: () => sinceMs,
    restore: snapshot => switchTo(snapshot, 'cache'),
    offer,
    accept: async chosen => {
      if (chosen !== held) return false
      await save(chosen.snapshot)
      switchTo(chosen.snapshot, 'held')
      return true
    },
    onSnapshot: changes.on
  }
}

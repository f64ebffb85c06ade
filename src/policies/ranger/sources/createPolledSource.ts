/** Looking again and again, whatever is looked at. */
import * as E from 'fp-ts/lib/Either.js'
import { waitFor } from '../../../internal/abort.ts'
import type { Clock } from '../../../internal/Clock.ts'
import { sleep } from '../../../internal/Clock.ts'
import { createEmitter } from '../../../internal/createEmitter.ts'
import { createExclusive } from '../../../internal/exclusive.ts'
import { fromPromise, SyncException } from '../../../Promises.ts'
import { fault } from '../../../Fault.ts'
import type { InvalidInput } from '../../../SyncError.ts'
import { SyncError } from '../../../SyncError.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'
import type { DoubtOptions } from './doubtsOf.ts'
import { describeDoubt } from './doubtsOf.ts'
import type { RangerPart, RangerSource, RangerSourceEvent } from './RangerSource.ts'
import type { SnapshotKeeper } from './SnapshotKeeper.ts'
import { createSnapshotKeeper } from './SnapshotKeeper.ts'
import { tagMisfit } from './tagMisfit.ts'

/** A document that could not be had, or is not right. */
export interface PartFailure {
  readonly part: RangerPart
  readonly error: SyncError
}

/** What there is now: `known` itself where nothing has changed. */
export type Read = (
  known: RangerSnapshot | undefined,
  context: {
    readonly signal: AbortSignal
    readonly inForceSinceMs: number
    readonly emit: (event: RangerSourceEvent) => void
  }
) => Promise<E.Either<ReadonlyArray<PartFailure>, RangerSnapshot>>

/** Options of {@link createPolledSource}. */
export interface PolledSourceOptions {
  /** For people: which service, and where. */
  readonly name: string
  readonly pollIntervalMs: number
  readonly clock: Clock
  readonly doubts: Required<DoubtOptions>
  readonly read: Read
  /** What was kept from an earlier run; undefined: nothing. Tells of its own troubles. */
  readonly restore?: (emit: (event: RangerSourceEvent) => void) => Promise<RangerSnapshot | undefined>
  readonly save?: (snapshot: RangerSnapshot, emit: (event: RangerSourceEvent) => void) => Promise<void>
  readonly onEvent: ((event: RangerSourceEvent) => void) | undefined
}

/** Paths into the document of users go by their names, which are not told. */
const nameless = (error: InvalidInput): InvalidInput =>
  SyncError.InvalidInput({
    subject: error.subject,
    faults: error.faults.map(({ path, rule }) => fault(path.split('.')[0] ?? '', rule))
  })

const tell = ({ part, error }: PartFailure): RangerSourceEvent =>
  error._tag === 'InvalidInput'
    ? { type: 'download refused', part, error: part === 'users' ? nameless(error) : error }
    : { type: 'download failed', part, error }

/** Documents that are each right need not fit each other. */
const fitted = (
  known: RangerSnapshot | undefined,
  found: E.Either<ReadonlyArray<PartFailure>, RangerSnapshot>
): E.Either<ReadonlyArray<PartFailure>, RangerSnapshot> => {
  if (E.isLeft(found) || found.right === known) return found
  const error = tagMisfit(found.right)
  return error === undefined ? found : E.left([{ part: 'tags', error }])
}

const inForce = (keeper: SnapshotKeeper, name: string): RangerSnapshot => {
  const current = keeper.current()
  if (current !== undefined) return current
  const why = keeper.held()?.doubts.map(describeDoubt).join(', ')
  const detail = why === undefined ? 'nothing was loaded' : `a snapshot is held back and must be accepted: ${why}`
  throw new SyncException(SyncError.PolicySourceFailed({ source: name, detail }))
}

/** Makes the source. */
export const createPolledSource = (options: PolledSourceOptions): RangerSource => {
  const { name, pollIntervalMs, clock, doubts, read, restore, save } = options
  const { emit, on } = createEmitter<RangerSourceEvent>(options.onEvent)
  const keeper = createSnapshotKeeper({
    doubts,
    clock,
    emit,
    save: async snapshot => save?.(snapshot, emit)
  })
  const inTurn = createExclusive()
  const ending = new AbortController()
  let isRestored = false
  let first: Promise<void> | undefined
  let running: Promise<void> | undefined

  const restoreOnce = async (): Promise<void> => {
    if (isRestored) return
    isRestored = true
    const kept = await restore?.(emit)
    if (kept !== undefined) keeper.restore(kept)
  }

  const lookNow = async (signal: AbortSignal): Promise<RangerSnapshot> => {
    await restoreOnce()
    const known = keeper.newest()
    const found = fitted(known, await read(known, { signal, inForceSinceMs: keeper.inForceSinceMs(), emit }))
    if (E.isLeft(found)) {
      for (const failure of found.left) if (failure.error._tag !== 'Aborted') emit(tell(failure))
      const error = found.left[0]?.error
      throw new SyncException(error ?? SyncError.PolicySourceFailed({ source: name, detail: 'nothing was loaded' }))
    }
    await keeper.offer(found.right)
    return inForce(keeper, name)
  }

  /** Ends with whichever of the two ends first: the caller's patience or the source itself. */
  const lookInTurn = (signal: AbortSignal | undefined) =>
    inTurn(async () => {
      const either = new AbortController()
      const end = () => either.abort()
      const signals = [ending.signal, ...(signal === undefined ? [] : [signal])]
      if (signals.some(({ aborted }) => aborted)) end()
      for (const each of signals) each.addEventListener('abort', end, { once: true })
      try {
        return await lookNow(either.signal)
      } finally {
        for (const each of signals) each.removeEventListener('abort', end)
      }
    })

  /** Whoever has no patience left does not wait for another's look either, which may take as long as Ranger Admin keeps silent. */
  const look: RangerSource['look'] =
    ({ signal } = {}) =>
    () =>
      waitFor<E.Either<SyncError, RangerSnapshot>>(signal, E.left(SyncError.Aborted({ operation: name })), answer => {
        void fromPromise(name, () => lookInTurn(signal))().then(answer)
        return () => undefined
      })

  const goOn = async (): Promise<void> => {
    // A look that fails has told of it; the next one comes all the same.
    while (await sleep(clock, pollIntervalMs, ending.signal)) await look()().then(() => undefined)
  }

  const stop = async (): Promise<void> => {
    ending.abort()
    await first
    await running
  }

  return {
    start: () => {
      first ??= look()().then(() => {
        running = goOn()
      })
      return first
    },
    look,
    current: keeper.current,
    held: keeper.held,
    accept: held => inTurn(() => keeper.accept(held)),
    onSnapshot: keeper.onSnapshot,
    on,
    stop,
    [Symbol.asyncDispose]: stop
  }
}

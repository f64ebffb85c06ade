/** Ranger as a `PolicySource`. */
import * as E from 'fp-ts/lib/Either.js'
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DesiredAccess } from '../../../access/DesiredAccess.ts'
import { atLeast, requireOptions } from '../../../checkOptions.ts'
import type { PolicySource } from '../../../PolicySource.ts'
import type { Resource } from '../../../Resource.ts'
import { describeError, isOutage } from '../../../describeError.ts'
import { SyncError } from '../../../SyncError.ts'
import type { RangerEngineOptions, RangerSnapshot } from '../evaluation/RangerEngine.ts'
import { createRangerEngine } from '../evaluation/RangerEngine.ts'
import type { CompileRangerOptions } from './compileRanger.ts'
import { compileRanger } from './compileRanger.ts'

/** Where snapshots come from. Sources that look for newer ones by themselves are such, too. */
export interface SnapshotSource {
  /** What is in force: the same object as long as nothing has changed. Undefined: nothing yet. */
  readonly current: () => RangerSnapshot | undefined
  /** Looks now. Asked only while nothing is in force. */
  readonly look: (options: { readonly signal: AbortSignal }) => TaskEither<SyncError, RangerSnapshot>
}

/** Options of {@link createRangerPolicySource}. */
export interface RangerPolicySourceOptions extends CompileRangerOptions, RangerEngineOptions {
  /** Where the policies come from. Whoever starts it, stops it. */
  readonly source: SnapshotSource
}

/** What is in force; where that is nothing yet, what a look brings: something newer, or what the source had kept from before. */
const inForce = async (source: SnapshotSource, signal: AbortSignal): Promise<E.Either<SyncError, RangerSnapshot>> => {
  const known = source.current()
  if (known !== undefined) return E.right(known)
  const looked = await source.look({ signal })()
  if (E.isRight(looked)) return looked
  const kept = source.current()
  return kept === undefined ? E.left(withoutPolicies(looked.left)) : E.right(kept)
}

/** Faults are told by the source, once, and may name people; this is told again and again. */
const inShort = (error: SyncError): string =>
  error._tag === 'InvalidInput' ? `${error.subject}: ${error.faults.length} faults` : describeError(error)

/** No policies concern every task alike, also where a document has a fault or Ranger does not know the service. */
const withoutPolicies = (error: SyncError): SyncError =>
  isOutage(error) || error._tag === 'Aborted'
    ? error
    : SyncError.PolicySourceFailed({ source: 'Ranger', detail: inShort(error), cause: error })

/**
 * Desired access by Ranger's policies, for the pipeline.
 *
 * **Details**: all resources of one call are decided by one snapshot. A new snapshot is prepared when it is first needed; until then, and where it can't be had, the last one stays in force. See
 * `compileRanger` for what becomes of denials, columns, masks and row filters.
 *
 * **Errors**, while there have never been any policies: those of the source that are outages, Aborted, and PolicySourceFailed for all others. So the pipeline waits, whatever is in the way, and no
 * event fails for want of policies.
 *
 * @example
 * ```ts
 * import * as TE from 'fp-ts/lib/TaskEither.js'
 * import { orThrow, toPromise } from 'on-demand-sync'
 * import { createRangerPolicySource, readServicePolicies, snowflakeServiceDef } from 'on-demand-sync/policies'
 *
 * const policy = {
 *   id: 1,
 *   resources: { database: { values: ['HR'] } },
 *   policyItems: [{ groups: ['hr'], accesses: [{ type: 'usedb' }] }]
 * }
 * const snapshot = {
 *   policies: orThrow(readServicePolicies({ serviceName: 'sf', serviceDef: snowflakeServiceDef, policies: [policy] }))
 * }
 * const policies = createRangerPolicySource({
 *   source: { current: () => snapshot, look: () => TE.right(snapshot) },
 *   managed: { roles: ['HR'], users: [] }
 * })
 * const hr = { kind: 'database' as const, name: { database: 'HR' }, columns: [] }
 * const [access] = await toPromise(policies.accessFor([hr], { signal: new AbortController().signal }))
 * if (access?.grants[0]?.privilege !== 'USAGE') throw new Error('unexpected')
 * ```
 */
export const createRangerPolicySource = (options: RangerPolicySourceOptions): PolicySource => {
  requireOptions('createRangerPolicySource', [atLeast('mostNames', options.mostNames ?? 200, 0)])
  let prepared:
    { readonly snapshot: RangerSnapshot; readonly decide: (resource: Resource) => DesiredAccess } | undefined
  const decideBy = (snapshot: RangerSnapshot): ((resource: Resource) => DesiredAccess) => {
    if (prepared?.snapshot !== snapshot)
      prepared = { snapshot, decide: compileRanger(createRangerEngine(snapshot, options), options) }
    return prepared.decide
  }
  return {
    accessFor:
      (resources, { signal }) =>
      async () => {
        const snapshot = await inForce(options.source, signal)
        return E.isLeft(snapshot) ? snapshot : E.right(resources.map(decideBy(snapshot.right)))
      }
  }
}

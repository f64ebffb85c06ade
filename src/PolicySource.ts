/** Stage 6: who may see what, for the resources at hand. */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js'
import type { DesiredAccess } from './access/DesiredAccess.ts'
import { fromPromise } from './Promises.ts'
import type { Resource } from './Resource.ts'
import { SyncError } from './SyncError.ts'

/** Options of {@link PolicySource.accessFor}. */
export interface AccessOptions {
  readonly signal: AbortSignal
}

/**
 * Port: works out the desired access of resources from the policies.
 *
 * **For implementers**: answer for every resource given, in the same order, from one version of the policies. What is undecidable means *no*: no grant, a value
 * shown as NULL, no row; say so in `notes`. Never grant to a principal outside the managed set. A failure (PolicySourceFailed) means that nothing can be decided now;
 * the pipeline then waits. Keep the last good policies in force while newer ones cannot be had.
 * Looking at what Snowflake has now, and changing it, are not your job.
 */
export interface PolicySource {
  readonly accessFor: (
    resources: ReadonlyArray<Resource>,
    options: AccessOptions
  ) => TaskEither<SyncError, ReadonlyArray<DesiredAccess>>
}

/** The Promise-shaped {@link PolicySource}. */
export interface AsyncPolicySource {
  readonly accessFor: (
    resources: ReadonlyArray<Resource>,
    options: AccessOptions
  ) => Promise<ReadonlyArray<DesiredAccess>>
}

/**
 * Ways to make a policy source.
 *
 * @example
 * ```ts
 * import { PolicySource } from 'on-demand-sync'
 *
 * const policies = PolicySource.fromAsync({
 *   accessFor: async resources =>
 *     resources.map(resource => ({ resource, grants: [], masks: [], managed: { roles: ['APP_*'], users: [] }, notes: [] }))
 * })
 * void policies
 * ```
 */
export const PolicySource: { readonly fromAsync: (source: AsyncPolicySource) => PolicySource } = {
  fromAsync: source => ({
    accessFor: (resources, options) =>
      fromPromise(
        'PolicySource.accessFor',
        () => source.accessFor(resources, options),
        cause => SyncError.PolicySourceFailed({ source: 'PolicySource', detail: 'accessFor rejected', cause })
      )
  })
}

/**
 * A source that decides each resource with a plain function. For tests, examples and policies that live in code.
 *
 * @example
 * ```ts
 * import { createMemoryPolicySource } from 'on-demand-sync'
 *
 * const managed = { roles: ['ANALYST'], users: [] }
 * const policies = createMemoryPolicySource(resource => ({
 *   resource,
 *   grants: [{ privilege: 'SELECT', grantee: { type: 'role', name: 'ANALYST' }, grantOption: false }],
 *   masks: [],
 *   managed,
 *   notes: []
 * }))
 * void policies
 * ```
 */
export const createMemoryPolicySource = (decide: (resource: Resource) => DesiredAccess): PolicySource => ({
  accessFor: resources => fromPromise('PolicySource.accessFor', () => resources.map(decide))
})

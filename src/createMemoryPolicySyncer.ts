/** A syncer whose database is a map: for tests, examples, and as the shortest description of what a syncer does. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import type { ActualAccess, ActualGrant, AttachedPolicy, TargetAccess } from './access/AccessState.ts'
import type { Change, GrantChange } from './access/Change.ts'
import { describeChange } from './access/Change.ts'
import type { DesiredAccess } from './access/DesiredAccess.ts'
import type { Step } from './access/Plan.ts'
import type { Dialect } from './access/planAccess.ts'
import { containersOf, planAccess } from './access/planAccess.ts'
import { principalKey } from './access/Principal.ts'
import { runPlan } from './access/runPlan.ts'
import { unchangedSince } from './access/unchangedSince.ts'
import { compact } from './internal/objects.ts'
import type { PolicySyncer } from './PolicySyncer.ts'
import type { Resource } from './Resource.ts'
import { resourceKey } from './Resource.ts'
import type { SyncError } from './SyncError.ts'

/** A {@link PolicySyncer} whose state is open to inspection. */
export interface MemoryPolicySyncer extends PolicySyncer {
  /** What there is now for a resource. */
  readonly accessOf: (resource: Resource) => ActualAccess
}

/** Options of {@link createMemoryPolicySyncer}. */
export interface MemoryPolicySyncerOptions {
  /** What stands at the beginning. Default: nothing. */
  readonly initial?: ReadonlyArray<ActualAccess>
  /** Refuses a step: for tests of failures. Default: none is refused. */
  readonly refuse?: (step: Step) => SyncError | undefined
}

/**
 * A syncer in memory. Policies are their own content, so nothing has to be made or dropped.
 *
 * @example
 * ```ts
 * import { createMemoryPolicySyncer, toPromise } from 'on-demand-sync'
 *
 * const syncer = createMemoryPolicySyncer()
 * const resource = { kind: 'table' as const, name: { database: 'D', schema: 'S', table: 'T' }, columns: [] }
 * const grants = [{ privilege: 'SELECT', grantee: { type: 'role' as const, name: 'R' }, grantOption: false }]
 * const desired = [{ resource, grants, masks: [], managed: { roles: ['R'], users: [] }, notes: [] }]
 * const plan = await toPromise(syncer.plan(desired, { signal: new AbortController().signal }))
 * if (plan.steps.length !== 3) throw new Error('expected SELECT, and USAGE on database and schema')
 * ```
 */
export const createMemoryPolicySyncer = ({
  initial = [],
  refuse
}: MemoryPolicySyncerOptions = {}): MemoryPolicySyncer => {
  const state = new Map(initial.map(access => [resourceKey(access.resource.name), access]))
  const accessOf = (resource: Resource): ActualAccess =>
    state.get(resourceKey(resource.name)) ?? { resource, grants: [], masks: [] }

  const execute = (step: Step) => () => {
    const refused = refuse?.(step)
    if (refused !== undefined) return Promise.resolve(E.left(refused))
    for (const change of step.changes) {
      const resource = { kind: kindOf(change), name: change.on, columns: [] }
      state.set(resourceKey(change.on), applied(change, accessOf(resource)))
    }
    return Promise.resolve(E.right(undefined))
  }

  return {
    plan: desired =>
      TE.fromIO(() => planAccess(desired.map(toInput(accessOf)), containersOf(desired).map(accessOf), dialect)),
    apply: (plan, { signal, onStep, ifUnchanged = false }) =>
      pipe(
        TE.fromEither(
          ifUnchanged
            ? unchangedSince(
                plan,
                plan.state.map(({ resource }) => accessOf(resource))
              )
            : E.right(undefined)
        ),
        TE.chain(() => runPlan(plan, { run: execute }, { signal, concurrency: 1, ...compact({ onStep }) }))
      ),
    accessOf
  }
}

const toInput = (accessOf: MemoryPolicySyncer['accessOf']) => (desired: DesiredAccess) => {
  const { resource, grants, masks, rowFilter, managed, notes } = desired
  const target: TargetAccess = {
    resource,
    grants,
    managed,
    masks: masks.map(mask => ({ policy: JSON.stringify(mask), columns: [mask.column] })),
    ...(rowFilter === undefined ? {} : { rowFilter: { policy: JSON.stringify(rowFilter), columns: [] } })
  }
  return { target, actual: accessOf(resource), notes }
}

const dialect: Dialect = {
  change: (_on, changes) => {
    const masks = changes.filter(({ kind }) => kind === 'set mask')
    const others = changes.filter(({ kind }) => kind !== 'set mask')
    const one = (some: ReadonlyArray<Change>) => ({ statement: some.map(describeChange).join('; '), changes: some })
    return [...(masks.length > 0 ? [one(masks)] : []), ...others.map(change => one([change]))]
  },
  prepare: () => undefined,
  tidy: () => undefined,
  meet: ({ replaces = '', policy, columns }) => ({ policy: meetOf(replaces, policy), columns })
}

/** A meet that an earlier plan came as far as is not met again. */
const meetOf = (standing: string, coming: string): string =>
  standing.endsWith(`,${JSON.stringify(coming)}]}`) ? standing : JSON.stringify({ both: [standing, coming] })

const kindOf = ({ on }: Change): Resource['kind'] =>
  on.table !== undefined ? 'table' : on.schema !== undefined ? 'schema' : 'database'

const applied = (change: Change, access: ActualAccess): ActualAccess => {
  switch (change.kind) {
    case 'grant':
    case 'revoke':
    case 'revoke grant option':
      return { ...access, grants: withGrant(change, access.grants) }
    case 'set mask':
    case 'unset mask': {
      const others = access.masks.filter(({ columns }) => columns[0] !== change.column)
      return { ...access, masks: change.kind === 'unset mask' ? others : [...others, attached(change)] }
    }
    case 'set filter':
      return { ...access, rowFilter: attached(change) }
    case 'drop filter': {
      const { resource, grants, masks } = access
      return { resource, grants, masks }
    }
  }
}

const attached = ({ policy, columns }: Pick<AttachedPolicy, 'policy' | 'columns'>): AttachedPolicy => ({
  policy,
  columns,
  ours: true
})

const withGrant = (
  { kind, privilege, grantee, grantOption }: GrantChange,
  grants: ReadonlyArray<ActualGrant>
): ReadonlyArray<ActualGrant> => {
  const others = grants.filter(
    grant => grant.privilege !== privilege || principalKey(grant.grantee) !== principalKey(grantee)
  )
  return kind === 'revoke'
    ? others
    : [...others, { privilege, grantee, grantOption: kind === 'grant' && grantOption, changeable: true }]
}

/** From what there is and what there should be, for all resources of a round, to one plan in the safe order. */
import { groupBy } from '../internal/groupBy.ts'
import type { Resource } from '../Resource.ts'
import { isRelation, readsOthers, resourceKey } from '../Resource.ts'
import type { SyncError } from '../SyncError.ts'
import type { ActualAccess, TargetAccess } from './AccessState.ts'
import type { Change } from './Change.ts'
import { diffAccess, standing } from './diffAccess.ts'
import { fingerprint } from './fingerprint.ts'
import type { MeetOfPolicies } from './orderChanges.ts'
import { orderChanges } from './orderChanges.ts'
import type { Phase, Plan, PlannedState, ResourcePlan, Step } from './Plan.ts'
import type { ImpliedUsage } from './usage.ts'
import { impliedUsage } from './usage.ts'

/** One statement and the changes it makes. */
export interface ChangeStatement {
  readonly statement: string
  readonly changes: ReadonlyArray<Change>
}

/** How a vendor says things. */
export interface Dialect {
  /** The statements for changes on one object in one phase, as few as the vendor allows; all masks of a relation must be one statement, it is what makes a swap atomic. */
  readonly change: (on: Resource, changes: ReadonlyArray<Change>) => ReadonlyArray<ChangeStatement>
  /** Makes a policy, if it is not there yet. Undefined where nothing has to be made. */
  readonly prepare: (policy: string) => string | undefined
  /** Drops a policy if nothing refers to it. Undefined where it must stay. */
  readonly tidy: (policy: string) => string | undefined
  /** Asked only about swaps that {@link swapsThroughMeet} names. */
  readonly meet: MeetOfPolicies
}

/** One resource of the round. */
export interface PlanInput {
  readonly target: TargetAccess
  readonly actual: ActualAccess
  readonly notes: ReadonlyArray<string>
  /** Why nothing may be widened here, found before planning. */
  readonly blocked?: SyncError
}

/** A database or schema that is not itself synced, with the grants it has now: its tables' grants may need USAGE on it. */
export type Container = ActualAccess

/** The databases and schemas of a round's relations that are not synced themselves: what their grants are must be known too. */
export const containersOf = (round: ReadonlyArray<{ readonly resource: Resource }>): ReadonlyArray<Resource> => {
  const synced = new Set(round.map(({ resource }) => resourceKey(resource.name)))
  const found = new Map<string, Resource>()
  const add = (container: Resource) => {
    const key = resourceKey(container.name)
    if (!synced.has(key)) found.set(key, container)
  }
  for (const { resource } of round) {
    const { database, schema } = resource.name
    if (schema === undefined || !isRelation(resource.kind)) continue
    add({ kind: 'database', name: { database }, columns: [] })
    add({ kind: 'schema', name: { database, schema }, columns: [] })
  }
  return [...found.values()]
}

/** Plans a round. */
export const planAccess = (
  inputs: ReadonlyArray<PlanInput>,
  containers: ReadonlyArray<Container>,
  dialect: Dialect
): Plan => {
  const usage = impliedUsage(inputs.map(({ target }) => target))
  const diffs = inputs.map(input => ({ ...input, ...diffAccess(withUsage(input.target, usage), input.actual) }))
  const resources = diffs.map(toResourcePlan)
  const blocked = new Set(
    resources.flatMap(each => (each.blocked === undefined ? [] : [resourceKey(each.resource.name)]))
  )
  // Of what is blocked only the narrowing is planned: a swap would have to stop half way.
  const goesAhead = ({ direction, on }: Change) => direction === 'narrow' || !blocked.has(resourceKey(on))
  const needed = usage.filter(({ forResources }) => !forResources.every(key => blocked.has(key)))
  const additive = containers.map(actual => diffAccess(additiveTarget(actual, needed, inputs), actual))
  const resourceByKey = new Map(
    [...inputs.map(({ target }) => target.resource), ...containers.map(({ resource }) => resource)].map(r => [
      resourceKey(r.name),
      r
    ])
  )

  const changes = [...diffs, ...additive].flatMap(diff => diff.changes).filter(goesAhead)
  const throughViews = seenThroughViews(inputs)
  const ordered = orderChanges(changes, throughViews, dialect.meet)
  const workedFor = workedForBy(usage)

  const stepsOf = (phase: Phase, some: ReadonlyArray<Change>): ReadonlyArray<Step> =>
    [...groupBy(some, ({ on }) => resourceKey(on))].flatMap(([key, group]) => {
      const resource = resourceByKey.get(key)
      if (resource === undefined) return []
      // What a container's USAGE opens are other objects; and through a view even a swap shows another relation's rows.
      const needsAllNarrowed = throughViews ? phase !== 'narrow' : phase === 'widen' && !isRelation(resource.kind)
      return dialect.change(resource, group).map(({ statement, changes: made }): Step => ({
        phase,
        statement,
        on: resource.name,
        changes: made,
        resources: workedFor(key, made),
        needsAllNarrowed
      }))
    })
  const steps = [
    ...stepsOf('narrow', ordered.narrow),
    ...stepsOf('swap', ordered.swap),
    ...stepsOf('widen', ordered.widen)
  ]
  const made = steps.flatMap(step => step.changes)
  return {
    resources,
    state: [
      ...inputs.map(({ target, actual }) => ({ ...stateOf(actual), ...relied(standing(target, actual)) })),
      ...containers.map(stateOf)
    ],
    steps: [
      ...policySteps('prepare', made, dialect.prepare),
      ...steps,
      ...policySteps('tidy', leavingPolicies(made), dialect.tidy)
    ]
  }
}

const stateOf = (actual: ActualAccess): PlannedState => ({
  resource: actual.resource,
  fingerprint: fingerprint(actual)
})
const relied = (reliesOn: NonNullable<PlannedState['reliesOn']>): Pick<PlannedState, 'reliesOn'> =>
  reliesOn.length === 0 ? {} : { reliesOn }

/** Changes after which a policy may be without use, save those whose old policy is put to new use in the same plan. */
const leavingPolicies = (changes: ReadonlyArray<Change>): ReadonlyArray<Change> => {
  const kept = new Set(changes.flatMap(change => (change.direction === 'narrow' ? [] : policiesOf('prepare', change))))
  return changes.filter(change => !policiesOf('tidy', change).some(policy => kept.has(policy)))
}

/** Whether rows of the round's relations may be seen through others of them. */
export const seenThroughViews = (inputs: ReadonlyArray<Pick<PlanInput, 'target'>>): boolean =>
  inputs.some(({ target }) => readsOthers(target.resource.kind))

const toResourcePlan = ({
  target,
  notes,
  blocked,
  conflicts
}: PlanInput & { readonly conflicts: ReadonlyArray<SyncError> }): ResourcePlan => {
  const reason = blocked ?? conflicts[0]
  return { resource: target.resource, notes, ...(reason === undefined ? {} : { blocked: reason }) }
}

/** A database or schema that is synced itself keeps the USAGE that tables of the same round need. */
const withUsage = (target: TargetAccess, usage: ReadonlyArray<ImpliedUsage>): TargetAccess => {
  if (isRelation(target.resource.kind)) return target
  const key = resourceKey(target.resource.name)
  const implied = usage.filter(({ on }) => resourceKey(on) === key)
  const missing = implied.filter(
    ({ grantee }) =>
      !target.grants.some(
        grant =>
          grant.privilege === 'USAGE' && grant.grantee.type === grantee.type && grant.grantee.name === grantee.name
      )
  )
  return { ...target, grants: [...target.grants, ...missing.map(usageGrant)] }
}

const usageGrant = ({ grantee }: ImpliedUsage) => ({ privilege: 'USAGE', grantee, grantOption: false })

const additiveTarget = (
  { resource }: ActualAccess,
  usage: ReadonlyArray<ImpliedUsage>,
  inputs: ReadonlyArray<PlanInput>
): TargetAccess => {
  const grants = usage.filter(({ on }) => resourceKey(on) === resourceKey(resource.name)).map(usageGrant)
  const roles = inputs.flatMap(({ target }) => target.managed.roles)
  const users = inputs.flatMap(({ target }) => target.managed.users)
  return { resource, grants, masks: [], managed: { roles, users }, additive: true }
}

/** Whom a step is done for: its own object, and for USAGE the relations that need it. */
const workedForBy = (usage: ReadonlyArray<ImpliedUsage>) => {
  const byContainer = groupBy(usage, ({ on }) => resourceKey(on))
  return (key: string, changes: ReadonlyArray<Change>): ReadonlyArray<string> => {
    const granted = new Set(
      changes.flatMap(change => ('grantee' in change ? [`${change.grantee.type}:${change.grantee.name}`] : []))
    )
    const needing = (byContainer.get(key) ?? []).filter(({ grantee }) => granted.has(`${grantee.type}:${grantee.name}`))
    return [...new Set([key, ...needing.flatMap(({ forResources }) => forResources)])]
  }
}

/** Policies to be made, or to be dropped: each once, for all the resources that have to do with it. */
const policySteps = (
  phase: 'prepare' | 'tidy',
  changes: ReadonlyArray<Change>,
  say: (policy: string) => string | undefined
): ReadonlyArray<Step> => {
  const uses = changes.flatMap(change => policiesOf(phase, change).map(policy => ({ policy, on: change.on })))
  return [...groupBy(uses, ({ policy }) => policy)].flatMap(([policy, users]) => {
    const statement = say(policy)
    const [first] = users
    if (statement === undefined || first === undefined) return []
    const resources = [...new Set(users.map(({ on }) => resourceKey(on)))]
    return [{ phase, statement, on: first.on, changes: [], resources, needsAllNarrowed: false }]
  })
}

const policiesOf = (phase: 'prepare' | 'tidy', change: Change): ReadonlyArray<string> => {
  if (!('policy' in change)) return []
  const isSet = change.kind === 'set mask' || change.kind === 'set filter'
  if (phase === 'prepare') return isSet ? [change.policy] : []
  if (isSet) return change.replaces === undefined ? [] : [change.replaces]
  return [change.policy]
}

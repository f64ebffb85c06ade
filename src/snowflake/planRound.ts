/** Reads the access of a round's resources and plans the way to what is desired. */
import * as E from 'fp-ts/lib/Either.js'
import type { ActualAccess, TargetAccess } from '../access/AccessState.ts'
import type { DesiredAccess } from '../access/DesiredAccess.ts'
import { diffAccess } from '../access/diffAccess.ts'
import { swapsThroughMeet } from '../access/orderChanges.ts'
import type { Plan } from '../access/Plan.ts'
import type { PlanInput } from '../access/planAccess.ts'
import { containersOf, planAccess, seenThroughViews } from '../access/planAccess.ts'
import { isOutage } from '../describeError.ts'
import type { Resource } from '../Resource.ts'
import { isRelation, resourceKey } from '../Resource.ts'
import { SyncError } from '../SyncError.ts'
import { existingPolicies } from './existingPolicies.ts'
import { prepareMeets } from './meetOfPolicies.ts'
import type { PolicyObject, PolicySchema } from './PolicyObject.ts'
import { dropOurs } from './PolicyObject.ts'
import { readAccess } from './readAccess.ts'
import type { ReadOptions } from './readMany.ts'
import { renderTarget } from './renderTarget.ts'
import type { SnowflakeClient } from './SnowflakeClient.ts'
import { snowflakeDialect } from './snowflakeDialect.ts'

/** What planning needs beside what is desired. */
export interface Planner {
  readonly client: SnowflakeClient
  readonly home: PolicySchema
  /** See `SnowflakeSyncerOptions.foreignPolicies`. */
  readonly replacesForeign: boolean
}

type ReadState = ReadonlyMap<string, E.Either<SyncError, ActualAccess>>

/** Three requests at most: grants and policies of all objects; our policies, if one is to be set; and what stands behind a filter that is to be swapped. */
export const planRound = async (
  { client, home, replacesForeign }: Planner,
  desired: ReadonlyArray<DesiredAccess>,
  options: ReadOptions
): Promise<E.Either<SyncError, Plan>> => {
  const containers = containersOf(desired)
  const resources = [...desired.map(({ resource }) => resource), ...containers]
  const answers = await readAccess(client, home, resources, options)
  const outage = answers.find(answer => E.isLeft(answer) && (isOutage(answer.left) || answer.left._tag === 'Aborted'))
  if (outage !== undefined && E.isLeft(outage)) return outage
  const read: ReadState = new Map(
    resources.map(({ name }, index) => [resourceKey(name), answers[index] ?? E.left(unread)])
  )

  const policies = new Map<string, PolicyObject>()
  const inputs = desired.map(wanted => {
    const input = toInput(wanted, readWithContainers(read, wanted.resource), home, policies, options.warehouse)
    return { ...input, target: { ...input.target, replacesForeign } }
  })
  const standing = containers.flatMap(({ name }) => {
    const access = read.get(resourceKey(name))
    return access !== undefined && E.isRight(access) ? [access.right] : []
  })
  const changes = inputs.flatMap(({ target, actual }) => diffAccess(target, actual).changes)
  const resourceOf = ({ on }: { readonly on: Resource['name'] }) =>
    desired.find(({ resource }) => resourceKey(resource.name) === resourceKey(on))?.resource
  const swaps = swapsThroughMeet(changes, seenThroughViews(inputs))
  const meet = await prepareMeets(client, home, swaps, resourceOf, policies, options)
  if (E.isLeft(meet)) return meet
  if (changes.some(({ kind }) => kind === 'set mask' || kind === 'set filter')) {
    const existing = await existingPolicies(client, home, options)
    if (E.isLeft(existing)) return existing
    for (const name of existing.right) policies.delete(name)
  }
  const dialect = snowflakeDialect(policies, policy => dropOurs(home, policy), meet.right)
  return E.right(planAccess(inputs, standing, dialect))
}

const unread = SyncError.Defect({ where: 'readAccess', cause: undefined })

/** What is known of a resource; where its database or schema could not be read, nothing is: its grants might lack the USAGE they need. */
const readWithContainers = (
  read: ReadState,
  { name: { database, schema }, name }: Resource
): E.Either<SyncError, ActualAccess> => {
  const enclosing = schema === undefined ? [{ database }] : [{ database }, { database, schema }]
  const broken = enclosing
    .map(container => read.get(resourceKey(container)))
    .find(found => found !== undefined && E.isLeft(found))
  return broken ?? read.get(resourceKey(name)) ?? E.left(unread)
}

/** What can't be read can't be compared: such a resource is blocked, and nothing of it is touched. */
const toInput = (
  desired: DesiredAccess,
  read: E.Either<SyncError, ActualAccess>,
  home: PolicySchema,
  policies: Map<string, PolicyObject>,
  warehouse: boolean
): PlanInput => {
  const { resource, managed, notes } = desired
  if (E.isLeft(read)) {
    const untouched: TargetAccess = { resource, grants: [], masks: [], managed, additive: true }
    return { target: untouched, actual: { resource, grants: [], masks: [] }, notes, blocked: read.left }
  }
  // The kind as SHOW GRANTS tells it decides about privileges and statements.
  const real = { ...desired, resource: { ...resource, kind: read.right.resource.kind } }
  if (!warehouse && isRelation(resource.kind)) return withoutPolicies(real, read.right, home)
  const rendered = renderTarget(real, home)
  for (const policy of rendered.policies) policies.set(policy.name, policy)
  return {
    target: rendered.target,
    actual: read.right,
    notes: [...notes, ...rendered.notes],
    ...(rendered.blocked === undefined ? {} : { blocked: rendered.blocked })
  }
}

/** Without a warehouse nobody can tell which policies stand: what needs one is blocked, and so shows to nobody new. */
const withoutPolicies = (desired: DesiredAccess, actual: ActualAccess, home: PolicySchema): PlanInput => {
  const { masks, rowFilter, ...rest } = desired
  const { target, notes } = renderTarget({ ...rest, masks: [] }, home)
  const input = {
    target,
    actual,
    notes: [...desired.notes, ...notes, 'without a warehouse, masks and row filters are neither read nor changed']
  }
  if (masks.length === 0 && rowFilter === undefined) return input
  const rule = 'needs a warehouse: give one, or take masks and row filters of this object out of the policies'
  return {
    ...input,
    blocked: SyncError.InvalidInput({ subject: 'masks and row filters', faults: [{ path: '', rule }] })
  }
}

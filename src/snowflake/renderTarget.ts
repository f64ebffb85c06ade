/** The desired access of one resource, with its masks and filter boiled down to policies of ours. */
import * as E from 'fp-ts/lib/Either.js'
import type { TargetAccess } from '../access/AccessState.ts'
import type { DesiredAccess } from '../access/DesiredAccess.ts'
import { fault } from '../Fault.ts'
import type { Resource } from '../Resource.ts'
import { isRelation } from '../Resource.ts'
import type { PolicyObject, PolicySchema } from './PolicyObject.ts'
import { grantable } from '../access/privileges.ts'
import { renderFilter, renderMask } from './renderPolicy.ts'
import type { InvalidInput } from '../SyncError.ts'
import { SyncError } from '../SyncError.ts'

export interface RenderedTarget {
  readonly target: TargetAccess
  readonly policies: ReadonlyArray<PolicyObject>
  readonly notes: ReadonlyArray<string>
  readonly blocked?: SyncError
}

/** Renders a resource. Masks of columns that are not there are left out; privileges that its kind does not have are noted and left out. */
export const renderTarget = (desired: DesiredAccess, home: PolicySchema): RenderedTarget => {
  const { resource, managed } = desired
  const byName = new Map(resource.columns.map(column => [column.name, column]))
  const masks =
    isRelation(resource.kind) && resource.kind !== 'event table'
      ? desired.masks.flatMap(mask => {
          const column = byName.get(mask.column)
          return column === undefined ? [] : [renderMask(home, mask, column, resource.columns)]
        })
      : []
  const filter =
    desired.rowFilter === undefined || !isRelation(resource.kind)
      ? undefined
      : renderFilter(home, desired.rowFilter, resource.columns)
  const filters = filter !== undefined && E.isRight(filter) ? [filter.right] : []
  const obstacle = obstacleTo(resource, desired.masks, filter)
  const { grants, notes } = grantable(resource.kind, desired.grants)
  const toAttached = ({ policy: { name, columns } }: { readonly policy: PolicyObject }) => ({ policy: name, columns })
  const [rowFilter] = filters.map(toAttached)
  return {
    target: {
      resource,
      managed,
      grants,
      masks: masks.map(toAttached),
      ...(rowFilter === undefined ? {} : { rowFilter })
    },
    policies: [...masks, ...filters].map(({ policy }) => policy),
    notes: [...notes, ...[...masks, ...filters].flatMap(rendered => rendered.notes)],
    ...(obstacle === undefined ? {} : { blocked: SyncError.InvalidInput(obstacle) })
  }
}

/** What the relation can't carry. Event tables take row access policies only (docs.snowflake.com, event-table-setting-up). */
const obstacleTo = (
  { kind }: Resource,
  masks: ReadonlyArray<unknown>,
  filter: E.Either<string, unknown> | undefined
): Omit<InvalidInput, '_tag'> | undefined => {
  if (filter !== undefined && E.isLeft(filter)) return { subject: 'row filter', faults: [fault('', filter.left)] }
  if (kind !== 'event table' || masks.length === 0) return undefined
  return {
    subject: 'masks',
    faults: [fault('', 'an event table takes no masks: take them, or the grants on it, out of the policies')]
  }
}

/** What differs between what there is and what there should be, for one resource. */
import { describeName } from '../Resource.ts'
import { groupBy } from '../internal/groupBy.ts'
import { anyPattern } from '../internal/NamePattern.ts'
import type { Conflict } from '../SyncError.ts'
import { SyncError } from '../SyncError.ts'
import type { ActualAccess, ActualGrant, TargetAccess } from './AccessState.ts'
import type { Change, FilterChange, GrantChange, MaskChange } from './Change.ts'
import { isTaken } from './isTaken.ts'
import type { DesiredGrant } from './DesiredAccess.ts'
import type { ManagedSet, Principal } from './Principal.ts'
import { principalKey, systemRoles } from './Principal.ts'

/** The differences, and what stands in the way of some of them. */
export interface AccessDiff {
  readonly changes: ReadonlyArray<Change>
  /** Policies that are not ours stand where ours should go. While there is one, nothing may be widened. */
  readonly conflicts: ReadonlyArray<Conflict>
}

/** True for the principals whose grants are ours to make and to take away. System roles never are. */
export const isManaged = ({ roles, users }: ManagedSet): ((principal: Principal) => boolean) => {
  const role = anyPattern(roles)
  const user = anyPattern(users)
  return ({ type, name }) => (type === 'user' ? user(name) : role(name) && !systemRoles.has(name))
}

/** All differences of one resource; empty exactly when nothing has to be done. */
export const diffAccess = (target: TargetAccess, actual: ActualAccess): AccessDiff => {
  const masks = diffMasks(target, actual)
  const filter = diffFilter(target, actual)
  return {
    changes: [...diffGrants(target, actual), ...masks.changes, ...filter.changes],
    conflicts: [...masks.conflicts, ...filter.conflicts]
  }
}

/** The masks and the filter that need no change, as the changes that would have made them. */
export const standing = (target: TargetAccess, actual: ActualAccess): ReadonlyArray<MaskChange | FilterChange> => {
  const on = target.resource.name
  const masks = target.masks.map(({ policy, columns }): MaskChange => ({
    ...{ kind: 'set mask', direction: 'narrow', on, policy, columns },
    column: columns[0] ?? ''
  }))
  const filters = target.rowFilter === undefined ? [] : [target.rowFilter]
  return [
    ...masks,
    ...filters.map((filter): FilterChange => ({ kind: 'set filter', direction: 'narrow', on, ...filter }))
  ].filter(change => isTaken(change, actual))
}

const grantKey = (grant: { readonly privilege: string; readonly grantee: Principal }): string =>
  `${grant.privilege}\n${principalKey(grant.grantee)}`

const diffGrants = (
  { resource, grants, managed, additive }: TargetAccess,
  actual: ActualAccess
): ReadonlyArray<GrantChange> => {
  const ours = isManaged(managed)
  const wanted = new Map(grants.filter(grant => ours(grant.grantee)).map(grant => [grantKey(grant), grant]))
  const standing = groupBy(actual.grants, grantKey)
  const on = resource.name
  const change = (kind: GrantChange['kind'], { grantee, privilege, grantOption }: DesiredGrant): GrantChange => ({
    ...{ kind, direction: kind === 'grant' ? 'widen' : 'narrow', on },
    ...{ grantee, privilege, grantOption }
  })
  // The same privilege may have been granted by several grantors: it stands while any of them stands.
  const excess = [...standing].flatMap(([key, found]) => {
    const grant = found.find(({ changeable }) => changeable)
    if (additive === true || grant === undefined || !ours(grant.grantee)) return []
    const wantedHere = wanted.get(key)
    if (wantedHere === undefined) return [change('revoke', grant)]
    const tooMuch = !wantedHere.grantOption && found.some(({ grantOption, changeable }) => grantOption && changeable)
    return tooMuch ? [change('revoke grant option', grant)] : []
  })
  const taken = new Map<string, GrantChange>()
  for (const each of excess) {
    const passedOn = passedOnBy(each, actual)
    // What was passed on to others is not ours to take: then Snowflake refuses, and says so.
    const first = passedOn.every(({ grantee, changeable }) => changeable && ours(grantee)) ? passedOn : []
    for (const grant of first) taken.set(grantKey(grant), change('revoke', grant))
    if (taken.get(grantKey(each))?.kind !== 'revoke') taken.set(grantKey(each), each)
  }
  const missing = [...wanted].flatMap(([key, grant]) => {
    const isGone = taken.get(key)?.kind === 'revoke'
    const holds = standing.get(key)?.some(({ grantOption }) => grantOption || !grant.grantOption) ?? false
    return holds && !isGone ? [] : [change('grant', grant)]
  })
  return [...taken.values(), ...missing]
}

/** What a role gave to others of a privilege that it is to lose, the last link of a chain first. An owner gives without holding. */
const passedOnBy = (
  { privilege, grantee }: Pick<ActualGrant, 'privilege' | 'grantee'>,
  { grants }: Pick<ActualAccess, 'grants'>,
  above: ReadonlyArray<string> = []
): ReadonlyArray<ActualGrant> => {
  const key = principalKey(grantee)
  const owns = grants.some(grant => grant.privilege === 'OWNERSHIP' && principalKey(grant.grantee) === key)
  if (grantee.type !== 'role' || owns) return []
  return grants
    .filter(grant => grant.privilege === privilege && grant.grantor === grantee.name)
    .filter(grant => ![key, ...above].includes(principalKey(grant.grantee)))
    .flatMap(grant => [...passedOnBy(grant, { grants }, [key, ...above]), grant])
}

const sameColumns = (a: ReadonlyArray<string>, b: ReadonlyArray<string>): boolean =>
  a.length === b.length && a.every((column, index) => column === b[index])

const conflict = (object: string, policy: string): Conflict => SyncError.Conflict({ object, found: `policy ${policy}` })

const diffMasks = (target: TargetAccess, actual: ActualAccess) => {
  const on = target.resource.name
  const changes: Array<MaskChange> = []
  const conflicts: Array<Conflict> = []
  const standing = new Map(actual.masks.map(mask => [mask.columns[0] ?? '', mask]))
  for (const { policy, columns } of target.masks) {
    const column = columns[0] ?? ''
    const found = standing.get(column)
    standing.delete(column)
    if (found === undefined) changes.push({ kind: 'set mask', direction: 'narrow', on, column, policy, columns })
    else if (!found.ours && target.replacesForeign !== true)
      conflicts.push(conflict(`column ${column} of ${describeName(on)}`, found.policy))
    // Which further columns a mask is bound to is part of its policy's identity.
    else if (found.policy !== policy)
      changes.push({ kind: 'set mask', direction: 'swap', on, column, policy, columns, replaces: found.policy })
  }
  for (const [column, { policy, columns, ours }] of standing)
    if (ours && target.additive !== true)
      changes.push({ kind: 'unset mask', direction: 'widen', on, column, policy, columns })
  return { changes, conflicts }
}

const diffFilter = ({ resource, rowFilter, additive, replacesForeign }: TargetAccess, actual: ActualAccess) => {
  const on = resource.name
  const found = actual.rowFilter
  const change = (fields: Omit<FilterChange, 'on'>) => ({ changes: [{ ...fields, on }], conflicts: [] })
  if (rowFilter === undefined)
    return found?.ours === true && additive !== true
      ? change({ kind: 'drop filter', direction: 'widen', policy: found.policy, columns: found.columns })
      : { changes: [], conflicts: [] }
  const { policy, columns } = rowFilter
  if (found === undefined) return change({ kind: 'set filter', direction: 'narrow', policy, columns })
  if (!found.ours && replacesForeign !== true)
    return { changes: [], conflicts: [conflict(describeName(on), found.policy)] }
  if (found.policy === policy && sameColumns(found.columns, columns)) return { changes: [], conflicts: [] }
  return change({ kind: 'set filter', direction: 'swap', policy, columns, replaces: found.policy })
}

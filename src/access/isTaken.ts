/** Whether a change that was carried out is really there: Snowflake accepts revokes that revoke nothing, and grants that it makes only in part. */
import type { ActualAccess } from './AccessState.ts'
import type { Change } from './Change.ts'
import { principalKey } from './Principal.ts'

/** True where the access read after a change shows its effect. */
export const isTaken = (change: Change, actual: ActualAccess): boolean => {
  switch (change.kind) {
    case 'grant':
      return grantsLike(change, actual).some(({ grantOption }) => grantOption || !change.grantOption)
    case 'revoke':
      return !grantsLike(change, actual).some(({ changeable }) => changeable)
    case 'revoke grant option':
      return !grantsLike(change, actual).some(({ changeable, grantOption }) => changeable && grantOption)
    case 'set mask':
      return actual.masks.some(({ columns, policy }) => columns[0] === change.column && policy === change.policy)
    case 'unset mask':
      return !actual.masks.some(({ columns, policy }) => columns[0] === change.column && policy === change.policy)
    case 'set filter':
      return actual.rowFilter?.policy === change.policy
    case 'drop filter':
      return actual.rowFilter?.policy !== change.policy
  }
}

const grantsLike = (
  { privilege, grantee }: Extract<Change, { readonly privilege: string }>,
  { grants }: ActualAccess
) => grants.filter(grant => grant.privilege === privilege && principalKey(grant.grantee) === principalKey(grantee))

/** The last word on each thing: a column or filter that a plan changes twice (through a meet) is checked for what it changed to last. */
export const lastChanges = (changes: ReadonlyArray<Change>): ReadonlyArray<Change> => {
  const last = new Map<string, Change>()
  for (const change of changes) last.set(subjectOf(change), change)
  return [...last.values()]
}

/** A text that changes of the same thing share. */
export const subjectOf = (change: Change): string => {
  if ('grantee' in change) return JSON.stringify([change.on, change.privilege, principalKey(change.grantee)])
  return JSON.stringify('column' in change ? [change.on, 'mask', change.column] : [change.on, 'filter'])
}

/** Whether access is still what a change was planned for; where it is not, the change may fail although planning again would not. */
export const stillFits = (change: Change, actual: ActualAccess): boolean => {
  switch (change.kind) {
    case 'grant':
      return true
    case 'revoke':
    case 'revoke grant option':
    case 'unset mask':
    case 'drop filter':
      return !isTaken(change, actual)
    case 'set mask':
      return actual.masks.find(({ columns }) => columns[0] === change.column)?.policy === change.replaces
    case 'set filter':
      return actual.rowFilter?.policy === change.replaces
  }
}

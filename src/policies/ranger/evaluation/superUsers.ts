/** Users and groups who may do everything. */
import type { Asker } from './Occasion.ts'

/** Tells them. */
export interface SuperUsers {
  readonly users: ReadonlySet<string>
  readonly groups: ReadonlySet<string>
  readonly has: (asker: Asker) => boolean
}

const namesIn = (text: string | undefined): ReadonlyArray<string> =>
  (text ?? '')
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')

/** Reads them from a service's configuration, and from what else is known. */
export const readSuperUsers = (
  serviceConfig: ReadonlyMap<string, string>,
  also: { readonly superUsers?: ReadonlyArray<string>; readonly superGroups?: ReadonlyArray<string> }
): SuperUsers => {
  const users = new Set([...namesIn(serviceConfig.get('ranger.plugin.super.users')), ...(also.superUsers ?? [])])
  const groups = new Set([...namesIn(serviceConfig.get('ranger.plugin.super.groups')), ...(also.superGroups ?? [])])
  return {
    users,
    groups,
    has: ({ user, groups: own }) => (user !== undefined && users.has(user)) || [...groups].some(group => own.has(group))
  }
}

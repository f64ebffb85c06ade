/** What a user of Snowflake has by desired access: grants of all their roles together, and the first rule that holds. */
import type { DesiredAccess, Mask } from 'on-demand-sync'
import type { Principal, Who } from 'on-demand-sync'

export interface Session {
  readonly user: string
  readonly roles: ReadonlySet<string>
}

const is = ({ user, roles }: Session, { type, name }: Principal): boolean =>
  type === 'user' ? user === name : roles.has(name)

const holds = (session: Session, { anyOf, noneOf }: Who): boolean =>
  (anyOf === 'everyone' || anyOf.some(principal => is(session, principal))) &&
  !noneOf.some(principal => is(session, principal))

export const privilegesFor = ({ grants }: DesiredAccess, session: Session): ReadonlySet<string> =>
  new Set(grants.filter(({ grantee }) => is(session, grantee)).map(({ privilege }) => privilege))

export const maskFor = ({ masks }: DesiredAccess, session: Session, column: string): Mask => {
  const mask = masks.find(each => each.column === column)
  return mask?.rules.find(({ who }) => holds(session, who))?.mask ?? mask?.otherwise ?? { kind: 'clear' }
}

/** The rows that are shown; undefined: all. */
export const whereFor = ({ rowFilter }: DesiredAccess, session: Session): string | undefined => {
  if (rowFilter === undefined) return undefined
  const rule = rowFilter.rules.find(({ who }) => holds(session, who))
  return rule?.where ?? (rowFilter.otherwise === 'all rows' ? undefined : 'FALSE')
}

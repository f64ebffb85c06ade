/** Changes of access as Snowflake statements: as few as it allows, each safe to run twice. */
import type { FilterChange, GrantChange, MaskChange } from '../access/Change.ts'
import type { MeetOfPolicies } from '../access/orderChanges.ts'
import type { ChangeStatement, Dialect } from '../access/planAccess.ts'
import type { Principal } from '../access/Principal.ts'
import { principalKey } from '../access/Principal.ts'
import { groupBy } from '../internal/groupBy.ts'
import type { Resource } from '../Resource.ts'
import { quoteIdentifier, quoteName } from './identifiers.ts'
import { alterType, grantType } from './objectType.ts'
import type { PolicyObject } from './PolicyObject.ts'

/** The dialect for a plan that uses these policies. */
export const snowflakeDialect = (
  policies: ReadonlyMap<string, PolicyObject>,
  dropOurs: (policy: string) => string | undefined,
  meet: MeetOfPolicies
): Dialect => ({
  change: (on, changes) => [
    ...grantStatements(
      on,
      changes.filter((change): change is GrantChange => 'grantee' in change)
    ),
    ...maskStatements(
      on,
      changes.filter((change): change is MaskChange => 'column' in change)
    ),
    ...changes
      .filter((change): change is FilterChange => change.kind === 'set filter' || change.kind === 'drop filter')
      .map(change => filterStatement(on, change))
  ],
  prepare: policy => policies.get(policy)?.create,
  tidy: dropOurs,
  meet
})

const grantee = ({ type, name }: Principal): string => `${type === 'role' ? 'ROLE' : 'USER'} ${quoteIdentifier(name)}`

/** One statement per grantee and kind of change, with all its privileges. */
const grantStatements = (on: Resource, changes: ReadonlyArray<GrantChange>): ReadonlyArray<ChangeStatement> =>
  [...groupBy(changes, change => `${change.kind} ${change.grantOption} ${principalKey(change.grantee)}`).values()].map(
    group => ({
      statement: grantStatement(on, group),
      changes: group
    })
  )

const grantStatement = (on: Resource, group: ReadonlyArray<GrantChange>): string => {
  const [{ kind, grantee: who, grantOption }] = group as readonly [GrantChange, ...ReadonlyArray<GrantChange>]
  const privileges = group
    .map(({ privilege }) => privilege)
    .sort()
    .join(', ')
  const object = `${grantType(on.kind)} ${quoteName(on.name)}`
  switch (kind) {
    case 'grant':
      return `GRANT ${privileges} ON ${object} TO ${grantee(who)}${grantOption ? ' WITH GRANT OPTION' : ''}`
    case 'revoke':
      return `REVOKE ${privileges} ON ${object} FROM ${grantee(who)}`
    case 'revoke grant option':
      return `REVOKE GRANT OPTION FOR ${privileges} ON ${object} FROM ${grantee(who)}`
  }
}

/** All masks that are set, in one statement: that is what makes the change of several columns atomic. The same for all that are unset. */
const maskStatements = (on: Resource, changes: ReadonlyArray<MaskChange>): ReadonlyArray<ChangeStatement> =>
  [...groupBy(changes, ({ kind }) => kind).values()].map(group => ({
    statement: `ALTER ${alterType(on.kind)} ${quoteName(on.name)} MODIFY ${group.map(maskClause).join(', ')}`,
    changes: group
  }))

const maskClause = ({ kind, column, policy, columns, replaces }: MaskChange): string => {
  const target = `COLUMN ${quoteIdentifier(column)}`
  if (kind === 'unset mask') return `${target} UNSET MASKING POLICY`
  const using = columns.length > 1 ? ` USING (${columns.map(quoteIdentifier).join(', ')})` : ''
  // FORCE swaps atomically. Without it nothing that came in between, and is not ours, can be replaced.
  return `${target} SET MASKING POLICY ${policy}${using}${replaces === undefined ? '' : ' FORCE'}`
}

const filterStatement = (on: Resource, change: FilterChange): ChangeStatement => {
  const { kind, policy, columns, replaces } = change
  const drop = (name: string) => `DROP ROW ACCESS POLICY ${name}`
  const add = `ADD ROW ACCESS POLICY ${policy} ON (${columns.map(quoteIdentifier).join(', ')})`
  const clauses = kind === 'drop filter' ? drop(policy) : replaces === undefined ? add : `${drop(replaces)}, ${add}`
  return { statement: `ALTER ${alterType(on.kind)} ${quoteName(on.name)} ${clauses}`, changes: [change] }
}

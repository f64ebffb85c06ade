/**
 * @see https://docs.snowflake.com/en/sql-reference/sql/grant-privilege
 * @see https://docs.snowflake.com/en/sql-reference/sql/revoke-privilege
 */
import { unsupported } from '../StatementError.ts'
import type { Cursor } from './Cursor.ts'
import type {
  GranteeName,
  GrantOwnership,
  GrantScope,
  GrantStatement,
  GrantTarget,
  PrivilegeNames
} from './GrantStatement.ts'
import { parseObjectKind, takeObjectKinds } from './parseObjectKind.ts'
import { skipArgumentTypes } from './skipArgumentTypes.ts'

export const parseGrant = (cursor: Cursor): GrantStatement => {
  cursor.expect('GRANT')
  const roleKind = takeRoleKind(cursor)
  if (roleKind !== undefined) {
    const role = cursor.name()
    return { kind: 'grantRole', roleKind, role, grantee: parseGrantee(cursor, 'TO') }
  }
  const privileges = parsePrivileges(cursor)
  const target = parseTarget(cursor)
  const grantee = parseGrantee(cursor, 'TO')
  if (privileges !== 'ALL' && privileges.includes('OWNERSHIP')) {
    if (privileges.length > 1) throw cursor.unexpected()
    return parseOwnershipEnd(cursor, target, grantee)
  }
  const withGrantOption = cursor.take('WITH', 'GRANT', 'OPTION')
  return { kind: 'grantPrivileges', privileges, target, grantee, withGrantOption }
}

export const parseRevoke = (cursor: Cursor): GrantStatement => {
  cursor.expect('REVOKE')
  const roleKind = takeRoleKind(cursor)
  if (roleKind !== undefined) {
    const role = cursor.name()
    return { kind: 'revokeRole', roleKind, role, grantee: parseGrantee(cursor, 'FROM') }
  }
  const grantOptionOnly = cursor.take('GRANT', 'OPTION', 'FOR')
  const privileges = parsePrivileges(cursor)
  const target = parseTarget(cursor)
  const grantee = parseGrantee(cursor, 'FROM')
  const cascade = cursor.take('CASCADE')
  if (!cascade) cursor.optional('RESTRICT')
  return { kind: 'revokePrivileges', grantOptionOnly, privileges, target, grantee, cascade }
}

const takeRoleKind = (cursor: Cursor): 'ROLE' | 'DATABASE ROLE' | undefined => {
  for (const words of ['APPLICATION ROLE', 'SERVICE ROLE', 'INHERITED', 'CALLER']) {
    if (cursor.at(...words.split(' '))) throw unsupported(`GRANT ${words}`)
  }
  if (cursor.take('DATABASE', 'ROLE')) return 'DATABASE ROLE'
  return cursor.take('ROLE') ? 'ROLE' : undefined
}

/** A privilege is a run of words up to a comma or ON: the grammar names no other end. */
const parsePrivileges = (cursor: Cursor): PrivilegeNames => {
  if (cursor.take('ALL')) {
    cursor.optional('PRIVILEGES')
    return 'ALL'
  }
  const privileges = [parsePrivilege(cursor)]
  while (cursor.takeSymbol(',')) privileges.push(parsePrivilege(cursor))
  return privileges
}

const parsePrivilege = (cursor: Cursor): string => {
  const words: string[] = []
  while (cursor.peek().kind === 'word' && !cursor.at('ON')) {
    words.push(cursor.next().value)
    while (cursor.takeSymbol('.')) words.push(`${words.pop() ?? ''}.${cursor.anyWord()}`)
  }
  if (words.length === 0) throw cursor.unexpected()
  return words.join(' ')
}

const parseTarget = (cursor: Cursor): GrantTarget => {
  cursor.expect('ON')
  if (cursor.take('ACCOUNT')) return { kind: 'account' }
  const many = cursor.takeOneOf('ALL', 'FUTURE')
  if (many !== undefined) {
    const objectKind = takeObjectKinds(cursor)
    if (objectKind === undefined) throw cursor.unexpected()
    const scope = parseScope(cursor)
    return many === 'ALL' ? { kind: 'all', objectKind, scope } : { kind: 'future', objectKind, scope }
  }
  const objectKind = parseObjectKind(cursor)
  const name = cursor.name()
  skipArgumentTypes(cursor, objectKind)
  return { kind: 'object', objectKind, name }
}

const parseScope = (cursor: Cursor): GrantScope => {
  cursor.expect('IN')
  const kind = cursor.takeOneOf('DATABASE', 'SCHEMA')
  if (kind === undefined) throw cursor.unexpected()
  return { kind, name: cursor.name() }
}

const parseGrantee = (cursor: Cursor, preposition: 'TO' | 'FROM'): GranteeName => {
  cursor.expect(preposition)
  for (const kind of ['SHARE', 'APPLICATION']) if (cursor.at(kind)) throw unsupported(`GRANT … TO ${kind}`)
  if (cursor.take('DATABASE', 'ROLE')) return { kind: 'DATABASE ROLE', name: cursor.name() }
  const kind = cursor.takeOneOf('USER', 'ROLE') ?? 'ROLE'
  return { kind, name: cursor.name() }
}

const parseOwnershipEnd = (cursor: Cursor, target: GrantTarget, grantee: GranteeName): GrantOwnership => {
  const currentGrants = cursor.takeOneOf('COPY', 'REVOKE')
  if (currentGrants !== undefined) cursor.expect('CURRENT', 'GRANTS')
  return { kind: 'grantOwnership', target, grantee, currentGrants }
}

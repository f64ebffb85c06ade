/**
 * @see https://docs.snowflake.com/en/sql-reference/sql/show
 * @see https://docs.snowflake.com/en/sql-reference/sql/show-grants
 */
import { unsupported } from '../StatementError.ts'
import type { Cursor, ObjectName } from './Cursor.ts'
import { parseObjectKind, takeObjectKind, takeObjectKinds } from './parseObjectKind.ts'
import type {
  Describe,
  GrantsAbout,
  Show,
  ShowFutureGrants,
  ShowGrants,
  ShowScope,
  ShowStatement,
  ShowSubject
} from './ShowStatement.ts'
import { skipArgumentTypes } from './skipArgumentTypes.ts'

export const parseShow = (cursor: Cursor): ShowStatement => {
  cursor.expect('SHOW')
  if (cursor.take('FUTURE', 'GRANTS')) return parseShowFutureGrants(cursor)
  if (cursor.take('GRANTS')) return parseShowGrants(cursor)
  if (cursor.take('PARAMETERS')) return parseShowParameters(cursor)
  if (cursor.take('VARIABLES')) return { kind: 'showVariables', like: parseLike(cursor) }
  const terse = cursor.take('TERSE')
  const subject = parseSubject(cursor)
  cursor.optional('HISTORY')
  const like = parseLike(cursor)
  const scope = cursor.take('IN') ? parseScope(cursor) : undefined
  const startsWith = cursor.take('STARTS', 'WITH') ? cursor.string() : undefined
  const page = parsePage(cursor)
  return { kind: 'show', subject, terse, like: like ?? parseLike(cursor), scope, startsWith, ...page }
}

const parseSubject = (cursor: Cursor): ShowSubject => {
  if (cursor.take('OBJECTS')) return 'OBJECTS'
  if (cursor.take('COLUMNS')) return 'COLUMNS'
  if (cursor.take('TRANSACTIONS')) return 'TRANSACTIONS'
  if (cursor.take('PRIMARY', 'KEYS')) return 'PRIMARY KEYS'
  const kind = takeObjectKinds(cursor)
  if (kind === undefined) throw unsupported(`SHOW ${cursor.peek().value}`)
  return kind
}

const parseLike = (cursor: Cursor): string | undefined => (cursor.take('LIKE') ? cursor.string() : undefined)

const parsePage = (cursor: Cursor): Pick<Show, 'limit' | 'from'> => {
  if (!cursor.take('LIMIT')) return { limit: undefined, from: undefined }
  const limit = cursor.integer()
  return { limit, from: cursor.take('FROM') ? cursor.string() : undefined }
}

const parseScope = (cursor: Cursor): ShowScope => {
  const kind = cursor.takeOneOf('ACCOUNT', 'DATABASE', 'SCHEMA', 'TABLE', 'VIEW') ?? 'NAME'
  const name = cursor.atIdentifier() && !cursor.at('STARTS') && !cursor.at('LIMIT') ? cursor.name() : undefined
  if (kind === 'NAME' && name === undefined) throw cursor.unexpected()
  return { kind: kind === 'VIEW' ? 'TABLE' : kind, name }
}

const parseLimit = (cursor: Cursor): number | undefined => (cursor.take('LIMIT') ? cursor.integer() : undefined)

const parseShowGrants = (cursor: Cursor): ShowGrants => ({
  kind: 'showGrants',
  about: parseAbout(cursor),
  limit: parseLimit(cursor)
})

const parseAbout = (cursor: Cursor): GrantsAbout => {
  if (cursor.take('ON', 'ACCOUNT')) return { kind: 'account' }
  if (cursor.take('ON')) {
    const objectKind = parseObjectKind(cursor)
    const name = cursor.name()
    skipArgumentTypes(cursor, objectKind)
    return { kind: 'on', objectKind, name }
  }
  if (cursor.take('TO')) return { kind: 'to', grantee: parseGrantee(cursor) }
  if (!cursor.take('OF')) return { kind: 'currentUser' }
  const roleKind = cursor.take('DATABASE', 'ROLE') ? 'DATABASE ROLE' : 'ROLE'
  if (roleKind === 'ROLE') cursor.expect('ROLE')
  return { kind: 'of', roleKind, role: cursor.name() }
}

const parseGrantee = (cursor: Cursor): Extract<GrantsAbout, { kind: 'to' }>['grantee'] => {
  if (cursor.take('DATABASE', 'ROLE')) return { kind: 'DATABASE ROLE', name: cursor.name() }
  const kind = cursor.takeOneOf('ROLE', 'USER')
  if (kind === undefined) throw unsupported(`SHOW GRANTS TO ${cursor.peek().value}`)
  return { kind, name: cursor.name() }
}

const parseShowFutureGrants = (cursor: Cursor): ShowFutureGrants => {
  if (cursor.take('TO')) {
    const grantee = parseGrantee(cursor)
    return { kind: 'showFutureGrants', about: { kind: 'to', grantee }, limit: parseLimit(cursor) }
  }
  cursor.expect('IN')
  const scope = cursor.takeOneOf('DATABASE', 'SCHEMA')
  if (scope === undefined) throw cursor.unexpected()
  const name: ObjectName | undefined = cursor.atIdentifier() ? cursor.name() : undefined
  return { kind: 'showFutureGrants', about: { kind: 'in', scope, name }, limit: parseLimit(cursor) }
}

const parseShowParameters = (cursor: Cursor): ShowStatement => {
  const like = parseLike(cursor)
  if (cursor.take('IN') || cursor.take('FOR')) {
    if (!cursor.take('SESSION')) throw unsupported(`SHOW PARAMETERS IN ${cursor.peek().value}`)
  }
  return { kind: 'showParameters', like }
}

export const parseDescribe = (cursor: Cursor): Describe => {
  if (!cursor.take('DESC')) cursor.expect('DESCRIBE')
  for (const word of ['RESULT', 'SEARCH']) if (cursor.at(word)) throw unsupported(`DESCRIBE ${word}`)
  const objectKind = takeObjectKind(cursor) ?? 'TABLE'
  const name = cursor.name()
  skipArgumentTypes(cursor, objectKind)
  if (cursor.take('TYPE')) {
    cursor.expectSymbol('=')
    cursor.expect('COLUMNS')
  }
  return { kind: 'describe', objectKind, name }
}

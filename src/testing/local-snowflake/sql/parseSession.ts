/** USE, ALTER SESSION, SET, UNSET, BEGIN, COMMIT, ROLLBACK. */
import type { Parser } from './Parser.ts'
import { noProperties, parseProperties } from './Properties.ts'
import type { AlterSession, SessionStatement, SetVariables, Transaction } from './SessionStatement.ts'

export const parseUse = (parser: Parser): SessionStatement => {
  parser.expect('USE')
  if (parser.take('SECONDARY', 'ROLES')) return parseSecondaryRoles(parser)
  const what = parser.takeOneOf('ROLE', 'DATABASE', 'SCHEMA', 'WAREHOUSE')
  const name = parser.name()
  return { kind: 'use', what: what ?? (name.length === 2 ? 'SCHEMA' : 'DATABASE'), name }
}

const parseSecondaryRoles = (parser: Parser): SessionStatement => {
  const every = parser.takeOneOf('ALL', 'NONE')
  if (every !== undefined) return { kind: 'useSecondaryRoles', roles: every }
  const roles = [parser.identifier()]
  while (parser.takeSymbol(',')) roles.push(parser.identifier())
  return { kind: 'useSecondaryRoles', roles }
}

/** `ALTER SESSION` was read. */
export const parseAlterSession = (parser: Parser): AlterSession => {
  if (parser.take('SET')) return { kind: 'alterSession', set: parseProperties(parser), unset: [] }
  parser.expect('UNSET')
  const unset = [parser.anyWord()]
  while (parser.takeSymbol(',')) unset.push(parser.anyWord())
  return { kind: 'alterSession', set: noProperties, unset }
}

export const parseSet = (parser: Parser): SetVariables => {
  parser.expect('SET')
  const many = parser.takeSymbol('(')
  const names = [parser.identifier()]
  while (many && parser.takeSymbol(',')) names.push(parser.identifier())
  if (many) parser.expectSymbol(')')
  parser.expectSymbol('=')
  if (!many) return { kind: 'setVariables', names, values: [parser.expression()] }
  parser.expectSymbol('(')
  const values = parser.expressions()
  parser.expectSymbol(')')
  return { kind: 'setVariables', names, values }
}

export const parseUnset = (parser: Parser): SessionStatement => {
  parser.expect('UNSET')
  const names = parser.atSymbol('(') ? parser.names() : [parser.identifier()]
  return { kind: 'unsetVariables', names }
}

/** BEGIN of a transaction; a scripting block was told apart before. */
export const parseTransaction = (parser: Parser): Transaction => {
  const first = parser.takeOneOf('BEGIN', 'START', 'COMMIT', 'ROLLBACK')
  if (!parser.take('TRANSACTION')) parser.optional('WORK')
  if (parser.take('NAME')) parser.skip()
  return { kind: 'transaction', action: first === 'COMMIT' || first === 'ROLLBACK' ? first : 'BEGIN' }
}

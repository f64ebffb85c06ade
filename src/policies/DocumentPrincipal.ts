/** Principals as policy documents write them: `ANALYST`, `role:"my role"`, `user:ALICE`, `everyone`. */
import * as E from 'fp-ts/lib/Either.js'
import type { Principal } from '../access/Principal.ts'
import { systemRoles } from '../access/Principal.ts'
import { readWrittenName } from './ResourcePattern.ts'

/** Reads one principal, or says what is wrong. */
export const readPrincipal = (text: string): E.Either<string, Principal | 'everyone'> => {
  if (text === 'everyone') return E.right('everyone')
  const type = text.startsWith('user:') ? 'user' : 'role'
  const name = readWrittenName(text.replace(/^(?:user|role):/, ''))
  if (E.isLeft(name)) return name
  if (!name.right.exact && name.right.text.includes('*')) return E.left('must name one role or user: no * here')
  return E.right({ type, name: name.right.text })
}

/** Reads one whom privileges can be granted to. */
export const readGrantee = (text: string): E.Either<string, Principal> => {
  const principal = readPrincipal(text)
  if (E.isLeft(principal)) return principal
  if (principal.right === 'everyone') return E.left('must be roles or users: nothing is granted to everyone')
  if (principal.right.type === 'role' && systemRoles.has(principal.right.name))
    return E.left('must not be a role of Snowflake itself')
  return E.right(principal.right)
}

/** Reads a pattern of managed names. */
export const readManagedPattern = (text: string): E.Either<string, string> => {
  const name = readWrittenName(text)
  if (E.isLeft(name)) return name
  return name.right.exact && name.right.text.includes('*')
    ? E.left('must not be a quoted name that holds a *')
    : E.right(name.right.text)
}

/**
 * Programmatic access tokens: secrets that log in as their user.
 *
 * @see https://docs.snowflake.com/en/user-guide/programmatic-access-tokens
 */
import { randomBytes } from 'node:crypto'
import type { AccessToken, User } from '../catalog/Principal.ts'
import { numberProperty, textProperty } from '../sql/Properties.ts'
import type { Properties } from '../sql/Properties.ts'
import { alreadyExists } from '../StatementError.ts'
import { findRole } from './resolve.ts'
import { textColumn } from './ResultSet.ts'
import type { ResultSet } from './ResultSet.ts'
import type { StatementContext } from './StatementContext.ts'

const dayMs = 86_400_000
const defaultDays = 15

export const newSecret = (): string => randomBytes(32).toString('base64url')

/** The only time the secret is shown. */
export const addAccessToken = (
  context: StatementContext,
  user: User,
  name: string,
  properties: Properties
): ResultSet => {
  if (user.accessTokens.has(name)) throw alreadyExists(name)
  const restriction = textProperty(properties, 'ROLE_RESTRICTION')
  const role = restriction === undefined ? undefined : findRole(context, restriction).name
  const days = numberProperty(properties, 'DAYS_TO_EXPIRY') ?? defaultDays
  const token: AccessToken = {
    kind: 'PAT',
    secret: newSecret(),
    expiresOn: context.account.clock.now() + days * dayMs,
    role
  }
  user.accessTokens.set(name, token)
  return {
    columns: [textColumn('token_name'), textColumn('token_secret')],
    rows: [[name, token.secret]],
    statementType: 'ddl'
  }
}

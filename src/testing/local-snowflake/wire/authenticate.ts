/**
 * Who logs in: by password, by a key pair's token (JWT), by an OAuth token or a programmatic access token.
 *
 * @see https://docs.snowflake.com/en/user-guide/key-pair-auth
 * @see https://docs.snowflake.com/en/user-guide/programmatic-access-tokens
 */
import { createHash, createPublicKey, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type * as Jose from 'jose'
import type { Account } from '../catalog/Account.ts'
import type { AccessToken, User } from '../catalog/Principal.ts'

export interface Credentials {
  readonly authenticator: string
  readonly loginName: string
  readonly password: string | undefined
  readonly token: string | undefined
}

export type Authentication =
  | { readonly kind: 'ok'; readonly user: User; readonly role: string | undefined }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

const refused = (code: string, message: string): Authentication => ({ kind: 'refused', code, message })

const wrongPassword = refused('390100', 'Incorrect username or password was specified.')
const invalidJwt = refused('390144', 'JWT token is invalid.')

export const authenticate = async (
  account: Account,
  jose: Pick<typeof Jose, 'jwtVerify'>,
  credentials: Credentials
): Promise<Authentication> => {
  const found = await identify(account, jose, credentials)
  if (found.kind === 'ok' && found.user.disabled)
    return refused('390101', 'User access disabled. Contact your local system administrator.')
  return found
}

const identify = async (
  account: Account,
  jose: Pick<typeof Jose, 'jwtVerify'>,
  credentials: Credentials
): Promise<Authentication> => {
  const { authenticator, token } = credentials
  switch (authenticator.toUpperCase()) {
    case 'SNOWFLAKE':
      return byPassword(account, credentials)
    case 'SNOWFLAKE_JWT':
      return token === undefined ? invalidJwt : byKeyPair(account, jose, token)
    case 'OAUTH':
      return byToken(account, 'OAUTH', token, credentials.loginName)
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      return byToken(account, 'PAT', token, credentials.loginName)
    default:
      return refused('390106', `The local Snowflake does not support authenticator '${authenticator}'.`)
  }
}

/** A login name is not the user's name: it can be set apart from it, and its case does not matter. */
const userByLogin = (account: Account, login: string): User | undefined =>
  Array.from(account.users.values()).find(
    user => (user.properties.get('LOGIN_NAME') ?? user.name) === login.toUpperCase()
  ) ?? account.users.get(login)

const byPassword = (account: Account, { loginName, password }: Credentials): Authentication => {
  const user = userByLogin(account, loginName)
  const right = user?.password !== undefined && password !== undefined && sameText(user.password, password)
  return user !== undefined && right ? { kind: 'ok', user, role: undefined } : wrongPassword
}

const sameText = (a: string, b: string): boolean => {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}

/** The issuer is `ACCOUNT.USER.SHA256:<fingerprint of the public key>`, the subject `ACCOUNT.USER`. */
const byKeyPair = async (
  account: Account,
  jose: Pick<typeof Jose, 'jwtVerify'>,
  token: string
): Promise<Authentication> => {
  for (const user of account.users.values()) {
    for (const body of user.publicKeys.values()) {
      const key = publicKey(body)
      const subject = `${account.name.toUpperCase()}.${user.properties.get('LOGIN_NAME') ?? user.name}`
      const options = {
        algorithms: ['RS256'],
        issuer: `${subject}.${fingerprint(key)}`,
        subject,
        currentDate: new Date(account.clock.now()),
        clockTolerance: 60
      }
      try {
        const { payload } = await jose.jwtVerify(token, key, options)
        if (payload.exp !== undefined) return { kind: 'ok', user, role: undefined }
      } catch {
        // Not this key; the next one may fit.
      }
    }
  }
  return invalidJwt
}

const publicKey = (body: string): KeyObject =>
  createPublicKey({ key: Buffer.from(body, 'base64'), format: 'der', type: 'spki' })

/** `SHA256:` and the base64 digest of the key in DER, as DESCRIBE USER shows it. */
export const fingerprint = (key: KeyObject): string =>
  `SHA256:${createHash('sha256')
    .update(key.export({ format: 'der', type: 'spki' }))
    .digest('base64')}`

const byToken = (
  account: Account,
  kind: AccessToken['kind'],
  token: string | undefined,
  login: string
): Authentication => {
  const invalid =
    kind === 'OAUTH'
      ? refused('390303', 'Invalid OAuth access token.')
      : refused('394400', 'Programmatic access token is invalid.')
  if (token === undefined) return invalid
  for (const user of account.users.values()) {
    for (const known of user.accessTokens.values()) {
      if (known.kind !== kind || !sameText(known.secret, token)) continue
      if (login !== '' && userByLogin(account, login) !== user) return invalid
      if (account.clock.now() < known.expiresOn) return { kind: 'ok', user, role: known.role }
      return kind === 'OAUTH'
        ? refused('390318', 'OAuth access token expired.')
        : refused('394402', 'Programmatic access token expired.')
    }
  }
  return invalid
}

/**
 * Shared access signatures: `SharedAccessSignature sr=<resource>&sig=<signature>&se=<expiry>&skn=<key name>`, where the signature is
 * the HMAC-SHA256 of `<resource>\n<expiry>`, both as they stand in the token, under the key.
 *
 * Source: "Authenticate access to Event Hubs using shared access signatures" (Event Hubs documentation).
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AccessRight, SharedAccessKey } from './AccessKeys.ts'
import { covers, entityPath, hostOf } from './EntityAddress.ts'
import { expiredToken, ServiceError } from './ServiceError.ts'

/** What a valid token allows, and until when. */
export interface Grant {
  readonly rights: ReadonlyArray<AccessRight>
  readonly expiresAtMs: number
}

/**
 * Signs a token, for clients that take one in place of a key, and for tests of what an expired or wrong one does.
 *
 * - `resource`: the audience, such as `sb://127.0.0.1/tasks`; a token for it covers everything under it.
 * - `expiresAtMs`: when it lapses, in milliseconds since 1970; the token carries whole seconds.
 *
 * @example
 * ```ts
 * import { createSasToken } from 'on-demand-sync/testing'
 *
 * const token = createSasToken({ name: 'root', key: 'a2V5' }, { resource: 'sb://127.0.0.1/tasks', expiresAtMs: 1_700_000_000_000 })
 * if (!token.startsWith('SharedAccessSignature sr=sb%3A%2F%2F127.0.0.1%2Ftasks&sig=')) throw new Error('unexpected')
 * ```
 */
export const createSasToken = (
  { name, key }: Pick<SharedAccessKey, 'name' | 'key'>,
  { resource, expiresAtMs }: { readonly resource: string; readonly expiresAtMs: number }
): string => {
  const encoded = encodeURIComponent(resource)
  const expiry = String(Math.floor(expiresAtMs / 1000))
  const signature = encodeURIComponent(sign(key, encoded, expiry).toString('base64'))
  return `SharedAccessSignature sr=${encoded}&sig=${signature}&se=${expiry}&skn=${encodeURIComponent(name)}`
}

/** Checks a token for an audience, a URI or the path of an entity. Throws `amqp:unauthorized-access` in the service's words; the token itself is never quoted. */
export const verifySasToken = (
  token: string,
  audience: string,
  keys: ReadonlyArray<SharedAccessKey>,
  nowMs: number
): Grant => {
  const fields = readFields(token)
  const [resource, signature, expiry, keyName] = ['sr', 'sig', 'se', 'skn'].map(field => fields.get(field))
  if (
    resource === undefined ||
    signature === undefined ||
    expiry === undefined ||
    keyName === undefined ||
    !/^\d+$/.test(expiry)
  ) {
    throw refused('MalformedToken', 'The token is not a well-formed shared access signature')
  }
  const key = keys.find(({ name }) => name === unescape(keyName))
  if (key === undefined || !isEqual(sign(key.key, resource, expiry), unescape(signature))) {
    throw refused('InvalidSignature', 'The token has an invalid signature')
  }
  const expiresAtMs = Number(expiry) * 1000
  if (expiresAtMs <= nowMs) throw expiredToken(expiresAtMs)
  const named = asUri(unescape(resource))
  const otherHost = hostOf(audience) !== '' && hostOf(named) !== hostOf(audience)
  if (otherHost || !covers(entityPath(named), entityPath(audience))) {
    throw refused('InvalidAudience', 'The authorization header contains a token with a wrong audience')
  }
  return { rights: key.rights ?? ['Listen', 'Send', 'Manage'], expiresAtMs }
}

/** The resource of a token may be written without a scheme (`host/hub`); it begins with the host all the same. */
const asUri = (resource: string): string => (/^[a-z][a-z0-9+.-]*:\/\//i.test(resource) ? resource : `sb://${resource}`)

/** The token's fields as they stand in it, still escaped: that is what was signed. */
const readFields = (token: string): ReadonlyMap<string, string> => {
  const [, fields = ''] = /^SharedAccessSignature (.*)$/s.exec(token) ?? []
  return new Map(
    fields.split('&').map((field): [string, string] => {
      const at = field.indexOf('=')
      return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)]
    })
  )
}

const sign = (key: string, resource: string, expiry: string): Buffer =>
  createHmac('sha256', key).update(`${resource}\n${expiry}`).digest()

const isEqual = (expected: Buffer, base64: string): boolean => {
  const given = Buffer.from(base64, 'base64')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const unescape = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // Not an escaped text: it stays as it is, and will not match.
    return text
  }
}

const refused = (code: string, text: string): ServiceError =>
  new ServiceError('amqp:unauthorized-access', `${code}: ${text}.`)

/** How we tell Ranger Admin who we are. */
import type { Fault } from '../../../../Fault.ts'
import { fault } from '../../../../Fault.ts'
import type { Secret } from '../../../../Secret.ts'

/**
 * - `none`: for an Admin that lets anybody download (`ranger.admin.allow.unauthenticated.download.access`);
 * - `basic`: a user of Ranger who is an administrator, or is listed among the service's download users;
 * - `bearer`: a token, for an Admin behind a gateway; a function is asked before every request.
 */
export type RangerAuth =
  | { readonly type: 'none' }
  | { readonly type: 'basic'; readonly user: string; readonly password: Secret }
  | { readonly type: 'bearer'; readonly token: Secret | (() => Secret | Promise<Secret>) }

/** What a header can carry; anything else would make `fetch` quote the text in its complaint. */
const isPlain = (text: string): boolean => text !== '' && !/[\u0000-\u001f\u007f]/.test(text)

/** The faults of a user's name, which stands before the first colon of a basic login. */
export const userFaults = (path: string, user: string): ReadonlyArray<Fault | undefined> => [
  isPlain(user) && !user.includes(':') ? undefined : fault(path, 'must be a name without a colon or control characters')
]

/** The faults of a login. */
export const authFaults = (auth: RangerAuth): ReadonlyArray<Fault | undefined> => {
  if (auth.type === 'basic')
    return [
      ...userFaults('auth.user', auth.user),
      isPlain(auth.password.reveal()) ? undefined : fault('auth.password', 'must be a text without control characters')
    ]
  if (auth.type === 'none' || typeof auth.token === 'function') return []
  return [isToken(auth.token) ? undefined : fault('auth.token', 'must be a token of visible ASCII characters')]
}

const isToken = (token: Secret): boolean => /^[\x21-\x7e]+$/.test(token.reveal())

/** The headers of one request; undefined where no token can be had, or one that no header can carry. */
export const authHeaders = async (auth: RangerAuth): Promise<Readonly<Record<string, string>> | undefined> => {
  if (auth.type === 'none') return {}
  if (auth.type === 'basic')
    return { authorization: `Basic ${Buffer.from(`${auth.user}:${auth.password.reveal()}`).toString('base64')}` }
  try {
    const token = typeof auth.token === 'function' ? await auth.token() : auth.token
    return isToken(token) ? { authorization: `Bearer ${token.reveal()}` } : undefined
  } catch {
    // What the function threw may quote the token.
    return undefined
  }
}

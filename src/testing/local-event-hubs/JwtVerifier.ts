/** Tokens of an identity provider (`TokenCredential`), checked with a key of the test's own. */
import type { KeyObject } from 'node:crypto'
import type { AccessRight } from './AccessKeys.ts'
import type { Grant } from './SasToken.ts'

/**
 * Checks a JSON Web Token: answers what it allows, or rejects with an `Error` whose message the client may see.
 * Without one the server refuses every such token.
 */
export type JwtVerifier = (token: string) => Promise<Grant>

export interface JwtVerifierOptions {
  /** The key the tokens are signed with: a secret's bytes or a public key. */
  readonly key: Uint8Array | KeyObject
  /** Refuses tokens of any other `iss`. Default: any. */
  readonly issuer?: string
  /** Refuses tokens for any other `aud`. Default `https://eventhubs.azure.net/`, which the client asks for. */
  readonly audience?: string
  /** Milliseconds since 1970 by which `exp` and `nbf` are judged. Default the machine's clock. */
  readonly now?: () => number
}

/**
 * A {@link JwtVerifier} that checks signature, issuer, audience and times with `jose`. Its tokens carry every right, or those in
 * the claim `roles` (`Listen`, `Send`, `Manage`) where there is one.
 *
 * @example
 * ```ts
 * import { createJwtVerifier, startLocalEventHubs } from 'on-demand-sync/testing'
 *
 * const key = new TextEncoder().encode('a secret of at least 32 bytes, for tests')
 * await using hubs = await startLocalEventHubs({ hubs: { tasks: {} }, verifyJwt: createJwtVerifier({ key }) })
 * if (hubs.port === 0) throw new Error('not listening')
 * ```
 */
export const createJwtVerifier =
  ({ key, issuer, audience = 'https://eventhubs.azure.net/', now = Date.now }: JwtVerifierOptions): JwtVerifier =>
  async token => {
    const { jwtVerify } = await import('jose')
    const { payload } = await jwtVerify(token, key, {
      audience,
      currentDate: new Date(now()),
      requiredClaims: ['exp'],
      ...(issuer === undefined ? {} : { issuer })
    })
    const roles = payload['roles']
    return {
      expiresAtMs: (payload.exp ?? 0) * 1000,
      rights: Array.isArray(roles) ? allRights.filter(right => roles.includes(right)) : allRights
    }
  }

const allRights: ReadonlyArray<AccessRight> = ['Listen', 'Send', 'Manage']

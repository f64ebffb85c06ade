/** Sessions of clients by their tokens. A session token is renewed with the master token; a master token is not. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../../../internal/Clock.ts'
import type { Session } from '../Session.ts'

export interface SessionTokens {
  readonly token: string
  readonly masterToken: string
  readonly validitySeconds: number
  readonly masterValiditySeconds: number
}

/** `390104` unknown token, `390111` session gone, `390112` session token expired, `390114` master token expired. */
export type TokenFault = '390104' | '390111' | '390112' | '390114'

export interface SessionStore {
  readonly open: (session: Session) => SessionTokens
  readonly find: (token: string | undefined) => Session | TokenFault
  /** New tokens for the session of this master token. */
  readonly renew: (
    masterToken: string | undefined
  ) => { readonly session: Session; readonly tokens: SessionTokens } | TokenFault
  readonly close: (session: Session) => void
  readonly all: () => ReadonlyArray<Session>
}

export interface TokenLifetimes {
  readonly sessionSeconds: number
  readonly masterSeconds: number
}

interface Issued {
  readonly session: Session
  readonly master: boolean
  readonly expiresAtMs: number
}

export const createSessionStore = (clock: Clock, lifetimes: TokenLifetimes): SessionStore => {
  const issued = new Map<string, Issued>()
  const alive = new Set<Session>()

  const issue = (session: Session, master: boolean, seconds: number): string => {
    const token = randomBytes(24).toString('base64url')
    issued.set(token, { session, master, expiresAtMs: clock.now() + seconds * 1000 })
    return token
  }
  const tokensFor = (session: Session): SessionTokens => ({
    token: issue(session, false, lifetimes.sessionSeconds),
    masterToken: issue(session, true, lifetimes.masterSeconds),
    validitySeconds: lifetimes.sessionSeconds,
    masterValiditySeconds: lifetimes.masterSeconds
  })
  const check = (token: string | undefined, master: boolean): Issued | TokenFault => {
    const known = token === undefined ? undefined : issued.get(token)
    if (known === undefined || known.master !== master) return '390104'
    if (!alive.has(known.session)) return '390111'
    return clock.now() < known.expiresAtMs ? known : master ? '390114' : '390112'
  }
  return {
    open: session => {
      alive.add(session)
      return tokensFor(session)
    },
    find: token => {
      const known = check(token, false)
      return typeof known === 'string' ? known : known.session
    },
    renew: masterToken => {
      const known = check(masterToken, true)
      if (typeof known === 'string') return known
      forget(issued, known.session)
      return { session: known.session, tokens: tokensFor(known.session) }
    },
    close: session => void alive.delete(session),
    all: () => Array.from(alive)
  }
}

/** Old tokens end when new ones are given. Those of a closed session stay known, to be told apart from wrong ones. */
const forget = (issued: Map<string, Issued>, session: Session): void => {
  for (const [token, known] of issued) if (known.session === session) issued.delete(token)
}

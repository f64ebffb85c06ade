/** What one connection's tokens allow, and when that ends. */
import type { Clock } from '../../internal/Clock.ts'
import type { AccessRight } from './AccessKeys.ts'
import { covers, entityPath } from './EntityAddress.ts'
import type { Grant } from './SasToken.ts'

export interface Claims {
  /** Holds from now on, in place of an earlier one for the same audience. */
  readonly put: (audience: string, grant: Grant) => void
  /** Whether some token that has not lapsed allows `right` on the entity. */
  readonly allow: (right: AccessRight, entity: string) => boolean
  /** When the last token lapsed that allowed it; undefined where none ever did. */
  readonly lapsedAtMs: (right: AccessRight, entity: string) => number | undefined
  readonly close: () => void
}

/** The longest a timer can wait; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** `onLapse` is called whenever a token has run out: links that lived by it must be looked at again. */
export const createClaims = (clock: Clock, onLapse: () => void): Claims => {
  const claims = new Map<string, Claim>()
  let cancel: (() => void) | undefined
  let closed = false

  const covering = (right: AccessRight, entity: string): ReadonlyArray<Claim> => {
    const path = entityPath(entity)
    return Array.from(claims.values()).filter(
      claim => covers(claim.path, path) && (claim.grant.rights.includes(right) || claim.grant.rights.includes('Manage'))
    )
  }

  const watch = () => {
    cancel?.()
    const now = clock.now()
    const next = Math.min(
      ...Array.from(claims.values(), ({ grant }) => (grant.expiresAtMs > now ? grant.expiresAtMs : Infinity))
    )
    if (next === Infinity) return
    cancel = clock.schedule(Math.min(next - now, LONGEST_TIMER_MS), () => {
      onLapse()
      watch()
    })
  }

  return {
    put: (audience, grant) => {
      // A token whose check took longer than its connection lived.
      if (closed) return
      const path = entityPath(audience)
      claims.set(path.join('/').toLowerCase(), { path, grant })
      watch()
    },
    allow: (right, entity) => covering(right, entity).some(({ grant }) => grant.expiresAtMs > clock.now()),
    lapsedAtMs: (right, entity) => {
      const ends = covering(right, entity).map(({ grant }) => grant.expiresAtMs)
      return ends.length === 0 ? undefined : Math.max(...ends)
    },
    close: () => {
      closed = true
      cancel?.()
      claims.clear()
    }
  }
}

interface Claim {
  readonly path: ReadonlyArray<string>
  readonly grant: Grant
}

/**
 * The safe order (promise 3): whatever moment a plan is interrupted at, nobody can see or do what both the state before and the state after deny.
 *
 * **Why it holds.** All narrowing comes first, then all widening. While narrowing, the state is at most the one before; while widening, it is at most the one
 * after. Between them there is room for one *swap*: a single atomic statement whose effect may be more for some and less for others. Up to it the state is at most the one
 * before, from it on at most the one after. Where more than one swap decides what somebody sees, there is no such point; then the swaps first go to the *meet* of old and new
 * policy, which shows what both show (that narrows), and later to the new one (that widens).
 *
 * More than one swap decides where a relation changes both its masks and its row filter, and where relations that read others (views) are in the plan:
 * their rows pass through two sets of policies. Hence also the phases are those of the whole plan, not of each resource.
 */
import type { ResourceName } from '../Resource.ts'
import { resourceKey } from '../Resource.ts'
import type { Change, FilterChange, MaskChange } from './Change.ts'

/** The changes of a plan in the order in which they must happen; within one phase the order does not matter. */
export interface OrderedChanges {
  readonly narrow: ReadonlyArray<Change>
  readonly swap: ReadonlyArray<Change>
  readonly widen: ReadonlyArray<Change>
}

/** A change of one policy for another. */
export type PolicySwap = MaskChange | FilterChange

/** The policy that shows only what the standing *and* the coming policy of a swap show, and the columns bound to it. */
export type MeetOfPolicies = (swap: PolicySwap) => { readonly policy: string; readonly columns: ReadonlyArray<string> }

const isSwap = (change: Change): change is PolicySwap =>
  change.direction === 'swap' && (change.kind === 'set mask' || change.kind === 'set filter')

const objectsOf = (changes: ReadonlyArray<{ readonly on: ResourceName }>): ReadonlySet<string> =>
  new Set(changes.map(({ on }) => resourceKey(on)))

/**
 * The swaps that must go through the meet of their policies. `throughViews` says that rows of the plan's relations may be seen through others of them.
 * A vendor reads the standing policies of these, and only these, before it plans.
 */
export const swapsThroughMeet = (changes: ReadonlyArray<Change>, throughViews: boolean): ReadonlyArray<PolicySwap> => {
  const swaps = changes.filter(isSwap)
  if (throughViews && objectsOf(swaps).size > 1) return swaps
  const masked = objectsOf(swaps.filter(({ kind }) => kind === 'set mask'))
  return swaps.filter(({ kind, on }) => kind === 'set filter' && masked.has(resourceKey(on)))
}

/** Orders the changes of all resources of a plan. */
export const orderChanges = (
  changes: ReadonlyArray<Change>,
  throughViews: boolean,
  meet: MeetOfPolicies
): OrderedChanges => {
  const viaMeet = new Set<Change>(swapsThroughMeet(changes, throughViews))
  const swapped = objectsOf(
    changes.filter(change => isSwap(change) && change.kind === 'set mask' && !viaMeet.has(change))
  )
  const ordered = { narrow: [] as Array<Change>, swap: [] as Array<Change>, widen: [] as Array<Change> }
  for (const change of changes) {
    if (isSwap(change) && viaMeet.has(change)) {
      const met = meet(change)
      // An earlier plan may have come as far as the meet, and no further.
      if (met.policy !== change.replaces) ordered.narrow.push({ ...change, ...met, direction: 'narrow' })
      ordered.widen.push({ ...change, direction: 'widen', replaces: met.policy })
      // New masks of a relation go into the one statement that swaps its others: one statement fewer, and no state in between.
    } else if (change.direction === 'narrow' && change.kind === 'set mask' && swapped.has(resourceKey(change.on)))
      ordered.swap.push(change)
    else ordered[change.direction].push(change)
  }
  return ordered
}

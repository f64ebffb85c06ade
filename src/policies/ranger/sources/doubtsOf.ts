/** What makes a snapshot look wrong although it could be read: a truncated export, a database that was emptied or set back, the wrong service. */
import { between } from '../../../checkOptions.ts'
import type { Fault } from '../../../Fault.ts'
import { fault } from '../../../Fault.ts'
import type { RangerSnapshot } from '../evaluation/RangerEngine.ts'
import { versionsOf } from './SnapshotVersions.ts'

/** When a snapshot is put in force without being asked about. */
export interface DoubtOptions {
  /** Puts snapshots in force however much is gone. Default false. */
  readonly allowShrink?: boolean
  /** How much of what there was must still be there, as a share from 0 to 1. Default 0.5. Counts below `leastCount` are not looked at, unless all of a kind is gone. Policies, tag policies, zones, roles, role members, tagged resources, users and group memberships are counted, each by itself. */
  readonly leastShare?: number
  /** From how many on a share means something. Default 10, at least 1. */
  readonly leastCount?: number
  /** Puts snapshots in force whose versions are lower than those in force: Ranger Admin's database was set back, or a stale replica answered. Default false for Ranger Admin, true for files. */
  readonly allowOlder?: boolean
}

/** The defaults of {@link DoubtOptions}. */
export const defaultDoubtOptions: Required<DoubtOptions> = Object.freeze({
  allowShrink: false,
  leastShare: 0.5,
  leastCount: 10,
  allowOlder: false
})

/** The faults of doubt options. */
export const doubtFaults = ({ leastShare, leastCount }: Required<DoubtOptions>): ReadonlyArray<Fault | undefined> => [
  leastShare >= 0 && leastShare <= 1 ? undefined : fault('leastShare', 'must be a number from 0 to 1'),
  between('leastCount', leastCount, 1, 1_000_000)
]

/** One reason to ask. */
export interface SnapshotDoubt {
  /** `empty`: there are none (any more); `shrunken`: too few are left; `older`: the version went back. */
  readonly kind: 'empty' | 'shrunken' | 'older'
  /** What was counted: `policies`, `group memberships`; for `older`, the document. */
  readonly what: string
  readonly before: number
  readonly after: number
}

const sizes = (lists: Iterable<ReadonlyArray<unknown>>): number =>
  [...lists].reduce((sum, { length }) => sum + length, 0)

/** What a snapshot holds, in numbers: all of it, for taking away a denial or a mask shows more, and taking away anything else shows less. */
const countsOf = ({ policies, roles, tags, users }: RangerSnapshot): ReadonlyMap<string, number> => {
  const zoned = [...policies.securityZones.values()].map(zone => zone.policies)
  const members = roles?.roles.flatMap(role => [role.users, role.groups, role.roles]) ?? []
  return new Map([
    ['policies', sizes([policies.policies, ...zoned])],
    ['tag policies', policies.tagPolicies?.policies.length ?? 0],
    ['security zones', policies.securityZones.size],
    ['roles', roles?.roles.length ?? 0],
    ['role members', sizes(members)],
    ['tagged resources', tags?.resources.length ?? 0],
    ['users', users?.groupsOfUser.size ?? 0],
    ['group memberships', sizes(users?.groupsOfUser.values() ?? [])]
  ])
}

const shrinking = (
  before: RangerSnapshot,
  after: RangerSnapshot,
  { leastShare, leastCount }: Required<DoubtOptions>
): ReadonlyArray<SnapshotDoubt> => {
  const now = countsOf(after)
  return [...countsOf(before)].flatMap(([what, count]): ReadonlyArray<SnapshotDoubt> => {
    const left = now.get(what) ?? 0
    if (left >= count) return []
    if (left === 0) return [{ kind: 'empty', what, before: count, after: 0 }]
    const isTooFew = count >= leastCount && left < count * leastShare
    return isTooFew ? [{ kind: 'shrunken', what, before: count, after: left }] : []
  })
}

const ageing = (before: RangerSnapshot, after: RangerSnapshot): ReadonlyArray<SnapshotDoubt> => {
  const was = versionsOf(before)
  return Object.entries(versionsOf(after) as unknown as Readonly<Record<string, number>>).flatMap(
    ([what, version]): ReadonlyArray<SnapshotDoubt> => {
      const earlier = was[what as keyof typeof was]
      if (earlier === undefined || version < 0 || version >= earlier) return []
      return [{ kind: 'older', what, before: earlier, after: version }]
    }
  )
}

/** Why a snapshot should not take another's place unasked. With nothing in force yet, only a service without any policy is doubtful: Snowflake may still hold grants from before. */
export const doubtsOf = (
  before: RangerSnapshot | undefined,
  after: RangerSnapshot,
  options: Required<DoubtOptions>
): ReadonlyArray<SnapshotDoubt> => {
  const { allowShrink, allowOlder } = options
  if (before === undefined) {
    const none = countsOf(after).get('policies') === 0
    return none && !allowShrink ? [{ kind: 'empty', what: 'policies', before: 0, after: 0 }] : []
  }
  return [...(allowShrink ? [] : shrinking(before, after, options)), ...(allowOlder ? [] : ageing(before, after))]
}

const words = {
  empty: ({ what }: SnapshotDoubt) => `no ${what}`,
  shrunken: ({ what, before, after }: SnapshotDoubt) => `${after} ${what} instead of ${before}`,
  older: ({ what, before, after }: SnapshotDoubt) => `version ${after} of the ${what} after version ${before}`
}

/**
 * A doubt in words, for people: `no policies`, `3 roles instead of 40`.
 *
 * **When to use**: to tell an operator why a snapshot is held, before they accept it.
 *
 * @example
 * ```ts
 * import { describeDoubt } from 'on-demand-sync/policies'
 *
 * const text = describeDoubt({ kind: 'shrunken', what: 'roles', before: 40, after: 3 })
 * if (text !== '3 roles instead of 40') throw new Error('unexpected')
 * ```
 */
export const describeDoubt = (doubt: SnapshotDoubt): string => words[doubt.kind](doubt)

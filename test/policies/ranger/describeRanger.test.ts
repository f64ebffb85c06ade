/** What the commands say of Ranger: one short line each, and nobody's name. */
import { ResourceReference, SyncError } from 'on-demand-sync'
import type { Fault } from 'on-demand-sync'
import type { RangerSourceEvent, SnapshotDifference } from 'on-demand-sync/policies'
import { expect, it } from 'vitest'
import { describeDifference } from '../../../src/cli/describeDifference.ts'
import { describeRangerEvent } from '../../../src/cli/describeRangerEvent.ts'

const versions = { policies: 2, users: 1 }
const away = SyncError.Unavailable({ service: 'Ranger Admin', operation: 'download of policies', code: '503' })
const invalid = (...faults: ReadonlyArray<Fault>) =>
  ({ _tag: 'InvalidInput', subject: 'Ranger users', faults }) as const
const rule = 'must be a list'
const doubts = [{ kind: 'empty', what: 'roles', before: 3, after: 0 }] as const

it.each<readonly [RangerSourceEvent, string | undefined]>([
  [{ type: 'snapshot unchanged', versions }, undefined],
  [{ type: 'snapshot in force', from: 'download', versions }, 'Ranger: policies 2, users 1 are in force'],
  [
    { type: 'snapshot in force', from: 'cache', versions },
    'Ranger: policies 2, users 1 are in force, out of the cache'
  ],
  [{ type: 'snapshot held', versions, doubts }, 'Ranger: newer policies are held back: no roles'],
  [
    { type: 'download failed', part: 'policies', error: away },
    'Ranger: no newer policies: Ranger Admin is unavailable (download of policies, code 503)'
  ],
  [
    { type: 'download refused', part: 'users', error: invalid({ path: 'userGroupMapping', rule }) },
    'Ranger: users refused: userGroupMapping: must be a list'
  ],
  [
    {
      type: 'download refused',
      part: 'policies',
      error: invalid(...Array.from({ length: 5 }, (_, n) => ({ path: `policies[${n}].x`, rule })))
    },
    'Ranger: policies refused: policies[0].x: must be a list; policies[1].x: must be a list; policies[2].x: must be a list; 2 more'
  ],
  [
    { type: 'changes refused', error: invalid({ path: 'policyDeltas', rule }) },
    'Ranger: changes refused, all policies are asked for: policyDeltas: must be a list'
  ],
  [
    { type: 'cache refused', error: SyncError.PolicySourceFailed({ source: 'the cache', detail: 'it is damaged' }) },
    'Ranger: cache refused: no policies from the cache: it is damaged'
  ]
])('tells $0.type', (event, line) => {
  expect(describeRangerEvent(event)).toBe(line)
})

it('tells what is to be synced, as far as anybody reads', () => {
  const difference = (tables: number): SnapshotDifference => ({
    isEverything: tables === 0,
    references: Array.from({ length: tables }, (_, n) => ResourceReference.table('D', 'S', `T${n}`)),
    reasons: ['1 policy has changed, or means others', '1 security zone has changed'],
    touches: () => true
  })
  const reasons = 'Ranger: 1 policy has changed, or means others, 1 security zone has changed; to be synced: '
  expect(describeDifference(difference(0))).toBe(`${reasons}everything`)
  expect(describeDifference(difference(2))).toBe(`${reasons}table D.S.T0, table D.S.T1`)
  expect(describeDifference(difference(12))).toMatch(/table D\.S\.T9 and 2 more$/)
})

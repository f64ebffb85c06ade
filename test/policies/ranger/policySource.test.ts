/** Ranger as a policy source of the pipeline, alone and among others. */
import * as E from 'fp-ts/lib/Either.js'
import * as TE from 'fp-ts/lib/TaskEither.js'
import { createMemoryPolicySource, isOutage, SyncError } from 'on-demand-sync'
import type { PolicySource, Resource } from 'on-demand-sync'
import { combinePolicySources, createRangerPolicySource } from 'on-demand-sync/policies'
import type { RangerSnapshot } from 'on-demand-sync/policies'
import { catalogueOf, policySourceContract } from 'on-demand-sync/testing'
import { describe, expect, it } from 'vitest'
import type { World } from './ranger.ts'
import { policy, snapshotOf } from './ranger.ts'

const table: Resource = {
  kind: 'table',
  name: { database: 'D', schema: 'S', table: 'T' },
  columns: [{ name: 'C', dataType: 'VARCHAR' }]
}
const managed = { roles: ['*'], users: ['*'] }
const signal = new AbortController().signal
const failed = SyncError.PolicySourceFailed({ source: 'x', detail: 'y' })
const allow = (who: string): World => ({ policies: [policy('D.S.T', { allow: [`${who} select`] })] })

const grantees = async (source: PolicySource): Promise<ReadonlyArray<string> | string> => {
  const found = await source.accessFor([table], { signal })()
  return E.isLeft(found) ? found.left._tag : (found.right[0]?.grants.map(({ grantee }) => grantee.name) ?? [])
}

describe('a source of snapshots', () => {
  it('is looked at while nothing is in force, and followed afterwards', async () => {
    const state: { snapshot: RangerSnapshot | undefined; looks: number } = { snapshot: undefined, looks: 0 }
    const policies = createRangerPolicySource({
      managed,
      source: {
        current: () => state.snapshot,
        look: () => () => {
          state.looks += 1
          return Promise.resolve(state.looks === 1 ? E.left(failed) : E.right(snapshotOf(allow('ann'))))
        }
      }
    })
    expect(await grantees(policies)).toBe('PolicySourceFailed')
    expect(await grantees(policies)).toEqual(['ANN'])
    state.snapshot = snapshotOf(allow('bob'))
    expect(await grantees(policies)).toEqual(['BOB'])
    expect(state.looks).toBe(2)
  })

  it('is followed where a look fails and something was kept from before', async () => {
    const state: { snapshot: RangerSnapshot | undefined } = { snapshot: undefined }
    const look = () => () => {
      state.snapshot = snapshotOf(allow('ann'))
      return Promise.resolve(E.left(failed))
    }
    const policies = createRangerPolicySource({ managed, source: { current: () => state.snapshot, look } })
    expect(await grantees(policies)).toEqual(['ANN'])
  })

  it.each([
    [SyncError.NotFound({ object: 'service sf' }), 'PolicySourceFailed'],
    [SyncError.InvalidInput({ subject: 'Ranger roles', faults: [] }), 'PolicySourceFailed'],
    [SyncError.TimedOut({ operation: 'download', afterMs: 1 }), 'PolicySourceFailed'],
    [SyncError.Unavailable({ service: 'Ranger', operation: 'download' }), 'Unavailable'],
    [SyncError.LoginRefused({ service: 'Ranger' }), 'LoginRefused'],
    [SyncError.Aborted({ operation: 'look' }), 'Aborted']
  ])('without policies is an outage, whatever the reason: %o', async (error, tag) => {
    const policies = createRangerPolicySource({
      managed,
      source: { current: () => undefined, look: () => TE.left(error) }
    })
    const found = await policies.accessFor([table], { signal })()
    if (E.isRight(found)) throw new Error('unexpected')
    expect([found.left._tag, isOutage(found.left)]).toEqual([tag, tag !== 'Aborted'])
  })

  it('gives its versions to every answer', async () => {
    const snapshot = snapshotOf({ ...allow('ann'), users: {}, roles: { r: 'ann' }, version: 7 })
    const policies = createRangerPolicySource({
      managed,
      source: { current: () => snapshot, look: () => TE.right(snapshot) }
    })
    const found = await policies.accessFor([table], { signal })()
    expect(E.isRight(found) && found.right[0]?.policyVersion).toBe('policies 7, roles 1, users 1')
  })

  it('with options that break a rule is refused', () => {
    const source = { current: () => undefined, look: () => TE.left(failed) }
    expect(() => createRangerPolicySource({ managed, source, mostNames: -1 })).toThrow(/mostNames/)
  })
})

describe('several sources', () => {
  const granting = (name: string, more: object = {}): PolicySource =>
    createMemoryPolicySource(resource => ({
      resource,
      grants: [{ privilege: 'SELECT', grantee: { type: 'role', name }, grantOption: false }],
      masks: [],
      managed: { roles: [name], users: [] },
      notes: [name],
      ...more
    }))
  const ask = async (...sources: readonly [PolicySource, ...ReadonlyArray<PolicySource>]) => {
    const found = await combinePolicySources(sources).accessFor([table], { signal })()
    return E.isLeft(found) ? found.left._tag : found.right[0]
  }
  const masked = (kind: 'null' | 'hash') => ({ masks: [{ column: 'C', rules: [], otherwise: { kind } }] })
  const filtered = (where: string) => ({
    rowFilter: { rules: [{ who: { anyOf: 'everyone', noneOf: [] }, where }], otherwise: 'all rows' }
  })

  it('grant what any of them grants', async () => {
    expect(await ask(granting('A'), granting('B'))).toMatchObject({
      grants: [{ grantee: { name: 'A' } }, { grantee: { name: 'B' } }],
      managed: { roles: ['A', 'B'] },
      notes: ['A', 'B']
    })
  })

  it.each<[string, object, object, object]>([
    ['the same mask', masked('hash'), masked('hash'), masked('hash')],
    ['one mask', masked('hash'), {}, masked('hash')],
    ['two masks', masked('hash'), masked('null'), masked('null')],
    ['one filter', {}, filtered('A = 1'), filtered('A = 1')],
    ['two filters', filtered('A = 1'), filtered('B = 2'), { rowFilter: { rules: [], otherwise: 'no rows' } }]
  ])('show no more than each of them does: %s', async (_, one, other, expected) => {
    expect(await ask(granting('A', one), granting('B', other))).toMatchObject(expected)
  })

  it('answer only if all do', async () => {
    expect(await ask(granting('A'), { accessFor: () => TE.left(failed) })).toBe('PolicySourceFailed')
  })
})

describe('the contract of policy sources', () => {
  const snapshot = snapshotOf({
    policies: [
      policy('D.S.T', { allow: ['ann g:hr g:public select'] }),
      policy('D.S.T.C', { masks: [['g:hr', 'MASK']] }),
      policy('D.S.T', { filters: [['g:hr', 'TRUE']] }),
      policy('D', { allow: ['g:sysadmin usedb'] })
    ]
  })
  for (const { name, run } of policySourceContract({
    make: () =>
      Promise.resolve({
        source: createRangerPolicySource({
          source: { current: () => snapshot, look: () => TE.right(snapshot) },
          managed: { roles: ['HR'], users: [] }
        }),
        resources: [...catalogueOf([{ database: 'D', schema: 'S', table: 'T2' }]), table]
      })
  }))
    it(name, run)
})

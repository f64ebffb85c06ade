/** What a change of the policies, or of the people, names; and what becomes of it. */
import { describeReference, orThrow } from 'on-demand-sync'
import { SyncRequestCodec } from 'on-demand-sync/payload'
import { onSnapshotDifference, readServicePolicies, snapshotDifference, toSyncRequests } from 'on-demand-sync/policies'
import type { SnapshotChange, SnapshotDifference, SnapshotDifferenceOptions } from 'on-demand-sync/policies'
import { describe, expect, it } from 'vitest'
import type { Json, World } from '../ranger.ts'
import { policiesJson, policy, snapshotOf, tagPolicy } from '../ranger.ts'

const people = policy('HR.PUBLIC.PEOPLE.*', { allow: ['g:hr select'] })
const pay = policy('HR.PUBLIC.PAY', { allow: ['r:payer select'] })
const orders = policy('SALES.*.*', { allow: ['g:public select'] })
const salary = policy('HR.PUBLIC.PEOPLE.SALARY', { masks: [['g:hr', 'MASK_NULL']] })
const pii = tagPolicy('PII', { deny: ['g:it select'] })
const world: World = {
  policies: [people, pay, orders, salary],
  tagPolicies: [pii],
  users: { ann: ['hr'], bob: ['it'] },
  roles: { payer: 'bob' },
  tags: { 'CRM.PUBLIC.CONTACTS.EMAIL': ['PII'], 'LOG.A': ['OLD'] },
  zones: { finance: { resources: [{ database: ['FIN'] }], policies: [] } }
}

const between = (after: World, options?: SnapshotDifferenceOptions, before: World = world): SnapshotDifference =>
  snapshotDifference(snapshotOf(before), snapshotOf(after), options)

const named = (difference: SnapshotDifference): ReadonlyArray<string> =>
  difference.isEverything ? ['everything'] : difference.references.map(describeReference)

const changed = (from: Json, more: Json): Json => ({ ...from, ...more })

describe('a policy', () => {
  it.each<[string, ReadonlyArray<Json>, ReadonlyArray<string>]>([
    ['that is the same', [people, pay, orders, salary], []],
    ['that stands in another place', [salary, orders, pay, people], []],
    ['that is gone', [people, orders, salary], ['table HR.PUBLIC.PAY']],
    ['that is new', [people, pay, orders, salary, policy('A.B', { allow: ['ann useschema'] })], ['schema A.B']],
    ['that is disabled', [people, changed(pay, { isEnabled: false }), orders, salary], ['table HR.PUBLIC.PAY']],
    [
      'that denies',
      [people, changed(pay, { denyPolicyItems: pay['policyItems'] }), orders, salary],
      ['table HR.PUBLIC.PAY']
    ],
    [
      'that masks one column',
      [people, pay, orders, changed(salary, { policyPriority: 1 })],
      ['column HR.PUBLIC.PEOPLE.SALARY']
    ],
    ['by a pattern of tables', [people, pay, orders, salary, policy('HR.X.PAY_*.*', {})], ['schema HR.X']],
    ['by a pattern of schemas', [people, pay, changed(orders, { isDenyAllElse: true }), salary], ['database SALES']],
    ['by a pattern of databases', [people, pay, orders, salary, policy('S*.*', {})], ['everything']],
    ['for all but one table', [people, pay, orders, salary, policy('A.B.!C', {})], ['schema A.B']],
    ['by who asks', [people, pay, orders, salary, policy('A.{USER}', {})], ['database A']],
    [
      'on several tables',
      [people, pay, orders, salary, policy('A.B|C.D|E', {})],
      ['table A.B.D', 'table A.B.E', 'table A.C.D', 'table A.C.E']
    ],
    [
      'on something else as well',
      [changed(people, { additionalResources: [policy('A.B', {})['resources']] }), pay, orders, salary],
      ['schema A.B', 'table HR.PUBLIC.PEOPLE']
    ],
    [
      'that moves',
      [people, changed(pay, { resources: policy('HR.PUBLIC.WAGES', {})['resources'] }), orders, salary],
      ['table HR.PUBLIC.PAY', 'table HR.PUBLIC.WAGES']
    ],
    ['on a warehouse', [people, pay, orders, salary, policy('w:W', { allow: ['ann usewarehouse'] })], []],
    ['of a name that Snowflake has not', [people, pay, orders, salary, policy(`A.B.${'x'.repeat(256)}`, {})], []]
  ])('%s', (_, policies, expected) => {
    expect(named(between({ ...world, policies }))).toEqual(expected)
  })

  it('within another is not named beside it', () => {
    const all = policy('HR.PUBLIC', { allow: ['ann useschema'] })
    expect(named(between({ ...world, policies: [orders, salary, all] }))).toEqual(['schema HR.PUBLIC'])
  })

  it('in a zone is named as far as the zone goes', () => {
    const everywhere = policy('*.*.*', { allow: ['ann select'] }, { zoneName: 'finance' })
    const zones = { finance: { resources: [{ database: ['FIN'] }], policies: [everywhere] } }
    expect(named(between({ ...world, zones }))).toEqual(['database FIN'])
  })

  it('on very many tables is named by what is around them', () => {
    const many = policy(`A.B.${Array.from({ length: 1_001 }, (_, index) => `T${index}`).join('|')}`, {})
    expect(named(between({ ...world, policies: [people, pay, orders, salary, many] }))).toEqual(['schema A.B'])
  })

  it('on a level that ignores case is named by what is around it, and touches what it may mean', () => {
    const read = (policies: ReadonlyArray<Json>) => {
      const json = policiesJson({ policies })
      const serviceDef = JSON.parse(
        JSON.stringify(json['serviceDef']).replaceAll('"ignoreCase":"false"', '"ignoreCase":"true"')
      ) as Json
      return { policies: orThrow(readServicePolicies({ ...json, serviceDef })) }
    }
    const difference = snapshotDifference(read([]), read([pay]))
    expect(named(difference)).toEqual(['everything'])
    expect([difference.touches({ database: 'hr' }), difference.touches({ database: 'SALES' })]).toEqual([true, false])
  })

  it('that changes places with another of its name is named, for the first of them decides', () => {
    const [one, two] = [changed(people, { name: 'same' }), changed(pay, { name: 'same' })]
    const before = { ...world, policies: [one, two, orders] }
    expect(named(between({ ...before, policies: [two, one, orders] }, {}, before))).toEqual([
      'table HR.PUBLIC.PAY',
      'table HR.PUBLIC.PEOPLE'
    ])
    expect(named(between({ ...before, policies: [orders, two] }, {}, before))).toEqual(['table HR.PUBLIC.PEOPLE'])
  })

  it('touches what its patterns match', () => {
    const difference = between({ ...world, policies: [people, pay, orders, salary, policy('D?V_*.!S.T*', {})] })
    const touched = [
      { database: 'DEV_1' },
      { database: 'PROD' },
      { database: 'DEV_1', schema: 'S' },
      { database: 'DEV_1', schema: 'R', table: 'T1' },
      { database: 'DEV_1', schema: 'R', table: 'U' }
    ].map(difference.touches)
    expect([difference.isEverything, touched]).toEqual([true, [true, false, false, true, false]])
  })
})

describe('the people', () => {
  it.each<[string, Partial<World>, ReadonlyArray<string>]>([
    [
      'a new member of a group',
      { users: { ann: ['hr'], bob: ['it', 'hr'] } },
      ['database SALES', 'table HR.PUBLIC.PEOPLE']
    ],
    [
      'a group that is about a tag',
      { users: { ann: ['hr', 'it'], bob: ['it'] } },
      ['column CRM.PUBLIC.CONTACTS.EMAIL', 'database SALES']
    ],
    ['a new member of a role', { roles: { payer: 'bob ann' } }, ['table HR.PUBLIC.PAY']],
    ['a group in a role', { roles: { payer: 'bob g:x' } }, ['database SALES', 'table HR.PUBLIC.PAY']],
    ['a role that nothing is about', { roles: { payer: 'bob', other: 'ann' } }, []],
    ['attributes', { attributes: { ann: { dept: 'HR' } } }, []]
  ])('%s', (_, more, expected) => {
    expect(named(between({ ...world, ...more }))).toEqual(expected)
  })

  it('by attributes touch the policies that look at them', () => {
    const looking = policy('A.B.C', { filters: [['g:hr', "DEPT = '${{USER.dept}}'"]] })
    const before = { ...world, policies: [looking, people] }
    expect(named(between({ ...before, attributes: { ann: { dept: 'HR' } } }, {}, before))).toEqual(['table A.B.C'])
  })

  it('that come to stand in another’s place take away what that one has', () => {
    const after = { ...world, roles: { payer: 'bob', HR: 'bob' } }
    expect(named(between(after))).toContain('table HR.PUBLIC.PEOPLE')
    expect(named(between(after, { principals: { roles: { prefix: 'R_' } } }))).toEqual([])
  })

  it('of whom nothing was known before touch everything', () => {
    const { policies = [] } = world
    const before: World = { policies }
    expect(between({ policies, users: {} }, {}, before).reasons).toEqual([
      'users and groups were not known before, or are not known any more'
    ])
  })

  it('who may do everything touch everything', () => {
    const after = { ...world, serviceConfig: { 'ranger.plugin.super.groups': 'it' } }
    expect(between(after).reasons).toEqual(['the super users have changed'])
    const later = { ...after, users: { ann: ['it', 'hr'], bob: ['it'] } }
    expect(named(between(later, {}, after))).toEqual(['everything'])
    expect(named(between({ ...world, users: later.users }, { superGroups: ['it'] }))).toEqual(['everything'])
  })
})

describe('tags and zones', () => {
  it.each<[string, Partial<World>, ReadonlyArray<string>]>([
    ['a tag that is taken away', { tags: { 'LOG.A': ['OLD'] } }, ['column CRM.PUBLIC.CONTACTS.EMAIL']],
    ['a tag that is put on', { tags: { ...world.tags, HR: ['PII'] } }, ['database HR']],
    [
      'a tag that says more',
      { tags: { ...world.tags, 'LOG.A': [{ type: 'OLD', attributes: { since: '1999' } }] } },
      ['schema LOG.A']
    ],
    [
      'a policy about a tag',
      { tagPolicies: [changed(pii, { isDenyAllElse: true })] },
      ['column CRM.PUBLIC.CONTACTS.EMAIL']
    ],
    [
      'a policy about tags by a pattern',
      { tagPolicies: [pii, tagPolicy('*', { allow: ['ann select'] })] },
      ['column CRM.PUBLIC.CONTACTS.EMAIL', 'schema LOG.A']
    ],
    [
      'a policy about a tag that nothing carries',
      { tagPolicies: [pii, tagPolicy('X', { allow: ['ann select'] })] },
      []
    ],
    ['no more policies about tags', { tagPolicies: [] }, ['column CRM.PUBLIC.CONTACTS.EMAIL']],
    ['a zone that is gone', { zones: {} }, ['database FIN']],
    [
      'a zone that has grown',
      {
        zones: { finance: { resources: [{ database: ['FIN'] }, { database: ['HR'], schema: ['P*'] }], policies: [] } }
      },
      ['database FIN', 'database HR']
    ]
  ])('%s', (_, more, expected) => {
    expect(named(between({ ...world, ...more }))).toEqual(expected)
  })
})

describe('tagged resources', () => {
  it('that come in another order are named, for the first tag of a kind decides', () => {
    const tags = { 'LOG.A': ['OLD'], 'CRM.PUBLIC.CONTACTS.EMAIL': ['PII'] }
    expect(named(between({ ...world, tags }))).toEqual(['column CRM.PUBLIC.CONTACTS.EMAIL', 'schema LOG.A'])
  })
})

describe('everything', () => {
  it('is touched where there was nothing before, or the definition is another', () => {
    const after = snapshotOf(world)
    expect(snapshotDifference(undefined, after).reasons).toEqual(['there was nothing before'])
    const before = {
      ...after,
      policies: { ...after.policies, serviceDef: { ...after.policies.serviceDef, accessTypes: [] } }
    }
    const difference = snapshotDifference(before, after)
    expect([difference.reasons, difference.touches({ database: 'ANY' })]).toEqual([
      ['the service definition has changed'],
      true
    ])
  })
})

describe('requests', () => {
  const clock = { now: () => 0 }
  it('name what is touched, so many at a time, by the rules of the format', () => {
    let id = 0
    const difference = between({ ...world, policies: [orders, salary], tags: {} })
    const requests = toSyncRequests(difference, {
      databases: [],
      mostResources: 2,
      newId: () => `t-${(id += 1)}`,
      clock
    })
    expect(requests.map(request => [request.id, request.requestInfo.resources.map(describeReference)])).toEqual([
      ['t-1', ['column CRM.PUBLIC.CONTACTS.EMAIL', 'schema LOG.A']],
      ['t-2', ['table HR.PUBLIC.PAY', 'table HR.PUBLIC.PEOPLE']]
    ])
    expect(requests.every(SyncRequestCodec.is)).toBe(true)
  })

  it('name the databases one by one where everything may be touched', () => {
    const difference = between({ ...world, policies: [people, pay, orders, salary, policy('S*.*', {})] })
    const [request, ...more] = toSyncRequests(difference, { databases: ['HR', 'SALES', 'STAGE'], clock })
    expect(request?.requestInfo.resources.map(describeReference)).toEqual(['database SALES', 'database STAGE'])
    expect([more, request?.source, request?.createTime]).toEqual([[], 'Ranger', '1970-01-01T00:00:00.000Z'])
  })

  it('are none where nothing is touched', () => {
    expect(toSyncRequests(between(world), { databases: ['HR'] })).toEqual([])
  })

  it.each([
    ['mostResources', { databases: [], mostResources: 0 }],
    ['source', { databases: [], source: '' }],
    ['databases[1]', { databases: ['A', ''] }]
  ])('refuse %s that can not be right', (name, options) => {
    expect(() => toSyncRequests(between(world), options)).toThrow(name)
  })
})

describe('listening', () => {
  it('hears of what touches something, once it is in force; not of what comes out of the cache', () => {
    const listeners = new Set<(change: SnapshotChange) => void>()
    const onSnapshot = (listener: (change: SnapshotChange) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    }
    const heard: Array<ReadonlyArray<string>> = []
    const stop = onSnapshotDifference({ onSnapshot }, {}, difference => heard.push(named(difference)))
    const tell = (change: SnapshotChange) => {
      for (const listener of listeners) listener(change)
    }
    const [one, two] = [snapshotOf(world), snapshotOf({ ...world, policies: [people, orders, salary] })]
    tell({ before: undefined, after: one, from: 'cache' })
    tell({ before: one, after: two, from: 'download' })
    tell({ before: two, after: snapshotOf({ ...world, policies: [people, orders, salary] }), from: 'download' })
    tell({ before: two, after: one, from: 'held' })
    tell({ before: undefined, after: one, from: 'download' })
    stop()
    expect(heard).toEqual([['table HR.PUBLIC.PAY'], ['table HR.PUBLIC.PAY'], ['everything']])
    expect(listeners.size).toBe(0)
  })
})

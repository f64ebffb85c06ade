/** The order of policies, what outweighs what, and what happens to that which can't be told. */
import * as E from 'fp-ts/lib/Either.js'
import fc from 'fast-check'
import {
  applyPolicyDeltas,
  createRangerEngine,
  readServicePolicies,
  readServiceTags,
  resourceAcls
} from 'on-demand-sync/policies'
import { orThrow } from 'on-demand-sync'
import { describe, expect, it } from 'vitest'
import { createPolicyIndex } from '../../../src/policies/ranger/evaluation/PolicyIndex.ts'
import type { Json, World } from './ranger.ts'
import {
  elements,
  engineOf,
  faultsOf,
  item,
  may,
  policiesJson,
  policy,
  resources,
  snapshotOf,
  tagPolicy
} from './ranger.ts'

const override = { policyPriority: 1 }
const select = (world: World, user = 'ann', on = 'D.S.T', more: object = {}) =>
  may(engineOf(world), user, 'select', on, more)
const condition = (type: string, ...values: ReadonlyArray<string>): Json => ({ conditions: [{ type, values }] })

describe('what outweighs what', () => {
  const allow = (more: Json = {}) => policy('D.S.T', { allow: ['ann select'] }, more)
  const deny = (more: Json = {}) => policy('D.S.T', { deny: ['ann select'] }, more)
  const tagAllow = (more: Json = {}) => tagPolicy('PII', { allow: ['ann select'] }, more)
  const tagDeny = (more: Json = {}) => tagPolicy('PII', { deny: ['ann select'] }, more)
  const tags = { 'D.S.T': ['PII'] }
  it.each<[string, boolean, World]>([
    ['nothing', false, {}],
    ['an allowance', true, { policies: [allow()] }],
    ['a disabled allowance', false, { policies: [allow({ isEnabled: false })] }],
    ['a denial of the same priority', false, { policies: [allow(), deny()] }],
    ['an allowance that overrides', true, { policies: [allow(override), deny()] }],
    ['a denial that overrides', false, { policies: [allow(), deny(override)] }],
    ['both overriding', false, { policies: [allow(override), deny(override)] }],
    ['a tag', true, { tagPolicies: [tagAllow()], tags }],
    ['a tag against a denial', false, { tagPolicies: [tagAllow()], tags, policies: [deny()] }],
    ['an overriding tag against a denial', true, { tagPolicies: [tagAllow(override)], tags, policies: [deny()] }],
    ['a denying tag', false, { tagPolicies: [tagDeny()], tags, policies: [allow()] }],
    ['a denying tag against an override', true, { tagPolicies: [tagDeny()], tags, policies: [allow(override)] }],
    [
      'a denying tag against an override that is for others',
      true,
      {
        tagPolicies: [tagDeny()],
        tags,
        policies: [policy('D.S.T', { deny: ['bob select'] }, override), allow(override)]
      }
    ],
    ['an overriding denying tag', false, { tagPolicies: [tagDeny(override)], tags, policies: [allow(override)] }],
    ['both tags', false, { tagPolicies: [tagDeny(), tagAllow()], tags }],
    [
      'a tag policy for another service',
      false,
      { tagPolicies: [{ ...tagAllow(), policyItems: [item('ann hive:select')] }], tags }
    ]
  ])('%s: %s', (_, expected, world) => {
    expect(select(world)).toBe(expected)
  })

  it.each<[string, string, boolean]>([
    ['hr, not an intern', 'ann', true],
    ['hr and an intern', 'bob', false],
    ['no hr', 'eve', false]
  ])('exceptions hold within their policy: %s', (_, user, expected) => {
    const world: World = {
      policies: [policy('D.S.T', { allow: ['g:hr select'], allowBut: ['g:intern select'] })],
      users: { ann: ['hr'], bob: ['hr', 'intern'], eve: [] }
    }
    expect(select(world, user)).toBe(expected)
    const elsewhere = policy('D.*.*', { allow: ['g:intern select'] })
    expect(select({ ...world, policies: [...(world.policies ?? []), elsewhere] }, 'bob')).toBe(true)
  })

  it('takes a denial back by an exception of it, and by nothing else', () => {
    const world: World = {
      policies: [
        policy('D.S.T', { allow: ['g:public select'] }),
        policy('D.S.T', { deny: ['g:public select'], denyBut: ['g:staff select'] })
      ],
      users: { ann: ['staff'], eve: [] }
    }
    expect(['ann', 'eve', 'nobody'].map(user => select(world, user))).toEqual([true, false, false])
  })

  it('denies all else, for all access types', () => {
    const engine = engineOf({
      policies: [
        policy('D.S.T', { allow: ['ann select'] }, { isDenyAllElse: true }),
        policy('D.*.*', { allow: ['g:public select,insert'] })
      ]
    })
    expect(may(engine, 'ann', 'select', 'D.S.T')).toBe(true)
    expect(may(engine, 'ann', 'insert', 'D.S.T')).toBe(false)
    expect(may(engine, 'bob', 'select', 'D.S.T')).toBe(false)
    expect(may(engine, 'bob', 'select', 'D.S.U')).toBe(true)
  })

  it('lets super users do everything', () => {
    const engine = engineOf({
      policies: [policy('*.*.*', { deny: ['g:public select'] })],
      serviceConfig: { 'ranger.plugin.super.users': 'root, boss', 'ranger.plugin.super.groups': 'wheel' },
      users: { joe: ['wheel'] }
    })
    expect(['root', 'boss', 'joe', 'ann'].map(user => may(engine, user, 'select', 'D.S.T'))).toEqual([
      true,
      true,
      true,
      false
    ])
  })
})

describe('the right to administer', () => {
  const elsewhere = condition('ip', '10.*')
  const admin = (who: string, under: Json = {}) => item(`${who} select`, { delegateAdmin: true, ...under })
  const mayAdminister = (policies: ReadonlyArray<Json>) =>
    may(engineOf({ policies }), 'ann', '_admin', 'D.S.T', { clientIPAddress: '192.168.0.1' })

  it('is had, denied and excepted under whatever condition the item stands', () => {
    expect(mayAdminister([policy('D.S.T', { allow: ['ann select'] })])).toBe(false)
    expect(mayAdminister([policy('D.S.T', { allow: [admin('ann', elsewhere)] })])).toBe(true)
    const allowing = policy('D.*.*', { allow: [admin('ann')] })
    expect(mayAdminister([allowing, policy('D.S.T', { deny: [admin('ann', elsewhere)] })])).toBe(false)
    expect(mayAdminister([policy('D.S.T', { allow: [admin('ann')], allowBut: [admin('ann', elsewhere)] })])).toBe(false)
  })

  it('is had under the conditions of the policy only', () => {
    expect(mayAdminister([policy('D.S.T', { allow: [admin('ann')] }, elsewhere)])).toBe(false)
  })
})

describe('any access to nothing in particular', () => {
  const mayAny = (world: World, more: object = {}) => may(engineOf(world), 'ann', '_any', '', more)

  it('is had by any tag that there is, and a denial of what carries one denies it on demand only', () => {
    const allowed = tagPolicy('PII', { allow: ['ann select'] })
    expect(mayAny({ tagPolicies: [allowed], tags: { 'D.S.T': ['PII'] } })).toBe(true)
    const denied: World = {
      tagPolicies: [tagPolicy('PII', { deny: ['ann select,usedb'] })],
      tags: { '*': ['PII'] },
      policies: [policy('D', { allow: ['ann usedb'] })]
    }
    expect(mayAny(denied)).toBe(true)
    expect(mayAny(denied, { denialsInside: true })).toBe(false)
  })

  it('is told by tags that nothing carries yet, too', () => {
    const { policies } = snapshotOf({ tagPolicies: [tagPolicy('PII', { allow: ['ann select'] })] })
    const engine = createRangerEngine({ policies, tags: orThrow(readServiceTags({ tags: { '1': { type: 'PII' } } })) })
    expect(may(engine, 'ann', '_any', '')).toBe(true)
    expect(may(engine, 'ann', 'select', '')).toBe(false)
  })
})

describe('a zone', () => {
  it('holds what is below its URLs, where the level can be recursive', () => {
    const url = (more: Json) => ({ name: 'url', matcher: 'RangerURLResourceMatcher', ...more })
    const mayRead = (more: Json) =>
      createRangerEngine({
        policies: orThrow(
          readServicePolicies({
            serviceDef: { name: 'files', resources: [url(more)], accessTypes: [{ name: 'read' }] },
            policies: [{ id: 1, resources: { url: { values: ['*'] } }, policyItems: [item('ann read')] }],
            securityZones: { closed: { resources: [{ url: ['s3a://hr/pay'] }] } }
          })
        )
      }).decide({ resource: { elements: { url: 's3a://hr/pay/june' } }, user: 'ann', accessType: 'read' })
    expect(mayRead({ recursiveSupported: true })).toMatchObject({ isAllowed: false, zone: 'closed' })
    expect(mayRead({ recursiveSupported: false })).toMatchObject({ isAllowed: true, zone: '' })
  })
})

describe('URLs', () => {
  const decide = (value: string, url: string, wildCard = true) =>
    createRangerEngine({
      policies: orThrow(
        readServicePolicies({
          serviceDef: {
            name: 'files',
            resources: [
              {
                name: 'url',
                matcher: 'RangerURLResourceMatcher',
                recursiveSupported: true,
                matcherOptions: { wildCard: String(wildCard) }
              }
            ],
            accessTypes: [{ name: 'read' }]
          },
          policies: [
            { id: 1, resources: { url: { values: [value], isRecursive: true } }, policyItems: [item('ann read')] }
          ]
        })
      )
    }).decide({ resource: { elements: { url } }, user: 'ann', accessType: 'read' }).isAllowed

  it.each<[string, string, boolean, boolean]>([
    ['s3a://hr/pay', 's3a://hr/pay', true, true],
    ['s3a://hr/pay', 's3a://hr/pay/june', true, true],
    ['s3a://hr/pay', 's3a://hr/payroll', true, false],
    ['s3a://hr/p*y', 's3a://hr/pay/june', true, true],
    ['s3a://hr/p*y', 's3a://hr/pay//june', true, true],
    ['s3a://hr/pay/', 's3a://hr/pay/june', true, true],
    ['s3a://hr/pay/', 's3a://hr/pay', true, false],
    ['s3a://hr/pay/', 's3a://hr/pay', false, true],
    ['s3a://hr/*/', 's3a://hr//pay', true, false],
    ['s3a://hr/pay*', 's3a://hr//pay', true, true],
    ['*//pay', 's3a://hr//pay', true, false],
    ['*/pay/', 's3a://hr//pay/', true, true],
    ['s3a://hr/pay?', ' s3a://hr/pays', true, true],
    ['/hr/p*', '/hr/pay', true, false]
  ])('a recursive %s is held against %s', (value, url, wildCard, isAllowed) => {
    expect(decide(value, url, wildCard)).toBe(isAllowed)
  })
})

describe('who is meant', () => {
  it.each<[string, string, boolean]>([
    ['ann', 'ann select', true],
    ['Ann', 'ann select', false],
    ['bob', 'g:hr select', true],
    ['bob', 'r:inner select', true],
    ['bob', 'r:outer select', true],
    ['bob', 'r:cycle select', true],
    ['dan', 'r:inner select', false],
    ['dan', 'r:outer select', true],
    ['eve', 'r:all select', true],
    ['eve', 'g:public select', true],
    ['eve', '{USER} select', true],
    ['own', '{OWNER} select', true],
    ['eve', '{OWNER} select', false]
  ])('%s by %s: %s', (user, who, expected) => {
    const engine = engineOf({
      policies: [policy('D.S.T', { allow: [who] })],
      users: { ann: [], bob: ['hr'], eve: [] },
      roles: { inner: 'g:hr', outer: 'dan r:inner', cycle: 'r:outer r:cycle', all: 'g:public' }
    })
    const decision = engine.decide({
      resource: { elements: elements('D.S.T'), owner: 'own' },
      user,
      accessType: 'select'
    })
    expect(decision.isAllowed).toBe(expected)
  })

  it('puts the asker into names, as a name and never as a pattern', () => {
    const world: World = { policies: [policy('HOME.{USER}.*', { allow: ['{USER} select'] })] }
    expect(select(world, 'ann', 'HOME.ann.T')).toBe(true)
    expect(select(world, 'ann', 'HOME.bob.T')).toBe(false)
    expect(select(world, '*', 'HOME.bob.T')).toBe(false)
  })
})

describe('what holds at times and under conditions only', () => {
  const timed = (startTime: string, endTime: string) =>
    policy('D.S.T', { allow: ['ann select'] }, { validitySchedules: [{ startTime, endTime, timeZone: 'UTC' }] })
  it.each([
    ['2024/01/01 00:00:00', '2025/01/01 00:00:00', true],
    ['2024/07/01 00:00:00', '2025/01/01 00:00:00', false],
    ['2023/01/01 00:00:00', '2024/05/01 00:00:00', false]
  ])('from %s to %s', (start, end, expected) => {
    expect(select({ policies: [timed(start, end)] }, 'ann', 'D.S.T', { accessTimeMs: Date.UTC(2024, 5, 1) })).toBe(
      expected
    )
  })

  it('counts tags within their time only', () => {
    const tag = { type: 'PII', validityPeriods: [{ startTime: '2024/01/01 00:00:00', endTime: '2024/02/01 00:00:00' }] }
    const world: World = { tagPolicies: [tagPolicy('PII', { allow: ['ann select'] })], tags: { D: [tag] } }
    expect(select(world, 'ann', 'D.S.T', { accessTimeMs: Date.UTC(2024, 0, 15) })).toBe(true)
    expect(select(world, 'ann', 'D.S.T', { accessTimeMs: Date.UTC(2024, 2, 15) })).toBe(false)
  })

  const script = (source: string) => condition('expression', source)
  it.each<[string, boolean]>([
    ["IS_IN_GROUP('hr')", true],
    ["IS_IN_GROUP('it')", false],
    ["IS_IN_ROLE('steward')", true],
    ["USER.dept == 'HR'", true],
    ["USER.dept == 'IT'", false],
    ["HAS_TAG('PII')", true],
    ["ctx.isInRole('steward') && !ctx.isInGroup('it')", true],
    ["IS_ACCESS_TIME_BETWEEN('1969/01/01', '1971/01/01')", true],
    ["IS_ACCESS_TIME_AFTER('1980/01/01')", false],
    ["RES.database == 'D'", true],
    ["this.constructor.constructor('return process')().exit()", false],
    ['java.lang.System.exit(1)', false],
    ['while (true) {}', false],
    ['ctx.result = true; process.exit()', false],
    ['', false]
  ])('an item under %s: %s', (source, expected) => {
    const world: World = {
      policies: [policy('D.S.T', { allow: [item('ann select', script(source))] })],
      users: { ann: ['hr'] },
      attributes: { ann: { dept: 'HR' } },
      roles: { steward: 'ann' },
      tags: { D: ['PII'] }
    }
    expect(select(world)).toBe(expected)
  })

  it.each<[string, Json]>([
    ['of a kind that is not defined', condition('unknown', 'x')],
    ['in Java', condition('java', 'x')],
    ['in JavaScript that is not supported', script('var x = 1; x')],
    ['on what is not known', condition('ip', '10.0.0.*')]
  ])('a condition %s lets nobody in, keeps denials, and is named', (_, under) => {
    const allowing = policy('D.S.T', { allow: [item('ann select', under)] })
    const denying = policy('D.S.T', { deny: [item('ann select', under)] })
    const open = policy('D.*.*', { allow: ['ann select'] })
    const excepting = policy('D.S.T', { allow: ['ann select'], allowBut: [item('ann select', under)] })
    const sparing = policy('D.S.T', { deny: ['ann select'], denyBut: [item('ann select', under)] })
    const asked = { resource: { elements: elements('D.S.T') }, user: 'ann', accessType: 'select' }
    const ask = (...policies: ReadonlyArray<Json>) => engineOf({ policies }).decide(asked)
    expect(ask(allowing)).toMatchObject({ isAllowed: false, doubtful: [allowing['id']] })
    expect(ask(denying, open)).toMatchObject({ isAllowed: false, doubtful: [denying['id']] })
    expect(ask(excepting)).toMatchObject({ isAllowed: false, doubtful: [excepting['id']] })
    expect(ask(sparing, open)).toMatchObject({ isAllowed: false, doubtful: [sparing['id']] })
    const whole = policy('D.S.T', { allow: ['ann select'] }, under)
    expect(ask(whole)).toMatchObject({ isAllowed: false, doubtful: [whole['id']] })
    expect(ask(policy('D.S.T', { deny: ['ann select'] }, under), open).isAllowed).toBe(false)
    expect(ask(policy('D.S.T', {}, { ...under, isDenyAllElse: true }), open).isAllowed).toBe(false)
    const mask = policy('D.S.T.C', { masks: [['ann', 'MASK_NONE']] }, under)
    const masked = engineOf({ policies: [mask] }).maskFor({ ...asked, resource: { elements: elements('D.S.T.C') } })
    expect(masked).toMatchObject({ policyId: mask['id'], isCertain: false })
  })
})

describe('masks and row filters', () => {
  const column = { resource: { elements: elements('D.S.T.C') }, user: 'ann' }
  const table = { resource: { elements: elements('D.S.T') }, user: 'ann' }
  const kind = (world: World) => engineOf(world).maskFor(column)?.item.dataMaskInfo.dataMaskType
  const filter = (world: World) => engineOf(world).filterFor(table)?.item.rowFilterInfo.filterExpr
  const users = { ann: ['hr', 'staff'] }

  it('are the first item of the first policy, wildcards before names', () => {
    const first = policy('D.S.T.C', {
      masks: [
        ['g:hr', 'MASK'],
        ['ann', 'MASK_NULL']
      ]
    })
    const broad = policy('D.S.*.*', { masks: [['g:staff', 'MASK_HASH']] })
    expect(kind({ policies: [first], users })).toBe('MASK')
    expect(kind({ policies: [first, broad], users })).toBe('MASK_HASH')
    expect(kind({ policies: [{ ...first, policyPriority: 1 }, broad], users })).toBe('MASK')
    expect(kind({ policies: [policy('D.S.T.C', { masks: [['bob', 'MASK']] })], users })).toBeUndefined()
  })

  it('of a tag outweigh those of the resource, unless these override', () => {
    const tagPolicies = [tagPolicy('PII', { masks: [['ann', 'MASK_NULL']] })]
    const own = policy('D.S.T.C', { masks: [['ann', 'MASK_NONE']] })
    const tags = { 'D.S.T.C': ['PII'] }
    expect(kind({ policies: [own], tagPolicies, tags })).toBe('MASK_NULL')
    expect(kind({ policies: [{ ...own, policyPriority: 1 }], tagPolicies, tags })).toBe('MASK_NONE')
  })

  it('of the nearer tag come first', () => {
    const tagPolicies = [
      tagPolicy('A', { masks: [['ann', 'MASK']] }),
      tagPolicy('B', { masks: [['ann', 'MASK_HASH']] })
    ]
    expect(kind({ tagPolicies, tags: { D: ['A'], 'D.S.T.C': ['B'] } })).toBe('MASK_HASH')
    expect(kind({ tagPolicies, tags: { D: ['B'], 'D.S.T.C': ['A'] } })).toBe('MASK')
  })

  it('under conditions come after those without, be the conditions those of the items or of the policy', () => {
    const holds = condition('expression', "IS_IN_GROUP('hr')")
    const masked = (name: string, mask: string, under: Json, more: Json = {}) => ({
      ...policy('D.S.T.C', { masks: [] }, { name, ...more }),
      dataMaskPolicyItems: [item('ann select', { dataMaskInfo: { dataMaskType: mask }, ...under })]
    })
    const plain = masked('z', 'MASK_NULL', {})
    expect(kind({ policies: [masked('a', 'MASK_NONE', holds), plain], users })).toBe('MASK_NULL')
    expect(kind({ policies: [masked('a', 'MASK_NONE', {}, holds), plain], users })).toBe('MASK_NULL')
  })

  it('with an empty filter send on to the next policy', () => {
    const empty = policy(
      'D.S.T',
      {
        filters: [
          ['ann', ''],
          ['g:hr', 'A = 1']
        ]
      },
      override
    )
    expect(filter({ policies: [empty], users })).toBeUndefined()
    expect(filter({ policies: [empty, policy('D.S.T', { filters: [['g:hr', 'B = 2']] })], users })).toBe('B = 2')
  })

  it.each([
    ["DEPT = '${{USER.dept}}'", "DEPT = 'H''R'"],
    ['DEPT IN (${{GET_UG_NAMES_Q()}})', "DEPT IN ('hr','staff')"],
    ['DEPT = ${{USER.dept}}', undefined],
    ['DEPT = ${{USER.level}}', 'DEPT = 7'],
    ["DEPT = '${{process.env}}'", undefined]
  ])('put in for the asker no more than a value: %s', (sql, expected) => {
    const world: World = {
      policies: [policy('D.S.T', { filters: [['ann', sql]] })],
      users,
      attributes: { ann: { dept: "H'R", level: '7' } }
    }
    const found = engineOf(world).filterFor(table)
    expect(found?.write(found.item.rowFilterInfo.filterExpr)).toBe(expected)
  })
})

describe('reading', () => {
  it.each<[string, Json, string]>([
    ['a text for a list', { denyPolicyItems: 'bob' }, 'denyPolicyItems'],
    ['an item that is none', { denyPolicyItems: ['bob'] }, 'denyPolicyItems[0]'],
    [
      'an access without a type',
      { denyPolicyItems: [{ users: ['bob'], accesses: [{}] }] },
      'denyPolicyItems[0].accesses[0].type'
    ],
    ['a condition without values', { conditions: [{ type: 'ip' }] }, 'conditions[0].values'],
    ['a policy type that is none', { policyType: 9 }, 'policyType'],
    [
      'a mask without a type',
      { dataMaskPolicyItems: [{ dataMaskInfo: {} }] },
      'dataMaskPolicyItems[0].dataMaskInfo.dataMaskType'
    ],
    [
      'a filter without a text',
      { rowFilterPolicyItems: [{ rowFilterInfo: {} }] },
      'rowFilterPolicyItems[0].rowFilterInfo.filterExpr'
    ],
    [
      'excludes that are neither true nor false',
      { resources: { database: { values: ['D'], isExcludes: 'maybe' } } },
      'resources.database.isExcludes'
    ],
    ['a time that is none', { validitySchedules: [{ startTime: 'soon' }] }, 'validitySchedules[0].startTime']
  ])('refuses a file with %s whole, naming policy and field', (_, wrong, path) => {
    const read = readServicePolicies({ ...policiesJson({}), policies: [{ ...policy('D.S.T', {}), id: 7, ...wrong }] })
    expect(faultsOf(read)).toEqual([`policies[0](id 7).${path}`])
  })

  it.each<[string, Json, string]>([
    ['a field that Ranger does not have', { denyPolicyItem: [] }, 'denyPolicyItem'],
    ['null for a list', { denyPolicyItems: null }, 'denyPolicyItems'],
    ['a null in a list', { policyItems: [{ users: [null], accesses: [] }] }, 'policyItems[0].users[0]'],
    ['a denial for nobody', { denyPolicyItems: [item('select')] }, 'denyPolicyItems[0]'],
    ['a denial of what there is not', { denyPolicyItems: [item('bob selekt')] }, 'denyPolicyItems[0].accesses[0].type'],
    [
      'a denial on a level that there is not',
      { isDenyAllElse: true, resources: { tabel: { values: ['T'] } } },
      'resources'
    ],
    ['a level without values', { resources: { database: { values: [''] } } }, 'resources.database.values'],
    [
      'a denial among masks',
      { policyType: 1, denyPolicyItems: [item('bob select')], resources: resources('D.S.T.A') },
      'denyPolicyItems'
    ],
    ['a priority that is none', { policyPriority: 2 }, 'policyPriority']
  ])('refuses a file with %s, that could be a denial lost', (_, wrong, path) => {
    const read = readServicePolicies({ ...policiesJson({}), policies: [{ ...policy('D.S.T', {}), id: 7, ...wrong }] })
    expect(faultsOf(read)).toEqual([`policies[0](id 7).${path}`])
  })

  it('takes text that is no JSON, or no object, for a fault', () => {
    expect(E.isLeft(readServicePolicies('{"policies": ['))).toBe(true)
    expect(E.isLeft(readServicePolicies('[]'))).toBe(true)
  })

  it('never throws, whatever it reads', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => void readServicePolicies(value)),
      { numRuns: 200 }
    )
    const hostile = fc.record({
      serviceDef: fc.jsonValue(),
      policies: fc.array(fc.jsonValue()),
      securityZones: fc.jsonValue(),
      tagPolicies: fc.jsonValue()
    })
    fc.assert(
      fc.property(hostile, value => void readServicePolicies(value)),
      { numRuns: 200 }
    )
  })
})

describe('deltas', () => {
  const before = snapshotOf({
    policies: [policy('D.S.T', { allow: ['ann select'] }, { id: 1, serviceType: 'snowflake' })]
  }).policies
  const deltas = (...list: ReadonlyArray<readonly [number, Json]>) =>
    orThrow(
      readServicePolicies({
        ...policiesJson({ version: 2 }),
        policies: undefined,
        policyDeltas: list.map(([changeType, changed]) => ({ changeType, policy: changed }))
      })
    )
  const asked = (policies: typeof before) =>
    ['ann', 'bob'].map(user => may(createRangerEngine({ policies }), user, 'select', 'D.S.T'))
  const bob = (id: number) => policy('D.S.T', { allow: ['bob select'] }, { id, serviceType: 'snowflake' })

  it('create, update and delete', () => {
    expect(asked(orThrow(applyPolicyDeltas(before, deltas([0, bob(2)]))))).toEqual([true, true])
    expect(asked(orThrow(applyPolicyDeltas(before, deltas([1, bob(1)]))))).toEqual([false, true])
    expect(asked(orThrow(applyPolicyDeltas(before, deltas([2, { id: 1, serviceType: 'snowflake' }]))))).toEqual([
      false,
      false
    ])
    expect(orThrow(applyPolicyDeltas(before, deltas())).policyVersion).toBe(2)
  })

  it('of another kind of service are refused', () => {
    expect(E.isLeft(applyPolicyDeltas(before, deltas([0, { ...bob(2), serviceType: 'hive' }])))).toBe(true)
    const other = { ...policiesJson({}), policyDeltas: [{ changeType: 3, policy: bob(2) }] }
    expect(faultsOf(readServicePolicies(other))).toEqual(['policyDeltas[0].changeType'])
  })
})

describe('the index', () => {
  const names = ['D', 'DB', 'd', 'S', '*', 'D*', '*B', '?', 'D?', '!D', '!*', '{USER}', 'D|S', 'D*|S?']
  const path = (most: number) =>
    fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: most }).map(parts => parts.join('.'))
  const asking = fc.array(fc.constantFrom('D', 'DB', 'd', 'S', 'B'), { maxLength: 4 }).map(parts => parts.join('.'))
  it('finds all that may match, and what it leaves out matches nothing', () => {
    fc.assert(
      fc.property(fc.array(path(4), { maxLength: 12 }), asking, fc.boolean(), (paths, on, withInner) => {
        const { unzoned } = engineOf({ policies: paths.map(one => policy(one, { allow: ['ann select'] })) }).parts
        const on_ = new Map(Object.entries(elements(on)))
        const found = new Set(unzoned.prospects(0, on_, withInner).map(({ evaluator }) => evaluator))
        for (const evaluator of unzoned.evaluators(0)) {
          const match = evaluator.matchers[0]?.matchType(on_, undefined, true) ?? 'NONE'
          const matters =
            match === 'SELF' || match === 'SELF_AND_ALL_DESCENDANTS' || (withInner && match === 'DESCENDANT')
          if (matters) expect(found.has(evaluator)).toBe(true)
        }
      }),
      { numRuns: 300 }
    )
  })

  it('keeps items of very many values', () => {
    const many = Array.from({ length: 40 }, (_, index) => `N${index}`).join('|')
    const engine = engineOf({ policies: [policy(`${many}.${many}.${many}`, { allow: ['ann select'] })] })
    expect(may(engine, 'ann', 'select', 'N3.N39.N0')).toBe(true)
    expect(may(engine, 'ann', 'select', 'N3.N39.M0')).toBe(false)
    expect(createPolicyIndex().find(new Map(), true)).toEqual([])
  })
})

it('lists accesses as Ranger does, without putting principals together', () => {
  const engine = engineOf({
    policies: [
      policy('D.S.T', { allow: ['ann g:hr select'], deny: ['bob select'] }, { id: 5 }),
      policy('D.S.T', { filters: [['ann', 'A = 1']] }, { id: 6 })
    ]
  })
  const acls = resourceAcls(engine, { resource: { elements: elements('D.S.T') } })
  expect(acls.users.get('ann')?.get('select')).toEqual({ result: 1, isFinal: true, policyId: 5 })
  expect(acls.users.get('bob')?.get('select')).toEqual({ result: -1, isFinal: true, policyId: 5 })
  expect(acls.groups.get('hr')?.get('select')).toEqual({ result: 1, isFinal: true, policyId: 5 })
  expect(acls.rowFilters).toEqual([
    {
      users: ['ann'],
      groups: [],
      roles: [],
      accessTypes: ['select'],
      info: { filterExpr: 'A = 1' },
      isConditional: false,
      policyId: 6
    }
  ])
})

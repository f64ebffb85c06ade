/** From Ranger's policies to grants, masks and row filters: what is granted to whom, and what is said where it can't be. */
import type { DesiredAccess, Principal, Resource, Who } from 'on-demand-sync'
import { compileRanger, createRangerEngine } from 'on-demand-sync/policies'
import type { CompileRangerOptions } from 'on-demand-sync/policies'
import { describe, expect, it } from 'vitest'
import type { World } from './ranger.ts'
import { item, policy, snapshotOf, tagPolicy } from './ranger.ts'

const columns = [
  { name: 'NAME', dataType: 'VARCHAR(20)' },
  { name: 'PAY', dataType: 'NUMBER(10,2)' },
  { name: 'BORN', dataType: 'DATE' },
  { name: 'DOC', dataType: 'VARIANT' }
]
const table: Resource = { kind: 'table', name: { database: 'D', schema: 'S', table: 'T' }, owner: 'OWNERS', columns }
const schema: Resource = { kind: 'schema', name: { database: 'D', schema: 'S' }, columns: [] }
const database: Resource = { kind: 'database', name: { database: 'D' }, columns: [] }
const managed = { roles: ['*'], users: ['*'] }

const compile = (world: World, options: Partial<CompileRangerOptions> = {}, resource = table): DesiredAccess =>
  compileRanger(createRangerEngine(snapshotOf(world), { clock: { now: () => 0 } }), { managed, ...options })(resource)

const who = ({ type, name }: Principal): string => `${type}:${name}`
const grants = (access: DesiredAccess): ReadonlyArray<string> =>
  access.grants.map(({ privilege, grantee }) => `${privilege} ${who(grantee)}`).sort()
const tests = ({ anyOf, noneOf }: Who): string => {
  const some = anyOf === 'everyone' ? anyOf : anyOf.map(who).join('|')
  return noneOf.length === 0 ? some : `${some} but ${noneOf.map(who).join('|')}`
}
const mask = (access: DesiredAccess, column: string): ReadonlyArray<string> => {
  const found = access.masks.find(each => each.column === column)
  return found === undefined
    ? []
    : [...found.rules.map(rule => `${tests(rule.who)}: ${rule.mask.kind}`), `else: ${found.otherwise.kind}`]
}
const filter = ({ rowFilter }: DesiredAccess) => rowFilter?.rules.map(rule => `${tests(rule.who)}: ${rule.where}`)

const hr = { ann: ['hr'], bob: ['hr'], eve: ['it'] }

describe('grants', () => {
  it.each<[string, World, ReadonlyArray<string>]>([
    ['a group', { policies: [policy('D.S.T', { allow: ['g:hr select'] })], users: hr }, ['SELECT role:HR']],
    [
      'a user and a role',
      { policies: [policy('D.S.T', { allow: ['eve r:boss select,insert'] })], users: hr, roles: { boss: 'ann' } },
      ['INSERT role:BOSS', 'INSERT user:EVE', 'SELECT role:BOSS', 'SELECT user:EVE']
    ],
    [
      'a group but one user, by name',
      { policies: [policy('D.S.T', { allow: ['g:hr select'], allowBut: ['bob select'] })], users: hr },
      ['SELECT user:ANN']
    ],
    [
      'a group of which one is denied elsewhere',
      { policies: [policy('D.S.T', { allow: ['g:hr select'] }), policy('D.*.*', { deny: ['bob select'] })], users: hr },
      ['SELECT user:ANN']
    ],
    [
      'a group of which one is denied, and allowed again with more weight',
      {
        policies: [
          policy('D.S.T', { allow: ['g:hr select'] }),
          policy('D.*.*', { deny: ['bob select'] }),
          policy('D.S.T', { allow: ['bob select'] }, { policyPriority: 1 })
        ],
        users: hr
      },
      ['SELECT role:HR', 'SELECT user:BOB']
    ],
    [
      'a group of whose members nothing is known, one of them perhaps denied',
      { policies: [policy('D.S.T', { allow: ['g:hr ann select'], allowBut: ['bob select'] })] },
      ['SELECT user:ANN']
    ],
    [
      'a group, with a denied user who is known not to be in it',
      { policies: [policy('D.S.T', { allow: ['g:hr select'], allowBut: ['eve select'] })], users: hr },
      ['SELECT role:HR']
    ],
    [
      'everyone, in groups and by name',
      { policies: [policy('D.S.T', { allow: ['g:public select'] })], users: { ...hr, dan: [] } },
      ['SELECT role:HR', 'SELECT role:IT', 'SELECT user:DAN']
    ],
    [
      'a tag',
      { tagPolicies: [tagPolicy('PII', { allow: ['g:hr select'] })], tags: { 'D.S': ['PII'] }, users: hr },
      ['SELECT role:HR']
    ],
    [
      'what has no privilege on a table',
      { policies: [policy('D.S.T', { allow: ['g:hr createtable'] })], users: hr },
      []
    ],
    [
      'a super user',
      {
        policies: [policy('D.S.T', { deny: ['g:public select'] })],
        serviceConfig: { 'ranger.plugin.super.users': 'root' },
        users: { root: [] }
      },
      [
        'DELETE user:ROOT',
        'INSERT user:ROOT',
        'REFERENCES user:ROOT',
        'SELECT user:ROOT',
        'TRUNCATE user:ROOT',
        'UPDATE user:ROOT'
      ]
    ]
  ])('%s', (_, world, expected) => {
    expect(grants(compile(world))).toEqual(expected)
  })

  it('go to the role that everyone has, if there is one and nobody may lose by it', () => {
    const open = policy('D.S.T', { allow: ['g:public select'] })
    const principals = { everyone: 'ALL_USERS' }
    expect(grants(compile({ policies: [open], users: hr }, { principals }))).toEqual(['SELECT role:ALL_USERS'])
    const access = compile({ policies: [open, policy('D.*.*', { deny: ['eve select'] })], users: hr }, { principals })
    expect(grants(access)).toEqual(['SELECT role:HR'])
  })

  it('on databases and schemas bring USAGE to those with something inside', () => {
    const world: World = {
      policies: [
        policy('D', { allow: ['g:it usedb,createschema'] }),
        policy('D.S.T.NAME', { allow: ['ann select'] }),
        policy('D.X', { allow: ['bob createtable'] })
      ],
      users: hr
    }
    expect(grants(compile(world, {}, database))).toEqual(['CREATE SCHEMA role:IT', 'USAGE role:IT', 'USAGE user:ANN'])
    expect(grants(compile(world, {}, schema))).toEqual(['USAGE user:ANN'])
  })

  it('are not made to what is unmanaged, to roles of the system, or to one that two names mean', () => {
    const world: World = {
      policies: [policy('D.S.T', { allow: ['g:hr g:Hr g:sysadmin ann select'] })],
      users: { ann: ['hr'], bob: ['Hr'], eve: ['sysadmin'] }
    }
    const access = compile(world, { managed: { roles: ['*'], users: ['A*'] } })
    expect(grants(access)).toEqual(['SELECT user:ANN'])
    expect(access.notes).toEqual([
      'group hr and group Hr are both mapped to role HR: SELECT is not granted',
      'group Hr and group hr are both mapped to role HR: SELECT is not granted',
      'group sysadmin is mapped to role SYSADMIN, which is not managed: SELECT is not granted',
      'user bob is mapped to user BOB, which is not managed: SELECT is not granted',
      'user eve is mapped to user EVE, which is not managed: SELECT is not granted'
    ])
  })

  it('follow the mapping', () => {
    const world: World = {
      policies: [policy('D.S.T', { allow: ['g:hr r:Boss ann bob select'] })],
      users: {},
      roles: { Boss: 'x' }
    }
    const principals = {
      users: { as: 'role', prefix: 'U_', case: 'as is', names: { bob: null } },
      groups: { prefix: 'G_' },
      roles: { case: 'lower', names: { Boss: 'The Boss' } }
    } as const
    const access = compile(world, { principals })
    expect(grants(access)).toEqual(['SELECT role:G_HR', 'SELECT role:The Boss', 'SELECT role:U_ann'])
    expect(access.notes).toEqual(['user bob is not mapped to anything: SELECT is not granted'])
  })

  it('say which policies can not be decided', () => {
    const world: World = {
      policies: [policy('D.S.T', { allow: ['ann select'] }, { id: 9, conditions: [{ type: 'java', values: ['x'] }] })]
    }
    expect(compile(world)).toMatchObject({
      grants: [],
      notes: [
        'policy 9 can not be decided: it holds a condition with an evaluator that is not supported; it lets nobody in'
      ]
    })
  })
})

describe('single columns', () => {
  it('are SELECT on the table and NULL in the others', () => {
    const access = compile({
      policies: [policy('D.S.T.NAME', { allow: ['g:hr select'] }), policy('D.S.T.*', { allow: ['g:it select'] })],
      users: hr
    })
    expect(grants(access)).toEqual(['SELECT role:HR', 'SELECT role:IT'])
    expect(mask(access, 'NAME')).toEqual([])
    expect(mask(access, 'PAY')).toEqual(['role:HR but role:IT: null', 'else: clear'])
  })

  it('that a condition tells apart by their tags are not taken for one another', () => {
    const tagged = { type: 'expression', values: ["HAS_TAG('PII')"] }
    const access = compile({
      policies: [
        policy('D.S.T.*', { allow: ['ann select'] }),
        policy('D.S.T.*', { deny: [item('ann select', { conditions: [tagged] })] })
      ],
      tags: { 'D.S.T.PAY': ['PII'] },
      users: hr
    })
    expect(mask(access, 'NAME')).toEqual([])
    expect(mask(access, 'PAY')).toEqual(['user:ANN: null', 'else: clear'])
  })

  it('that are denied are NULL for all whom it is for, by role and by name', () => {
    const access = compile({
      policies: [policy('D.S.T.*', { allow: ['g:public select'] }), policy('D.S.T.PAY', { deny: ['g:it select'] })],
      users: hr
    })
    expect(grants(access)).toEqual(['SELECT role:HR', 'SELECT role:IT'])
    expect(mask(access, 'PAY')).toEqual([
      'user:EVE: null',
      'role:IT|user:EVE: null',
      'role:IT but role:HR: null',
      'else: clear'
    ])
  })
})

describe('masks', () => {
  const masked = (type: string | object, more: object = {}) =>
    compile({
      policies: [
        policy('D.S.T.*', { allow: ['g:hr select'] }),
        policy('D.S.T.*', { masks: [['g:hr', type as string]] }, more as never)
      ],
      users: {}
    })

  it.each([
    ['MASK', 'redact', 'custom', 'null', 'null'],
    ['MASK_SHOW_LAST_4', 'show last', 'custom', 'null', 'null'],
    ['MASK_SHOW_FIRST_4', 'show first', 'custom', 'null', 'null'],
    ['MASK_HASH', 'hash', 'null', 'null', 'null'],
    ['MASK_NULL', 'null', 'null', 'null', 'null'],
    ['MASK_DATE_SHOW_YEAR', 'redact', 'custom', 'custom', 'null'],
    ['SHUFFLE', 'null', 'null', 'null', 'null']
  ])('%s, by the type of the column', (type, ...kinds) => {
    const access = masked(type)
    expect(columns.map(({ name }) => mask(access, name)[0])).toEqual(kinds.map(kind => `role:HR: ${kind}`))
    expect(access.notes.length > 0).toBe(type !== 'MASK_NULL')
  })

  it('that show everything are none', () => {
    expect(masked('MASK_NONE').masks).toEqual([])
  })

  it('of one’s own take the column and its type', () => {
    const own = { dataMaskType: 'CUSTOM', valueExpr: 'CAST(UPPER({col}) AS {type})' }
    expect(masked(own).masks[0]?.rules[0]?.mask).toEqual({
      kind: 'custom',
      expression: 'CAST(UPPER({col}) AS VARCHAR(20))'
    })
    expect(mask(masked({ dataMaskType: 'CUSTOM' }), 'NAME')[0]).toBe('role:HR: null')
  })

  it('test in the order in which Ranger comes to them, members by name as well', () => {
    const world: World = {
      policies: [
        policy('D.S.T.*', {
          masks: [
            ['r:boss', 'MASK_NONE'],
            ['g:public', 'MASK_NULL']
          ]
        })
      ],
      tagPolicies: [tagPolicy('PII', { masks: [['g:it', 'MASK_HASH']] })],
      tags: { 'D.S.T.NAME': ['PII'] },
      users: hr,
      roles: { boss: 'ann' }
    }
    expect(mask(compile(world), 'NAME')).toEqual(['role:IT|user:EVE: hash', 'role:BOSS|user:ANN: clear', 'else: null'])
    expect(mask(compile(world, { mostNames: 0 }), 'NAME')).toEqual(['role:IT: hash', 'role:BOSS: clear', 'else: null'])
  })

  it('are none for super users', () => {
    const world: World = {
      policies: [policy('D.S.T.*', { masks: [['g:public', 'MASK_NULL']] })],
      serviceConfig: { 'ranger.plugin.super.users': 'ann' },
      users: hr
    }
    expect(mask(compile(world), 'NAME')).toEqual(['user:ANN: clear', 'else: null'])
  })

  it('show nothing to those whose only name is somebody else’s as well', () => {
    const world: World = {
      policies: [
        policy('D.S.T.*', {
          masks: [
            ['g:hr', 'MASK_NONE'],
            ['g:public', 'MASK_HASH']
          ]
        })
      ],
      users: hr,
      roles: { boss: 'eve' }
    }
    const access = compile(world, { principals: { roles: { names: { boss: 'HR' } } } })
    expect(mask(access, 'NAME')).toEqual(['user:ANN|user:BOB: clear', 'role:HR: null', 'else: hash'])
    expect(access.notes).toContain(
      'group hr and role boss are both mapped to role HR: nothing is shown to those who are known by that name only'
    )
  })

  it('are nothing at all where it can not be told', () => {
    const access = masked('MASK_NONE', { id: 3, conditions: [{ type: 'ip', values: ['10.*'] }] })
    expect(mask(access, 'NAME')).toEqual(['role:HR: null', 'else: clear'])
    expect(access.notes).toEqual(['policy 3 can not be decided: nothing is shown to those it is for'])
  })
})

describe('row filters', () => {
  const filtered =
    (...filters: ReadonlyArray<readonly [string, string]>) =>
    (more: Partial<World> = {}) =>
      compile({
        policies: [policy('D.S.T', { allow: ['g:public select'] }), policy('D.S.T', { filters })],
        users: hr,
        attributes: { ann: { dept: "H'R" } },
        ...more
      })

  it('are rules in order', () => {
    expect(filter(filtered(['ann', 'PAY < 5'], ['g:public', "NAME = 'x'"])())).toEqual([
      'user:ANN: PAY < 5',
      "everyone: NAME = 'x'"
    ])
  })

  it('are put in for each whom they depend on, and no row for all others', () => {
    const access = filtered(['g:public', "NAME = '${{USER.dept}}'"])()
    expect(filter(access)).toEqual([
      "user:ANN: NAME = 'H''R'",
      "user:BOB: NAME = ''",
      "user:EVE: NAME = ''",
      'everyone: FALSE'
    ])
    expect(access.notes).toEqual([
      'SELECT is for everyone: it is granted to the groups, roles and users that are known',
      expect.stringMatching(/^policy \d+ depends on who asks/)
    ])
  })

  it('for the owner are for the role that owns the table', () => {
    expect(filter(filtered(['{OWNER}', 'TRUE'], ['g:public', 'FALSE'])())).toEqual([
      'role:OWNERS: TRUE',
      'everyone: FALSE'
    ])
  })

  it('that are empty send on to the next policy', () => {
    expect(filter(filtered(['ann', ''], ['g:hr', 'PAY < 5'])({}))).toEqual([
      'role:HR|user:ANN|user:BOB but user:ANN: PAY < 5'
    ])
  })
})

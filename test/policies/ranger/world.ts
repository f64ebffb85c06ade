/** Random services: few names, so that policies meet. */
import fc from 'fast-check'
import type { Json, World } from './ranger.ts'
import { item, policy, tagPolicy } from './ranger.ts'

export const people = ['ann', 'bob', 'cat', 'dan']
const groups = ['hr', 'it', 'all']
const roles = ['steward', 'chief']

const subset = (names: ReadonlyArray<string>, most = 2) => fc.subarray([...names], { minLength: 0, maxLength: most })

const who = fc
  .record({
    users: subset([...people, 'eve']),
    groups: subset(groups),
    roles: subset(roles, 1),
    everyone: fc.oneof(
      { weight: 6, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.constantFrom(['g:public'], ['{USER}']) }
    )
  })
  .map(({ users, groups: of, roles: in_, everyone }) =>
    [...users, ...of.map(name => `g:${name}`), ...in_.map(name => `r:${name}`), ...everyone].join(' ')
  )
  // Nobody stores an item that is for nobody.
  .map(names => (names === '' ? 'eve' : names))

const condition = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      { conditions: [{ type: 'ip', values: ['10.*'] }] },
      { conditions: [{ type: 'java', values: ['x'] }] },
      { conditions: [{ type: 'expression', values: ["USER.dept == 'HR'"] }] },
      { conditions: [{ type: 'expression', values: ["IS_IN_GROUP('hr')"] }] },
      { conditions: [{ type: 'expression', values: ["HAS_TAG('PII')"] }] }
    )
  }
)

const items = (most: number) =>
  fc.array(
    fc
      .tuple(who, fc.constantFrom('select', 'insert', 'select,insert', 'usedb,useschema,select'), condition)
      .map(([names, types, under]) => item(`${names} ${types}`.trim(), under)),
    { maxLength: most }
  )

const path = fc.constantFrom(
  'D',
  'D.S',
  'D.S.T',
  'D.S.T.*',
  'D.S.T.A',
  'D.S.T.!A',
  'D.*.*.*',
  'D.S.*.B',
  '*.*.*',
  'D.X.T.*'
)
const more = fc.record({
  policyPriority: fc.constantFrom(0, 0, 0, 1),
  isDenyAllElse: fc.constantFrom(false, false, false, false, true)
})

const parts = fc.record({ allow: items(2), deny: items(1), allowBut: items(1), denyBut: items(1) })
const masks = fc.array(fc.tuple(who, fc.constantFrom('MASK', 'MASK_NULL', 'MASK_NONE', 'MASK_HASH')), {
  minLength: 1,
  maxLength: 3
})
const filters = fc.array(fc.tuple(who, fc.constantFrom("A = 'x'", 'B = 1', '', "A = '${{USER.dept}}'")), {
  minLength: 1,
  maxLength: 3
})

const priority = fc.record({ policyPriority: fc.constantFrom(0, 0, 1) })
const access = fc.tuple(path, parts, more).map(([on, of, with_]): Json => policy(on, of, with_))
const masking = fc
  .tuple(fc.constantFrom('D.S.T.A', 'D.S.T.*', 'D.*.*.B'), masks, priority)
  .map(([on, of, with_]) => policy(on, { masks: of }, with_))
const filtering = fc
  .tuple(fc.constantFrom('D.S.T', 'D.S.*'), filters, priority)
  .map(([on, of, with_]) => policy(on, { filters: of }, with_))
const tagged = fc
  .tuple(
    fc.constantFrom('PII', 'OLD'),
    fc.oneof(
      parts,
      masks.map(of => ({ masks: of }))
    ),
    priority
  )
  .map(([tag, of, with_]) => tagPolicy(tag, of, with_))

const memberships = fc.record({
  ann: subset(groups, 3),
  bob: subset(groups, 3),
  cat: subset(groups, 3),
  dan: subset(groups, 3)
})

/** A service. */
export const anyWorld: fc.Arbitrary<World> = fc.record({
  policies: fc
    .tuple(
      fc.array(access, { maxLength: 4 }),
      fc.array(masking, { maxLength: 2 }),
      fc.array(filtering, { maxLength: 2 })
    )
    .map(lists => lists.flat()),
  tagPolicies: fc.array(tagged, { maxLength: 2 }),
  tags: fc.dictionary(fc.constantFrom('D', 'D.S.T', 'D.S.T.A'), subset(['PII', 'OLD']), { maxKeys: 2 }),
  users: memberships,
  attributes: fc.constant({ ann: { dept: 'HR' }, bob: { dept: "I'T" } }),
  roles: fc.record({
    steward: who.map(names => names.replace(/\{USER\}|r:\w+/g, '').trim()),
    chief: fc.constantFrom('cat', 'r:steward', 'g:it dan')
  })
})

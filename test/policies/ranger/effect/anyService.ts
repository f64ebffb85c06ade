/** Random services with everything that has a bearing on who sees what: denials, exceptions, priorities, roles, tags, zones, schedules, masks and filters, on few names, so that policies meet. */
import fc from 'fast-check'
import type { PrincipalMapping } from 'on-demand-sync/policies'
import type { Json, World } from '../ranger.ts'
import { item, policy, resources, tagPolicy } from '../ranger.ts'

/** When everything is decided. */
export const nowMs = Date.UTC(2024, 5, 15, 12)

/** What the user store knows. Eve is named by policies only, and nobody has ever heard of fay. */
export const groupsOf: Readonly<Record<string, ReadonlyArray<string>>> = {
  ann: ['hr'],
  bob: ['hr', 'it'],
  cat: ['it', 'all'],
  dan: []
}
export const everyUser = [...Object.keys(groupsOf), 'eve', 'fay']
const groups = ['hr', 'it', 'all']
const roleMembers = { steward: 'ann g:it', chief: 'r:steward dan' }
const roles = Object.keys(roleMembers)

/** How names become names of Snowflake: as they are; with a role that every user holds; with one role for a group and a role, so that neither can be told from the other. */
export const mappings: Readonly<Record<'plain' | 'everyone' | 'shared', PrincipalMapping>> = {
  plain: {},
  everyone: { everyone: 'EVERYONE' },
  shared: { groups: { names: { hr: 'BOTH' } }, roles: { names: { steward: 'BOTH' } } }
}

/** A service, and how its names are mapped. */
export interface Service {
  readonly world: World
  readonly mapping: keyof typeof mappings
}

const subset = (names: ReadonlyArray<string>, most: number) =>
  fc.subarray([...names], { minLength: 0, maxLength: most })
const seldom = <A, B>(usual: A, special: fc.Arbitrary<B>, weight = 6): fc.Arbitrary<A | B> =>
  fc.oneof({ weight, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: special })

const who = fc
  .record({
    users: subset(['ann', 'bob', 'cat', 'dan', 'eve'], 2),
    of: subset(groups, 2),
    in_: subset(roles, 1),
    special: seldom([], fc.constantFrom(['g:public'], ['{USER}'], ['{OWNER}']))
  })
  .map(({ users, of, in_, special }) =>
    [...users, ...of.map(name => `g:${name}`), ...in_.map(name => `r:${name}`), ...special].join(' ')
  )
  // Nobody stores an item that is for nobody.
  .map(names => (names === '' ? 'eve' : names))

const condition = (type: string, value: string): Json => ({ conditions: [{ type, values: [value] }] })
const expressions = [
  "USER.dept == 'HR'",
  "IS_IN_GROUP('hr')",
  "IS_IN_ROLE('steward')",
  "HAS_TAG('PII')",
  "RES.column == 'B'",
  "IS_ACCESS_TIME_AFTER('2020/01/01')",
  "IS_ACCESS_TIME_AFTER('2030/01/01')",
  'while (true) {}'
]
const under: fc.Arbitrary<Json> = seldom(
  {},
  fc.oneof(
    fc.constantFrom(condition('ip', '10.*'), condition('java', 'x'), condition('not defined', 'x')),
    fc.constantFrom(...expressions).map(source => condition('expression', source))
  ),
  12
)

const times = (startTime: string, endTime: string, recurrences: ReadonlyArray<Json> = []): Json => ({
  startTime,
  endTime,
  timeZone: 'UTC',
  recurrences
})
const daily = (hour: string, hours: number): Json => ({
  schedule: { minute: '0', hour, dayOfMonth: '*', dayOfWeek: '*', month: '*', year: '2024' },
  interval: { days: 0, hours, minutes: 0 }
})
const schedule = fc.constantFrom(
  times('2024/01/01 00:00:00', '2024/12/31 23:59:59'),
  times('2020/01/01 00:00:00', '2021/01/01 00:00:00'),
  times('2030/01/01 00:00:00', ''),
  times('2024/01/01 00:00:00', '2024/12/31 23:59:59', [daily('9', 8)]),
  times('2024/01/01 00:00:00', '2024/12/31 23:59:59', [daily('20', 2)])
)
const scheduled: fc.Arbitrary<Json> = seldom(
  {},
  fc.array(schedule, { minLength: 1, maxLength: 2 }).map(validitySchedules => ({ validitySchedules }))
)

const accessTypes = fc.constantFrom('select', 'select', 'insert', 'select,insert', 'usedb,useschema,select')
const items = (most: number) =>
  fc.array(
    fc.tuple(who, accessTypes, under).map(([names, types, more]) => item(`${names} ${types}`.trim(), more)),
    { maxLength: most }
  )
const parts = fc.record({ allow: items(2), deny: seldom([], items(1), 1), allowBut: items(1), denyBut: items(1) })

const paths = [
  'D.S.T',
  'D.S.T.*',
  'D.S.T.*',
  'D.S.T.A',
  'D.S.T.B|K',
  'D.S.T.!A',
  'D.S.!T.*',
  'D.S.T|U.*',
  'D.S.?.*',
  'D.*.*.*',
  'D.*.*.*',
  '*.*.*.*',
  '*.*.*',
  'D.S.*.B',
  'D.S*.T*.A|K',
  'D.X.T.*',
  'D.X.*',
  'D.S.{USER}.*',
  'D',
  'D.S'
]
const path = fc.constantFrom(...paths)
const more = fc
  .record({
    policyPriority: fc.constantFrom(0, 0, 0, 1),
    isDenyAllElse: seldom(false, fc.constant(true), 14),
    isEnabled: seldom(true, fc.constant(false), 19),
    additionalResources: seldom(
      [],
      path.map(on => [resources(on)])
    )
  })
  .chain(fields => fc.tuple(scheduled, under).map(([when, only]): Json => ({ ...fields, ...when, ...only })))

const maskTypes = ['MASK', 'MASK_NULL', 'MASK_NONE', 'MASK_HASH', 'MASK_SHOW_LAST_4', 'MASK_SHOW_FIRST_4']
const custom = (valueExpr: string) => ({ dataMaskType: 'CUSTOM', valueExpr })
const anyMask = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...maskTypes, 'MASK_DATE_SHOW_YEAR') },
  { weight: 1, arbitrary: fc.constantFrom('MASK_UNHEARD_OF', custom('CASE WHEN 1 = 1 THEN {col} END')) }
)
const textMask = fc.oneof(anyMask, fc.constantFrom("'${{USER._name}}'", "UPPER({col}) || '!'").map(custom))
const refined = <A>(what: fc.Arbitrary<A>) =>
  fc.array(
    fc.tuple(who, what).map((pair): readonly [string, A] => pair),
    { minLength: 1, maxLength: 3 }
  )
const masking = fc.oneof(
  fc.tuple(fc.constantFrom('D.S.T.*', 'D.*.*.B', '*.*.*.!K', 'D.S.T|U.C'), refined(anyMask)),
  fc.tuple(fc.constantFrom('D.S.T.A', '*.*.*.A', 'D.S.{USER}.A'), refined(textMask))
)
const filtering = fc.tuple(
  fc.constantFrom('D.S.T', 'D.S.*', '*.*.*', 'D.S.!T', 'D.*.{USER}'),
  refined(
    fc.constantFrom(
      "A = 'x'",
      'B = 42',
      'K IN (1, 3)',
      '',
      "A = '${{USER.dept}}'",
      "LOWER(A) = '${{USER._name}}'",
      "A = '{USER}'"
    )
  )
)
const ofPriority = fc
  .record({ policyPriority: fc.constantFrom(0, 0, 1) })
  .chain(fields => fc.tuple(scheduled, under).map(([when, only]): Json => ({ ...fields, ...when, ...only })))

const access = fc.tuple(path, parts, more).map(([on, of, with_]): Json => policy(on, of, with_))
/** Something for many on nearly everything, so that there is something to take away. */
const broad = fc
  .tuple(
    fc.constantFrom('D.*.*.*', 'D.S.*.*', 'D.S.T|U.*'),
    fc.constantFrom('g:public', 'g:hr g:it', 'r:chief', 'ann g:it'),
    scheduled
  )
  .map(([on, names, when]): Json => policy(on, { allow: [`${names} select`] }, when))
const masks = fc.tuple(masking, ofPriority).map(([[on, of], with_]): Json => policy(on, { masks: of }, with_))
const filters = fc.tuple(filtering, ofPriority).map(([[on, of], with_]): Json => policy(on, { filters: of }, with_))
const policies = (most: number) =>
  fc
    .tuple(
      fc.array(broad, { maxLength: 1 }),
      fc.array(access, { minLength: 1, maxLength: most }),
      fc.array(masks, { maxLength: 2 }),
      fc.array(filters, { maxLength: 2 })
    )
    .map(lists => lists.flat())

const tagged = fc
  .tuple(
    fc.constantFrom('PII', 'OLD', 'P*'),
    fc.oneof(
      parts,
      refined(fc.constantFrom(...maskTypes)).map(of => ({ masks: of }))
    ),
    ofPriority,
    seldom({}, fc.constant({ zoneName: 'Z' }))
  )
  .map(([tag, of, with_, zoned]) => tagPolicy(tag, of, { ...with_, ...zoned }))
const tag = fc
  .tuple(
    fc.constantFrom('PII', 'OLD'),
    seldom(
      {},
      schedule.map(when => ({ validityPeriods: [when] }))
    )
  )
  .map(([type, when]): string | Json => ({ type, ...when }))
const tags = fc.dictionary(
  fc.constantFrom('D', 'D.S', 'D.S.T', 'D.S.T.A', 'D.*.U', 'D.X.T.B'),
  fc.array(tag, { minLength: 1, maxLength: 2 }),
  { maxKeys: 2 }
)

const zone = fc
  .tuple(fc.constantFrom('D.X', 'D.S.T', 'D.S*', 'D'), policies(2), fc.boolean())
  .map(([on, own, containsAssociatedTagService]): Json => {
    const values = Object.entries(resources(on)).map(([level, value]) => [level, (value as Json)['values']] as const)
    return {
      zoneName: 'Z',
      resources: [Object.fromEntries(values)],
      policies: own.map(one => ({ ...one, zoneName: 'Z' })),
      containsAssociatedTagService
    }
  })

/** Ids and names by place: names decide between policies of one rank, and a seed has to make the same services over again. */
const numbered = (world: World): World => {
  let last = 0
  const number = (list: ReadonlyArray<Json> = []) =>
    list.map(one => {
      last += 1
      return { ...one, id: last, name: `policy ${last}` }
    })
  return {
    ...world,
    policies: number(world.policies),
    tagPolicies: number(world.tagPolicies),
    zones: Object.fromEntries(
      Object.entries(world.zones ?? {}).map(([name, own]) => [
        name,
        { ...own, policies: number(own['policies'] as ReadonlyArray<Json>) }
      ])
    )
  }
}

/** A service. */
export const anyService: fc.Arbitrary<Service> = fc
  .record({
    policies: policies(4),
    tagPolicies: fc.array(tagged, { maxLength: 2 }),
    tags,
    zones: seldom(
      {},
      zone.map(own => ({ Z: own })),
      3
    ),
    serviceConfig: seldom({}, fc.constantFrom({ 'ranger.plugin.super.users': 'dan' }), 19),
    mapping: fc.constantFrom('plain', 'plain', 'everyone', 'everyone', 'shared')
  })
  .map(({ mapping, ...world }): Service => ({
    mapping,
    world: numbered({
      ...world,
      users: groupsOf,
      roles: roleMembers,
      attributes: { ann: { dept: 'HR' }, bob: { dept: "I'T" } }
    })
  }))

/** A service with every kind of field that takes access away, as the documents that Ranger Admin serves, and who may do what by them. */
import * as E from 'fp-ts/lib/Either.js'
import {
  createRangerEngine,
  readRangerRoles,
  readServicePolicies,
  readServiceTags,
  readUserStore
} from 'on-demand-sync/policies'
import type { RangerEngine } from 'on-demand-sync/policies'
import type { InvalidInput } from 'on-demand-sync'
import { rangerMask } from '../../../src/policies/ranger/compile/rangerMask.ts'
import type { Json } from './ranger.ts'
import { elements, item, policiesJson, policy, resources, rolesJson, tagPolicy, tagsJson, usersJson } from './ranger.ts'

/** What Ranger Admin serves, by kind. */
export type Documents = Readonly<Record<'policies' | 'roles' | 'tags' | 'users', Json>>

const now = Date.UTC(2024, 5, 15, 12)
const when = {
  startTime: '2020/01/01 00:00:00',
  endTime: '2021/01/01 00:00:00',
  timeZone: 'UTC',
  recurrences: [
    {
      schedule: { minute: '0', hour: '3', dayOfMonth: '*', dayOfWeek: '*', month: '*', year: '2020' },
      interval: { days: 0, hours: 1, minutes: 30 }
    }
  ]
}
const condition = (source: string) => ({ conditions: [{ type: 'expression', values: [source] }] })
const zoned = (one: Json): Json => ({ ...one, zoneName: 'Z' })

const policies: ReadonlyArray<Json> = [
  policy('D.*.*.*', { allow: ['g:all select,insert'], allowBut: ['bob insert'] }),
  policy('D.S.!T.*', { allow: ['g:hr update'] }),
  policy(
    'D.S.*.*',
    { allow: [item('g:public delete', condition("USER.dept == 'HR'"))] },
    condition("IS_IN_GROUP('hr')")
  ),
  policy('D.S.T.A', {
    deny: ['bob g:it select', item('r:steward insert', { conditions: [{ type: 'ip', values: ['10.*'] }] })],
    denyBut: ['cat select']
  }),
  policy('D.S.U.*', { deny: ['g:public select'], denyBut: ['ann select'] }, { policyPriority: 1 }),
  policy(
    'D.X.*.*',
    { allow: ['g:public select'] },
    { validitySchedules: [when], additionalResources: [resources('D.S.U')] }
  ),
  policy('D.X.V.*', { allow: ['dan select'] }, { isDenyAllElse: true, additionalResources: [resources('D.X.W')] }),
  policy('D.S.T.B', {
    masks: [
      ['r:steward', 'MASK_NONE'],
      ['g:public', { dataMaskType: 'CUSTOM', valueExpr: '{col} + 1' }]
    ]
  }),
  policy('D.S.*', {
    filters: [
      ['ann', 'K = 1'],
      ['g:public', "A = 'x'"]
    ]
  }),
  policy('E', { allow: ['bob usedb'] }, { isEnabled: false })
]

/** All of it whole. */
export const documents: Documents = {
  policies: policiesJson({
    policies,
    tagPolicies: [
      tagPolicy('PII', { deny: ['g:it select'], denyBut: ['cat select'] }),
      tagPolicy('PII', { masks: [['g:public', 'MASK_NULL']] })
    ],
    zones: {
      Z: {
        zoneName: 'Z',
        resources: [{ database: ['D'], schema: ['Z'] }],
        policies: [zoned(policy('D.Z.*.*', { allow: ['ann select'] }))],
        containsAssociatedTagService: false
      }
    },
    serviceConfig: { 'ranger.plugin.super.users': 'root' }
  }),
  roles: rolesJson({ steward: 'dan r:chief', chief: 'g:it' }),
  tags: tagsJson({ 'D.S.T.K': ['PII'], 'D.X.V': [{ type: 'PII', validityPeriods: [{ ...when, endTime: '' }] }] }),
  users: usersJson(
    { ann: ['all', 'hr'], bob: ['all', 'it'], cat: ['all', 'it', 'hr'], dan: [] },
    { ann: { dept: 'HR' }, bob: { dept: 'IT' } }
  )
}

/** Reads all documents; the faults of the first that can't be read. */
export const read = (all: Documents): E.Either<InvalidInput, RangerEngine> => {
  const [policiesRead, roles, tags, users] = [
    readServicePolicies(all.policies),
    readRangerRoles(all.roles),
    readServiceTags(all.tags),
    readUserStore(all.users)
  ]
  if (E.isLeft(policiesRead)) return policiesRead
  if (E.isLeft(roles)) return roles
  if (E.isLeft(tags)) return tags
  if (E.isLeft(users)) return users
  const snapshot = { policies: policiesRead.right, roles: roles.right, tags: tags.right, users: users.right }
  return E.right(createRangerEngine(snapshot, { clock: { now: () => now } }))
}

const people = ['ann', 'bob', 'cat', 'dan']
const accessTypes = ['select', 'insert', 'update', 'delete', 'usedb']
const places = ['E', 'D.S.T', 'D.S.T.A', 'D.S.T.B', 'D.S.T.K', 'D.S.U', 'D.X.V.A', 'D.X.W.A', 'D.Z.T']

/** Everything that somebody has: accesses, what is seen of columns, and which rows. */
export interface Seen {
  readonly allowed: ReadonlySet<string>
  /** Masks and filters by who and what; absent: everything is shown. */
  readonly refined: ReadonlyMap<string, string>
}

const maskText = ({ item: { dataMaskInfo }, write }: NonNullable<ReturnType<RangerEngine['maskFor']>>): string => {
  const { mask } = rangerMask(dataMaskInfo, 'NUMBER(38,0)', write)
  return mask.kind === 'custom' ? mask.expression : mask.kind
}

/** Who has what. */
export const seen = (engine: RangerEngine): Seen => {
  const allowed = new Set<string>()
  const refined = new Map<string, string>()
  for (const user of people)
    for (const place of places) {
      const asked = { resource: { elements: elements(place) }, user }
      for (const accessType of accessTypes)
        if (engine.decide({ ...asked, accessType }).isAllowed) allowed.add(`${user} ${accessType} ${place}`)
      const key = `${user} ${place}`
      const [mask, filter] = [engine.maskFor(asked), engine.filterFor(asked)]
      if (mask !== undefined) refined.set(`${key} mask`, mask.isCertain ? maskText(mask) : 'null')
      if (filter !== undefined)
        refined.set(
          `${key} filter`,
          (filter.isCertain ? filter.write(filter.item.rowFilterInfo.filterExpr) : undefined) ?? 'FALSE'
        )
    }
  return { allowed, refined }
}

const showsAll = (refinement: string | undefined): boolean => refinement === undefined || refinement === 'clear'

const showsNothing = (refinement: string): boolean => refinement === 'null' || refinement === 'FALSE'

/** What somebody has after that they had not before. A mask or filter that is another one is a gain, unless it shows nothing. */
export const gains = (before: Seen, after: Seen): ReadonlyArray<string> => [
  ...[...after.allowed].filter(each => !before.allowed.has(each)),
  ...[...before.refined].flatMap(([key, was]) => {
    const is = after.refined.get(key)
    return is === was || showsAll(was) || (is !== undefined && showsNothing(is))
      ? []
      : [`${key}: ${was} became ${is ?? 'nothing'}`]
  })
]

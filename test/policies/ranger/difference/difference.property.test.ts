/** For random snapshots, whatever table has another desired access afterwards lies under something that the difference names. */
import fc from 'fast-check'
import type { DesiredAccess, Resource, ResourceReference } from 'on-demand-sync'
import { compileRanger, createRangerEngine, snapshotDifference } from 'on-demand-sync/policies'
import type { PrincipalMapping, RangerSnapshot, SnapshotDifference } from 'on-demand-sync/policies'
import { describe, expect, it } from 'vitest'
import type { Json, World } from '../ranger.ts'
import { policy, snapshotOf, tagPolicy } from '../ranger.ts'
import { anyWorld } from '../world.ts'

const runs = Number(process.env['RANGER_DIFFERENCE_RUNS'] ?? 50)
const timeoutMs = 60_000 + runs * 200
const columns = [
  { name: 'A', dataType: 'VARCHAR(20)' },
  { name: 'B', dataType: 'NUMBER(38,0)' }
]
const table = (database: string, schema: string, name: string): Resource => ({
  kind: 'table',
  name: { database, schema, table: name },
  columns
})
const tables = [
  table('D', 'S', 'T'),
  table('D', 'S', 'U'),
  table('D', 'X', 'T'),
  table('E', 'S', 'T'),
  table('E', 'S', 'UV')
]

/** Whatever of the two worlds, part by part. */
const some = <A>(lists: ReadonlyArray<A> | undefined) => fc.subarray([...(lists ?? [])])
const either = <A>(values: ReadonlyArray<A>) => fc.constantFrom(...values)

const elsewhere: ReadonlyArray<Json> = [
  policy('E.S.T', { allow: ['ann g:hr select'] }),
  policy('E.S.T|UV.*', { allow: ['g:it r:steward select,insert'], deny: ['bob insert'] }),
  policy('E.S.U?.*', { allow: ['g:public select'] }),
  policy('E.!S.*.*', { allow: ['bob select'] }),
  policy('D|E.S.T.A', { masks: [['g:hr', 'MASK_HASH']] }),
  policy('E.S.UV', { filters: [['ann', "A = 'x'"]] }),
  policy('{USER}.S.*.*', { allow: ['{USER} select'] }),
  policy('D.S.U.*', { allow: ['r:boss select'] }, { additionalResources: [] }),
  policy('D.X.T.*', { allow: ['zed select'] }, { isEnabled: false }),
  policy('E.S.UV.*', { allow: ['cat select'] }, { name: 'the same' }),
  policy('E.S.UV.*', { deny: ['cat select'], denyBut: ['g:hr select'] }, { name: 'the same' }),
  policy('w:W', { allow: ['ann usewarehouse'] })
]
const tagElsewhere = [
  tagPolicy('OLD', { allow: ['g:it select'] }),
  tagPolicy('P*', { masks: [['bob', 'MASK_NULL']] }),
  tagPolicy('OLD', { deny: ['g:public select'] }, { zoneName: 'z' })
]
const zone = fc
  .record({
    resources: fc.subarray(
      [{ database: ['E'] }, { database: ['D'], schema: ['X'] }, { database: ['D'], schema: ['S'], table: ['U*'] }],
      {
        minLength: 1
      }
    ),
    policies: some([...elsewhere.slice(0, 4), policy('*.*.*.*', { allow: ['dan select'] }, { zoneName: 'z' })]),
    containsAssociatedTagService: fc.boolean()
  })
  .map((made): Json => made)
const zones = fc.dictionary(fc.constantFrom('y', 'z'), zone, { maxKeys: 2 })
const moreUsers = fc.constantFrom<Record<string, ReadonlyArray<string>>>(
  {},
  {},
  { hr: [] },
  { zed: ['it'] },
  { ANN: ['all'] }
)
const moreRoles = fc.constantFrom<Record<string, string>>(
  {},
  {},
  { boss: 'g:public' },
  { boss: 'r:chief' },
  { HR: 'ann' }
)

/** Items that name nobody are faults where they would take something away. */
const withoutNobody = (made: Json): Json =>
  Object.fromEntries(
    Object.entries(made).map(([key, value]) => {
      const names = (item: Json) => ['users', 'groups', 'roles'].some(kind => String(item[kind]) !== '')
      return [key, /Items$|Exceptions$/.test(key) ? (value as ReadonlyArray<Json>).filter(names) : value]
    })
  )

/** A world out of parts of two others, and of things elsewhere. */
const mixed = (worlds: readonly [World, World]): fc.Arbitrary<World> =>
  fc
    .record({
      policies: fc
        .tuple(some(worlds[0].policies), some(worlds[1].policies), some(elsewhere))
        .map(lists => lists.flat().map(withoutNobody)),
      isReversed: fc.boolean(),
      tagPolicies: fc
        .tuple(some(worlds[0].tagPolicies), some(worlds[1].tagPolicies), some(tagElsewhere))
        .map(lists => lists.flat().map(withoutNobody)),
      users: either(worlds.map(world => world.users)),
      moreUsers,
      roles: either(worlds.map(world => world.roles)),
      moreRoles,
      tags: either(worlds.map(world => world.tags)),
      moreTags: fc.constantFrom<World['tags']>({}, { 'E.S.T': ['OLD'] }, { 'E.S.T': ['PII', 'OLD'] }, { E: ['PII'] }),
      zones,
      attributes: fc.constantFrom<Readonly<Record<string, Json>>>({}, { ann: { dept: 'HR' } }, { cat: { dept: 'HR' } }),
      supers: fc.constantFrom('', '', '', '', 'ann')
    })
    .map(({ policies, isReversed, tagPolicies, users, roles, tags, supers, ...more }) => ({
      policies: isReversed ? [...policies].reverse() : policies,
      tagPolicies,
      users: { ...users, ...more.moreUsers },
      roles: { ...roles, ...more.moreRoles },
      tags: { ...tags, ...more.moreTags },
      zones: more.zones,
      attributes: more.attributes,
      serviceConfig: supers === '' ? {} : { 'ranger.plugin.super.users': supers }
    }))

const changing = fc
  .tuple(anyWorld, anyWorld)
  .chain(worlds => fc.tuple(mixed(worlds), mixed(worlds)))
  .map(([before, after]) => ({ before, after }))

/** Most of the time little changes, so that a difference that names everything shows nothing. */
const step = fc
  .tuple(
    changing,
    fc.subarray(
      ['policies', 'tagPolicies', 'users', 'tags', 'roles', 'zones', 'attributes', 'serviceConfig'] as const,
      { minLength: 1, maxLength: 2 }
    )
  )
  .map(([{ before, after }, kept]) => ({
    before,
    after: { ...before, ...Object.fromEntries(kept.map(key => [key, after[key]])) }
  }))

const mappings: ReadonlyArray<PrincipalMapping> = [
  {},
  { everyone: 'EVERYONE' },
  { users: { as: 'role' } },
  { groups: { names: { it: null } } }
]

const summary = ({ grants, masks, rowFilter, notes }: DesiredAccess) => ({
  grants: grants.map(each => JSON.stringify(each)).sort(),
  masks,
  rowFilter,
  notes: [...notes].sort()
})

const accessIn = (snapshot: RangerSnapshot, principals: PrincipalMapping) => {
  const compiled = compileRanger(createRangerEngine(snapshot, { clock: { now: () => 0 } }), {
    managed: { roles: ['*'], users: ['*'] },
    principals
  })
  return tables.map(each => JSON.stringify(summary(compiled(each))))
}

const isUnder = ({ name }: Resource, { values }: ResourceReference): boolean =>
  values.database === name.database &&
  (!('schema' in values) || values.schema === name.schema) &&
  (!('table' in values) || values.table === name.table)

const isNamed = (difference: SnapshotDifference, each: Resource): boolean =>
  difference.isEverything || difference.references.some(reference => isUnder(each, reference))

describe.each(mappings)('with the mapping %j', principals => {
  it(
    'a table with another desired access is named, and touched',
    () => {
      fc.assert(
        fc.property(step, worlds => {
          const [before, after] = [snapshotOf(worlds.before), snapshotOf(worlds.after)]
          const difference = snapshotDifference(before, after, { principals })
          const [was, is] = [accessIn(before, principals), accessIn(after, principals)]
          tables.forEach((each, index) => {
            if (was[index] === is[index]) return
            expect([was[index], is[index], isNamed(difference, each)]).toEqual([was[index], is[index], true])
            expect([was[index], is[index], difference.touches(each.name)]).toEqual([was[index], is[index], true])
          })
        }),
        { numRuns: runs }
      )
    },
    timeoutMs
  )
})

it(
  'a snapshot that is the same, read again, names nothing',
  () => {
    fc.assert(
      fc.property(changing, ({ before }) => {
        const difference = snapshotDifference(snapshotOf(before), snapshotOf(before))
        expect([difference.isEverything, difference.references, difference.reasons]).toEqual([false, [], []])
      }),
      { numRuns: runs }
    )
  },
  timeoutMs
)

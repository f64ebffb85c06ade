/** A small world for promise 3: two relations, one of which shows the rows of the other, three roles, and everything a role can learn there. */
import fc from 'fast-check'
import type { ActualAccess, ColumnMask, DesiredAccess, Resource, RowFilter, Who } from 'on-demand-sync'
import { everyone, resourceKey } from 'on-demand-sync'

export const roles = ['A', 'B', 'C'] as const
export const columns = ['X', 'Y'] as const
export const rows = [0, 1, 2] as const

export const relation = (kind: 'table' | 'view', name: string): Resource => ({
  kind,
  name: { database: 'D', schema: 'S', table: name },
  columns: [{ name: 'ID', dataType: 'NUMBER(38,0)' }, ...columns.map(column => ({ name: column, dataType: 'VARCHAR' }))]
})
export const table = relation('table', 'T')
/** Shows the rows of the table. */
export const view = relation('view', 'V')

/** What stands on a resource. */
export type AccessOf = (resource: Resource) => ActualAccess

/** What a masked value tells: the parts of it that can be learnt. `clear` tells all, `null` nothing, the two others something different. */
const facts: { readonly [kind: string]: ReadonlyArray<string> } = {
  clear: ['hash', 'ends', 'clear'],
  hash: ['hash'],
  'show last': ['ends'],
  null: []
}

const both = <A>(a: ReadonlySet<A>, b: ReadonlySet<A>): ReadonlySet<A> => new Set([...a].filter(item => b.has(item)))
const isWithin = <A>(a: ReadonlySet<A>, b: ReadonlySet<A>): boolean => [...a].every(item => b.has(item))

const holds = (who: Who, role: string) =>
  (who.anyOf === 'everyone' || who.anyOf.some(({ name }) => name === role)) &&
  !who.noneOf.some(({ name }) => name === role)

type MaskPolicy = ColumnMask | { readonly both: readonly [string, string] }
const shown = (policy: string, role: string): ReadonlySet<string> => {
  const mask = JSON.parse(policy) as MaskPolicy
  if ('both' in mask) return both(shown(mask.both[0], role), shown(mask.both[1], role))
  return new Set(facts[(mask.rules.find(({ who }) => holds(who, role))?.mask ?? mask.otherwise).kind])
}

type FilterPolicy = RowFilter | { readonly both: readonly [string, string] }
const passes = (policy: string, role: string): ReadonlySet<number> => {
  const filter = JSON.parse(policy) as FilterPolicy
  if ('both' in filter) return both(passes(filter.both[0], role), passes(filter.both[1], role))
  const rule = filter.rules.find(({ who }) => holds(who, role))
  if (rule === undefined) return new Set(filter.otherwise === 'all rows' ? rows : [])
  return new Set(rule.where.match(/\d/g)?.map(Number))
}

const rowsOf = ({ rowFilter }: ActualAccess, role: string): ReadonlySet<number> =>
  rowFilter === undefined ? new Set(rows) : passes(rowFilter.policy, role)
const valuesOf = ({ masks }: ActualAccess, column: string, role: string): ReadonlySet<string> => {
  const mask = masks.find(({ columns: [masked] }) => masked === column)
  return mask === undefined ? new Set(facts['clear']) : shown(mask.policy, role)
}

/** Everything a role can learn by selecting from one relation; a view shows what the policies of both let through. */
const learns = (accessOf: AccessOf, on: Resource, role: string): ReadonlySet<string> => {
  const has = (resource: Resource, privilege: string) =>
    accessOf(resource).grants.some(grant => grant.privilege === privilege && grant.grantee.name === role)
  if (!has(on, 'SELECT') || !containers.every(container => has(container, 'USAGE'))) return new Set()
  const through = on === view ? [view, table] : [table]
  const access = through.map(resource => accessOf(resource))
  const visible = rows.filter(row => access.every(a => rowsOf(a, role).has(row)))
  const learnt = new Set<string>()
  for (const row of visible) {
    learnt.add(`${row}`)
    for (const column of columns) {
      const known = access.map(a => valuesOf(a, column, role)).reduce(both)
      for (const fact of known) learnt.add(`${row}.${column} ${fact}`)
    }
  }
  return learnt
}

/** All of it, by role and relation. */
export type Snapshot = ReadonlyMap<string, ReadonlySet<string>>

export const snapshot = (accessOf: AccessOf): Snapshot =>
  new Map(
    [table, view].flatMap(on =>
      roles.map(role => [`${role} on ${resourceKey(on.name)}`, learns(accessOf, on, role)] as const)
    )
  )

const who: fc.Arbitrary<Who> = fc.oneof(
  fc.constant(everyone),
  fc.record({
    anyOf: fc.subarray([...roles], { minLength: 1 }).map(names => names.map(name => ({ type: 'role' as const, name }))),
    noneOf: fc.subarray([...roles], { maxLength: 1 }).map(names => names.map(name => ({ type: 'role' as const, name })))
  })
)
const mask = fc.constantFrom(
  { kind: 'clear' },
  { kind: 'null' },
  { kind: 'hash' },
  { kind: 'show last', characters: 4 }
) as fc.Arbitrary<ColumnMask['otherwise']>
const columnMask = (column: string): fc.Arbitrary<ColumnMask> =>
  fc.record({
    column: fc.constant(column),
    rules: fc.array(fc.record({ who, mask }), { maxLength: 2 }),
    otherwise: mask
  })
const rowFilter: fc.Arbitrary<RowFilter> = fc.record({
  rules: fc.array(
    fc.record({ who, where: fc.subarray([...rows], { minLength: 1 }).map(some => `ID IN (${some.join(', ')})`) }),
    {
      maxLength: 2
    }
  ),
  otherwise: fc.constantFrom('all rows' as const, 'no rows' as const)
})
const desiredFor = (resource: Resource): fc.Arbitrary<DesiredAccess> =>
  fc
    .record({
      names: fc.subarray([...roles]),
      x: fc.option(columnMask('X')),
      y: fc.option(columnMask('Y')),
      filter: fc.option(rowFilter)
    })
    .map(({ names, x, y, filter }) => ({
      resource,
      grants: names.map(name => ({
        privilege: 'SELECT',
        grantee: { type: 'role' as const, name },
        grantOption: false
      })),
      masks: [x, y].filter(m => m !== null),
      ...(filter === null ? {} : { rowFilter: filter }),
      managed: { roles: [...roles], users: [] },
      notes: []
    }))
export const state = fc.tuple(desiredFor(table), desiredFor(view))

/** The schema and database that both lie in. */
export const containers: ReadonlyArray<Resource> = [
  { kind: 'database', name: { database: 'D' }, columns: [] },
  { kind: 'schema', name: { database: 'D', schema: 'S' }, columns: [] }
]

/** What a sync of the schema or the database itself asks for: USAGE for some. */
const usageOn = (on: Resource): fc.Arbitrary<DesiredAccess> =>
  fc.subarray([...roles]).map(names => ({
    resource: on,
    grants: names.map(name => ({ privilege: 'USAGE', grantee: { type: 'role' as const, name }, grantOption: false })),
    ...{ masks: [], managed: { roles: [...roles], users: [] }, notes: [] }
  }))
/** None, one or both of them. */
export const usages: fc.Arbitrary<ReadonlyArray<DesiredAccess>> = fc
  .tuple(fc.subarray([0, 1]), ...containers.map(usageOn))
  .map(([which, ...all]) => all.filter((_, index) => which.includes(index)))

/** A sync may name one relation, though the other has to do with it, and govern some of the roles only. */
export const asked: fc.Arbitrary<(all: ReadonlyArray<DesiredAccess>) => ReadonlyArray<DesiredAccess>> = fc
  .record({
    relations: fc.subarray([table, view], { minLength: 1 }),
    managed: fc.subarray([...roles], { minLength: 1 })
  })
  .map(
    ({ relations, managed }) =>
      all =>
        all
          .filter(({ resource }) => resource.name.table === undefined || relations.includes(resource))
          .map(desired => ({ ...desired, managed: { roles: managed, users: [] } }))
  )

/** Somebody's own policy stands on a relation, in the place of ours. */
export const meddling: fc.Arbitrary<(access: ActualAccess) => ActualAccess> = fc
  .record({ on: fc.constantFrom(table, view), what: fc.constantFrom('X', 'Y', 'filter', 'nothing', 'nothing') })
  .map(({ on, what }) => access => {
    if (access.resource !== on || what === 'nothing') return access
    if (what === 'filter') {
      const policy = JSON.stringify({ rules: [], otherwise: 'all rows' })
      return { ...access, rowFilter: { policy, columns: [], ours: false } }
    }
    const policy = JSON.stringify({ column: what, rules: [], otherwise: { kind: 'hash' } })
    const others = access.masks.filter(({ columns: [column] }) => column !== what)
    return { ...access, masks: [...others, { policy, columns: [what], ours: false }] }
  })

/** Whether somebody learns no more than in the one state, or no more than in the other. */
export const within = (
  now: ReadonlySet<string>,
  before: ReadonlySet<string> = new Set(),
  after: ReadonlySet<string> = new Set()
): boolean => isWithin(now, before) || isWithin(now, after)

/** For random services, whatever Snowflake would give to each user is what Ranger decides for them, or less and said so. Sessions with some roles switched off see no more. */
import fc from 'fast-check'
import type { DesiredAccess, Resource } from 'on-demand-sync'
import { compileRanger, createRangerEngine } from 'on-demand-sync/policies'
import type { PrincipalMapping, RangerEngine, RangerPolicy, RangerSnapshot } from 'on-demand-sync/policies'
import { describe, expect, it } from 'vitest'
import { rangerMask } from '../../../src/policies/ranger/compile/rangerMask.ts'
import { elements, snapshotOf } from './ranger.ts'
import type { Session } from './snowflakeModel.ts'
import { maskFor, privilegesFor, whereFor } from './snowflakeModel.ts'
import { anyWorld, people } from './world.ts'

const runs = Number(process.env['RANGER_RUNS'] ?? 150)
const timeoutMs = 20_000 + runs * 40
const managed = { roles: ['*'], users: ['*'] }
const columns = [
  { name: 'A', dataType: 'VARCHAR(20)' },
  { name: 'B', dataType: 'NUMBER(38,0)' }
]
const table: Resource = { kind: 'table', name: { database: 'D', schema: 'S', table: 'T' }, columns }
const database: Resource = { kind: 'database', name: { database: 'D' }, columns: [] }
const schema: Resource = { kind: 'schema', name: { database: 'D', schema: 'S' }, columns: [] }

const sessionOf = (engine: RangerEngine, user: string): Session => {
  const { groupsOf, rolesOf } = engine.parts.membership
  const groups = groupsOf(user)
  const named = [...groups, ...rolesOf(user, groups)]
  return { user: user.toUpperCase(), roles: new Set([...named.map(name => name.toUpperCase()), 'EVERYONE']) }
}

const decide = (engine: RangerEngine, user: string, accessType: string, path: string, more: object = {}) =>
  engine.decide({ resource: { elements: elements(path) }, user, accessType, ...more })

/** A column: its own decision, or the table's where there is none. */
const sees = (engine: RangerEngine, user: string, column: string): boolean => {
  const own = decide(engine, user, 'select', `D.S.T.${column}`)
  return own.isAllowed || (own.policyId === -1 && decide(engine, user, 'select', 'D.S.T').isAllowed)
}

const checkUser = (engine: RangerEngine, access: DesiredAccess, user: string): void => {
  const session = sessionOf(engine, user)
  const has = privilegesFor(access, session)
  const mayInsert = decide(engine, user, 'insert', 'D.S.T').isAllowed
  const seen = columns.filter(({ name }) => sees(engine, user, name))
  const maySelect = decide(engine, user, 'select', 'D.S.T').isAllowed || seen.length > 0
  for (const [privilege, allowed] of [
    ['INSERT', mayInsert],
    ['SELECT', maySelect]
  ] as const) {
    if (has.has(privilege)) expect([user, privilege, allowed]).toEqual([user, privilege, true])
    else if (allowed) expect([user, privilege, access.notes.length > 0]).toEqual([user, privilege, true])
  }
  if (!has.has('SELECT')) return
  for (const { name, dataType } of columns) {
    const shown = maskFor(access, session, name)
    if (!seen.some(column => column.name === name)) {
      expect([user, name, shown]).toEqual([user, name, { kind: 'null' }])
      continue
    }
    const found = engine.maskFor({ resource: { elements: elements(`D.S.T.${name}`) }, user })
    const wanted =
      found === undefined
        ? { kind: 'clear' }
        : found.isCertain
          ? rangerMask(found.item.dataMaskInfo, dataType, found.write).mask
          : { kind: 'null' }
    if (shown.kind === 'null' && wanted.kind !== 'null')
      expect([user, name, access.notes.length > 0]).toEqual([user, name, true])
    else expect([user, name, shown]).toEqual([user, name, wanted])
  }
  const filter = engine.filterFor({ resource: { elements: elements('D.S.T') }, user })
  const where =
    filter === undefined
      ? undefined
      : filter.isCertain
        ? (filter.write(filter.item.rowFilterInfo.filterExpr) ?? 'FALSE')
        : 'FALSE'
  const shown = whereFor(access, session)
  if (shown === 'FALSE' && where !== 'FALSE') expect([user, access.notes.length > 0]).toEqual([user, true])
  else expect([user, shown]).toEqual([user, where])
}

/** Order of showing: nothing, something masked, everything. */
const rank = (kind: string): number => (kind === 'null' ? 0 : kind === 'clear' ? 2 : 1)

const withoutDenials = (snapshot: RangerSnapshot): RangerSnapshot => {
  const allowing = (policy: RangerPolicy) => ({ ...policy, denyPolicyItems: [], isDenyAllElse: false })
  const { tagPolicies } = snapshot.policies
  return {
    ...snapshot,
    policies: {
      ...snapshot.policies,
      policies: snapshot.policies.policies.map(allowing),
      ...(tagPolicies && { tagPolicies: { ...tagPolicies, policies: tagPolicies.policies.map(allowing) } })
    }
  }
}

const mappings: ReadonlyArray<PrincipalMapping> = [{}, { everyone: 'EVERYONE' }]

describe.each(mappings)('with the mapping %j', principals => {
  it(
    'gives every user what Ranger decides, or less with a note',
    () => {
      fc.assert(
        fc.property(anyWorld, world => {
          const engine = createRangerEngine(snapshotOf(world), { clock: { now: () => 0 } })
          const access = compileRanger(engine, { managed, principals })(table)
          for (const user of people) checkUser(engine, access, user)
        }),
        { numRuns: runs }
      )
    },
    timeoutMs
  )

  it(
    'shows no more to a session with fewer roles',
    () => {
      fc.assert(
        fc.property(anyWorld, fc.nat(), (world, choice) => {
          const engine = createRangerEngine(snapshotOf(world), { clock: { now: () => 0 } })
          const access = compileRanger(engine, { managed, principals })(table)
          for (const user of people) {
            const whole = sessionOf(engine, user)
            const part: Session = {
              user: whole.user,
              roles: new Set([...whole.roles].filter((_, index) => (choice >> index) % 2 === 1))
            }
            if (!privilegesFor(access, part).has('SELECT')) continue
            for (const { name } of columns) {
              const [less, more] = [maskFor(access, part, name), maskFor(access, whole, name)]
              expect([user, name, rank(less.kind) <= rank(more.kind)]).toEqual([user, name, true])
            }
            const where = whereFor(access, whole)
            if (where !== undefined) expect([where, 'FALSE']).toContain(whereFor(access, part))
          }
        }),
        { numRuns: runs }
      )
    },
    timeoutMs
  )

  it(
    'gives USAGE on databases and schemas to those with something in them',
    () => {
      fc.assert(
        fc.property(anyWorld, world => {
          const engine = createRangerEngine(snapshotOf(world), { clock: { now: () => 0 } })
          const desired = compileRanger(engine, { managed, principals })
          const open = createRangerEngine(withoutDenials(snapshotOf(world)), { clock: { now: () => 0 } })
          const inTable = desired(table)
          for (const container of [database, schema]) {
            const access = desired(container)
            for (const user of people) {
              const session = sessionOf(engine, user)
              const needs = privilegesFor(inTable, session).size > 0
              if (needs)
                expect([user, privilegesFor(access, session).has('USAGE') || access.notes.length > 0]).toEqual([
                  user,
                  true
                ])
              const has = privilegesFor(access, session).has('USAGE')
              const on = container === database ? 'D' : 'D.S'
              // A denial on the container itself is none for what is in it.
              const inside = ['select', 'insert', 'usedb', 'useschema'].some(type =>
                [true, false].some(orInside => decide(open, user, type, on, { orInside }).isAllowed)
              )
              if (has) expect([user, inside]).toEqual([user, true])
            }
          }
        }),
        { numRuns: Math.ceil(runs / 2) }
      )
    },
    timeoutMs
  )
})

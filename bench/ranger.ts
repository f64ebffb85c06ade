/** Ranger's policies by resource: 100,000 policies, 1 % of them with wildcards, and 10,000 principals; against looking at every policy. */
import {
  accessOf,
  compileRanger,
  createRangerEngine,
  readRangerRoles,
  readServicePolicies,
  readUserStore,
  snowflakeServiceDef
} from 'on-demand-sync/policies'
import type { RangerEngine, RangerRequest } from 'on-demand-sync/policies'
import { orThrow } from 'on-demand-sync'
import { report } from './Figure.ts'

const sizes = { databases: 100, schemas: 10, tables: 100, users: 9_000, groups: 800, roles: 200 }

/** The same services in every run. */
const createChance = (): ((below: number) => number) => {
  let state = 1
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
const chance = createChance()
const user = (): string => `user${chance(sizes.users)}`
const group = (): string => `group${chance(sizes.groups)}`
const role = (): string => `role${chance(sizes.roles)}`

const policiesOf = (count: number): string => {
  const policies = Array.from({ length: count }, (_, id) => {
    const [database, schema, table] = [`DB${id % 100}`, `S${Math.floor(id / 100) % 10}`, `T${Math.floor(id / 1_000)}`]
    const isWild = id % 100 === 99
    const value = (name: string) => ({ values: [name] })
    return {
      id,
      name: `policy ${id}`,
      isEnabled: true,
      serviceType: 'snowflake',
      resources: {
        database: value(database),
        schema: value(isWild ? `${schema}*` : schema),
        table: value(isWild ? `${table}?` : table),
        column: value('*')
      },
      policyItems: [
        { users: [user()], groups: [group()], roles: [], accesses: [{ type: 'select' }, { type: 'insert' }] },
        { users: [], groups: [], roles: [role()], accesses: [{ type: 'select' }] }
      ],
      denyPolicyItems: id % 10 === 0 ? [{ users: [user()], groups: [], roles: [], accesses: [{ type: 'select' }] }] : []
    }
  })
  return JSON.stringify({ serviceName: 'sf', policyVersion: 1, serviceDef: snowflakeServiceDef, policies })
}

const users = orThrow(
  readUserStore({
    userGroupMapping: Object.fromEntries(
      Array.from({ length: sizes.users }, (_, index) => [`user${index}`, [group(), group(), group()]])
    )
  })
)
const roles = orThrow(
  readRangerRoles({
    rangerRoles: Array.from({ length: sizes.roles }, (_, index) => ({
      name: `role${index}`,
      users: Array.from({ length: 10 }, () => ({ name: user() })),
      groups: [{ name: group() }]
    }))
  })
)

const megabytes = (): number => {
  ;(globalThis as { readonly gc?: () => void }).gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** Milliseconds of this process's CPU: what else the machine does is not ours to measure. */
const millisecondsOf = <A>(run: () => A): readonly [A, number] => {
  const start = process.cpuUsage()
  const result = run()
  const { user: own, system } = process.cpuUsage(start)
  return [result, (own + system) / 1_000]
}

const anyTable = (): RangerRequest['resource'] => ({
  elements: { database: `DB${chance(100)}`, schema: `S${chance(10)}`, table: `T${chance(100)}` }
})

/** Microseconds of each call, sorted. */
const timesOf = (calls: number, run: (index: number) => void): ReadonlyArray<number> => {
  const times: Array<number> = []
  for (let call = 0; call < calls; call += 1) {
    const start = process.hrtime.bigint()
    run(call)
    times.push(Number(process.hrtime.bigint() - start) / 1_000)
  }
  return times.sort((a, b) => a - b)
}
const percentile = (times: ReadonlyArray<number>, share: number): number =>
  times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0

/** What looking for a table's policies costs if every policy is looked at. */
const scan = ({ parts }: RangerEngine, resource: RangerRequest['resource']): number => {
  const elements = new Map(Object.entries(resource.elements))
  let found = 0
  for (const { matchers } of parts.unzoned.evaluators(0))
    for (const matcher of matchers) if (matcher.matchType(elements, undefined, false) !== 'NONE') found += 1
  return found
}

export const ranger = (): Promise<void> => {
  const source = policiesOf(100_000)
  const before = megabytes()
  const [, parseMs] = millisecondsOf(() => JSON.parse(source) as unknown)
  const [policies, readMs] = millisecondsOf(() => orThrow(readServicePolicies(source)))
  const [engine, buildMs] = millisecondsOf(() => createRangerEngine({ policies, users, roles }))
  report(
    'ranger load',
    readMs + buildMs,
    parseMs,
    'ms CPU',
    '100,000 policies from text to engine; reference: JSON.parse of the same text'
  )
  report(
    'ranger memory',
    megabytes() - before,
    source.length / 2 ** 20,
    'MiB',
    'heap of the policies and the engine; reference: the text'
  )

  const resources = Array.from({ length: 3_000 }, anyTable)
  const at = (index: number) => resources[index % resources.length] ?? anyTable()
  const small = createRangerEngine({ policies: orThrow(readServicePolicies(policiesOf(1_000))), users, roles })
  // Policies of a thousand are about tables T0 only.
  const firstTables = resources.map(({ elements }) => ({ elements: { ...elements, table: 'T0' } }))
  const first = (index: number) => firstTables[index % firstTables.length] ?? anyTable()
  timesOf(500, index => void accessOf(engine, { resource: at(index) }))
  const access = timesOf(3_000, index => void accessOf(engine, { resource: at(index) }))
  const accessOfSmall = timesOf(3_000, index => void accessOf(small, { resource: first(index) }))
  const accessOfSame = timesOf(3_000, index => void accessOf(engine, { resource: first(index) }))
  scan(engine, at(0))
  const scanned = timesOf(20, index => void scan(engine, at(index)))
  report(
    'ranger accessOf p50',
    percentile(access, 0.5),
    percentile(scanned, 0.5),
    'us',
    'everyone on a table of 100,000 policies; reference: looking at every policy, without deciding'
  )
  report('ranger accessOf p99', percentile(access, 0.99), percentile(scanned, 0.99), 'us', 'the same')
  report(
    'ranger accessOf growth',
    percentile(accessOfSame, 0.5),
    percentile(accessOfSmall, 0.5),
    'us',
    'p50 on the same tables, of 100,000 policies; reference: of 1,000 policies'
  )

  const desired = compileRanger(engine, { managed: { roles: ['*'], users: ['*'] } })
  const columns = Array.from({ length: 20 }, (_, index) => ({ name: `C${index}`, dataType: 'VARCHAR' }))
  const compiled = timesOf(1_000, index => {
    const { database = '', schema = '', table = '' } = at(index).elements as Record<string, string>
    desired({ kind: 'table', name: { database, schema, table }, columns })
  })
  report(
    'ranger compile p50',
    percentile(compiled, 0.5),
    percentile(access, 0.5),
    'us',
    'grants, masks and filter of a table of 20 columns; reference: accessOf'
  )

  const names = Array.from({ length: 1_000 }, user)
  const decide = (index: number) =>
    void engine.decide({ resource: at(index), user: names[index % names.length] ?? '', accessType: 'select' })
  timesOf(20_000, decide)
  const [, ms] = millisecondsOf(() => {
    for (let index = 0; index < 200_000; index += 1) decide(index)
  })
  report(
    'ranger decide',
    (200_000 / ms) * 1_000,
    1e6 / percentile(scanned, 0.5),
    '1/s CPU',
    'decisions for one user on one table; reference: looking at every policy'
  )
  return Promise.resolve()
}

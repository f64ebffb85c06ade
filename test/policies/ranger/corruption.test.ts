/**
 * One field after another of everything that Ranger Admin serves is spoilt: of another type, null, under another name, of an unheard-of value, or gone. Whatever is left, nobody has more than before.
 */
import * as E from 'fp-ts/lib/Either.js'
import { orThrow } from 'on-demand-sync'
import { readServicePolicies } from 'on-demand-sync/policies'
import { expect, it } from 'vitest'
import { documents, gains, read, seen } from './documents.ts'

type Path = ReadonlyArray<string | number>

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const pathsOf = (value: unknown, at: Path = []): ReadonlyArray<Path> => [
  ...(at.length > 0 ? [at] : []),
  ...(Array.isArray(value)
    ? value.flatMap((inner: unknown, index) => pathsOf(inner, [...at, index]))
    : isObject(value)
      ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, key]))
      : [])
]

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Record<string | number, unknown>)[key], value)

/** A copy with another value at a place, or under another name. */
const changed = (
  value: unknown,
  path: Path,
  change: (around: Record<string | number, unknown>, key: string | number) => void
): unknown => {
  const copy: unknown = structuredClone(value)
  change(valueAt(copy, path.slice(0, -1)) as Record<string | number, unknown>, path.at(-1) ?? '')
  return copy
}

const wrongTypes: ReadonlyArray<unknown> = ['?', 7, true, [], {}, ['?'], { '?': 1 }]
const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value)
const set = (to: unknown) => (around: Record<string | number, unknown>, key: string | number) => {
  around[key] = to
}

/** Ways to spoil, by name. Undefined: does not apply. */
const ways: Readonly<
  Record<
    string,
    (
      was: unknown,
      key: string | number
    ) => ReadonlyArray<(around: Record<string | number, unknown>, key: string | number) => void>
  >
> = {
  'of another type': was => wrongTypes.filter(wrong => kindOf(wrong) !== kindOf(was)).map(set),
  null: () => [set(null)],
  renamed: (was, key) =>
    typeof key === 'number'
      ? []
      : [`${key}_`, key.toUpperCase()].map(name => around => {
          Reflect.deleteProperty(around, key)
          around[name] = was
        }),
  unheard: was =>
    typeof was === 'string' ? [set('unheard of'), set('')] : typeof was === 'number' ? [set(99), set(-1)] : []
}

/** The document's places with what a way makes of them. */
const spoilt = (document: unknown, path: Path, way: string): ReadonlyArray<unknown> => {
  const was = valueAt(document, path)
  return (ways[way]?.(was, path.at(-1) ?? '') ?? []).map(change => changed(document, path, change))
}

const written = (path: Path): string => path.join('.')

/** The fields in which denials, exceptions, conditions, masks, filters and schedules live. */
const restricting =
  /denyPolicyItems|allowExceptions|denyExceptions|conditions|dataMaskPolicyItems|rowFilterPolicyItems|validitySchedules|isDenyAllElse/

/**
 * Names and expressions are anybody's to choose, and another one can't be told from the first: names of users, groups, roles, tags, resources and services, settings, times, SQL and scripts. An empty
 * filter is how Ranger says that there is none for somebody.
 */
const free = new RegExp(
  [
    String.raw`(?:users|groups|roles)\.\d+$|values\.\d+$|conditions\.\d+\.values|(?:filterExpr|valueExpr|startTime|endTime|timeZone|name|zoneName|type)$`,
    String.raw`^(?:userGroupMapping|userAttrMapping|serviceConfig)\.|^securityZones\.Z(?:$|\.resources\.0\.\w+\.\d+$)|schedule\.\w+$|interval\.\w+$`,
    // A level under another name shows only once the tags are put to a service.
    String.raw`resourceElements\.\w+$`
  ].join('|')
)
const before = seen(orThrow(read(documents)))
/** One in so many places of the policies in the usual run, of the rest one in three. */
const step = process.env['RANGER_CORRUPTION_STEP'] === undefined ? 100 : Number(process.env['RANGER_CORRUPTION_STEP'])
const timeoutMs = 120_000 + Math.ceil(3_600_000 / step)

it.each(['of another type', 'null', 'renamed'])(
  '%s: a file that lost a denial, an exception, a condition, a mask or a filter is refused whole',
  way => {
    let count = 0
    for (const path of pathsOf(documents.policies).filter(each => restricting.test(written(each))))
      for (const policies of spoilt(documents.policies, path, way)) {
        const again = readServicePolicies(policies)
        expect([written(path), E.isLeft(again)]).toEqual([written(path), true])
        count += 1
      }
    expect(count).toBeGreaterThan(100)
  },
  timeoutMs
)

it.each([
  ['policies.3.denyPolicyItems.0.accesses'],
  ['policies.3.denyPolicyItems.0.accesses.0.type'],
  ['policies.3.denyPolicyItems.1.roles'],
  ['policies.3.denyPolicyItems.1.conditions.0.type'],
  ['policies.3.denyPolicyItems.1.conditions.0.values'],
  ['policies.0.allowExceptions.0.users'],
  ['policies.0.allowExceptions.0.accesses'],
  ['policies.4.denyExceptions.0.users'],
  ['policies.4.resources'],
  ['policies.4.resources.schema'],
  ['policies.4.resources.table.values'],
  ['policies.2.conditions.0.values'],
  ['policies.5.validitySchedules.0.recurrences.0.schedule'],
  ['policies.7.dataMaskPolicyItems.0.dataMaskInfo'],
  ['policies.7.dataMaskPolicyItems.0.dataMaskInfo.dataMaskType'],
  ['policies.7.dataMaskPolicyItems.0.roles'],
  ['policies.7.policyType'],
  ['policies.8.rowFilterPolicyItems.0.rowFilterInfo'],
  ['policies.8.rowFilterPolicyItems.0.rowFilterInfo.filterExpr'],
  ['policies.8.policyType'],
  ['securityZones.Z.resources.0.database'],
  ['serviceDef']
])('a file without %s is refused whole', at => {
  const path = at.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : part))
  expect(valueAt(documents.policies, path)).toBeDefined()
  const gone = changed(documents.policies, path, (around, key) => Reflect.deleteProperty(around, key))
  expect(E.isLeft(readServicePolicies(gone))).toBe(true)
})

it.each(['policies', 'roles', 'tags', 'users'] as const)(
  'nobody gains by any spoilt field of the %s',
  kind => {
    let [at, loaded, refused] = [0, 0, 0]
    for (const path of pathsOf(documents[kind]))
      for (const way of Object.keys(ways))
        for (const one of spoilt(documents[kind], path, way)) {
          if (free.test(written(path)) && (way === 'unheard' || way === 'renamed' || kind === 'users')) continue
          at += 1
          if (at % (kind === 'policies' ? step : Math.min(step, 3)) !== 0) continue
          const again = read({ ...documents, [kind]: one })
          if (E.isLeft(again)) refused += 1
          else {
            loaded += 1
            expect([written(path), way, gains(before, seen(again.right))]).toEqual([written(path), way, []])
          }
        }
    expect(refused).toBeGreaterThan(3)
    if (step === 1) process.stdout.write(`${kind}: ${refused} refused, ${loaded} loaded\n`)
  },
  timeoutMs
)

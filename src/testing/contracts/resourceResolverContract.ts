/** What every {@link ResourceResolver} does. */
import assert from 'node:assert/strict'
import type { Resource } from '../../Resource.ts'
import { isRelation, nameOf, resourceKey } from '../../Resource.ts'
import type { Resolution, ResourceResolver } from '../../ResourceResolver.ts'
import { ResourceReference } from '../../SyncRequest.ts'
import type { ContractCase, ContractOptions } from './ContractCase.ts'
import { withSkips } from './ContractCase.ts'
import { hostileNames } from './hostileNames.ts'

/** What the catalogue under test must hold: these tables, each with one text column `C`, and nothing else in the databases named. */
export interface ResourceResolverSubject {
  readonly resolver: ResourceResolver
  readonly teardown?: () => Promise<void>
}

/** How the suite gets a resolver over a catalogue that holds the given tables and the schemas and databases they need. */
export interface ResourceResolverHarness {
  readonly make: (
    tables: ReadonlyArray<{ readonly database: string; readonly schema: string; readonly table: string }>
  ) => Promise<ResourceResolverSubject>
}

const resolveAll = async (
  resolver: ResourceResolver,
  references: ReadonlyArray<ResourceReference>,
  signal = new AbortController().signal
) => {
  const all: Array<Resolution> = []
  for await (const chunk of resolver.resolve(references, { signal })) all.push(...chunk)
  return all
}

const found = (resolutions: ReadonlyArray<Resolution>): ReadonlyArray<Resource> =>
  resolutions.flatMap(r => (r._tag === 'Found' ? [r.resource] : []))
const keys = (resources: ReadonlyArray<Pick<Resource, 'name'>>) => resources.map(({ name }) => resourceKey(name)).sort()

const tables = [
  { database: 'SALES', schema: 'PUBLIC', table: 'ORDERS' },
  { database: 'SALES', schema: 'PUBLIC', table: 'orders' },
  { database: 'SALES', schema: 'PUBLIC', table: 'ORDERSX' },
  { database: 'SALES', schema: 'Mixed Case', table: 'T' },
  { database: 'SALES_', schema: 'PUBLIC', table: 'ORDERS' }
]

/**
 * The contract of `ResourceResolver`.
 *
 * @example
 * ```ts
 * import { createMemoryResourceResolver } from 'on-demand-sync'
 * import { resourceResolverContract, catalogueOf } from 'on-demand-sync/testing'
 *
 * const cases = resourceResolverContract({
 *   make: async tables => ({ resolver: createMemoryResourceResolver(catalogueOf(tables)) })
 * })
 * for (const { run } of cases) await run()
 * ```
 */
export const resourceResolverContract = (
  { make }: ResourceResolverHarness,
  options?: ContractOptions
): ReadonlyArray<ContractCase> => {
  const withTables = (
    name: string,
    some: typeof tables,
    check: (resolver: ResourceResolver) => Promise<void>
  ): ContractCase => ({
    name,
    run: async () => {
      const { resolver, teardown } = await make(some)
      try {
        await check(resolver)
      } finally {
        await teardown?.()
      }
    }
  })
  return withSkips(
    [
      withTables('finds a table by its exact name, with its columns', tables, async resolver => {
        const [only, ...others] = found(
          await resolveAll(resolver, [ResourceReference.table('SALES', 'PUBLIC', 'orders')])
        )
        assert.deepEqual(others, [])
        assert.deepEqual(only?.name, { database: 'SALES', schema: 'PUBLIC', table: 'orders' })
        assert.deepEqual(
          only.columns.map(({ name }) => name),
          ['C']
        )
      }),
      withTables('takes a table for a view and a view for a table: they share their names', tables, async resolver => {
        assert.equal(found(await resolveAll(resolver, [ResourceReference.view('SALES', 'PUBLIC', 'ORDERS')])).length, 1)
      }),
      withTables(
        'finds all that lies in a database, the outer before the inner, and nothing else',
        tables,
        async resolver => {
          const resources = found(await resolveAll(resolver, [ResourceReference.database('SALES')]))
          const expected = [
            { database: 'SALES' },
            { database: 'SALES', schema: 'PUBLIC' },
            { database: 'SALES', schema: 'Mixed Case' },
            ...tables.slice(0, 4)
          ]
          const inside = resources.filter(({ name }) => name.schema !== 'INFORMATION_SCHEMA')
          assert.deepEqual(keys(inside), keys(expected.map(name => ({ name }))))
          const at = (name: object) =>
            resources.findIndex(resource => resourceKey(resource.name) === resourceKey(name as Resource['name']))
          for (const { name, kind } of resources)
            if (isRelation(kind)) assert.ok(at({ database: name.database, schema: name.schema }) < at(name))
          assert.equal(at({ database: 'SALES' }), 0)
        }
      ),
      withTables('finds all that lies in a schema', tables, async resolver => {
        const resources = found(await resolveAll(resolver, [ResourceReference.schema('SALES', 'PUBLIC')]))
        assert.deepEqual(
          keys(resources),
          keys([{ name: { database: 'SALES', schema: 'PUBLIC' } }, ...tables.slice(0, 3).map(name => ({ name }))])
        )
      }),
      withTables('tells what is absent at every level', tables, async resolver => {
        const references = [
          ResourceReference.database('NOPE'),
          ResourceReference.schema('SALES', 'NOPE'),
          ResourceReference.table('SALES', 'PUBLIC', 'NOPE'),
          ResourceReference.table('SALES', 'NOPE', 'ORDERS'),
          ResourceReference.table('NOPE', 'PUBLIC', 'ORDERS'),
          ResourceReference.table('SALES', 'PUBLIC', 'ORDER_'),
          ResourceReference.table('SALES', 'PUBLIC', '%')
        ]
        const answers = await resolveAll(resolver, references)
        assert.deepEqual(
          answers.map(({ _tag }) => _tag),
          references.map(() => 'Absent')
        )
        const named = answers.flatMap(answer =>
          answer._tag === 'Absent' ? [resourceKey(nameOf(answer.reference))] : []
        )
        assert.deepEqual(named.sort(), references.map(reference => resourceKey(nameOf(reference))).sort())
      }),
      withTables('answers many references together, each once', tables, async resolver => {
        const answers = await resolveAll(resolver, [
          ...tables.map(t => ResourceReference.table(t.database, t.schema, t.table)),
          ResourceReference.database('NOPE')
        ])
        assert.deepEqual(keys(found(answers)), keys(tables.map(name => ({ name }))))
        assert.equal(answers.length, tables.length + 1)
      }),
      withTables(
        'takes names literally, however hostile',
        hostileNames.map(table => ({ database: 'SALES', schema: 'PUBLIC', table })),
        async resolver => {
          const references = hostileNames.map(name => ResourceReference.table('SALES', 'PUBLIC', name))
          const names = found(await resolveAll(resolver, references)).map(({ name }) => name.table)
          assert.deepEqual([...names].sort(), [...hostileNames].sort())
        }
      ),
      withTables('finds nothing, and does not throw, when it is aborted', tables, async resolver => {
        const answers = await resolveAll(resolver, [ResourceReference.database('SALES')], AbortSignal.abort())
        assert.deepEqual(found(answers), [])
        for (const answer of answers) assert.equal(answer._tag === 'Unresolved' && answer.error._tag, 'Aborted')
      })
    ],
    options
  )
}

/** The tables as resources, with their schemas and databases: what a catalogue for the suite holds. */
export const catalogueOf = (
  some: ReadonlyArray<{ readonly database: string; readonly schema: string; readonly table: string }>
): ReadonlyArray<Resource> => {
  const all = some.flatMap(({ database, schema, table }): ReadonlyArray<Resource> => [
    { kind: 'database', name: { database }, columns: [] },
    { kind: 'schema', name: { database, schema }, columns: [] },
    { kind: 'table', name: { database, schema, table }, columns: [{ name: 'C', dataType: 'VARCHAR(16777216)' }] }
  ])
  return [...new Map(all.map(resource => [resourceKey(resource.name), resource])).values()]
}
